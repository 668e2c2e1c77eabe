"""Records to national rows, with a report of what the national form could not carry.

What was lost is not predicted by rules that could be forgotten: every row is mapped again, and whatever then
differs from the record is a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from gateway.findings import Finding
from gateway.mapping import source_form
from gateway.mapping.conversion import calendar_of, transform_of
from gateway.mapping.convert import map_rows
from gateway.mapping.country_forms import STATELESS
from gateway.mapping.declaration import Field, Profile
from gateway.mapping.full_names import Parts
from gateway.mapping.losses import losses
from gateway.mapping.sources import Row, write_rows
from gateway.mapping.targets import Kind
from gateway.mapping.transform import Transform, Unfit
from gateway.mapping.words import finding
from gateway.mapping.written_names import assigned, nearest
from gateway.records.person import Name, NameKind, Person
from gateway.records.record import Record

__all__ = ["Row", "unmap", "write_rows"]

_UNLIMITED: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When a row is mapped again only to be compared, no date in it is too late."""


def unmap(profile: Profile, records: Iterable[Record]) -> tuple[list[Row], list[Finding]]:
    """National rows of records, own or of other states, and the losses: MAP-LOSS with the path in the record.

    `line` of a loss is the number of the record, from 1. A record that the national form cannot take at all
    shows the findings for which its row would be rejected.
    """
    writer = _Writer(profile)
    kept = list(records)
    rows = [writer.row(record) for record in kept]
    # A row may belong to another profile of the same file when it is read again; then all of it is lost here.
    again = {mapped.row: mapped for mapped in map_rows(profile, rows, now=_UNLIMITED, flat=True)}
    lost: list[Finding] = []
    for number, record in enumerate(kept, start=1):
        if number in again:
            lost.extend(losses(record, again[number]))
        else:
            lost.append(finding("MAP-LOSS", "warning", "record", number))
    return rows, lost


_NOBODY: Final = Person("", ())


class _Writer:
    """One profile, ready to write rows."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        calendar = calendar_of(profile, _UNLIMITED)
        fields = [(item, transform_of(profile, item, calendar)) for item in profile.fields]
        self.always = [(item, transform) for item, transform in fields if item.when is None]
        self.sometimes = [(item, transform) for item, transform in fields if item.when is not None]
        self.paths = {item.target.path for item in profile.fields}
        columns = [item.column for item in profile.fields]
        self.shared = {column for column in columns if columns.count(column) > 1}
        self.written = {part for column in columns for part in profile.parts(column)}
        """Columns that say something of the record, which the condition of another field never overwrites."""
        self.written |= {*profile.id_columns, profile.status.column}
        self.null = profile.nulls[0]
        self.open = profile.open_ended[0] if profile.open_ended else self.null
        self.room = source_form.room(profile.source)
        self.status: Row = {}
        for national, state in profile.status.codes.items():
            self.status.setdefault(state, national)

    def row(self, record: Record) -> Row:
        """One national row."""
        row = dict.fromkeys(self.profile.columns, self.null)
        names = assigned(self.profile, self._slotted(record)) if record.person is not None else {}
        for item, transform in self.always:
            self._fill(row, record, item, transform, names)
        parts = record.source.record.split("/", maxsplit=len(self.profile.id_columns) - 1)
        for column, part in zip(self.profile.id_columns, parts, strict=False):
            if column in row and (row[column] == self.null or self._means(column, part, row[column])):
                row[column] = self._carried(part)
        if self.profile.status.column:
            row[self.profile.status.column] = self.status.get(record.status, self.null)
        self._mark(row)
        # What a field depends on is in its place by now.
        for item, transform in self.sometimes:
            if item.when and self._met(row, item, self._value(record, item, names)):
                self._fill(row, record, item, transform, names)
        # What the file has no room for is left out here already, so that it is told as a loss.
        for column, most in self.room.items():
            if column in row and len(row[column]) > most:
                row[column] = row[column][:most].strip() or self.null
        return row

    def _met(self, row: Row, item: Field, value: Any) -> bool:
        """Whether the row has the field. A column that only tells which field is meant is written for the first."""
        condition = item.when
        if condition is None or condition.holds(row[condition.column]):
            return True
        if condition.negated or value in (None, "", ()) or row[condition.column] != self.null:
            return False
        if condition.column in self.written:
            return False
        row[condition.column] = condition.values[0]
        return True

    def _means(self, column: str, part: str, text: str) -> bool:
        """Whether a part of the register's own number says in its own words what the column says: then they stay."""
        return part != text and any(
            (said := _read(transform, part)) is not None and said == _read(transform, text)
            for item, transform in (*self.always, *self.sometimes)
            if item.column == column
        )

    def _fill(self, row: Row, record: Record, item: Field, transform: Transform, names: dict[str, Name]) -> None:
        """Write one value into its column, or into those that the profile joins for it."""
        value = self._value(record, item, names)
        if value is None or value in ("", ()):
            return
        if item.column in self.shared and row[item.column] != self.null:
            # One column that fills several targets is written for the first of them that has a value.
            return
        text = self._carried(value if isinstance(value, _Written) else transform.write(value)) or self.null
        joined = self.profile.joined.get(item.column)
        if joined is None:
            row[item.column] = text
            return
        if item.target.kind is Kind.MOMENT:
            text = text.replace("T", joined.by, 1)
        pieces = text.split(joined.by, maxsplit=len(joined.columns) - 1) if joined.by else [text]
        for column, piece in zip(joined.columns, pieces, strict=False):
            if row[column] == self.null:
                row[column] = piece

    def _mark(self, row: Row) -> None:
        """Say that the row is of this profile, and of a record that is alive."""
        for condition in self.profile.only:
            if not condition.holds(row[condition.column]) and not condition.negated:
                row[condition.column] = condition.values[0]
        deleted = self.profile.deleted
        if deleted is not None and deleted.condition.holds(row[deleted.condition.column]):
            row[deleted.condition.column] = deleted.otherwise

    def _slotted(self, record: Record) -> tuple[Name, ...]:
        """The names that go into columns of their own; aliases and names at birth may have another place."""
        apart = {NameKind.ALIAS} if "alias" in self.paths else set[NameKind]()
        if any(item.brackets for item in self.profile.fields):
            apart.add(NameKind.BIRTH)
        names = _person(record).names
        return tuple(name for name in names if name.kind not in apart) or names[:1]

    def _carried(self, text: str) -> str:
        """What the register's encoding can hold of a text; the nearest plain letter where it lacks one."""
        encoding = self.profile.source.repertoire
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            return "".join(nearest(sign, encoding) for sign in text)
        return text

    def _value(self, record: Record, item: Field, names: dict[str, Name]) -> Any:
        """The record's value for a field: in the target's own type, or None."""
        path = item.target.path
        group, _, part = path.partition(".")
        if group.startswith("name"):
            return _name_part(names.get(group), part, item, record, whole=f"{group}.full" in self.paths)
        if group.startswith("document"):
            return _document_part(_person(record), group, part)
        if group == "identifier":
            return next((found for found in _person(record).identifiers if found.scheme == part), None)
        if path in _PERSON and (record.person is not None or path == "legal_basis"):
            return _PERSON[path](record)
        if len(item.target.fills) > 1:
            return tuple(getattr(record.detail, field, None) for field in item.target.fills)
        value = _walk(record.detail, path)
        return _Written(self.open) if value is None and path.endswith("_to") else value


