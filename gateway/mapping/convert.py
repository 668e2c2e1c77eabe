"""National rows to records: every row ends as mapped, mapped with warnings, or rejected with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from gateway.findings import Finding, Severity
from gateway.mapping.conversion import Conversion
from gateway.mapping.declaration import Profile
from gateway.mapping.details import Reading
from gateway.mapping.duplicates import Duplicates, Seen
from gateway.mapping.placeholder import Spike
from gateway.mapping.sensitive import why_sensitive
from gateway.mapping.sources import Broken, Cells, Rows, given, open_source
from gateway.mapping.words import finding
from gateway.records.record import Record
from gateway.records.value import quick

Outcome = Literal["mapped", "warned", "rejected"]
Progress = Callable[[int, int], None]
"""Called now and then with the rows and the bytes read so far."""

_UNKNOWN: Final = {False: "MAP-UNKNOWN-COLUMN", True: "MAP-SENSITIVE-DROPPED"}
_BETWEEN: Final = 1_000
"""Rows from one report of progress to the next."""

_LOT: Final = 50
"""Rows that are read before records are made of them."""


@quick
@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of one row."""

    row: int
    record: Record | None
    findings: tuple[Finding, ...] = ()
    withdrawn: str = ""
    """Id of the record that the register says is no more; such a row has no record."""

    @property
    def outcome(self) -> Outcome:
        """`rejected` without a record, `warned` with findings, else `mapped`.

        A row that says again what an earlier one said has no record of its own, and a warning instead.
        """
        if self.record is None and any(remark.severity == "error" for remark in self.findings):
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
        if mapped.record is not None and not mapped.findings:
            # Nearly every row, so this one is counted without further ado.
            self.mapped += 1
        else:
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


def map_rows(
    profile: Profile, rows: Iterable[Mapping[str, Any]], *, now: datetime, flat: bool = False
) -> Iterator[Mapped]:
    """Rows that are already dictionaries, as connectors give them; the first is row 1.

    The keys of `flat` ones are the profile's columns, wherever its source keeps them.
    """
    return _convert(profile, given(profile, rows, flat=flat), now, None)


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
    return _convert(profile, open_source(profile, source), now, progress, Duplicates())


class _Row(NamedTuple):
    """A row that was read, with what only its reader knows, who will have gone on by then."""

    cells: Cells | Broken
    reading: Reading
    withdrawn: str
    unknown: tuple[str, ...]
    """Columns that no profile knows and that this row is the first to have."""
    member: str
    """The file of an archive that the row stands in."""
    number_there: int


def _convert(
    profile: Profile, rows: Rows, now: datetime, progress: Progress | None, duplicates: Duplicates | None = None
) -> Iterator[Mapped]:
    conversion = Conversion(profile, rows.columns, now)
    spike = Spike(profile)
    try:
        done = 0
        read = _read(conversion, rows)
        # A step at a time for some rows is faster than a row at a time through both steps: the code of one step
        # stays in the processor's cache.
        while lot := list(islice(read, _LOT)):
            for row in lot:
                mapped = _mapped(conversion, row)
                if duplicates and mapped.record and isinstance(row.cells, list):
                    mapped = _once(mapped, duplicates.seen(mapped.record.source.record, tuple(row.cells)), profile)
                if row.unknown:
                    mapped = _with_unknown(mapped, row.unknown)
                if spike.looks(mapped.record):
                    mapped = replace(mapped, findings=(*mapped.findings, spike.remark(mapped.row)))
                if row.member and mapped.findings:
                    mapped = _within(mapped, row.member, row.number_there)
                done += 1
                if progress and done % _BETWEEN == 0:
                    progress(done, rows.position())
                yield mapped
        if progress:
            progress(done, rows.position())
    finally:
        rows.close()


def _read(conversion: Conversion, rows: Rows) -> Iterator[_Row]:
    """The rows that the profile is about, with the meaning of their cells."""
    for number, cells in rows.rows:
        known = cells.cells if isinstance(cells, Broken) else cells
        if conversion.selective and known is not None and not conversion.belongs(known):
            continue
        unknown = tuple(rows.unknown)
        if unknown:
            rows.unknown.clear()
        there = number - rows.before if rows.member else 0
        if conversion.deleted is not None and isinstance(cells, list):
            gone, findings = conversion.withdrawn(number, cells)
            if gone or findings:
                reading = Reading(number, None, "", "", [*findings])
                yield _Row(cells, reading, gone, unknown, rows.member, there)
                continue
        yield _Row(cells, conversion.read(number, cells), "", unknown, rows.member, there)


def _mapped(conversion: Conversion, row: _Row) -> Mapped:
    """What became of one row: a record, a withdrawal, or neither with the reasons."""
    reading = row.reading
    if reading.got is None:
        return Mapped(reading.number, None, tuple(reading.findings), row.withdrawn)
    record, findings = conversion.record(reading)
    return Mapped(reading.number, record, findings)


def _once(mapped: Mapped, seen: Seen, profile: Profile) -> Mapped:
    """The same row again is passed over; another row of the same number is rejected, whichever is right."""
    if seen == "new":
        return mapped
    severity: Severity = "warning" if seen == "same" else "error"
    remark = finding("MAP-DUPLICATE-ROW", severity, profile.id_columns[0], mapped.row)
    return Mapped(mapped.row, None, (*mapped.findings, remark))


def _within(mapped: Mapped, member: str, row: int) -> Mapped:
    """Findings about a file of an archive name it, and the row in it."""
    told = tuple(replace(remark, path=f"{member}:{row}:{remark.path}") for remark in mapped.findings)
    return replace(mapped, findings=told)


def _with_unknown(mapped: Mapped, unknown: tuple[str, ...]) -> Mapped:
    """Columns that no profile knows are told once, at the first row that has them: nothing is ignored."""
    remarks = tuple(
        finding(_UNKNOWN[bool(why_sensitive(column))], "warning", column[:80], mapped.row) for column in unknown
    )
    return replace(mapped, findings=mapped.findings + remarks)
