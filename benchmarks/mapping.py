"""National CSV to signed messages and messages to records, on one core, beside what nobody can leave out."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from random import Random
from time import process_time
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from benchmarks.report import Row, interleaved
from gateway.mapping import convert, profile
from gateway.mapping.batches import Batches
from gateway.message.envelope import Header, Kind, Party, body_of
from gateway.message.parse import NS, parse
from gateway.message.read import read_record
from gateway.message.rules import check_record, examine
from gateway.message.signature import TrustedKey, verify
from gateway.records.identifiers import synthesise
from gateway.records.person import Sex
from gateway.records.record import Record
from gateway.trust import keyfiles

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROWS = 20_000
_BATCH: Final = 5_000
_RECORDS: Final = 2_000
_AT_ONCE: Final = 10_000
_ELEMENTS: Final = 36
"""Elements of one record of blr-permits in the exchange format."""

FAMILIES = ("Каримов", "Рахимов", "Иванов", "Асанов", "Петренко", "Мамедов", "Ковалёв", "Сейтов", "Лука")
GIVEN = ("Жасур", "Алексей", "Бакыт", "Вагиф", "Ерлан", "Олег", "Рустам", "Пётр", "Ион", "Тимур")
COUNTRIES = ("Узбекистан", "Казахстан", "Азербайджан", "Респ. Молдова", "Украина", "ЛБГ")


def permits(rows: int, first: int = 0) -> bytes:
    """A windows-1251 export of blr-permits: 17 columns, every person and document another one."""
    draw = Random(2026 + first)
    columns = list(profile.load("blr-permits").columns)
    lines = [";".join(columns)]
    for serial in range(first, first + rows):
        born = date(1950, 1, 1) + timedelta(days=draw.randrange(20_000))
        start = date(2025, 1, 1) + timedelta(days=draw.randrange(400))
        cells = {
            "Фамилия": draw.choice(FAMILIES) + draw.choice(("", "ов", "ский", "енко")),
            "Имя": draw.choice(GIVEN),
            "Отчество": draw.choice(GIVEN) + "ович",
            "Дата рождения": f"{born:%d.%m.%Y}",
            "Пол": "М",
            "Гражданство": draw.choice(COUNTRIES),
            "Идентификационный номер": synthesise("BY-IDN", born, Sex.MALE, serial),
            "Серия": draw.choice(("AA", "AB", "FA")),
            "Номер": f"{serial:07d}",
            "Дата выдачи": "01.02.2020",
            "Срок действия": "01.02.2030",
            "Вид документа": "паспорт",
            "№ спецразрешения": f"СР-{serial:08d}",
            "Действует с": f"{start:%d.%m.%Y}",
            "Действует по": f"{start + timedelta(days=365):%d.%m.%Y}",
            "Наниматель": f"ООО «Ольха-{draw.randrange(2_000)}»",
            "УНП": f"1{draw.randrange(2_000):08d}",
        }
        lines.append(";".join(cells[column] for column in columns))
    return "\r\n".join(lines).encode("windows-1251")


def write_permits(rows: int, file: BinaryIO) -> None:
    """The same export on disk, some thousand rows at a time, for files that no memory should hold."""
    for start in range(0, rows, _AT_ONCE):
        header, _, lines = permits(min(_AT_ONCE, rows - start), first=start).partition(b"\r\n")
        if start == 0:
            file.write(header)
        file.write(b"\r\n" + lines)


def measure(scale: float = 1.0) -> list[Row]:
    """CPU of one core. The ratio says how many times longer a row or record takes than at the floor.

    `map-csv`: a CSV of 17 columns to validated, signed messages of 5,000 records; its floor is reading the CSV and
    doing nothing, its peer building the same elements with lxml. `map-rows` is the mapping alone. `read-batch`:
    a signed message of 2,000 records verified, judged by schema and rules and read; its floor is parsing it.
    """
    rows = max(_BATCH, int(ROWS * scale))
    data, chosen, signer = permits(rows), profile.load("blr-permits"), _signer()
    batch = _messages(permits(_RECORDS), signer)[0]

    def read_csv() -> None:
        text = io.TextIOWrapper(io.BytesIO(data), encoding="windows-1251", newline="")
        assert sum(1 for _ in csv.reader(text, delimiter=";")) == rows + 1

    def map_rows() -> None:
        assert sum(1 for item in convert.map_file(chosen, data, now=NOW) if item.record is not None) == rows

    def read_batch() -> None:
        assert len(_read(batch, signer)) == _RECORDS

    seconds = interleaved(
        {
            "map": lambda: _messages(data, signer),
            "rows": map_rows,
            "csv": read_csv,
            "build": lambda: _build(data),
            "read": read_batch,
            "parse": lambda: parse(batch, limit=len(batch)),
        },
        rounds=5,
        clock=process_time,
    )
    pace = {name: (_RECORDS if name in {"read", "parse"} else rows) / taken for name, taken in seconds.items()}
    return [
        _row("map-csv", "rows/s", pace["map"], pace["csv"], {"lxml building alone": round(pace["build"])}),
        _row("map-rows", "rows/s", pace["rows"], pace["csv"], {}),
        _row("read-batch", "records/s", pace["read"], pace["parse"], {}),
    ]


def _row(name: str, unit: str, value: float, floor: float, peers: dict[str, float]) -> Row:
    return {"name": name, "unit": unit, "value": round(value), "floor": round(floor),
            "ratio": round(floor / value, 2), "peers": peers}  # fmt: skip


def _signer() -> keyfiles.Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    return keyfiles.signer(key, keyfiles.self_signed(key, party="BLR/MVD", now=NOW, until=NOW + timedelta(days=365)))


class _Kept(io.BytesIO):
    """A file in memory whose content outlives its closing."""

    def close(self) -> None:
        self.flush()


def _messages(data: bytes, signer: keyfiles.Signer) -> list[bytes]:
    """What `gateway map --batch 5000 --key` writes."""
    mark = str(uuid.UUID(int=2026))
    header = Header(mark, mark, Kind.RECORD_BATCH, Party("BLR", "MVD"), Party("BLR", "GATE"), NOW,
                    NOW + timedelta(days=7), "STAY_CONTROL", "unsigned")  # fmt: skip
    files: list[_Kept] = []

    def new_file() -> _Kept:
        files.append(_Kept())
        return files[-1]

    batches = Batches(header, new_file, most=_BATCH, signer=signer)
    for item in batches.write(convert.map_file(profile.load("blr-permits"), data, now=NOW)):
        assert item.record is not None
    return [file.getvalue() for file in files]


def _read(message: bytes, signer: keyfiles.Signer) -> list[Record]:
    """Raw bytes to records that are verified, valid by the schema and by the rules, as a receiver does it."""
    key = TrustedKey(signer.kid, "BLR/MVD", signer.certificate.public_key())
    verified = verify(message, lambda _: key, limit=len(message))
    assert examine(verified.root, protection=True) == []
    records = [read_record(element) for element in body_of(verified.root)]
    assert not any(check_record(record) for record in records)
    return records


def _build(data: bytes) -> None:
    """One element with its text for each cell, in a tree of 100 rows at a time, and its bytes."""
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="windows-1251", newline=""), delimiter=";")
    tags = [f"{{{NS}}}Column{number}" for number in range(_ELEMENTS)]
    while part := list(islice(rows, 100)):
        root = etree.Element(f"{{{NS}}}RecordBatch", nsmap={None: NS})
        for cells in part:
            record = etree.SubElement(root, f"{{{NS}}}Record")
            for tag, cell in zip(tags, cycle(cells), strict=False):
                etree.SubElement(record, tag).text = cell
        etree.tostring(root, encoding="utf-8")
