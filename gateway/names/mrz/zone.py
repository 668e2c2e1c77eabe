"""What a machine-readable zone says, and what was noticed about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

STATUS: Final = {
    "XXA": "stateless",
    "XXB": "refugee",
    "XXC": "refugee-other",
    "XXX": "unspecified",
}
"""Codes of citizenship that name no state (part 3, section 5, part C): stateless under the 1954 Convention,
refugee under the 1951 Convention, refugee otherwise, unspecified. They tell of protection: whoever keeps them
must keep them as the asylum firewall demands."""


class Day(NamedTuple):
    """A date of the zone; what is filled with `<` there is None here."""

    year: int | None
    month: int | None
    day: int | None

    @property
    def known(self) -> bool:
        """Whether any part of it is."""
        return self != NO_DAY


NO_DAY: Final = Day(None, None, None)


@dataclass(frozen=True, slots=True)
class Zone:
    """The values of a zone. Names are in the letters A to Z, their components parted by blanks."""

    layout: str
    """TD1, TD2, TD3, MRV-A or MRV-B."""
    code: str
    """Document code: P, PD, I, AC, V …"""
    issuer: str
    """Issuing state or organisation, three letters; the D of Germany is DEU here."""
    surname: str
    given: str
    number: str
    citizenship: str
    """The field that ICAO calls nationality, as three letters; see `status` where it names no state."""
    birth: Day
    sex: str
    """M, F or X; X where the zone holds a filler."""
    expiry: Day
    optional: str = ""
    """Personal number of a passport, optional data elsewhere, without the fillers around it."""
    optional2: str = ""
    """The second optional field of TD1."""

    @property
    def status(self) -> str:
        """What the citizenship says where it names no state; see STATUS. Empty otherwise."""
        return STATUS.get(self.citizenship, "")


class Note(StrEnum):
    """What may be noticed. A note never stops the reading."""

    UNREADABLE = "MRZ_UNREADABLE"
    WRONG_LENGTH = "MRZ_WRONG_LENGTH"
    STRANGE_CHARACTER = "MRZ_STRANGE_CHARACTER"
    CHECK_FAILED = "MRZ_CHECK_FAILED"
    REPAIRED = "MRZ_REPAIRED"
    REPAIRED_UNCONFIRMED = "MRZ_REPAIRED_UNCONFIRMED"
    DATE_IMPOSSIBLE = "MRZ_DATE_IMPOSSIBLE"
    DATE_INCOMPLETE = "MRZ_DATE_INCOMPLETE"
    SEX_UNKNOWN = "MRZ_SEX_UNKNOWN"
    CODE_UNKNOWN = "MRZ_CODE_UNKNOWN"
    STATE_MALFORMED = "MRZ_STATE_MALFORMED"
    NAME_TRUNCATED = "MRZ_NAME_TRUNCATED"
    NAME_MISSING = "MRZ_NAME_MISSING"
    VALUE_TOO_LONG = "MRZ_VALUE_TOO_LONG"


SENTENCES: Final[dict[Note, tuple[str, str]]] = {
    Note.UNREADABLE: (
        "Строки не образуют машиносчитываемую зону ни одного из пяти форматов.",
        "The lines are no machine-readable zone of any of the five formats.",
    ),
    Note.WRONG_LENGTH: (
        "Строка имеет не ту длину, что предписана; заполнители в её конце добавлены или убраны.",
        "A line is not as long as prescribed; fillers at its end were added or taken off.",
    ),
    Note.STRANGE_CHARACTER: (
        "В поле стоит знак, которого там быть не может.",
        "A field holds a character that cannot stand there.",
    ),
    Note.CHECK_FAILED: ("Контрольная цифра поля не сходится.", "The check digit of a field does not agree."),
    Note.REPAIRED: (
        "Знаки, которые путают сканеры (O/0, I/1, B/8, S/5, Z/2), исправлены; контрольная цифра это подтверждает.",
        "Characters that scanners confuse (O/0, I/1, B/8, S/5, Z/2) were repaired; the check digit confirms it.",
    ),
    Note.REPAIRED_UNCONFIRMED: (
        "Цифры в буквенном поле заменены похожими буквами; контрольной цифры у поля нет.",
        "Digits in a field of letters were replaced by the letters they look like; the field has no check digit.",
    ),
    Note.DATE_IMPOSSIBLE: ("Такой даты нет в календаре.", "There is no such date in the calendar."),
    Note.DATE_INCOMPLETE: ("Часть даты неизвестна.", "A part of the date is unknown."),
    Note.SEX_UNKNOWN: ("Пол не указан или указан неизвестным знаком.", "The sex is not given, or by an unknown sign."),
    Note.CODE_UNKNOWN: ("Код документа не подходит к формату.", "The document code does not belong to the format."),
    Note.STATE_MALFORMED: ("Код государства не похож на код.", "The code of a state does not look like one."),
    Note.NAME_TRUNCATED: (
        "Поле имени заполнено до конца: имя может быть сокращено.",
        "The field of the names is full to its end: the name may have been cut.",
    ),
    Note.NAME_MISSING: (
        "В поле имени нет фамилии или нет имени.",
        "The field of the names lacks one of the two names.",
    ),
    Note.VALUE_TOO_LONG: (
        "Значение не помещается в поле и сокращено.",
        "A value does not fit its field and was cut.",
    ),
}
"""Each note in Russian and English; none of them holds a personal value."""


class Finding(NamedTuple):
    """A note and the field it is about; never the value."""

    note: Note
    field: str

    @property
    def ru(self) -> str:
        """The Russian sentence."""
        return SENTENCES[self.note][0]

    @property
    def en(self) -> str:
        """The English sentence."""
        return SENTENCES[self.note][1]


@dataclass(slots=True)
class Findings:
    """Gathers findings, each once."""

    found: dict[Finding, None] = field(default_factory=dict)

    def add(self, note: Note, about: str) -> None:
        """Keep a note."""
        self.found[Finding(note, about)] = None


def exists(year: int, month: int, day: int) -> bool:
    """Whether the calendar has the day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
