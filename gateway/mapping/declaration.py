"""What a profile says, as plain values: see docs/how-to-add-a-profile.md for the words of the file itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from gateway.mapping.folding import folded
from gateway.mapping.source_form import SourceForm
from gateway.mapping.targets import Target
from gateway.records.person import NameKind
from gateway.records.record import Category

DROPPED: Final[dict[str, tuple[str, str]]] = {
    "ethnicity": ("этническая принадлежность не передаётся", "ethnicity is never exchanged"),
    "religion": ("вероисповедание не передаётся", "religion is never exchanged"),
    "opinion": ("политические взгляды не передаются", "political opinion is never exchanged"),
    "grounds": ("причины обращения не передаются", "grounds of an application are never exchanged"),
    "health": ("сведения о здоровье не передаются", "health data are never exchanged"),
    "national-only": ("нужно только регистру", "of use to the register only"),
    "derived": ("выводится из других сведений", "follows from the other columns"),
    "other-profile": ("передаётся по другому профилю того же файла", "carried by another profile of the same file"),
    "no-place": ("в формате обмена нет такого поля", "the exchange format has no such field"),
}
"""Why a column is recognised and left out: a closed list, so that no reason is made up on the way."""


@dataclass(frozen=True, slots=True)
class NameSlot:
    """One spelling of the name that the register keeps."""

    prefix: str
    """`name`, `name[2]` …"""
    script: str
    """ISO 15924, as the register intends it; what is really written is looked at row by row."""
    language: str
    """ISO 639-1, empty where unknown."""
    kind: NameKind = NameKind.PRIMARY


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one column: whether its cell is one of some values, or none of them. Case does not matter."""

    column: str
    values: tuple[str, ...]
    negated: bool = False

    def holds(self, cell: str | None) -> bool:
        """Whether a cell meets it; an empty cell is the value ``."""
        return (folded(cell or "") in set(map(folded, self.values))) is not self.negated


@dataclass(frozen=True, slots=True)
class Joined:
    """A column that the register does not have: some of its columns, put together."""

    columns: tuple[str, ...]
    by: str = " "
    """What stands between them."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column and where it goes."""

    column: str
    target: Target
    write: str
    """Form of a date or a country on the way back; reading accepts every form that is unambiguous."""
    codes: dict[str, str] | None = None
    """National code to common code; the first of several is written on the way back."""
    none: tuple[str, ...] = ()
    """Words for "has none", which differs from an empty cell."""
    separator: str = ""
    """What separates several values in one cell."""
    when: Condition | None = None
    """Only rows that meet it have this field."""
    nulls: tuple[str, ...] = ()
    """Words for "nothing" in this column alone, beside those of the profile."""
    split: str = ""
    """Order in which a whole name is told apart, a key of full_names.ORDERS; empty where it is left whole."""
    single: str = "family"
    """Which part a whole name of one word is, one of full_names.SINGLE."""
    brackets: bool = False
    """Whether a name in brackets behind the family name is the name at birth."""
    restore_zeros: bool = False
    """Whether leading zeros that a spreadsheet dropped are put back, with a warning."""


@dataclass(frozen=True, slots=True)
class StatusRule:
    """How a row tells the state of its record."""

    otherwise: str
    """The state where no column tells it; empty where the column must."""
    column: str = ""
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deletion:
    """How a register says that a record is no more: the row then means a withdrawal."""

    condition: Condition
    otherwise: str = ""
    """What stands in the column of a living record, on the way back."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One register, ready to be used."""

    name: str
    version: str
    title_ru: str
    title_en: str
    state: str
    agency: str
    system: str
    source: SourceForm
    category: Category
    status: StatusRule
    id_columns: tuple[str, ...]
    """Columns that together are the register's own id of a row."""
    ref: tuple[str, ...]
    """By what the register knows a person: the first of these that a row has."""
    names: tuple[NameSlot, ...]
    fields: tuple[Field, ...]
    zone: str = ""
    """Offset of times that carry none, for example `+05:00`."""
    nulls: tuple[str, ...] = ("",)
    open_ended: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    """Target to the target it is taken from where the row has none, for example `document.country: citizenship`."""
    dropped: dict[str, str] = field(default_factory=dict)
    """Column to a key of DROPPED."""
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    """Columns of a CSV file that may be absent altogether."""
    headings: dict[str, str] = field(default_factory=dict)
    """Other headings of the same columns, for example in another language."""
    joined: dict[str, Joined] = field(default_factory=dict)
    """Columns made of others: name to what it is made of."""
    only: tuple[Condition, ...] = ()
    """The rows of the file that this profile is about; others belong to another profile and are passed over."""
    snapshot: bool = False
    """Whether a file holds the whole register, and not just what changed."""
    absence_withdraws: bool = False
    """Whether a record that a snapshot no longer has is withdrawn; nothing is ever concluded from absence otherwise."""
    deleted: Deletion | None = None
    placeholder: bool = False
    """Whether 1 January in a birth date stands for "unknown", as the register says."""

    @property
    def label(self) -> str:
        """Name and version as records carry them, for example `blr-permits/1`."""
        return f"{self.name}/{self.version}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, in the order in which it is written on the way back."""
        own = list(dict.fromkeys(part for item in self.fields for part in self.parts(item.column)))
        extra = [
            *self.id_columns,
            *([self.status.column] if self.status.column else []),
            *(condition.column for condition in self.only),
            *([self.deleted.condition.column] if self.deleted else []),
            *(item.when.column for item in self.fields if item.when),
        ]
        extra = [part for column in extra for part in self.parts(column)]
        return tuple(dict.fromkeys([*(column for column in extra if column not in own), *own]))

    def parts(self, column: str) -> tuple[str, ...]:
        """The register's own columns behind a name: itself, or those that it is joined of."""
        return self.joined[column].columns if column in self.joined else (column,)
