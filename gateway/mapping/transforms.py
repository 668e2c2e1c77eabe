"""From the text of a cell to a value and back, one pair for each kind of target.

`read` raises Unfit with a finding's code; `write` gives the national text. Written and read again, every
value is the same value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from gateway.mapping import days, figures, full_names, periods
from gateway.mapping.country_forms import STATELESS, Country, several
from gateway.mapping.folding import folded
from gateway.mapping.targets import Kind, Target
from gateway.mapping.transform import Transform, Unfit, coded, listed, tidy
from gateway.records import identifiers
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Identifier, Sex

_NO_NAME = re.compile(r"[\d@#<>{}=\\|;:!?*+%&$_~^\[\]]|^\W+$")
_LIGATURES = re.compile("[\ufb00-\ufb06\ufb13-\ufb17]")
"""Letters that a printer joined: documents made from PDF files have them inside Armenian and Latin words."""
_SERIES_AND_NUMBER = re.compile(r"([^\W\d_]{1,4}) ?(?:№ ?)?(\d{4,12})")


def date_form(name: str) -> days.Form | None:
    """The form of dates of that name, None where there is none."""
    return days.form(name)


def date_forms() -> tuple[str, ...]:
    """The forms of dates that a profile may name; one with a time at midnight ends with any offset."""
    return (*days.FORMS, "YYYY-MM-DDT00:00:00+06:00")


def _name(text: str) -> str:
    text = unicodedata.normalize("NFC", tidy(text))
    if _LIGATURES.search(text):
        text = _LIGATURES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    if _NO_NAME.search(text):
        raise Unfit("MAP-NAME-CHARACTERS")
    return text


def _whole_name(order: str, single: str) -> Transform:
    def read(text: str) -> full_names.Parts:
        # The fillers of a machine-readable zone are signs that no name has; here they part it.
        parts = full_names.split(text, order, single)
        family, given, patronymic = (
            _name(part) if part else "" for part in (parts.family, parts.given, parts.patronymic)
        )
        return full_names.Parts(family, given, patronymic, parts.guessed, parts.truncated)

    return Transform(read, lambda parts: full_names.join(parts, order, single))


def _document_number(text: str) -> str:
    return tidy(text).replace(" ", "").upper()


def series_and_number(text: str) -> tuple[str, str]:
    """Letters in front are the series; where there are none, all of it is the number."""
    match = _SERIES_AND_NUMBER.fullmatch(text)
    return (match[1], match[2]) if match else ("", text.replace(" ", ""))


def _dated(read: Callable[[str], Any], code: str) -> Callable[[str], Any]:
    def guarded(text: str) -> Any:
        try:
            return read(text)
        except (ValueError, OverflowError):
            raise Unfit(code) from None

    return guarded


def _birth(calendar: days.Calendar) -> Callable[[str], PartialDate]:
    today = PartialDate.of(calendar.today)

    def read(text: str) -> PartialDate:
        born = calendar.birth(text)
        if born > today:
            raise Unfit("MAP-DATE-FUTURE")
        if calendar.placeholder and (born.month, born.day) == (1, 1):
            return PartialDate(born.year, 1, 1, assumed=True)
        return born

    return _dated(read, "MAP-DATE")


_HAPPENED: Final = frozenset(
    {"absent_since", "appealed", "arrived", "contract_date", "decided", "departed", "executed", "granted"}
    | {"interviews", "issued", "lodged", "notified", "registered", "reported", "requested", "returned", "since"}
)
"""Dates of what has happened, by the last word of their path: two digits of their year never mean the future."""


ENDS: Final = frozenset(
    {"ban_to", "certificate_until", "departed", "end", "ended", "executed", "expires", "fee_paid_until", "leave_by"}
    | {"returned", "review_by", "stay_to", "valid_to", "work_to"}
)
"""Dates that may be open, by the last word of their path: an end that is not set, or what has not happened yet.
A beginning without a day is none."""


def _open(column: Column) -> Callable[[str], date | None]:
    endless = frozenset(map(folded, column.open_ended))
    calendar = column.calendar
    last = column.target.path.rpartition(".")[2]
    read_day = calendar.past if last in _HAPPENED else calendar.day

    def read(text: str) -> date | None:
        found = None if folded(text) in endless else read_day(text)
        if found is not None and found.year < 9999:
            return found
        if last not in ENDS:
            raise ValueError("a beginning has a day")
        return None

    return _dated(read, "MAP-DATE")


def _moment_text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds")


def _identifier(scheme: str) -> Transform:
    def read(text: str) -> Identifier | None:
        found = identifiers.check(scheme, tidy(text))
        # Registers fill the field with a word or with zeros where a person has no number; neither is well formed.
        return None if found.check is Check.INVALID_FORMAT and identifiers.is_null(text) else found

    return Transform(read, lambda found: found.value)


@dataclass(frozen=True, slots=True)
class Column:
    """What a profile says of one column, as the makers below need it."""

    target: Target
    write: str
    codes: dict[str, str] | None
    separator: str
    calendar: days.Calendar
    open_ended: tuple[str, ...]
    split: str = ""
    single: str = "family"


def build(column: Column) -> Transform:
    """The transform of one column of a profile, compiled once for a whole file."""
    if column.split:
        return _whole_name(column.split, column.single)
    if column.codes is not None and column.target.kind is Kind.TEXT:
        return coded(column.codes, column.target.unfit)
    return _MAKERS[column.target.kind](column)


def _country(column: Column) -> Transform:
    country = Country(column.write, column.codes)

    def read(text: str) -> str:
        found = country.read(text)
        if found == STATELESS:
            # Nothing is issued by "stateless" and nobody is born in it; left out, it would mean any country.
            raise Unfit("MAP-COUNTRY")
        return found

    return Transform(read, country.write)


def _countries(column: Column) -> Transform:
    return several(Country(column.write, column.codes), column.separator)


def _code(column: Column) -> Transform:
    target = column.target
    return coded(column.codes or {code: code for code in sorted(target.codes)}, target.unfit)


def _codes(column: Column) -> Transform:
    target = column.target
    free = column.codes is None and not target.codes
    return listed(Transform(tidy, str) if free else _code(column), column.separator)


def _sex(column: Column) -> Transform:
    plain = _code(column)
    return Transform(lambda text: Sex(plain.read(text)), lambda sex: plain.write(sex.value))


def _flag(column: Column) -> Transform:
    yes = coded(column.codes or {"true": "true", "false": "false"}, column.target.unfit)
    return Transform(lambda text: yes.read(text) == "true", lambda on: yes.write(str(on).lower()))


def _day(column: Column) -> Transform:
    form = days.form(column.write) or column.calendar.form
    return Transform(_open(column), lambda day: form.write(PartialDate.of(day)))


def _birth_date(column: Column) -> Transform:
    form = days.form(column.write) or column.calendar.form
    return Transform(_birth(column.calendar), form.write)


def _moment(column: Column) -> Transform:
    return Transform(_dated(column.calendar.moment, "MAP-TIMESTAMP"), _moment_text)


_MAKERS: Final[dict[Kind, Callable[[Column], Transform]]] = {
    Kind.TEXT: lambda _: Transform(tidy, str),
    Kind.NAME: lambda _: Transform(_name, str),
    Kind.NAMES: lambda column: listed(Transform(_name, str), column.separator),
    Kind.DATE: _day,
    Kind.BIRTH_DATE: _birth_date,
    Kind.MOMENT: _moment,
    Kind.COUNTRY: _country,
    Kind.COUNTRIES: _countries,
    Kind.SEX: _sex,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.DATES: lambda column: listed(_day(column), column.separator),
    Kind.COUNT: lambda column: figures.whole(column.codes),
    Kind.AMOUNT: lambda _: Transform(figures.amount, str),
    Kind.FIGURE: lambda column: figures.figure(column.codes),
    Kind.PERIOD: lambda _: Transform(_dated(periods.read, "MAP-PERIOD"), periods.write),
    Kind.FLAG: _flag,
    Kind.IDENTIFIER: lambda column: _identifier(column.target.path.removeprefix("identifier.")),
    Kind.DOCUMENT_NUMBER: lambda _: Transform(_document_number, str),
    Kind.SERIES_AND_NUMBER: lambda _: Transform(lambda text: series_and_number(tidy(text).upper()), "".join),
}
