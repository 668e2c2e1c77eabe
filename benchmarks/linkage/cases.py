"""A register whose truth is known, as a folder: what every contestant reads, and what none of them sees."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

IDENTITY: Final = "record"
"""The column that identifies a record, in every register and every truth."""


@dataclass(frozen=True, slots=True)
class Case:
    """One data set in its folder: `register.csv`, `truth.csv` and `case.json`."""

    name: str
    folder: Path
    columns: Mapping[str, str]
    """Logical column to header of the register: what `--columns` says, and what the peers are told."""
    two_files: bool = False
    """Whether the records come from two files without duplicates of their own; `truth.csv` says from which."""

    @property
    def register(self) -> Path:
        """The records: `record` and the columns under their own headers, nothing of the truth."""
        return self.folder / "register.csv"

    @property
    def truth(self) -> Path:
        """`record,person,file`: whom each record is of, and from which file it comes (0 or 1)."""
        return self.folder / "truth.csv"


@dataclass(frozen=True, slots=True)
class Absent:
    """A data set that is not measured, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record while a case is written."""

    identity: str
    person: str
    values: Sequence[str]
    file: int = 0


def write_case(case: Case, records: Iterable[Record]) -> Case:
    """Write the folder of a case."""
    case.folder.mkdir(parents=True, exist_ok=True)
    with (
        case.register.open("w", encoding="utf-8", newline="") as registered,
        case.truth.open("w", encoding="utf-8", newline="") as known,
    ):
        register, truth = csv.writer(registered), csv.writer(known)
        register.writerow([IDENTITY, *case.columns.values()])
        truth.writerow([IDENTITY, "person", "file"])
        for record in records:
            register.writerow([record.identity, *record.values])
            truth.writerow([record.identity, record.person, record.file])
    described = asdict(case) | {"folder": str(case.folder)}
    (case.folder / "case.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
    return case


def read_case(folder: Path) -> Case:
    """The case that a folder holds."""
    return Case(**json.loads((folder / "case.json").read_text(encoding="utf-8")) | {"folder": folder})


def read_truth(case: Case) -> tuple[list[str], list[str]]:
    """The records of a case in the order of the register, and the person of each."""
    with case.truth.open(encoding="utf-8", newline="") as file:
        rows = [(row[IDENTITY], row["person"]) for row in csv.DictReader(file)]
    return [identity for identity, _ in rows], [person for _, person in rows]
