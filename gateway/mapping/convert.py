"""National rows to records: every row ends as mapped, mapped with warnings, or rejected with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from gateway.findings import Finding
from gateway.mapping import days, transforms
from gateway.mapping.assemble import NO_PATRONYMIC, Assembly, Got
from gateway.mapping.declaration import Field, Profile
from gateway.mapping.readers import Broken, Cells, Rows, given, open_source
from gateway.mapping.targets import NEEDED, Kind, find
from gateway.mapping.transforms import Unfit, tidy
from gateway.mapping.words import finding
from gateway.records.record import Record

Outcome = Literal["mapped", "warned", "rejected"]
Progress = Callable[[int, int], None]
"""Called now and then with the rows and the bytes read so far."""

_BETWEEN: Final = 1_000
"""Rows from one report of progress to the next."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of one row."""

    row: int
    record: Record | None
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """`rejected` without a record, `warned` with findings, else `mapped`."""
        if self.record is None:
            return "rejected"
        return "warned" if self.findings else "mapped"


@dataclass(slots=True)
class Tally:
    """The books of one file: rows = mapped + warned + rejected."""

    rows: int = 0
    mapped: int = 0
    warned: int = 0
    rejected: int = 0

    def add(self, mapped: Mapped) -> None:
        """Count one row."""
        self.rows += 1
        outcome = mapped.outcome
        setattr(self, outcome, getattr(self, outcome) + 1)

    def as_dict(self) -> dict[str, int]:
        """As `gateway map --json` prints it."""
        return {
            "rows": self.rows,
            "mapped": self.mapped,
            "warned": self.warned,
            "rejected": self.rejected,
        }


def map_rows(profile: Profile, rows: Iterable[Mapping[str, Any]], *, now: datetime) -> Iterator[Mapped]:
    """Rows that are already dictionaries, as connectors give them; the first is row 1."""
    return _convert(profile, given(profile, rows), now, None)


