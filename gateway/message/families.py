"""The record families from XML: one reader each, on elements that have passed the schema.

What is missing after all raises KeyError, ValueError or StopIteration, which read.py turns into a refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gateway.message.elements import CUT, QUALIFIED, Element, day, is_true, maybe_day, moment, texts
from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Party, Place
from gateway.records.protection import AsylumApplication
from gateway.records.record import Detail
from gateway.records.restriction import EntryBan

_NUMBER = f"{QUALIFIED}Number"


def _labour_permit(element: Element) -> LabourPermit:
    fields = texts(element)
    return LabourPermit(
        kind=fields["Kind"],
        number=fields["Number"],
        series=fields.get("Series", ""),
        valid_from=maybe_day(fields.get("ValidFrom")),
        valid_to=maybe_day(fields.get("ValidTo")),
        territory=fields.get("Territory", ""),
        occupation=fields.get("Occupation", ""),
        employer=_party(element, "Employer") if "Employer" in fields else None,
        authority=fields.get("Authority", ""),
    )


def _stay_registration(element: Element) -> StayRegistration:
    fields = texts(element)
    return StayRegistration(
        number=fields["Number"],
        stay_from=day(fields["StayFrom"]),
        stay_to=maybe_day(fields.get("StayTo")),
        arrived=maybe_day(fields.get("Arrived")),
        place=_place(element) if "Place" in fields else None,
        host=_party(element, "Host") if "Host" in fields else None,
        purpose=fields.get("Purpose", ""),
        authority=fields.get("Authority", ""),
    )


def _border_crossing(element: Element) -> BorderCrossing:
    fields = texts(element)
    return BorderCrossing(
        direction=fields["Direction"],
        at=moment(fields["At"]),
        checkpoint=fields["Checkpoint"],
        outcome=fields["Outcome"],
        purpose=fields.get("Purpose", ""),
        transport=fields.get("Transport", ""),
        counterpart=fields.get("Counterpart", ""),
    )


def _entry_ban(element: Element) -> EntryBan:
    fields = texts(element)
    return EntryBan(
        decision=fields["Decision"],
        authority=fields["Authority"],
        ban_from=day(fields["BanFrom"]),
        ban_to=maybe_day(fields.get("BanTo")),
        action=fields["Action"],
        territory=fields["Territory"],
        ground=fields.get("Ground", ""),
    )


def _asylum_application(element: Element) -> AsylumApplication:
    fields = texts(element)
    return AsylumApplication(
        application=fields["Application"],
        lodged=day(fields["Lodged"]),
        registered=maybe_day(fields.get("Registered")),
        decided=maybe_day(fields.get("Decided")),
        certificate=fields.get("Certificate", ""),
        unaccompanied_minor=is_true(fields.get("UnaccompaniedMinor", "")),
        persecutors=tuple(child.text or "" for child in element if child.tag[CUT:] == "Persecutor"),
    )


def _party(element: Element, role: str) -> Party:
    name = number = scheme = ""
    for child in _only(element, role):
        if child.tag == _NUMBER:
            number, scheme = child.text or "", child.get("scheme", "")
        else:
            name = child.text or ""
    return Party(name, number, scheme)


def _place(element: Element) -> Place:
    fields = texts(_only(element, "Place"))
    return Place(fields.get("Country", ""), fields.get("Region", ""), fields.get("Text", ""))


def _only(element: Element, name: str) -> Element:
    return next(element.iterchildren(QUALIFIED + name))


DETAILS: Final[dict[str, Callable[[Element], Detail]]] = {
    "LabourPermit": _labour_permit,
    "StayRegistration": _stay_registration,
    "BorderCrossing": _border_crossing,
    "EntryBan": _entry_ban,
    "AsylumApplication": _asylum_application,
}
"""The family's element to its reader."""
