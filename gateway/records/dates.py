"""Partial dates: a birth date is often known only to the year, and that must never be papered over. Times in UTC."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime

from gateway.records.value import quick

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@quick
@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date known to the year, the month or the day (EDTF level 0: `1975`, `1975-06`, `1975-06-15`).

    `month` and `day` are 0 where they are unknown; a day without a month cannot be said. `assumed` marks a
    complete date of which the source says, or a frequency shows, that 1 January stands for "unknown".
    """

    year: int
    month: int = 0
    day: int = 0
    assumed: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.year <= 9999 or not 0 <= self.month <= 12 or (self.day and not self.month):
            raise ValueError("not a date")
        # Every month has 28 days, so that most dates need no calendar.
        if self.day and not 1 <= self.day <= 28 and not 29 <= self.day <= monthrange(self.year, self.month)[1]:
            raise ValueError("not a date")

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read the exchange form; ValueError for anything else."""
        match = _ISO.fullmatch(text)
        if match is None:
            raise ValueError("not a date")
        year, month, day = match.groups()
        if month == "00" or day == "00":
            raise ValueError("not a date")
        return cls(int(year), int(month or 0), int(day or 0))

    @classmethod
    def of(cls, value: date) -> PartialDate:
        """A full date."""
        return cls(value.year, value.month, value.day)

    @property
    def precision(self) -> str:
        """`day`, `month` or `year`."""
        return "day" if self.day else "month" if self.month else "year"

    def __str__(self) -> str:
        """The exchange form: `1975`, `1975-06` or `1975-06-15`."""
        text = f"{self.year:04d}"
        if self.month:
            text += f"-{self.month:02d}"
        if self.day:
            text += f"-{self.day:02d}"
        return text


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the last of February where that year has no 29th.

    Beyond the calendar it is the calendar's last day, which registers write for "for ever".
    """
    if day.year + years > MAXYEAR:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def in_utc(at: datetime) -> datetime:
    """A time in UTC; one without a zone is taken for UTC. ValueError where the calendar has no such time there."""
    if at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time beyond the calendar") from error
