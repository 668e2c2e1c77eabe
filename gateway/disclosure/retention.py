"""When a record dies. Every record does: on the day it names itself, or on that of the table below.

The periods are defaults of this project [D] where no source is named; those that come from published rules of
others ([V], see the sources) are taken over as defaults, not as law. What came from another state may be cut
shorter by the agreement it came under.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gateway.records.category import Category
from gateway.records.record import Record

INACTIVE_BANS: Final = frozenset({"LIFTED", "EXPIRED", "DELETED"})
_OVERSTAYS: Final = frozenset({"OVERSTAY", "OVERSTAY_SUSPECTED"})
_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class Period:
    """How long records of a family are kept, and from which of their days on."""

    years: int
    since: tuple[str, ...]
    """Fields of the family's detail, the first that is filled counts; without any, the day of the version."""
    source: str
    """Where the period comes from; `D` for a default of this project."""

    @property
    def days(self) -> int:
        """The period in days."""
        return round(self.years * _YEAR)


PERIODS: Final[dict[Category, Period]] = {
    Category.LABOUR_PERMIT: Period(3, ("valid_to",), "D"),
    Category.RECRUITMENT_LICENCE: Period(5, ("valid_to",), "D"),
    Category.EMPLOYMENT_NOTICE: Period(3, ("ended", "work_to"), "D"),
    Category.STAY_REGISTRATION: Period(3, ("departed", "stay_to"), "D"),
    Category.RESIDENCE_PERMIT: Period(3, ("valid_to",), "D"),
    Category.BORDER_CROSSING: Period(3, ("at",), "V, by analogy to the EES, Regulation 2017/2226 Art. 34(1)"),
    Category.EXPULSION: Period(5, ("executed", "decided"), "V, by analogy to Regulation 2024/1358 Art. 29(5)"),
    Category.ENTRY_BAN: Period(0, ("ban_to",), "V, as reported of Resolution 366 of Belarus: when the term ends"),
    Category.DOCUMENT_STATUS: Period(10, ("expires", "since"), "D"),
    Category.QUOTA: Period(10, (), "D"),
    Category.STATISTIC: Period(30, ("period_to",), "D"),
    Category.ASYLUM_APPLICATION: Period(10, ("decided", "lodged"), "V, at most, Regulation 2024/1358 Art. 29(1)"),
    Category.REFUGEE_STATUS: Period(10, ("ended",), "D, as for applications"),
    Category.SUBSIDIARY_PROTECTION: Period(10, ("ended", "valid_to"), "D, as for applications"),
    Category.TEMPORARY_PROTECTION_GROUP: Period(10, ("end",), "D, as for applications"),
    Category.TEMPORARY_PROTECTION: Period(10, ("ended", "valid_to"), "D, as for applications"),
    Category.NON_REMOVAL: Period(10, ("ended", "valid_to"), "D, as for applications"),
    Category.FAMILY_REUNIFICATION: Period(10, ("arrived", "decided"), "D, as for applications"),
}
"""One line a family (domain.md 3.3)."""

OVERSTAY: Final = Period(5, ("stay_to", "at"), "V, by analogy to the EES, Regulation 2017/2226 Art. 34(3)")
"""Of those who stayed longer than they were allowed to."""
OPEN_BAN: Final = Period(3, (), "V, by analogy to SIS, Regulation 2018/1861 Art. 39(2)")
"""A ban without end, unless a new version says that it was looked at again."""


def last_day(record: Record, *, agreed_days: int | None = None, stored: date | None = None) -> date:
    """The last day on which this version is kept.

    `agreed_days` is what the agreement allows from the day it was `stored`, for what came from others.
    """
    own = record.retention_until or _by_default(record)
    if agreed_days is None or stored is None:
        return own
    return min(own, stored + timedelta(days=agreed_days))


_ENDS: Final = ("valid_to", "ban_to", "stay_to", "work_to", "end", "expires")
"""Fields by which a record says itself until when it holds, inclusive."""


def expired(record: Record, today: date) -> bool:
    """Whether a record's own term is over. Nobody's status is changed for it: that is its owner's to do."""
    ends = [value for value in (getattr(record.detail, name, None) for name in _ENDS) if value is not None]
    return any(end < today for end in ends)


def _by_default(record: Record) -> date:
    made = record.created.date()
    if record.category is Category.ENTRY_BAN and record.status in INACTIVE_BANS:
        return made
    if record.category is Category.REFUGEE_STATUS and record.status == "NATURALISED":
        # A citizen is no refugee any more, and nothing has to say that they were one.
        return made
    period = PERIODS[record.category]
    if record.status in _OVERSTAYS:
        period = OVERSTAY
    filled = (getattr(record.detail, name, None) for name in period.since)
    since = next((value for value in filled if value is not None), None)
    if since is None and record.category is Category.ENTRY_BAN:
        period = OPEN_BAN
    day = date(since.year, since.month, since.day) if since is not None else made
    # A period that was over before the version was made would erase it before anybody has read it.
    return max(_after(day, period.days), made)


def _after(day: date, days: int) -> date:
    # An end that a register writes as the year 9999 has no day after it.
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))
