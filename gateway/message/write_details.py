"""The record families to XML, one f-string each: they run for every record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from gateway.message.fragments import count, day, each, flag, optional, party, place
from gateway.message.text import moment, text
from gateway.records.aggregate import Quota, Statistic
from gateway.records.documents import DocumentStatus
from gateway.records.labour import EmploymentNotice, LabourPermit, RecruitmentLicence
from gateway.records.movement import BorderCrossing, ResidencePermit, StayRegistration
from gateway.records.restriction import EntryBan, Expulsion


def _labour_permit(permit: LabourPermit) -> str:
    return (
        f"<LabourPermit><Kind>{text(permit.kind, 'Kind')}</Kind>{optional('Series', permit.series)}"
        f"<Number>{text(permit.number, 'Number')}</Number>{day('ValidFrom', permit.valid_from)}"
        f"{day('ValidTo', permit.valid_to)}{optional('Territory', permit.territory)}"
        f"{optional('Occupation', permit.occupation)}{party('Employer', permit.employer)}"
        f"{optional('Authority', permit.authority)}{day('Issued', permit.issued)}"
        f"{count('ExtensionNo', permit.extension_no or None)}{optional('ContractNumber', permit.contract_number)}"
        f"{day('ContractDate', permit.contract_date)}{optional('QuotaRef', permit.quota_ref)}"
        f"{day('FeePaidUntil', permit.fee_paid_until)}{optional('Reason', permit.reason)}</LabourPermit>"
    )


def _recruitment_licence(licence: RecruitmentLicence) -> str:
    return (
        f"<RecruitmentLicence><Number>{text(licence.number, 'Number')}</Number>{party('Holder', licence.holder)}"
        f"<Scope>{text(licence.scope, 'Scope')}</Scope>{optional('HolderKind', licence.holder_kind)}"
        f"{each('Destination', licence.destinations)}{day('ValidFrom', licence.valid_from)}"
        f"{day('ValidTo', licence.valid_to)}{optional('Authority', licence.authority)}"
        f"{optional('Reason', licence.reason)}</RecruitmentLicence>"
    )


def _employment_notice(notice: EmploymentNotice) -> str:
    return (
        f"<EmploymentNotice><Event>{text(notice.event, 'Event')}</Event>"
        f"<Number>{text(notice.number, 'Number')}</Number><Notified>{notice.notified.isoformat()}</Notified>"
        f"{party('Employer', notice.employer)}{optional('ContractNumber', notice.contract_number)}"
        f"{day('ContractDate', notice.contract_date)}{day('WorkFrom', notice.work_from)}"
        f"{day('WorkTo', notice.work_to)}{day('Ended', notice.ended)}{optional('Occupation', notice.occupation)}"
        f"{optional('Territory', notice.territory)}{optional('PermitRef', notice.permit_ref)}"
        f"{optional('Authority', notice.authority)}</EmploymentNotice>"
    )


def _stay_registration(stay: StayRegistration) -> str:
    return (
        f"<StayRegistration><Number>{text(stay.number, 'Number')}</Number>"
        f"<StayFrom>{stay.stay_from.isoformat()}</StayFrom>{day('StayTo', stay.stay_to)}{day('Arrived', stay.arrived)}"
        f"{place(stay.place)}{party('Host', stay.host)}{optional('Purpose', stay.purpose)}"
        f"{optional('Authority', stay.authority)}{optional('CardSeries', stay.card_series)}"
        f"{optional('CardNumber', stay.card_number)}{optional('Notification', stay.notification)}"
        f"{optional('EntryPoint', stay.entry_point)}{day('Departed', stay.departed)}</StayRegistration>"
    )


def _residence_permit(permit: ResidencePermit) -> str:
    return (
        f"<ResidencePermit><Kind>{text(permit.kind, 'Kind')}</Kind><Number>{text(permit.number, 'Number')}</Number>"
        f"{optional('Series', permit.series)}{day('Issued', permit.issued)}{day('ValidFrom', permit.valid_from)}"
        f"{day('ValidTo', permit.valid_to)}{place(permit.place)}{optional('Ground', permit.ground)}"
        f"{count('ExtensionNo', permit.extension_no or None)}{optional('QuotaRef', permit.quota_ref)}"
        f"{optional('Authority', permit.authority)}{optional('Reason', permit.reason)}</ResidencePermit>"
    )


def _border_crossing(crossing: BorderCrossing) -> str:
    return (
        f"<BorderCrossing><Direction>{text(crossing.direction, 'Direction')}</Direction>"
        f"<At>{moment(crossing.at, 'At')}</At><Checkpoint>{text(crossing.checkpoint, 'Checkpoint')}</Checkpoint>"
        f"<Outcome>{text(crossing.outcome, 'Outcome')}</Outcome>{optional('Purpose', crossing.purpose)}"
        f"{optional('Transport', crossing.transport)}{optional('Counterpart', crossing.counterpart)}"
        f"{optional('TransportCategory', crossing.transport_category)}"
        f"{optional('TransportNumber', crossing.transport_number)}{optional('ShownDocument', crossing.shown_document)}"
        f"{optional('VisaNumber', crossing.visa_number)}{optional('RefusalReason', crossing.refusal_reason)}"
        f"{optional('Operator', crossing.operator)}</BorderCrossing>"
    )


def _entry_ban(ban: EntryBan) -> str:
    return (
        f"<EntryBan><Decision>{text(ban.decision, 'Decision')}</Decision>"
        f"<Authority>{text(ban.authority, 'Authority')}</Authority><BanFrom>{ban.ban_from.isoformat()}</BanFrom>"
        f"{day('BanTo', ban.ban_to)}<Action>{text(ban.action, 'Action')}</Action>"
        f"<Territory>{text(ban.territory, 'Territory')}</Territory>{optional('Ground', ban.ground)}"
        f"{day('Decided', ban.decided)}{optional('Scope', ban.scope)}{optional('Appeal', ban.appeal)}"
        f"{optional('RegisterNumber', ban.register_number)}{day('ReviewBy', ban.review_by)}"
        f"{each('RiskMarker', ban.risk_markers)}</EntryBan>"
    )


def _expulsion(expulsion: Expulsion) -> str:
    return (
        f"<Expulsion><Decision>{text(expulsion.decision, 'Decision')}</Decision>"
        f"<Authority>{text(expulsion.authority, 'Authority')}</Authority>"
        f"<Decided>{expulsion.decided.isoformat()}</Decided><Kind>{text(expulsion.kind, 'Kind')}</Kind>"
        f"{optional('Court', expulsion.court)}{optional('Ground', expulsion.ground)}"
        f"{day('LeaveBy', expulsion.leave_by)}{day('Executed', expulsion.executed)}"
        f"{optional('Destination', expulsion.destination)}{optional('Checkpoint', expulsion.checkpoint)}"
        f"{flag('Escorted', expulsion.escorted)}{optional('Cost', expulsion.cost)}"
        f"{optional('Currency', expulsion.currency)}{optional('Appeal', expulsion.appeal)}</Expulsion>"
    )


def _document_status(document: DocumentStatus) -> str:
    return (
        f"<DocumentStatus><Country>{text(document.country, 'Country')}</Country>"
        f"<Kind>{text(document.kind, 'Kind')}</Kind><Number>{text(document.number, 'Number')}</Number>"
        f"<Since>{document.since.isoformat()}</Since>{optional('Series', document.series)}"
        f"{day('Issued', document.issued)}{day('Expires', document.expires)}{day('Reported', document.reported)}"
        f"{optional('Authority', document.authority)}</DocumentStatus>"
    )


def _quota(quota: Quota) -> str:
    return (
        f"<Quota><Year>{quota.year}</Year><Kind>{text(quota.kind, 'Kind')}</Kind><Amount>{quota.amount}</Amount>"
        f"<Act>{text(quota.act, 'Act')}</Act>{count('Used', quota.used)}{optional('Region', quota.region)}"
        f"{optional('Occupation', quota.occupation)}{optional('Citizenship', quota.citizenship)}</Quota>"
    )


def _statistic(statistic: Statistic) -> str:
    return (
        f"<Statistic><Table>{text(statistic.table, 'Table')}</Table>"
        f"<PeriodFrom>{statistic.period_from.isoformat()}</PeriodFrom>"
        f"<PeriodTo>{statistic.period_to.isoformat()}</PeriodTo>"
        f"<Measure>{text(statistic.measure, 'Measure')}</Measure><Basis>{text(statistic.basis, 'Basis')}</Basis>"
        f"<Definition>{text(statistic.definition, 'Definition')}</Definition>{count('Value', statistic.value)}"
        f"{optional('Flag', statistic.flag)}{flag('SeriesBreak', statistic.series_break)}"
        f"{optional('Counterpart', statistic.counterpart)}{optional('Citizenship', statistic.citizenship)}"
        f"{optional('Sex', statistic.sex)}{optional('AgeBand', statistic.age_band)}"
        f"{optional('Subject', statistic.subject)}{optional('Decision', statistic.decision)}"
        f"{optional('Purpose', statistic.purpose)}{optional('Region', statistic.region)}</Statistic>"
    )


WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    LabourPermit: _labour_permit,
    RecruitmentLicence: _recruitment_licence,
    EmploymentNotice: _employment_notice,
    StayRegistration: _stay_registration,
    ResidencePermit: _residence_permit,
    BorderCrossing: _border_crossing,
    EntryBan: _entry_ban,
    Expulsion: _expulsion,
    DocumentStatus: _document_status,
    Quota: _quota,
    Statistic: _statistic,
}
"""Value class of a family to its writer."""