def map_file(
    profile: Profile,
    source: Path | str | bytes,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Iterator[Mapped]:
    """A file, or its bytes, as the profile's source says. Memory does not grow with its length.

    A Refusal for what spoils the whole file, here or, where it shows only at the end, while it is iterated.
    """
    return _convert(profile, open_source(profile, source), now, progress)


def calendar_of(profile: Profile, now: datetime) -> days.Calendar:
    """How the profile reads dates on this day."""
    form = next((days.form(item.write) for item in profile.fields if item.target.kind is Kind.BIRTH_DATE), None)
    local = days.zone(profile.zone) if profile.zone else None
    return days.Calendar(form or days.FORMS["YYYY-MM-DD"], local, now.date())


def transform_of(profile: Profile, item: Field, calendar: days.Calendar) -> transforms.Transform:
    """The two directions of one field."""
    return transforms.build(
        item.target,
        write=item.write,
        codes=item.codes,
        separator=item.separator,
        calendar=calendar,
        open_ended=profile.open_ended,
    )


def _convert(profile: Profile, rows: Rows, now: datetime, progress: Progress | None) -> Iterator[Mapped]:
    conversion = _Conversion(profile, rows.columns, now)
    try:
        done = 0
        for number, cells in rows.rows:
            mapped = conversion.row(number, cells)
            if rows.unknown:
                mapped = _with_unknown(mapped, rows.unknown)
            done += 1
            if progress and done % _BETWEEN == 0:
                progress(done, rows.position())
            yield mapped
        if progress:
            progress(done, rows.position())
    finally:
        if rows.file:
            rows.file.close()


def _with_unknown(mapped: Mapped, unknown: list[str]) -> Mapped:
    """Columns that no profile knows are told once, at the first row that has them: nothing is ignored."""
    remarks = tuple(finding("MAP-UNKNOWN-COLUMN", "warning", column[:80], mapped.row) for column in unknown)
    unknown.clear()
    return Mapped(mapped.row, mapped.record, mapped.findings + remarks)


@dataclass(frozen=True, slots=True)
class _Step:
    """One column of the profile, bound to its place in the rows."""

    place: int
    path: str
    column: str
    read: Callable[[str], Any]
    nulls: frozenset[str]
    missing: str
    """Code of the finding where the cell is empty; empty where it may be."""
    severity: Literal["error", "warning"]


class _Conversion:
    """One profile compiled for one source."""

    def __init__(self, profile: Profile, columns: tuple[str, ...], now: datetime) -> None:
        place = {column: index for index, column in enumerate(columns)}
        calendar = calendar_of(profile, now)
        nulls = _variants(profile.nulls)
        steps = [
            self._step(profile, item, place[item.column], calendar, nulls)
            for item in profile.fields
            if item.column in place
        ]
        # Plain tuples: this loop runs for every cell of a gigabyte.
        self.steps = [
            (step.place, step.path, step.column, step.read, step.nulls, step.missing, step.severity) for step in steps
        ]
        self.constants: Got = _constants(profile)
        self.nulls = nulls
        self.id_places = [place.get(column, -1) for column in profile.id_columns]
        self.id_column = profile.id_columns[0]
        self.status = profile.status
        self.status_place = place.get(profile.status.column, -1)
        self.status_codes = {code.casefold(): state for code, state in profile.status.codes.items()}
        column_of: dict[str, str] = {}
        for item in profile.fields:
            column_of.setdefault(item.target.path, item.column)
        self.assembly = Assembly(profile, now, column_of)

    @staticmethod
    def _step(profile: Profile, item: Field, place: int, calendar: days.Calendar, nulls: frozenset[str]) -> _Step:
        target = item.target
        read = transform_of(profile, item, calendar).read
        none = _variants(item.none)
        if none:
            read = _or_none(read, none)
        needed = target.path in NEEDED[profile.category] and target.path not in profile.constants
        return _Step(
            place,
            target.path,
            item.column,
            read,
            nulls - none,
            _missing(target.path) if needed or item.column in profile.required else "",
            "error" if target.essential else "warning",
        )

    def row(self, number: int, cells: Cells | Broken) -> Mapped:
        """One row, with everything that is to be said about it."""
        if isinstance(cells, Broken):
            return Mapped(number, None, (finding(cells.code, "error", cells.column, number),))
        findings: list[Finding] = []
        got = self.constants.copy()
        constants = self.constants
        for place, path, column, read, nulls, missing, severity in self.steps:
            text = cells[place]
            if text is None or (text := text.strip()) in nulls:
                if missing:
                    findings.append(finding(missing, "error", column, number))
                continue
            try:
                value = read(text)
            except Unfit as unfit:
                findings.append(finding(unfit.code, severity, column, number))
                continue
            if path not in got or path in constants:
                got[path] = value
            elif got[path] != value:
                findings.append(finding("MAP-DISAGREE", "warning", column, number))
        source = self._number(cells, number, findings)
        status = self._status(cells, number, findings)
        for remark in findings:
            if remark.severity == "error":
                return Mapped(number, None, tuple(findings))
        return Mapped(number, self.assembly.record(got, source, status, number, findings), tuple(findings))

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
        if any(part in self.nulls for part in parts) and not any(
            remark.code == "MAP-RECORD-NUMBER-MISSING" for remark in findings
        ):
            findings.append(finding("MAP-RECORD-NUMBER-MISSING", "error", self.id_column, number))
        return "/".join(parts)

    def _status(self, cells: Cells, number: int, findings: list[Finding]) -> str:
        rule = self.status
        if not rule.column:
            return rule.otherwise
        text = (cells[self.status_place] if self.status_place >= 0 else None) or ""
        text = " ".join(text.split())
        if text in self.nulls:
            if not rule.otherwise:
                findings.append(finding("MAP-VALUE-MISSING", "error", rule.column, number))
            return rule.otherwise
        state = self.status_codes.get(text.casefold())
        if state is None:
            findings.append(finding("MAP-STATUS", "error", rule.column, number))
        return state or ""


def _variants(words: tuple[str, ...]) -> frozenset[str]:
    """Words as people type them: as they stand, capitalised, and in capitals."""
    return frozenset(form for word in words for form in (word, word.lower(), word.capitalize(), word.upper()))


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
    return {
        path: (text,) if (target := find(path, profile.category)) and target.kind is Kind.COUNTRIES else text
        for path, text in profile.constants.items()
    }
