"""One profile compiled for one source: what happens to every row, as little of it as possible twice.

Dates, countries, codes and names repeat, so each column remembers what its cells meant. A gigabyte runs
through `read` and `record`, which is why they are written for speed first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from gateway.findings import Finding, Severity
from gateway.mapping import days, transforms
from gateway.mapping.assemble import NO_PATRONYMIC, Assembly
from gateway.mapping.conditions import Test
from gateway.mapping.declaration import Field, Profile
from gateway.mapping.details import Got, Reading
from gateway.mapping.folding import folded, variants
from gateway.mapping.sources import Broken, Cells
from gateway.mapping.targets import NEEDED, Kind, Target, find
from gateway.mapping.transform import Transform, Unfit, tidy
from gateway.mapping.words import finding
from gateway.records import identifiers
from gateway.records.record import Record

_REMEMBERED: Final = 20_000
"""Different cells of one column kept with their meaning."""

_UNIQUE: Final = frozenset({Kind.IDENTIFIER, Kind.DOCUMENT_NUMBER, Kind.SERIES_AND_NUMBER, Kind.MOMENT})
"""Kinds of which nearly every cell differs: to remember them would only cost."""


_SPOILT: Final = frozenset({"MAP-ENCODING", "MAP-LENGTH"})
"""What tells of a broken row rather than of one odd cell, whatever the weight of its column."""


class _Absent:
    """The type of ABSENT: a cell that says nothing, or nothing that can be used."""


ABSENT: Final = _Absent()


def calendar_of(profile: Profile, now: datetime) -> days.Calendar:
    """How the profile reads dates on this day; each column has a form of its own (see transform_of)."""
    local = days.zone(profile.zone) if profile.zone else None
    return days.Calendar(days.FORMS["YYYY-MM-DD"], local, now.date(), profile.placeholder)


def transform_of(profile: Profile, item: Field, calendar: days.Calendar) -> Transform:
    """The two directions of one field, which reads the order of day and month in which it is written."""
    calendar = replace(calendar, form=days.form(item.write) or calendar.form)
    return transforms.build(
        transforms.Column(
            item.target,
            item.write,
            item.codes,
            item.separator,
            calendar,
            profile.open_ended,
            item.split,
            item.single,
        )
    )


class _Column:
    """One column of the profile, bound to its place in the rows."""

    __slots__ = ("column", "known", "missing", "needed", "nulls", "path", "read", "scheme", "severity", "unique")

    def __init__(self, profile: Profile, item: Field, calendar: days.Calendar, nulls: frozenset[str]) -> None:
        target = item.target
        none = variants(item.none)
        read = transform_of(profile, item, calendar).read
        needed = target.path not in profile.constants and not set(NEEDED[profile.category]).isdisjoint(target.fills)
        self.column = item.column
        self.path = target.path
        self.read = _or_none(read, none) if none else read
        self.nulls = (nulls | variants(item.nulls)) - none
        self.scheme = target.path.removeprefix("identifier.") if item.restore_zeros else ""
        self.needed = needed
        self.missing = _missing(target.path) if needed or item.column in profile.required else ""
        """Code of the finding where the cell is empty; empty where it may be."""
        self.severity: Severity = "error" if target.essential else "warning"
        self.unique = (target.kind in _UNIQUE and target.path != "document.series") or profile.id_columns == (
            item.column,
        )
        self.known: dict[str | None, Any] = {}

    def look(self, cell: str | None, number: int, findings: list[Finding]) -> Any:
        """The value of a cell that is not remembered, or ABSENT, with a finding where one is due."""
        if cell is None or (text := cell.strip()) in self.nulls:
            if self.missing:
                findings.append(finding(self.missing, "error", self.column, number))
                return ABSENT
            return self._keep(cell, ABSENT)
        if self.scheme and (whole := identifiers.restored(self.scheme, text)) != text:
            findings.append(finding("MAP-PADDED", "warning", self.column, number))
            text = whole
        try:
            value = self.read(text)
        except Unfit as unfit:
            severity = "error" if unfit.code in _SPOILT else self.severity
            findings.append(finding(unfit.code, severity, self.column, number, value_class(text)))
            return ABSENT
        if value is None and self.needed:
            # Without end is no answer where a record has to have one.
            findings.append(finding("MAP-DATE", "error", self.column, number, value_class(text)))
            return ABSENT
        # An open end is no value, which is what ABSENT says.
        return self._keep(cell, ABSENT if value is None else value)

    def _keep(self, cell: str | None, value: Any) -> Any:
        if not self.unique:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            self.known[cell] = value
        return value


class Conversion:
    """Turns rows into records. `columns` are those of the source, in its order."""

    def __init__(self, profile: Profile, columns: tuple[str, ...], now: datetime) -> None:
        place = {column: index for index, column in enumerate(columns)}
        self.joined = _joined(profile, place)
        calendar = calendar_of(profile, now)
        self.nulls = variants(profile.nulls)
        self.constants = _constants(profile)
        self.steps: list[tuple[int, str, Callable[[str | None], Any], Callable[..., Any]]] = []
        self.conditional: list[tuple[Test, int, str, Callable[..., Any]]] = []
        self.again: list[tuple[str, str, str]] = []
        column_of: dict[str, str] = {}
        for item in profile.fields:
            if item.column not in place:
                continue
            column = _Column(profile, item, calendar, self.nulls)
            path = column.path
            if path in column_of:
                # A second column of the same meaning is read under a name of its own and then compared.
                path = f"{path} in {item.column}"
                self.again.append((path, column.path, item.column))
            column_of.setdefault(path, item.column)
            if item.when:
                self.conditional.append((Test(item.when, place), place[item.column], path, column.look))
            else:
                self.steps.append((place[item.column], path, column.known.get, column.look))
        self.id_places = [place.get(column, -1) for column in profile.id_columns]
        self.id_column = profile.id_columns[0]
        self.status = profile.status
        self.status_seen: dict[str, str] = {}
        self.status_place = place.get(profile.status.column, -1)
        self.status_codes = {folded(code): state for code, state in profile.status.codes.items()}
        self.only = [Test(condition, place) for condition in profile.only]
        self.selective = bool(self.only)
        self.deleted = Test(profile.deleted.condition, place) if profile.deleted else None
        self.assembly = Assembly(profile, now, column_of)

    def belongs(self, cells: Cells) -> bool:
        """Whether the row is one that this profile is about."""
        return all(test.holds(cells) for test in self.only)

    def withdrawn(self, number: int, cells: Cells) -> tuple[str, tuple[Finding, ...]]:
        """The id of the record that a row says is no more, empty where it says no such thing; and what is wrong."""
        if self.deleted is None or not self.deleted.holds(cells):
            return "", ()
        findings: list[Finding] = []
        source = self._number(self._whole(cells), number, findings)
        return ("" if findings else self.assembly.id_of(source)), tuple(findings)

    def _whole(self, cells: Cells) -> Cells:
        """The cells with those that the profile joins."""
        if not self.joined:
            return cells
        made = [
            by.join(part.strip() for place in places if (part := cells[place]) and part.strip() not in self.nulls)
            for places, by in self.joined
        ]
        return [*cells, *made]

    def read(self, number: int, cells: Cells | Broken) -> Reading:
        """What the cells of one row mean, and what is to be said about them."""
        if isinstance(cells, Broken):
            return Reading(number, None, "", "", [finding(cells.code, "error", cells.column, number)])
        findings: list[Finding] = []
        got = self.constants.copy()
        if self.joined:
            cells = self._whole(cells)
        absent = ABSENT
        for place, path, recall, look in self.steps:
            cell = cells[place]
            value = recall(cell)
            if value is None:
                value = look(cell, number, findings)
            if value is not absent:
                got[path] = value
        for test, place, path, look in self.conditional:
            if test.holds(cells) and (value := look(cells[place], number, findings)) is not ABSENT:
                got[path] = value
        if self.again:
            self._compare(got, number, findings)
        source = self._number(cells, number, findings)
        status = self._status(cells, number, findings) if self.status.column else self.status.otherwise
        if findings and any(remark.severity == "error" for remark in findings):
            return Reading(number, None, "", "", findings)
        return Reading(number, got, source, status, findings)

    def record(self, reading: Reading) -> tuple[Record | None, tuple[Finding, ...]]:
        """The record of a row that was read, or None, with everything that is to be said about it."""
        number, got, source, status, findings = reading
        if got is None:
            return None, tuple(findings)
        return self.assembly.record(got, source, status, number, findings), tuple(findings)

    def _compare(self, got: Got, number: int, findings: list[Finding]) -> None:
        """The first column of several with the same meaning wins; another that differs is told."""
        for alias, path, column in self.again:
            value = got.pop(alias, None)
            if value is None:
                continue
            if path not in got or path in self.constants:
                got[path] = value
            elif got[path] != value:
                findings.append(finding("MAP-DISAGREE", "warning", column, number))

    def _number(self, cells: Cells, number: int, findings: list[Finding]) -> str:
        """The register's own id of the row."""
        parts = []
        for place in self.id_places:
            text = (cells[place] if place >= 0 else None) or ""
            try:
                parts.append(tidy(text.strip()))
            except Unfit as unfit:
                findings.append(finding(unfit.code, "error", self.id_column, number))
                return ""
        if not self.nulls.isdisjoint(parts) and not any(
            remark.code == "MAP-RECORD-NUMBER-MISSING" for remark in findings
        ):
            findings.append(finding("MAP-RECORD-NUMBER-MISSING", "error", self.id_column, number))
        return "/".join(parts)

    def _status(self, cells: Cells, number: int, findings: list[Finding]) -> str:
        rule = self.status
        cell = (cells[self.status_place] if self.status_place >= 0 else None) or ""
        if cell in self.status_seen:
            return self.status_seen[cell]
        text = " ".join(cell.split())
        if text in self.nulls:
            if not rule.otherwise:
                findings.append(finding("MAP-VALUE-MISSING", "error", rule.column, number))
            return rule.otherwise
        state = self.status_codes.get(folded(text))
        if state is None:
            findings.append(finding("MAP-STATUS", "error", rule.column, number))
            return ""
        if len(self.status_seen) < _REMEMBERED:
            self.status_seen[cell] = state
        return state


