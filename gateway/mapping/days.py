"""Dates and times as registers write them, and back.

Reading accepts every form that can mean one thing only; the form that a profile declares decides between
day-first and month-first and is the one written on the way back. What cannot be is never repaired: 31.02 is
an error, not the third of March.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from gateway.mapping import written_days
from gateway.mapping.written_days import partial
from gateway.records.dates import PartialDate

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)? ?(.*))?")
_POINTED = re.compile(
    r"(\d{1,2}|[.?хХxX_]{1,2})[./-](\d{1,2}|[.?хХxX_]{1,2})[./-](\d{4}|\d{2})"
    r"(?: +(\d{2}):(\d{2})(?::(\d{2}))?)?"
)
_PLAIN = re.compile(r"([0-9]{2})[./-]([0-9]{2})[./-]([0-9]{4})")
_YEAR = re.compile(r"(?:[.?хХxX_ -]*[. ])?(\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{2})")
_SERIAL = re.compile(r"\d{1,7}(?:\.0*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EPOCH = re.compile(r"-?\d{9,15}")
_EPOCH_DAY = re.compile(r"0|-?\d{5,15}")
"""Milliseconds where a profile counts them: those of the first days of 1970 are short, and four digits are a year."""
_OF_YEAR = re.compile(r"[\s ]*(?:г\.?|года?|ý\.?|ж\.?|й\.)$")
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})")
_AHEAD: Final = 50
"""Years that a term of validity may still have before it."""
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Form:
    """How a profile writes a date."""

    write: Callable[[PartialDate], str]
    month_first: bool = False
    epoch: bool = False
    serial_from: date | None = None
    """The day 0 of a spreadsheet's serial numbers, where dates come as those."""


def _pointed(sign: str) -> Callable[[PartialDate], str]:
    return lambda day: f"{day.day:02d}{sign}{day.month:02d}{sign}{day.year:04d}"


