"""Writes what the sample of every shipped profile becomes: `python tests/mapping/make_samples.py [PROFILE …]`.

`samples/<profile>/input.*` is written by hand: a small file as the register would hand it over, with good rows
and with the traps of its kind. From it come `expected.xml` (the message, indented for readers) and
`findings.csv` (what is said about which row). Both are committed and read by people before they are believed;
the tests then hold the mapping to them. Everybody in them is made up.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from lxml import etree

# The checkout this file stands in goes before one that is installed.
sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway.findings import Finding
from gateway.mapping import convert, profile
from gateway.mapping.declaration import Profile
from gateway.message.body import write_records
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.records.record import Record

SAMPLES = Path(__file__).with_name("samples")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COLUMNS = ("row", "severity", "column", "code")


@dataclass(frozen=True)
class Outcome:
    """What a sample becomes."""

    chosen: Profile
    mapped: list[convert.Mapped]

    @property
    def records(self) -> list[Record]:
        return [item.record for item in self.mapped if item.record is not None]

    @property
    def findings(self) -> list[Finding]:
        return [finding for item in self.mapped for finding in item.findings]

    def message(self) -> bytes:
        """The RecordBatch, canonical; the header is always the same."""
        number = str(uuid5(UUID(int=0), self.chosen.name))
        sender = Party(self.chosen.state, self.chosen.agency)
        header = Header(
            number, number, Kind.RECORD_BATCH, sender, Party(self.chosen.state, "GATE"), NOW, NOW + timedelta(days=7),
            "STAY_CONTROL", "unsigned", sequence=1,
        )  # fmt: skip
        return write_message(header, write_records(self.records))

    def readable(self) -> bytes:
        """The message as it is committed."""
        tree = etree.fromstring(self.message())
        etree.indent(tree)
        return etree.tostring(tree, encoding="UTF-8") + b"\n"

    def remarks(self) -> str:
        """The findings as they are committed: places and codes; the sentences belong to the code."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((item.line, item.severity, item.path, item.code) for item in self.findings)
        return text.getvalue()


def source_of(name: str) -> Path:
    """The input of a sample."""
    [found] = (SAMPLES / name).glob("input.*")
    return found


def outcome(name: str) -> Outcome:
    """Map the sample of a profile."""
    chosen = profile.load(name)
    source = source_of(name)
    if chosen.source.format == "rows":
        # What a connector hands over are rows already; the sample keeps them as JSON.
        rows = json.loads(source.read_text(encoding="utf-8"))
        return Outcome(chosen, list(convert.map_rows(chosen, rows, now=NOW)))
    return Outcome(chosen, list(convert.map_file(chosen, source, now=NOW)))


def main() -> None:
    for name in sys.argv[1:] or profile.names():
        made = outcome(name)
        (SAMPLES / name / "expected.xml").write_bytes(made.readable())
        (SAMPLES / name / "findings.csv").write_text(made.remarks(), encoding="utf-8")
        sys.stdout.write(f"{name}: {len(made.records)} records of {len(made.mapped)} rows\n")


if __name__ == "__main__":
    main()
