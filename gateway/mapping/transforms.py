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

from gateway.mapping import days, full_names, periods
from gateway.mapping.folding import folded
from gateway.mapping.targets import Kind, Target
from gateway.records import countries, identifiers
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Identifier, Sex

STATELESS: Final = "stateless"
"""What a code list gives, and `citizenship` holds, for a person without one."""

COUNTRY_FORMS: Final = ("alpha-3", "alpha-2", "numeric", *countries.LANGUAGES)
"""How a profile may write countries."""

_STATELESS_WRITTEN: Final = {"alpha-3": "XXA", "alpha-2": "XX", "russian": "ЛБГ"}
_DIGITS: Final = 15
"""Digits of a whole number; the exchange format allows no longer one."""
_WHOLE, _PART = 12, 2
"""Digits of an amount before and behind its point (AmountType)."""
_LONGEST: Final = 500
"""Characters of a value; the exchange format allows no longer text."""
# What makes a text need a second look: controls, undecoded bytes, odd spaces, and the apostrophe with which
# we disarm formulas on export.
_UNTIDY = re.compile("[\x00-\x1f\x7f-\x9f\xa0\u2000-\u200f\u2028-\u202f\ufeff\ud800-\udfff]|  |^'[=+@-]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\ufeff]")
_NO_NAME = re.compile(r"[\d@#<>{}=\\|;:!?*+%&$_~^\[\]]|^\W+$")
_LIGATURES = re.compile("[\ufb00-\ufb06\ufb13-\ufb17]")
"""Letters that a printer joined: documents made from PDF files have them inside Armenian and Latin words."""
_SERIES_AND_NUMBER = re.compile(r"([^\W\d_]{1,4}) ?(?:№ ?)?(\d{4,12})")


class Unfit(Exception):  # noqa: N818 - it is no error of the program but a remark about a cell.
    """A cell that cannot be read, with the code of the finding it becomes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Transform:
    """The two directions of one column."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def date_form(name: str) -> days.Form | None:
    """The form of dates of that name, None where there is none."""
    return days.form(name)


def date_forms() -> tuple[str, ...]:
    """The forms of dates that a profile may name; one with a time at midnight ends with any offset."""
    return (*days.FORMS, "YYYY-MM-DDT00:00:00+06:00")


def tidy(text: str) -> str:
    """A text without odd spaces and invisible characters; Unfit for control characters and undecoded bytes."""
    if len(text) > _LONGEST:
        raise Unfit("MAP-LENGTH")
    # Most cells are one word, of which nothing has to be taken away.
    if text.isalnum() or _UNTIDY.search(text) is None:
        return text
    if _FORBIDDEN.search(text):
        raise Unfit("MAP-ENCODING")
    text = " ".join(_INVISIBLE.sub("", text).split())
    return text[1:] if text.startswith("'") and text[1:2] in "=+@-" else text


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


def coded(codes: dict[str, str], unfit: str) -> Transform:
    """Values of a code list; case does not matter, and the first national code is written back."""
    common = {folded(national): value for national, value in codes.items()}
    back: dict[str, str] = {}
    for national, value in codes.items():
        back.setdefault(value, national)

    def read(text: str) -> str:
        try:
            return common[folded(text)]
        except KeyError:
            raise Unfit(unfit) from None

    return Transform(read, lambda value: back.get(value, ""))


class Country:
    """Countries of one column: the profile's own codes first, then the general list."""

    def __init__(self, form: str, codes: dict[str, str] | None) -> None:
        self.form = form
        self.codes = {folded(national): common for national, common in (codes or {}).items()}
        self.back: dict[str, str] = {}
        for national, common in (codes or {}).items():
            self.back.setdefault(common, national)

    def read(self, text: str) -> str:
        """ISO 3166-1 alpha-3 or STATELESS."""
        text = " ".join(text.split())
        own = self.codes.get(folded(text))
        if own is not None:
            return own
        found = self._general(text)
        if found is None:
            if countries.means_stateless(text):
                return STATELESS
            raise Unfit("MAP-COUNTRY")
        if not found.alpha3:
            raise Unfit("MAP-COUNTRY-REVIEW")
        return found.alpha3

    def _general(self, text: str) -> countries.Country | None:
        if text.isascii() and text.isdigit():
            # A national number is no ISO number: the Kazakh 004 is not Afghanistan. Only a profile that
            # says so reads ISO numbers.
            return countries.by_number(text) if self.form == "numeric" else None
        return (countries.by_code(text) if len(text) in {2, 3} else None) or countries.by_name(text)

    def write(self, code: str) -> str:
        """The national code, else the form of the profile, else alpha-3, which every profile can read."""
        if code in self.back:
            return self.back[code]
        if code == STATELESS:
            return _STATELESS_WRITTEN.get(self.form, "stateless")
        found = countries.by_code(code)
        if found is None or self.form == "alpha-3":
            return code
        if self.form in {"alpha-2", "numeric"}:
            return found.alpha2 if self.form == "alpha-2" else found.numeric
        return found.names.get(countries.LANGUAGES[self.form], code)


