"""The record families from XML: one reader each, on elements that have passed the schema.

What is missing after all raises KeyError, ValueError or StopIteration, which read.py turns into a refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gateway.message.elements import Element, day, instant, is_true, maybe_count, maybe_day, texts
from gateway.message.pieces import each, party, place
from gateway.message.read_protected import PROTECTED_READERS
from gateway.records.aggregate import Quota, Statistic
from gateway.records.documents import DocumentStatus
from gateway.records.labour import EmploymentNotice, LabourPermit, RecruitmentLicence
from gateway.records.movement import BorderCrossing, ResidencePermit, StayRegistration
from gateway.records.record import Detail
from gateway.records.restriction import EntryBan, Expulsion


def _labour_permit(element: Element) -> LabourPermit:
    fields = texts(element)
    return LabourPermit(
        kind=fields["Kind"],
        series=fields.get("Series", ""),
        number=fields["Number"],
        valid_from=maybe_day(fields.get("ValidFrom")),
        valid_to=maybe_day(fields.get("ValidTo")),
        territory=fields.get("Territory", ""),
        occupation=fields.get("Occupation", ""),
        employer=party(element, "Employer") if "Employer" in fields else None,
        authority=fields.get("Authority", ""),
        issued=maybe_day(fields.get("Issued")),
        extension_no=int(fields.get("ExtensionNo", "0")),
        contract_number=fields.get("ContractNumber", ""),
        contract_date=maybe_day(fields.get("ContractDate")),
        quota_ref=fields.get("QuotaRef", ""),
        fee_paid_until=maybe_day(fields.get("FeePaidUntil")),
        reason=fields.get("Reason", ""),
    )


def _recruitment_licence(element: Element) -> RecruitmentLicence:
    fields = texts(element)
    return RecruitmentLicence(
        number=fields["Number"],
        holder=party(element, "Holder"),
        scope=fields["Scope"],
        holder_kind=fields.get("HolderKind", ""),
        destinations=each(element, "Destination") if "Destination" in fields else (),
        valid_from=maybe_day(fields.get("ValidFrom")),
        valid_to=maybe_day(fields.get("ValidTo")),
        authority=fields.get("Authority", ""),
        reason=fields.get("Reason", ""),
    )


def _employment_notice(element: Element) -> EmploymentNotice:
    fields = texts(element)
    return EmploymentNotice(
        event=fields["Event"],
        number=fields["Number"],
        notified=day(fields["Notified"]),
        employer=party(element, "Employer") if "Employer" in fields else None,
        contract_number=fields.get("ContractNumber", ""),
        contract_date=maybe_day(fields.get("ContractDate")),
        work_from=maybe_day(fields.get("WorkFrom")),
        work_to=maybe_day(fields.get("WorkTo")),
        ended=maybe_day(fields.get("Ended")),
        occupation=fields.get("Occupation", ""),
        territory=fields.get("Territory", ""),
        permit_ref=fields.get("PermitRef", ""),
        authority=fields.get("Authority", ""),
    )


def _stay_registration(element: Element) -> StayRegistration:
    fields = texts(element)
    return StayRegistration(
        number=fields["Number"],
        stay_from=day(fields["StayFrom"]),
        stay_to=maybe_day(fields.get("StayTo")),
        arrived=maybe_day(fields.get("Arrived")),
        place=place(element) if "Place" in fields else None,
        host=party(element, "Host") if "Host" in fields else None,
        purpose=fields.get("Purpose", ""),
        authority=fields.get("Authority", ""),
        card_series=fields.get("CardSeries", ""),
        card_number=fields.get("CardNumber", ""),
        notification=fields.get("Notification", ""),
        entry_point=fields.get("EntryPoint", ""),
        departed=maybe_day(fields.get("Departed")),
    )


def _residence_permit(element: Element) -> ResidencePermit:
    fields = texts(element)
    return ResidencePermit(
        kind=fields["Kind"],
        number=fields["Number"],
        series=fields.get("Series", ""),
        issued=maybe_day(fields.get("Issued")),
        valid_from=maybe_day(fields.get("ValidFrom")),
        valid_to=maybe_day(fields.get("ValidTo")),
        place=place(element) if "Place" in fields else None,
        ground=fields.get("Ground", ""),
        extension_no=int(fields.get("ExtensionNo", "0")),
        quota_ref=fields.get("QuotaRef", ""),
        authority=fields.get("Authority", ""),
        reason=fields.get("Reason", ""),
    )


def _border_crossing(element: Element) -> BorderCrossing:
    fields = texts(element)
    return BorderCrossing(
        direction=fields["Direction"],
        at=instant(fields["At"]),
        checkpoint=fields["Checkpoint"],
        outcome=fields["Outcome"],
        purpose=fields.get("Purpose", ""),
        transport=fields.get("Transport", ""),
        counterpart=fields.get("Counterpart", ""),
        transport_category=fields.get("TransportCategory", ""),
        transport_number=fields.get("TransportNumber", ""),
        shown_document=fields.get("ShownDocument", ""),
        visa_number=fields.get("VisaNumber", ""),
        refusal_reason=fields.get("RefusalReason", ""),
        operator=fields.get("Operator", ""),
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
        decided=maybe_day(fields.get("Decided")),
        scope=fields.get("Scope", ""),
        appeal=fields.get("Appeal", ""),
        register_number=fields.get("RegisterNumber", ""),
        review_by=maybe_day(fields.get("ReviewBy")),
        risk_markers=each(element, "RiskMarker") if "RiskMarker" in fields else (),
    )


def _expulsion(element: Element) -> Expulsion:
    fields = texts(element)
    return Expulsion(
        decision=fields["Decision"],
        authority=fields["Authority"],
        decided=day(fields["Decided"]),
        kind=fields["Kind"],
        court=fields.get("Court", ""),
        ground=fields.get("Ground", ""),
        leave_by=maybe_day(fields.get("LeaveBy")),
        executed=maybe_day(fields.get("Executed")),
        destination=fields.get("Destination", ""),
        checkpoint=fields.get("Checkpoint", ""),
        escorted=is_true(fields.get("Escorted", "")),
        cost=fields.get("Cost", ""),
        currency=fields.get("Currency", ""),
        appeal=fields.get("Appeal", ""),
    )


def _document_status(element: Element) -> DocumentStatus:
    fields = texts(element)
    return DocumentStatus(
        country=fields["Country"],
        kind=fields["Kind"],
        number=fields["Number"],
        since=day(fields["Since"]),
        series=fields.get("Series", ""),
        issued=maybe_day(fields.get("Issued")),
        expires=maybe_day(fields.get("Expires")),
        reported=maybe_day(fields.get("Reported")),
        authority=fields.get("Authority", ""),
    )


def _quota(element: Element) -> Quota:
    fields = texts(element)
    return Quota(
        year=int(fields["Year"]),
        kind=fields["Kind"],
        amount=int(fields["Amount"]),
        act=fields["Act"],
        used=maybe_count(fields.get("Used")),
        region=fields.get("Region", ""),
        occupation=fields.get("Occupation", ""),
        citizenship=fields.get("Citizenship", ""),
    )


def _statistic(element: Element) -> Statistic:
    fields = texts(element)
    return Statistic(
        table=fields["Table"],
        period_from=day(fields["PeriodFrom"]),
        period_to=day(fields["PeriodTo"]),
        measure=fields["Measure"],
        basis=fields["Basis"],
        definition=fields["Definition"],
        value=maybe_count(fields.get("Value")),
        flag=fields.get("Flag", ""),
        series_break=is_true(fields.get("SeriesBreak", "")),
        counterpart=fields.get("Counterpart", ""),
        citizenship=fields.get("Citizenship", ""),
        sex=fields.get("Sex", ""),
        age_band=fields.get("AgeBand", ""),
        subject=fields.get("Subject", ""),
        decision=fields.get("Decision", ""),
        purpose=fields.get("Purpose", ""),
        region=fields.get("Region", ""),
    )


DETAILS: Final[dict[str, Callable[[Element], Detail]]] = {
    "LabourPermit": _labour_permit,
    "RecruitmentLicence": _recruitment_licence,
    "EmploymentNotice": _employment_notice,
    "StayRegistration": _stay_registration,
    "ResidencePermit": _residence_permit,
    "BorderCrossing": _border_crossing,
    "EntryBan": _entry_ban,
    "Expulsion": _expulsion,
    "DocumentStatus": _document_status,
    "Quota": _quota,
    "Statistic": _statistic,
    **PROTECTED_READERS,
}
"""The family's element to its reader."""