def _read(transform: Transform, text: str) -> Any:
    try:
        return transform.read(text)
    except Unfit:
        return None


class _Written(str):
    """A text that is already national."""

    __slots__ = ()


_PERSON: Final[dict[str, Callable[[Record], Any]]] = {
    "alias": lambda record: tuple(_whole(name) for name in _person(record).names if name.kind is NameKind.ALIAS),
    "birth_date": lambda record: _person(record).birth_date,
    "sex": lambda record: _person(record).sex,
    "citizenship": lambda record: _person(record).citizenships + ((STATELESS,) if _person(record).stateless else ()),
    "former_citizenship": lambda record: _person(record).former_citizenships,
    "former_habitual_residence": lambda record: _person(record).former_habitual_residence,
    "birth_country": lambda record: _person(record).birth_country,
    "birth_place": lambda record: _person(record).birth_place,
    "legal_basis": lambda record: record.legal_basis,
}


def _person(record: Record) -> Person:
    """Whom a record speaks of; nobody at all where it speaks of no person."""
    return record.person or _NOBODY


def _walk(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = getattr(value, part, None)
    return value


def _document_part(person: Person, group: str, part: str) -> Any:
    place = int(group[9:-1]) - 1 if "[" in group else 0
    if place >= len(person.documents):
        return None
    document = person.documents[place]
    return (document.series, document.number) if part == "series+number" else getattr(document, part)


def _whole(name: Name) -> str:
    return name.full or " ".join(filter(None, (name.family, name.given, name.patronymic)))


def _name_part(name: Name | None, part: str, item: Field, record: Record, *, whole: bool) -> Any:
    if name is None:
        return None
    if part == "patronymic" and name.no_patronymic and item.none:
        return _Written(item.none[0])
    if part == "full":
        if item.split and not name.full:
            return Parts(name.family, name.given, name.patronymic)
        return _Written(_whole(name))
    value = getattr(name, part)
    if item.brackets and value:
        born = next((each for each in _person(record).names if each.kind is NameKind.BIRTH), None)
        return f"{value} ({born.family})" if born and born.family else value
    # A name that nobody has split stands in the first column rather than nowhere, unless it has its own.
    return value or (name.full if part == "family" and not name.given and not whole else "")