def _joined(profile: Profile, place: dict[str, int]) -> list[tuple[tuple[int, ...], str]]:
    """Where the parts of each joined column stand; `place` learns where the joined ones will."""
    found: list[tuple[tuple[int, ...], str]] = []
    width = len(place)
    for name, joined in profile.joined.items():
        parts = tuple(place[column] for column in joined.columns if column in place)
        if parts:
            place[name] = width + len(found)
            found.append((parts, joined.by))
    return found


def value_class(text: str) -> str:
    """What sort of text stood in a cell, for whoever has to find it: never the text itself."""
    kinds = [
        word
        for word, met in (
            ("digits", any(sign.isdigit() for sign in text)),
            ("letters", any(sign.isalpha() for sign in text)),
            ("other signs", any(not sign.isalnum() and not sign.isspace() for sign in text)),
        )
        if met
    ]
    return f"{len(text)} characters: {', '.join(kinds) or 'blank'}"


def _or_none(read: Callable[[str], Any], none: frozenset[str]) -> Callable[[str], Any]:
    return lambda text: NO_PATRONYMIC if text in none else read(text)


def _missing(path: str) -> str:
    if path.startswith("name"):
        return "MAP-NAME-MISSING"
    return {
        "birth_date": "MAP-BIRTH-DATE-MISSING",
        "number": "MAP-RECORD-NUMBER-MISSING",
        "decision": "MAP-RECORD-NUMBER-MISSING",
        "application": "MAP-RECORD-NUMBER-MISSING",
    }.get(path, "MAP-VALUE-MISSING")


def _constants(profile: Profile) -> Got:
    """The constants of a profile, which are written in common codes; several citizenships are never constant."""
    return {path: _constant(find(path, profile.category), text) for path, text in profile.constants.items()}


def _constant(target: Target | None, text: str) -> Any:
    if target is not None and target.kind is Kind.COUNTRIES:
        return (text,)
    return int(text) if target is not None and target.kind is Kind.COUNT else text
