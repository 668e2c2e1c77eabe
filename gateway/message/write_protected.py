"""The protection families to XML, apart from everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from gateway.message.fragments import count, day, each, flag, optional, party, place
from gateway.message.text import text
from gateway.records.protection import (
    AsylumApplication,
    FamilyReunification,
    NonRemoval,
    RefugeeStatus,
    SubsidiaryProtection,
    TemporaryProtection,
    TemporaryProtectionGroup,
)


def _asylum_application(application: AsylumApplication) -> str:
    return (
        f"<AsylumApplication><Application>{text(application.application, 'Application')}</Application>"
        f"<Lodged>{application.lodged.isoformat()}</Lodged>{day('Registered', application.registered)}"
        f"{day('Decided', application.decided)}{optional('Certificate', application.certificate)}"
        f"{flag('UnaccompaniedMinor', application.unaccompanied_minor)}{each('Persecutor', application.persecutors)}"
        f"{place(application.place)}{optional('Role', application.role)}{optional('Principal', application.principal)}"
        f"{each('Language', application.languages)}"
        f"{each('Interview', [held.isoformat() for held in application.interviews])}"
        f"{day('CertificateUntil', application.certificate_until)}{optional('Decision', application.decision)}"
        f"{optional('Appeal', application.appeal)}{day('Appealed', application.appealed)}"
        f"{flag('Exclusion', application.exclusion)}"
        f"{party('Representative', application.representative)}</AsylumApplication>"
    )


def _refugee_status(status: RefugeeStatus) -> str:
    return (
        f"<RefugeeStatus><Number>{text(status.number, 'Number')}</Number>"
        f"<Granted>{status.granted.isoformat()}</Granted><Basis>{text(status.basis, 'Basis')}</Basis>"
        f"{optional('Principal', status.principal)}{optional('Certificate', status.certificate)}"
        f"{day('CertificateUntil', status.certificate_until)}{day('AbsentSince', status.absent_since)}"
        f"{day('Returned', status.returned)}{day('Ended', status.ended)}{optional('Application', status.application)}"
        f"{optional('Authority', status.authority)}{each('Persecutor', status.persecutors)}</RefugeeStatus>"
    )


def _subsidiary_protection(protection: SubsidiaryProtection) -> str:
    return (
        f"<SubsidiaryProtection><Number>{text(protection.number, 'Number')}</Number>"
        f"<Granted>{protection.granted.isoformat()}</Granted>"
        f"<ValidFrom>{protection.valid_from.isoformat()}</ValidFrom>"
        f"<ValidTo>{protection.valid_to.isoformat()}</ValidTo>{count('ExtensionNo', protection.extension_no or None)}"
        f"{optional('Certificate', protection.certificate)}{day('Ended', protection.ended)}"
        f"{optional('Application', protection.application)}{optional('Authority', protection.authority)}"
        f"{each('Persecutor', protection.persecutors)}</SubsidiaryProtection>"
    )


def _temporary_protection_group(decision: TemporaryProtectionGroup) -> str:
    return (
        f"<TemporaryProtectionGroup><Decision>{text(decision.decision, 'Decision')}</Decision>"
        f"<Definition>{text(decision.definition, 'Definition')}</Definition>{each('Origin', decision.origins)}"
        f"<Start>{decision.start.isoformat()}</Start>{day('End', decision.end)}{day('Decided', decision.decided)}"
        f"{count('ExtensionNo', decision.extension_no or None)}"
        f"{optional('Authority', decision.authority)}</TemporaryProtectionGroup>"
    )


def _temporary_protection(member: TemporaryProtection) -> str:
    return (
        f"<TemporaryProtection><Number>{text(member.number, 'Number')}</Number>"
        f"<Group>{text(member.group, 'Group')}</Group><Registered>{member.registered.isoformat()}</Registered>"
        f"{day('ValidTo', member.valid_to)}{optional('Certificate', member.certificate)}{day('Ended', member.ended)}"
        f"{optional('Authority', member.authority)}{each('Persecutor', member.persecutors)}</TemporaryProtection>"
    )


def _non_removal(measure: NonRemoval) -> str:
    return (
        f"<NonRemoval><Number>{text(measure.number, 'Number')}</Number><Basis>{text(measure.basis, 'Basis')}</Basis>"
        f"<ValidFrom>{measure.valid_from.isoformat()}</ValidFrom>{day('ValidTo', measure.valid_to)}"
        f"{day('ReviewBy', measure.review_by)}{day('Ended', measure.ended)}{optional('Authority', measure.authority)}"
        f"{each('Persecutor', measure.persecutors)}</NonRemoval>"
    )


def _family_reunification(request: FamilyReunification) -> str:
    return (
        f"<FamilyReunification><Number>{text(request.number, 'Number')}</Number>"
        f"<Sponsor>{text(request.sponsor, 'Sponsor')}</Sponsor>"
        f"<Relation>{text(request.relation, 'Relation')}</Relation>"
        f"<Requested>{request.requested.isoformat()}</Requested>{day('Decided', request.decided)}"
        f"{day('Arrived', request.arrived)}{optional('Authority', request.authority)}"
        f"{each('Persecutor', request.persecutors)}</FamilyReunification>"
    )


PROTECTED_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    AsylumApplication: _asylum_application,
    RefugeeStatus: _refugee_status,
    SubsidiaryProtection: _subsidiary_protection,
    TemporaryProtectionGroup: _temporary_protection_group,
    TemporaryProtection: _temporary_protection,
    NonRemoval: _non_removal,
    FamilyReunification: _family_reunification,
}
"""Value class of a family to its writer."""
