"""From the values of one row to the detail of its category, one function each."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from gateway.mapping.transforms import STATELESS
from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Party, Place
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Detail
from gateway.records.restriction import EntryBan

Got = dict[str, Any]
"""Target path to value, for one row; constants are already in it."""


def _permit(got: Got) -> LabourPermit:
    return LabourPermit(
        kind=got["kind"],
        number=got["number"],
        series=got.get("series", ""),
        valid_from=got.get("valid_from"),
        valid_to=got.get("valid_to"),
        territory=got.get("territory", ""),
        occupation=got.get("occupation", ""),
        employer=_party(got.get("employer.name"), got.get("employer.number", ""), got.get("employer.scheme", "")),
        authority=got.get("authority", ""),
    )


def _stay(got: Got) -> StayRegistration:
    place = Place(got.get("place.country", ""), got.get("place.region", ""), got.get("place.text", ""))
    return StayRegistration(
        number=got["number"],
        stay_from=got["stay_from"],
        stay_to=got.get("stay_to"),
        arrived=got.get("arrived"),
        # The country alone says nothing that the registering state does not say.
        place=place if place.region or place.text else None,
        host=_party(got.get("host.name"), got.get("host.number", ""), got.get("host.scheme", "")),
        purpose=got.get("purpose", ""),
        authority=got.get("authority", ""),
    )


def _crossing(got: Got) -> BorderCrossing:
    return BorderCrossing(
        direction=got["direction"],
        at=got["at"],
        checkpoint=got["checkpoint"],
        outcome=got.get("outcome", "ADMITTED"),
        purpose=got.get("purpose", ""),
        transport=got.get("transport", ""),
        counterpart=got.get("counterpart", ""),
    )


def _ban(got: Got) -> EntryBan:
    return EntryBan(
        decision=got["decision"],
        authority=got["authority"],
        ban_from=got["ban_from"],
        ban_to=got.get("ban_to"),
        action=got.get("action", "REFUSE_ENTRY"),
        territory=got.get("territory", "ISSUER"),
        ground=got.get("ground", ""),
    )


def _asylum(got: Got) -> AsylumApplication:
    return AsylumApplication(
        application=got["application"],
        lodged=got["lodged"],
        registered=got.get("registered"),
        decided=got.get("decided"),
        certificate=got.get("certificate", ""),
        unaccompanied_minor=got.get("unaccompanied_minor", False),
        persecutors=tuple(code for code in got.get("persecutors", ()) if code != STATELESS),
    )


DETAILS: Final[dict[Category, Callable[[Got], Detail]]] = {
    Category.LABOUR_PERMIT: _permit,
    Category.STAY_REGISTRATION: _stay,
    Category.BORDER_CROSSING: _crossing,
    Category.ENTRY_BAN: _ban,
    Category.ASYLUM_APPLICATION: _asylum,
}


def _party(name: str | None, number: str, scheme: str) -> Party | None:
    # A scheme without a number says nothing; neither does a number without a name to show a person.
    return None if name is None else _known_party(name, number, scheme if number else "")


@lru_cache(maxsize=10_000)
def _known_party(name: str, number: str, scheme: str) -> Party:
    """One value for one party: employers and hosts stand in many rows."""
    return Party(name, number, scheme)