def _epoch(day: PartialDate) -> str:
    # A date that is not known to the day has no millisecond; the year alone is read back as a year.
    if not day.day:
        return str(day)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return str((moment - _BEGINNING) // timedelta(milliseconds=1))


_DAY_ZERO_1900: Final = date(1899, 12, 30)
_DAY_ZERO_1904: Final = date(1904, 1, 1)
_LEAP_1900: Final = 60
"""The serial number of 29 February 1900, which spreadsheets of the 1900 system have and the calendar has not."""


def _serial(zero: date) -> Callable[[PartialDate], str]:
    def write(day: PartialDate) -> str:
        # What is not known to the day has no number; the year alone is read back as a year.
        if not day.day:
            return str(day)
        number = (date(day.year, day.month, day.day) - zero).days
        early = zero == _DAY_ZERO_1900 and number <= _LEAP_1900
        number -= early
        # A number that looks like a year would be read as one.
        return str(number) if number > 9999 else str(day)

    return write


FORMS: Final[dict[str, Form]] = {
    "DD.MM.YYYY": Form(_pointed(".")),
    "DD/MM/YYYY": Form(_pointed("/")),
    "DD-MM-YYYY": Form(_pointed("-")),
    "MM/DD/YYYY": Form(lambda day: f"{day.month:02d}/{day.day:02d}/{day.year:04d}", month_first=True),
    "YYYY-MM-DD": Form(str),
    "YYYYMMDD": Form(lambda day: str(day).replace("-", "") if day.day else str(day)),
    "epoch-ms": Form(_epoch, epoch=True),
    "excel": Form(_serial(_DAY_ZERO_1900), serial_from=_DAY_ZERO_1900),
    "excel-1904": Form(_serial(_DAY_ZERO_1904), serial_from=_DAY_ZERO_1904),
}
_STAMPED = re.compile(r"YYYY-MM-DDT00:00:00([+-]\d{2}:\d{2}|Z)")


def form(name: str) -> Form | None:
    """The form of that name, for example `DD.MM.YYYY` or `YYYY-MM-DDT00:00:00+06:00`; None where unknown."""
    stamped = _STAMPED.fullmatch(name)
    if stamped:
        return Form(lambda day: f"{day}T00:00:00{stamped[1]}" if day.day else str(day))
    return FORMS.get(name)


def zone(text: str) -> timezone | None:
    """An offset such as `+05:00` or `Z`; None where it is none."""
    if text in {"Z", "z"}:
        return UTC
    match = _ZONE.fullmatch(text)
    if match is None or int(match[3]) > 59 or int(match[2]) > 14:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def _unknown_or(part: str) -> int:
    return int(part) if part.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Reads dates of one profile. ValueError for what is no date; the caller gives it a code."""

    form: Form
    local: timezone | None
    """Where a time without zone was written, and where a moment becomes a day."""
    today: date
    placeholder: bool = False
    """Whether 1 January in a birth date stands for "unknown"."""

    def birth(self, text: str) -> PartialDate:
        """A birth date, possibly known to the year or month only; two digits of a year mean a day that has been."""
        return self._day(text, _numbers(self.today))

    def past(self, text: str) -> date:
        """A full date of what has happened; two digits of a year mean a day that has been."""
        return _full(self._day(text, _numbers(self.today)))

    def day(self, text: str) -> date:
        """A full date of what may still come; two digits of a year look half a century ahead, and no further."""
        return _full(self._day(text, (self.today.year + _AHEAD, 12, 31)))

    def _day(self, text: str, latest: tuple[int, int, int]) -> PartialDate:
        # The two forms of nearly all dates, which need no look at anything else.
        if match := _PLAIN.fullmatch(text):
            first, second, year = map(int, match.groups())
            day, month = (second, first) if self.form.month_first else (first, second)
            return partial(year, month, day)
        text = _OF_YEAR.sub("", text)
        if match := _DATED.fullmatch(text):
            # An xs:date may carry a zone; the day is the day that was written.
            text = match[1]
        if match := _ISO.fullmatch(text):
            if match[4] is None:
                return partial(int(match[1]), int(match[2]), int(match[3]))
            return PartialDate.of(self._local_day(match))
        if match := _POINTED.fullmatch(text):
            first, second = _unknown_or(match[1]), _unknown_or(match[2])
            day, month = (second, first) if self.form.month_first else (first, second)
            year = int(match[3])
            if len(match[3]) == 2:
                # Two digits of a year mean nothing by themselves: what the date is of tells how late it can be.
                year += 2000 if (2000 + year, month, day) <= latest else 1900
            return partial(year, month, day)
        return self._rarer(text)

    def _rarer(self, text: str) -> PartialDate:
        if match := _YEAR.fullmatch(text):
            return PartialDate(int(match[1]))
        if self.form.serial_from and _SERIAL.fullmatch(text):
            return PartialDate.of(self._from_serial(int(float(text))))
        # Eight digits are a date unless the register counts milliseconds.
        if match := _YEAR_MONTH.fullmatch(text) or (None if self.form.epoch else _COMPACT.fullmatch(text)):
            return partial(*(int(part) for part in match.groups()))
        if self.form.epoch and _EPOCH_DAY.fullmatch(text):
            return PartialDate.of(self._from_epoch(text).date())
        return written_days.read(text)

    def _local_day(self, match: re.Match[str]) -> date:
        """The day of a date with time: where it was written, which is not where it is stored.

        Midnight in Bishkek is 18:00 of the day before in UTC; a register that stores one means the other.
        """
        moment = _moment(match, self.local)
        if moment.tzinfo is None or self.local is None:
            return moment.date()
        return moment.astimezone(self.local).date()

    def _from_serial(self, number: int) -> date:
        """A spreadsheet's number of a day; four digits were already read as a year."""
        zero = self.form.serial_from
        if zero is None or number == 0 or (zero == _DAY_ZERO_1900 and number == _LEAP_1900):
            raise ValueError("not a date")
        # Before the leap day that never was, numbers are one too low.
        return zero + timedelta(days=number + (zero == _DAY_ZERO_1900 and number < _LEAP_1900))

    def _from_epoch(self, text: str) -> datetime:
        return (_BEGINNING + timedelta(milliseconds=int(text))).astimezone(self.local or UTC)

    def moment(self, text: str) -> datetime:
        """A date and time with its offset; the profile's zone where it has none, ValueError without either."""
        if match := _ISO.fullmatch(text):
            if match[4] is None:
                raise ValueError("no time")
            found = _moment(match, self.local)
        elif (match := _POINTED.fullmatch(text)) and match[4] and len(match[3]) == 4:
            day, month = (2, 1) if self.form.month_first else (1, 2)
            found = datetime(
                int(match[3]),
                int(match[month]),
                int(match[day]),
                int(match[4]),
                int(match[5]),
                int(match[6] or 0),
                tzinfo=self.local,
            )
        elif _EPOCH.fullmatch(text):
            found = self._from_epoch(text)
        else:
            raise ValueError("not a moment")
        if found.tzinfo is None:
            raise ValueError("no zone")
        return found


def _numbers(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _full(found: PartialDate) -> date:
    if not found.day:
        raise ValueError("not a full date")
    return date(found.year, found.month, found.day)


def _moment(match: re.Match[str], local: timezone | None) -> datetime:
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    where = zone(offset) if offset else local
    if offset and where is None:
        raise ValueError("not an offset")
    micro = int((fraction or "").ljust(6, "0"))
    return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro, tzinfo=where)
