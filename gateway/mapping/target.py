"""One place in a record that a column can fill, and what sort of value it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of value a target holds; transforms.py reads and writes each."""

    TEXT = "text"
    NAME = "name"
    NAMES = "names"
    DATE = "date"
    BIRTH_DATE = "birth date, possibly partial"
    MOMENT = "date and time"
    COUNTRY = "country"
    COUNTRIES = "countries"
    SEX = "sex"
    CODE = "code"
    CODES = "codes"
    DATES = "dates"
    COUNT = "whole number"
    AMOUNT = "amount of money"
    FIGURE = "whole number, or a mark that says why there is none"
    PERIOD = "period"
    FLAG = "yes or no"
    IDENTIFIER = "personal number"
    DOCUMENT_NUMBER = "document number"
    SERIES_AND_NUMBER = "document series and number in one"


@dataclass(frozen=True, slots=True)
class Target:
    """One place in a record that a column can fill."""

    path: str
    kind: Kind
    title_ru: str
    title_en: str
    essential: bool = True
    """Whether a value that cannot be read rejects the row; otherwise it is left out with a warning. Where
    leaving out would change what the record says (a ban without its end), it is essential."""
    codes: frozenset[str] = field(default=frozenset(), compare=False)
    """Common codes a code list may lead to; empty where the target takes any."""
    unfit: str = "MAP-CODE"
    """What an unknown code is called."""

    @property
    def fills(self) -> tuple[str, ...]:
        """The fields of the detail that one cell fills: several where the path joins them with `+`."""
        return (self.path,) if "." in self.path else tuple(self.path.split("+"))


def target(path: str, kind: Kind, ru: str, en: str, *, essential: bool = True, **more: object) -> Target:
    """A target in one line."""
    return Target(path, kind, ru, en, essential, **more)  # type: ignore[arg-type]


def party(role: str, ru: str, en: str, *, essential: bool = False) -> tuple[Target, ...]:
    """The targets of a party in this role."""
    return (
        target(f"{role}.name", Kind.TEXT, ru, en, essential=essential),
        target(f"{role}.number", Kind.TEXT, f"{ru}: номер", f"number of the {en}", essential=essential),
        target(f"{role}.scheme", Kind.TEXT, f"{ru}: вид номера", "scheme of that number", essential=False),
    )


def place(of: str) -> tuple[Target, ...]:
    """The targets of a place, which is never essential."""
    return (
        target("place.country", Kind.COUNTRY, f"государство {of}", "country of the place", essential=False),
        target("place.region", Kind.TEXT, f"регион {of}", "region", essential=False),
        target("place.text", Kind.TEXT, f"адрес {of}", "address", essential=False),
    )
