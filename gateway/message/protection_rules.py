"""The business rules of the protection families (BR-27, BR-28 and BR-63 to BR-69), judged on their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any, Final

from gateway.message.rulebook import Breach, misordered
from gateway.records.dates import years_after
from gateway.records.protection import (
    AsylumApplication,
    FamilyReunification,
    NonRemoval,
    RefugeeStatus,
    SubsidiaryProtection,
    TemporaryProtection,
    TemporaryProtectionGroup,
)
from gateway.records.record import Record

Dated = tuple[str, date | None]
"""An element and its date."""


def _asylum(application: AsylumApplication, _: Record) -> Iterator[Breach]:
    if not application.application.strip():
        yield "BR-28", "/AsylumApplication/Application"
    if misordered(application.lodged, application.registered):
        yield "BR-27", "/AsylumApplication/Registered"
    if misordered(application.registered or application.lodged, application.decided):
        yield "BR-27", "/AsylumApplication/Decided"
    if misordered(application.decided, application.appealed):
        yield "BR-27", "/AsylumApplication/Appealed"
    if application.role == "DEPENDANT" and not application.principal:
        yield "BR-64", "/AsylumApplication/Role"


def _refugee(status: RefugeeStatus, record: Record) -> Iterator[Breach]:
    if not status.number.strip():
        yield "BR-28", "/RefugeeStatus/Number"
    yield from _in_order(
        "RefugeeStatus", ("Granted", status.granted), ("AbsentSince", status.absent_since), ("Ended", status.ended)
    )
    if misordered(status.absent_since, status.returned):
        yield "BR-63", "/RefugeeStatus/Returned"
    if status.basis == "FAMILY" and not status.principal:
        yield "BR-64", "/RefugeeStatus/Basis"
    if record.status == "TEMP_ABSENT":
        deadline = status.absence_deadline
        if deadline is None:
            yield "BR-66", "/RefugeeStatus"
        elif deadline < record.created.date():
            yield "BR-67", "/RefugeeStatus/AbsentSince"


def _subsidiary(protection: SubsidiaryProtection, _: Record) -> Iterator[Breach]:
    if not protection.number.strip():
        yield "BR-28", "/SubsidiaryProtection/Number"
    yield from _in_order(
        "SubsidiaryProtection",
        ("Granted", protection.granted),
        ("ValidFrom", protection.valid_from),
        ("ValidTo", protection.valid_to),
    )
    if protection.valid_to > years_after(protection.valid_from, 1):
        yield "BR-65", "/SubsidiaryProtection/ValidTo"


def _group(group: TemporaryProtectionGroup, _: Record) -> Iterator[Breach]:
    if not group.decision.strip():
        yield "BR-28", "/TemporaryProtectionGroup/Decision"
    yield from _in_order(
        "TemporaryProtectionGroup", ("Decided", group.decided), ("Start", group.start), ("End", group.end)
    )


def _member(member: TemporaryProtection, _: Record) -> Iterator[Breach]:
    if not member.number.strip():
        yield "BR-28", "/TemporaryProtection/Number"
    if not member.group.strip():
        yield "BR-28", "/TemporaryProtection/Group"
    yield from _in_order("TemporaryProtection", ("Registered", member.registered), ("ValidTo", member.valid_to))
    yield from _in_order("TemporaryProtection", ("Registered", member.registered), ("Ended", member.ended))


def _non_removal(measure: NonRemoval, _: Record) -> Iterator[Breach]:
    if not measure.number.strip():
        yield "BR-28", "/NonRemoval/Number"
    yield from _in_order("NonRemoval", ("ValidFrom", measure.valid_from), ("ValidTo", measure.valid_to))
    yield from _in_order("NonRemoval", ("ValidFrom", measure.valid_from), ("Ended", measure.ended))
    if misordered(measure.review_by, measure.valid_to):
        yield "BR-68", "/NonRemoval/ReviewBy"


def _family(request: FamilyReunification, _: Record) -> Iterator[Breach]:
    if not request.number.strip():
        yield "BR-28", "/FamilyReunification/Number"
    if not request.sponsor.strip():
        yield "BR-28", "/FamilyReunification/Sponsor"
    yield from _in_order(
        "FamilyReunification",
        ("Requested", request.requested),
        ("Decided", request.decided),
        ("Arrived", request.arrived),
    )


def _in_order(family: str, *dates: Dated) -> Iterator[Breach]:
    """BR-63 at every date that lies before the one named before it; what is not known is passed over."""
    known = [(element, day) for element, day in dates if day is not None]
    for (_, before), (element, after) in pairwise(known):
        if after < before:
            yield "BR-63", f"/{family}/{element}"


PROTECTION_RULES: Final[dict[type, Callable[[Any, Record], Iterator[Breach]]]] = {
    AsylumApplication: _asylum,
    RefugeeStatus: _refugee,
    SubsidiaryProtection: _subsidiary,
    TemporaryProtectionGroup: _group,
    TemporaryProtection: _member,
    NonRemoval: _non_removal,
    FamilyReunification: _family,
}
"""Value class of a protection family to its rules."""
