"""Keys by which two states link their registers without showing them: hardened Bloom filters (CLK).

What is known of a record is cut into small pieces (pairs of letters of the folded names, parts of dates), and every
piece sets some bits of a filter of 1,024, told by HMAC under a secret of the two states. Records that are alike set
bits that are alike. R. Schnell, T. Bachteler, J. Reiher: A novel error-tolerant anonymous linking code (2011).

The filter is hardened twice. Its bits are independent parts of one HMAC, because the arithmetic series of the usual
double hashing betray which bits belong together (Niedermeyer et al., 2014). And it is balanced: the filter and its
complement, in an order that the secret tells, so that every key has as many bits set (Schnell, Borgs, 2016).
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt

from gateway.errors import Misuse
from gateway.linkage import dates, fold
from gateway.linkage.columns import Column, Kind, Plan, recognise
from gateway.linkage.read import load_register, open_register
from gateway.linkage.sql import shut_in

BITS: Final = 1024
"""Of the filter; the balanced key has twice as many."""
KEY_BYTES: Final = BITS // 4
_HASHES: Final = {Kind.NAME: 12, Kind.FULL: 12, Kind.DATE: 28, Kind.CODE: 12, Kind.IDENTIFIER: 10, Kind.TEXT: 6}
"""Bits that a piece sets, at most 32: a name has some seven pieces and a date three, and they should weigh alike."""
_BATCH: Final = 10_000
_SAMPLE: Final = 20_000
_REMEMBERED: Final = 100_000
"""Values of a column whose bits are kept; names come again and again."""

Bits = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What became of a register."""

    rows: int
    written: int
    columns: Mapping[str, str]

    @property
    def left_out(self) -> int:
        """Rows that say too little to be linked."""
        return self.rows - self.written


class Encoder:
    """Makes keys under one secret."""

    def __init__(self, secret: bytes, columns: tuple[Column, ...], orders: Mapping[str, dates.Order]) -> None:
        self._secret, self._columns, self._orders = secret, columns, orders
        self._known: dict[tuple[str, str], Bits] = {}
        # An order of the library's own generator could change with its version, and the keys with it.
        drawn = hashlib.shake_256(self._mac("order", "")).digest(BITS * 2 * 8)
        self._order = np.argsort(np.frombuffer(drawn, dtype="<u8"), kind="stable")

    def key(self, values: Mapping[str, str | None]) -> bytes | None:
        """The key of a record; None where it says too little: a name, and a date, a number or two other things."""
        found: list[Bits] = []
        names = telling = 0
        for column in self._columns:
            bits = self._bits(column, values.get(column.name) or "")
            if not bits.size:
                continue
            found.append(bits)
            names += column.kind in {Kind.NAME, Kind.FULL}
            telling += _TELLING.get(column.kind, 0)
        if not names or telling < 2:
            return None
        row = np.zeros(BITS, dtype=np.uint8)
        row[np.concatenate(found)] = 1
        return np.packbits(np.concatenate([row, 1 - row])[self._order]).tobytes()

    def _bits(self, column: Column, value: str) -> Bits:
        known = self._known.get((column.name, value))
        if known is None:
            # Names share one domain, so that a family name in the place of the given name is still found.
            domain = "name" if column.kind in {Kind.NAME, Kind.FULL} else column.name
            found = [self._mac(domain, piece) for piece in pieces(column, value, self._orders.get(column.name))]
            parts = [np.frombuffer(mac, dtype="<u2")[: _HASHES[column.kind]] % BITS for mac in found]
            known = np.concatenate(parts).astype(np.uint16) if parts else np.zeros(0, dtype=np.uint16)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[column.name, value] = known
        return known

    def _mac(self, domain: str, piece: str) -> bytes:
        return hmac.digest(self._secret, f"clk-1\0{domain}\0{piece}".encode("utf-8", "surrogatepass"), "sha512")


_TELLING: Final = {Kind.DATE: 2, Kind.IDENTIFIER: 2, Kind.TEXT: 1, Kind.CODE: 1}


def pieces(column: Column, value: str, order: dates.Order | None = None) -> list[str]:
    """What a value is cut into; nothing where it says nothing."""
    if not value:
        return []
    if column.kind in {Kind.NAME, Kind.FULL}:
        words = fold.full_name(value)[2] or []
        return sorted({pair for word in words for pair in _pairs(word)})
    if column.kind is Kind.DATE:
        year, month, day = dates.read_day(value, order or dates.Order.DAY_FIRST) or (0, 0, 0)
        return [f"{part}{number}" for part, number in (("y", year), ("m", month), ("d", day)) if number]
    folded = fold.sex(value) if column.name == "sex" else fold.text(value)
    if not folded:
        return []
    if column.kind is Kind.CODE:
        return [folded]
    if column.kind is Kind.IDENTIFIER:
        folded = folded.replace(" ", "")
    return sorted({pair for word in folded.split() for pair in _pairs(word)})


def _pairs(word: str) -> Iterator[str]:
    framed = f"^{word}$"
    return (framed[place : place + 2] for place in range(len(framed) - 1))


def write_keys(
    source: Path,
    target: Path,
    secret: bytes,
    *,
    declared: Mapping[str, str],
    identity: str,
    encoding: str,
    moved: Callable[[float], None],
) -> Encoded:
    """Write `id,clk` for every row that says enough (Misuse, Unreadable, TooLarge)."""
    with tempfile.TemporaryDirectory(prefix="gateway-link-") as folder, duckdb.connect(":memory:") as con:
        shut_in(con, Path(folder))
        # 1. The register is read.
        register = open_register(con, source, encoding, Path(folder))
        plan = recognise(register.header, declared, identity)
        rows = load_register(con, register, plan)
        # 2. Every row becomes its key.
        encoder = Encoder(secret, plan.columns, _orders(con, plan))
        written = _write(con, plan, encoder, target, lambda done: moved(done / max(rows, 1)))
    if not written:
        raise Misuse(
            "No row says enough: a key needs a name, and a date, a number or two other things.", where=str(source)
        )
    return Encoded(rows, written, {column.name: column.source for column in plan.columns})


def _write(
    con: duckdb.DuckDBPyConnection, plan: Plan, encoder: Encoder, target: Path, moved: Callable[[int], None]
) -> int:
    names = [column.name for column in plan.columns]
    reader = con.execute(f"SELECT id, {', '.join(names)} FROM raw ORDER BY rowid")
    written = done = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("id", "clk"))
        while batch := reader.fetchmany(_BATCH):
            for identity, *values in batch:
                key = encoder.key(dict(zip(names, values, strict=True)))
                if key is not None:
                    out.writerow((identity, b64encode(key).decode("ascii")))
                    written += 1
            done += len(batch)
            moved(done)
    return written


def _orders(con: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, dates.Order]:
    """Whether day or month comes first, of every column of dates."""
    found = {}
    for name in (column.name for column in plan.columns if column.kind is Kind.DATE):
        sample = f"SELECT {name} FROM raw WHERE {name} IS NOT NULL ORDER BY rowid LIMIT {_SAMPLE}"
        found[name] = dates.order_of(str(row[0]) for row in con.execute(sample).fetchall())
    return found
