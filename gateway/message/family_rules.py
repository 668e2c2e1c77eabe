"""The business rules of each record family (BR-20 to BR-28 and BR-50 to BR-69), judged on its values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from gateway.message.protection_rules import PROTECTION_RULES
from gateway.message.rulebook import Breach, misordered
from gateway.records.aggregate import Quota, Statistic
from gateway.records.dates import PartialDate
from gateway.records.documents import DocumentStatus
from gateway.records.labour import EmploymentNotice, LabourPermit, RecruitmentLicence
from gateway.records.movement import BorderCrossing, ResidencePermit, StayRegistration
from gateway.records.record import Record
from gateway.records.restriction import EntryBan, Expulsion

BAN_AGE: Final = 14
"""Below it an entry ban needs the flag of a reviewed decision (domain.md 3.4: children are treated stricter)."""

REVIEWED: Final = "BAN-MINOR-REVIEWED"

VALUELESS: Final = frozenset({"MISSING", "SUPPRESSED"})
"""Flags of a statistic that has no value."""

SMALL: Final = range(1, 5)
"""Cells that could show a person are suppressed (domain.md 5, default 1)."""


def _permit(permit: LabourPermit, _: Record) -> Iterator[Breach]:
    if not permit.number.strip():
        yield "BR-28", "/LabourPermit/Number"
    if misordered(permit.valid_from, permit.valid_to):
        yield "BR-23", "/LabourPermit/ValidTo"
    if misordered(permit.issued, permit.valid_to):
        yield "BR-50", "/LabourPermit/Issued"
    if permit.fee_paid_until is not None and permit.kind != "patent":
        yield "BR-52", "/LabourPermit/FeePaidUntil"


def _licence(licence: RecruitmentLicence, _: Record) -> Iterator[Breach]:
    if not licence.number.strip():
        yield "BR-28", "/RecruitmentLicence/Number"
    if misordered(licence.valid_from, licence.valid_to):
        yield "BR-23", "/RecruitmentLicence/ValidTo"
    if not licence.holder.number.strip():
        yield "BR-51", "/RecruitmentLicence/Holder"


def _notice(notice: EmploymentNotice, _: Record) -> Iterator[Breach]:
    if not notice.number.strip():
        yield "BR-28", "/EmploymentNotice/Number"
    if misordered(notice.work_from, notice.work_to):
        yield "BR-54", "/EmploymentNotice/WorkTo"
    if misordered(notice.contract_date or notice.work_from, notice.ended):
        yield "BR-54", "/EmploymentNotice/Ended"
    if notice.event == "TERMINATION" and notice.ended is None:
        yield "BR-55", "/EmploymentNotice"


def _stay(stay: StayRegistration, _: Record) -> Iterator[Breach]:
    if not stay.number.strip():
        yield "BR-28", "/StayRegistration/Number"
    if misordered(stay.stay_from, stay.stay_to):
        yield "BR-24", "/StayRegistration/StayTo"
    if misordered(stay.arrived, stay.stay_to):
        yield "BR-25", "/StayRegistration/Arrived"
    if misordered(stay.arrived or stay.stay_from, stay.departed):
        yield "BR-25", "/StayRegistration/Departed"


def _residence(permit: ResidencePermit, _: Record) -> Iterator[Breach]:
    if not permit.number.strip():
        yield "BR-28", "/ResidencePermit/Number"
    if misordered(permit.valid_from, permit.valid_to):
        yield "BR-23", "/ResidencePermit/ValidTo"
    if misordered(permit.issued, permit.valid_to):
        yield "BR-50", "/ResidencePermit/Issued"


def _crossing(crossing: BorderCrossing, record: Record) -> Iterator[Breach]:
    if not crossing.checkpoint.strip():
        yield "BR-28", "/BorderCrossing/Checkpoint"
    if crossing.at > record.created:
        yield "BR-26", "/BorderCrossing/At"
    if crossing.refusal_reason and crossing.outcome != "REFUSED":
        yield "BR-53", "/BorderCrossing/RefusalReason"


def _ban(ban: EntryBan, record: Record) -> Iterator[Breach]:
    if not ban.decision.strip():
        yield "BR-20", "/EntryBan/Decision"
    if not ban.authority.strip():
        yield "BR-20", "/EntryBan/Authority"
    if misordered(ban.ban_from, ban.ban_to):
        yield "BR-21", "/EntryBan/BanTo"
    born = record.person.birth_date if record.person is not None else None
    if born is not None and REVIEWED not in record.flags and _perhaps_under(BAN_AGE, born, ban.ban_from):
        yield "BR-22", "/EntryBan/BanFrom"


def _expulsion(expulsion: Expulsion, record: Record) -> Iterator[Breach]:
    if not expulsion.decision.strip():
        yield "BR-20", "/Expulsion/Decision"
    if not expulsion.authority.strip():
        yield "BR-20", "/Expulsion/Authority"
    if misordered(expulsion.decided, expulsion.executed):
        yield "BR-56", "/Expulsion/Executed"
    if record.status == "EXECUTED" and expulsion.executed is None:
        yield "BR-56", "/Expulsion"
    if bool(expulsion.cost) != bool(expulsion.currency):
        yield "BR-57", "/Expulsion/Cost" if expulsion.cost else "/Expulsion/Currency"


def _document(document: DocumentStatus, record: Record) -> Iterator[Breach]:
    if not document.number.strip():
        yield "BR-18", "/DocumentStatus/Number"
    if misordered(document.issued, document.expires):
        yield "BR-17", "/DocumentStatus/Expires"
    if document.since > record.created.date():
        yield "BR-58", "/DocumentStatus/Since"


def _quota(quota: Quota, _: Record) -> Iterator[Breach]:
    if not quota.act.strip():
        yield "BR-28", "/Quota/Act"
    if quota.used is not None and quota.used > quota.amount:
        yield "BR-59", "/Quota/Used"


def _statistic(statistic: Statistic, _: Record) -> Iterator[Breach]:
    if not statistic.table.strip():
        yield "BR-28", "/Statistic/Table"
    if misordered(statistic.period_from, statistic.period_to):
        yield "BR-60", "/Statistic/PeriodTo"
    if (statistic.value is None) != (statistic.flag in VALUELESS):
        yield "BR-61", "/Statistic" if statistic.value is None else "/Statistic/Value"
    if statistic.measure == "PERSONS" and statistic.value in SMALL:
        yield "BR-62", "/Statistic/Value"


def _perhaps_under(age: int, born: PartialDate, day: date) -> bool:
    """Whether the person may be younger than `age` on `day`: an unknown day or month counts for the child."""
    unknown = born.assumed or not born.month
    birthday = (12, 31) if unknown else (born.month, born.day or 31)
    return (day.year - born.year, (day.month, day.day)) < (age, birthday)


FAMILY_RULES: Final[dict[type, Callable[[Any, Record], Iterator[Breach]]]] = {
    LabourPermit: _permit,
    RecruitmentLicence: _licence,
    EmploymentNotice: _notice,
    StayRegistration: _stay,
    ResidencePermit: _residence,
    BorderCrossing: _crossing,
    EntryBan: _ban,
    Expulsion: _expulsion,
    DocumentStatus: _document,
    Quota: _quota,
    Statistic: _statistic,
    **PROTECTION_RULES,
}
"""Value class of a family to its rules."""