def _several(country: Country, separator: str) -> Transform:
    def read(text: str) -> tuple[str, ...]:
        parts = text.split(separator) if separator else [text]
        return tuple(dict.fromkeys(country.read(part) for part in parts if part.strip()))

    def write(codes: tuple[str, ...]) -> str:
        # One cell without a separator holds one value; the loss report tells what was left out.
        kept = codes if separator else codes[:1]
        return separator.join(country.write(code) for code in kept)

    return Transform(read, write)


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


def _open(column: Column) -> Callable[[str], date | None]:
    endless = frozenset(map(folded, column.open_ended))
    calendar = column.calendar
    happened = column.target.path.rpartition(".")[2] in _HAPPENED
    read_day = calendar.past if happened else calendar.day

    def read(text: str) -> date | None:
        if folded(text) in endless:
            return None
        found = read_day(text)
        return None if found.year == 9999 else found

    return _dated(read, "MAP-DATE")


def _count(text: str) -> int:
    """A whole number as registers print it: spaces between thousands are allowed, signs and fractions are not."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > _DIGITS:
        raise Unfit("MAP-COUNT")
    return int(digits)


def _whole(column: Column) -> Transform:
    """A whole number, or a mark of the profile for one: in many tables a dash is zero."""
    marks = coded(column.codes or {}, "MAP-COUNT")
    return Transform(
        lambda text: _count(text) if text[:1].isdigit() else int(marks.read(text)),
        lambda number: marks.write(str(number)) or str(number),
    )


def _figure(column: Column) -> Transform:
    """A cell of a table: a number, or a mark of the profile for zero or for why there is none."""
    marks = coded(column.codes or {}, "MAP-COUNT")

    def read(text: str) -> tuple[int | None, str | None]:
        if text[:1].isdigit():
            return _count(text), None
        mark = marks.read(text)
        return (0, None) if mark == "0" else (None, mark)

    def write(figure: tuple[int | None, str]) -> str:
        value, flag = figure
        if value is None:
            return marks.write(flag)
        return marks.write("0") or "0" if value == 0 else str(value)

    return Transform(read, write)


def _amount(text: str) -> str:
    """An amount as the exchange format has it: a point, at most two decimals, no spaces between thousands."""
    whole, _, part = "".join(text.split()).replace(",", ".").partition(".")
    if not (whole + part).isascii() or not whole.isdecimal() or len(whole) > _WHOLE or len(part) > _PART:
        raise Unfit("MAP-AMOUNT")
    if part and not part.isdecimal():
        raise Unfit("MAP-AMOUNT")
    return f"{whole}.{part}" if part else whole


def _listed(one: Transform, separator: str) -> Transform:
    """Several values in one cell, in their order and each once."""

    def read(text: str) -> tuple[Any, ...]:
        parts = text.split(separator) if separator else [text]
        return tuple(dict.fromkeys(one.read(part.strip()) for part in parts if part.strip()))

    def write(values: tuple[Any, ...]) -> str:
        # One cell without a separator holds one value; the loss report tells what was left out.
        return separator.join(one.write(value) for value in (values if separator else values[:1]))

    return Transform(read, write)


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
    return Transform(country.read, country.write)


def _countries(column: Column) -> Transform:
    return _several(Country(column.write, column.codes), column.separator)


def _code(column: Column) -> Transform:
    target = column.target
    return coded(column.codes or {code: code for code in sorted(target.codes)}, target.unfit)


def _codes(column: Column) -> Transform:
    target = column.target
    free = column.codes is None and not target.codes
    return _listed(Transform(tidy, str) if free else _code(column), column.separator)


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
    Kind.NAMES: lambda column: _listed(Transform(_name, str), column.separator),
    Kind.DATE: _day,
    Kind.BIRTH_DATE: _birth_date,
    Kind.MOMENT: _moment,
    Kind.COUNTRY: _country,
    Kind.COUNTRIES: _countries,
    Kind.SEX: _sex,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.DATES: lambda column: _listed(_day(column), column.separator),
    Kind.COUNT: _whole,
    Kind.AMOUNT: lambda _: Transform(_amount, str),
    Kind.FIGURE: _figure,
    Kind.PERIOD: lambda _: Transform(_dated(periods.read, "MAP-PERIOD"), periods.write),
    Kind.FLAG: _flag,
    Kind.IDENTIFIER: lambda column: _identifier(column.target.path.removeprefix("identifier.")),
    Kind.DOCUMENT_NUMBER: lambda _: Transform(_document_number, str),
    Kind.SERIES_AND_NUMBER: lambda _: Transform(lambda text: series_and_number(tidy(text).upper()), "".join),
}
