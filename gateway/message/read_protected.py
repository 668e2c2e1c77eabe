"""The protection families from XML, apart from everything else; see families.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gateway.message.elements import Element, day, is_true, maybe_day, texts
from gateway.message.pieces import each, party, place
from gateway.records.protection import (
    AsylumApplication,
    FamilyReunification,
    NonRemoval,
    RefugeeStatus,
    SubsidiaryProtection,
    TemporaryProtection,
    TemporaryProtectionGroup,
)
from gateway.records.record import Detail


def _asylum_application(element: Element) -> AsylumApplication:
    fields = texts(element)
    return AsylumApplication(
        application=fields["Application"],
        lodged=day(fields["Lodged"]),
        registered=maybe_day(fields.get("Registered")),
        decided=maybe_day(fields.get("Decided")),
        certificate=fields.get("Certificate", ""),
        unaccompanied_minor=is_true(fields.get("UnaccompaniedMinor", "")),
        persecutors=each(element, "Persecutor") if "Persecutor" in fields else (),
        place=place(element) if "Place" in fields else None,
        role=fields.get("Role", ""),
        principal=fields.get("Principal", ""),
        languages=each(element, "Language") if "Language" in fields else (),
        interviews=tuple(day(held) for held in each(element, "Interview")) if "Interview" in fields else (),
        certificate_until=maybe_day(fields.get("CertificateUntil")),
        decision=fields.get("Decision", ""),
        appeal=fields.get("Appeal", ""),
        appealed=maybe_day(fields.get("Appealed")),
        exclusion=is_true(fields.get("Exclusion", "")),
        representative=party(element, "Representative") if "Representative" in fields else None,
    )


def _refugee_status(element: Element) -> RefugeeStatus:
    fields = texts(element)
    return RefugeeStatus(
        number=fields["Number"],
        granted=day(fields["Granted"]),
        basis=fields["Basis"],
        principal=fields.get("Principal", ""),
        certificate=fields.get("Certificate", ""),
        certificate_until=maybe_day(fields.get("CertificateUntil")),
        absent_since=maybe_day(fields.get("AbsentSince")),
        returned=maybe_day(fields.get("Returned")),
        ended=maybe_day(fields.get("Ended")),
        application=fields.get("Application", ""),
        authority=fields.get("Authority", ""),
        persecutors=each(element, "Persecutor") if "Persecutor" in fields else (),
    )


def _subsidiary_protection(element: Element) -> SubsidiaryProtection:
    fields = texts(element)
    return SubsidiaryProtection(
        number=fields["Number"],
        granted=day(fields["Granted"]),
        valid_from=day(fields["ValidFrom"]),
        valid_to=day(fields["ValidTo"]),
        extension_no=int(fields.get("ExtensionNo", "0")),
        certificate=fields.get("Certificate", ""),
        ended=maybe_day(fields.get("Ended")),
        application=fields.get("Application", ""),
        authority=fields.get("Authority", ""),
        persecutors=each(element, "Persecutor") if "Persecutor" in fields else (),
    )


def _temporary_protection_group(element: Element) -> TemporaryProtectionGroup:
    fields = texts(element)
    return TemporaryProtectionGroup(
        decision=fields["Decision"],
        definition=fields["Definition"],
        origins=each(element, "Origin"),
        start=day(fields["Start"]),
        end=maybe_day(fields.get("End")),
        decided=maybe_day(fields.get("Decided")),
        extension_no=int(fields.get("ExtensionNo", "0")),
        authority=fields.get("Authority", ""),
    )


def _temporary_protection(element: Element) -> TemporaryProtection:
    fields = texts(element)
    return TemporaryProtection(
        number=fields["Number"],
        group=fields["Group"],
        registered=day(fields["Registered"]),
        valid_to=maybe_day(fields.get("ValidTo")),
        certificate=fields.get("Certificate", ""),
        ended=maybe_day(fields.get("Ended")),
        authority=fields.get("Authority", ""),
        persecutors=each(element, "Persecutor") if "Persecutor" in fields else (),
    )


def _non_removal(element: Element) -> NonRemoval:
    fields = texts(element)
    return NonRemoval(
        number=fields["Number"],
        basis=fields["Basis"],
        valid_from=day(fields["ValidFrom"]),
        valid_to=maybe_day(fields.get("ValidTo")),
        review_by=maybe_day(fields.get("ReviewBy")),
        ended=maybe_day(fields.get("Ended")),
        authority=fields.get("Authority", ""),
        persecutors=each(element, "Persecutor") if "Persecutor" in fields else (),
    )


def _family_reunification(element: Element) -> FamilyReunification:
    fields = texts(element)
    return FamilyReunification(
        number=fields["Number"],
        sponsor=fields["Sponsor"],
        relation=fields["Relation"],
        requested=day(fields["Requested"]),
        decided=maybe_day(fields.get("Decided")),
        arrived=maybe_day(fields.get("Arrived")),
        authority=fields.get("Authority", ""),
        persecutors=each(element, "Persecutor") if "Persecutor" in fields else (),
    )


PROTECTED_READERS: Final[dict[str, Callable[[Element], Detail]]] = {
    "AsylumApplication": _asylum_application,
    "RefugeeStatus": _refugee_status,
    "SubsidiaryProtection": _subsidiary_protection,
    "TemporaryProtectionGroup": _temporary_protection_group,
    "TemporaryProtection": _temporary_protection,
    "NonRemoval": _non_removal,
    "FamilyReunification": _family_reunification,
}
"""The family's element to its reader."""
