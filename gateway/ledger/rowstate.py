"""How leaves of the tree `rows` speak of rows: by keys and keyed digests (gateway.ledger.rows)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import quote, unquote

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    cast,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

from gateway.ledger.guarded import Guard
from gateway.store.columns import Hidden, sealed_columns, stored, vault_of
from gateway.store.tables import UtcDateTime
from gateway.store.vault import Vault
from gateway.store.written import Key

T = TypeVar("T")
Row = tuple[Mapping[str, Any], str, str]
"""The values of a row, its key as leaves spell it, and the digest that they have to have of it."""

GONE: Final = "-"
"""What a leaf says of a row that is no longer there, or no longer the affair of this tree."""
NEW: Final = "+"
"""What it says of one that was not there before."""
UNKNOWN: Final = "?"
"""What it says where nobody knows how a row was before."""
TOGETHER: Final = 500
"""Rows of one leaf, at most."""
_DIGEST: Final = 22
"""Characters of a digest: 132 bits of it."""


# --- Rows ------------------------------------------------------------------------------------------------


def states(session: Session, guard: Guard) -> Iterator[Row]:
    """All rows of a table in the order of their keys."""
    connection = session.connection()
    reading = _reading(guard, plainly=connection.dialect.name == "sqlite")
    found = connection.execute(reading.every, execution_options={"yield_per": TOGETHER})
    return _rows(vault_of(session), guard, reading, found)


def states_of(connection: Connection, guard: Guard, keys: Collection[Key], *, held: bool = False) -> list[Row]:
    """Those rows of a table that there are of these keys, in their order; `held` as they are until the commit."""
    reading = _reading(guard, plainly=connection.dialect.name == "sqlite")
    some = list(keys) if len(reading.key) > 1 else [key[0] for key in keys]
    found = connection.execute(reading.held if held else reading.some, {"keys": some})
    return list(_rows(vault_of(connection), guard, reading, found))


class _Reading(NamedTuple):
    """How rows of a table are read: made once, because that costs more than reading a few."""

    every: Select[Any]
    some: Select[Any]
    held: Select[Any]
    """The same, and nobody else changes them until the commit."""
    names: Sequence[str]
    """Of the columns."""
    key: Sequence[str]
    """Of those in the primary key."""


@cache
def _reading(guard: Guard, *, plainly: bool) -> _Reading:
    every = select(*(_as_stored(column, plainly=plainly) for column in guard.columns))
    every = every.where(*guard.among).order_by(*guard.key)
    key = tuple_(*guard.key) if len(guard.key) > 1 else guard.key[0]
    some = every.where(key.in_(bindparam("keys", expanding=True)))
    held = some.with_for_update(of=guard.table, key_share=True)
    return _Reading(every, some, held, [each.name for each in guard.columns], [each.name for each in guard.key])


def _rows(vault: Vault, guard: Guard, reading: _Reading, found: Iterable[Sequence[Any]]) -> Iterator[Row]:
    for values in found:
        row = dict(zip(reading.names, values, strict=True))
        yield row, spelt([row[name] for name in reading.key]), _digest(vault, guard.name, row)


def spelt_keys(connection: Connection, guard: Guard, keys: Iterable[Key]) -> list[str]:
    """Keys as leaves spell them, as the database has them: a hidden one must not stand in clear in a leaf."""
    dialect = connection.dialect
    hide = [
        column.type.dialect_impl(dialect).bind_processor(dialect) if isinstance(column.type, Hidden) else None
        for column in guard.key
    ]
    return [spelt([close(value) if close else value for close, value in zip(hide, key, strict=True)]) for key in keys]


def together(values: Iterable[T], most: int) -> Iterator[list[T]]:
    """Values, so many at a time."""
    left = iter(values)
    while some := list(islice(left, most)):
        yield some


def _digest(vault: Vault, table: str, row: Mapping[str, Any]) -> str:
    """Of every value that is there: a column that comes later and is empty changes nothing.

    Names and values follow each other, each with its kind and its length, so that no two rows are written the same.
    """
    said = [table.encode()]
    for name, value in row.items():
        if value is not None:
            kind, plain = _KINDS[type(value)]
            raw = plain(value)
            said += (b"%s %s %d " % (name.encode(), kind, len(raw)), raw)
    return _short(vault.digest(b"row state", b"\n".join(said)))


def _short(digest: bytes) -> str:
    return base64.b64encode(digest).decode()[:_DIGEST]


def _as_stored(column: Column[Any], *, plainly: bool) -> ColumnElement[Any]:
    """A column as the database has it: JSON to the letter, sealed and hidden values without opening them.

    `plainly` where the database keeps times as text, which need not be read to be compared.
    """
    if sealed_columns([column]):
        return type_coerce(column, stored(column))
    if isinstance(column.type, Hidden) or (plainly and isinstance(column.type, UtcDateTime)):
        return type_coerce(column, Text())
    return cast(column, Text) if isinstance(column.type, JSON) else column


_KINDS: Final[Mapping[type, tuple[bytes, Callable[[Any], bytes]]]] = {
    str: (b"text", str.encode),
    bytes: (b"bytes", bytes),
    bool: (b"truth", lambda value: b"%d" % value),
    int: (b"number", lambda value: b"%d" % value),
    float: (b"real", lambda value: repr(value).encode()),
    date: (b"day", lambda value: value.isoformat().encode()),
    datetime: (b"time", lambda value: value.astimezone(UTC).isoformat(timespec="microseconds").encode()),
}
"""How the values of each type that drivers give are written for a digest."""


# --- Leaves ----------------------------------------------------------------------------------------------


def told(content: str) -> list[tuple[str, str, str]]:
    """The rows that a leaf speaks of: the key of each, its digest or GONE, and its digest before, or NEW or UNKNOWN.

    Nothing where it makes no sense.
    """
    words = content.split(" ")
    if len(words) != 4:
        return []
    keys = list(keys_in(words[1]))
    now, before = (_words(word, len(keys)) for word in words[2:])
    return list(zip(keys, now, before, strict=True)) if len(now) == len(before) == len(keys) else []


def _words(said: str, count: int) -> list[str]:
    """One digest after the other, or one word that is said of all."""
    if said in (GONE, NEW, UNKNOWN):
        return [said] * count
    return [said[place : place + _DIGEST] for place in range(0, len(said), _DIGEST)]


def spelt(key: Iterable[Any]) -> str:
    """A key as leaves spell it: one printable word without comma and plus."""
    return "|".join([str(part) if isinstance(part, int) else quote(str(part), safe="/:#.@") for part in key])


def shown(key: str) -> str:
    """A key as people read it."""
    return unquote(key)


def runs(keys: Iterable[str]) -> Iterator[str]:
    """Keys as a leaf spells them; of numbers that follow each other, the first and how many."""
    start, count = "", 0
    for key in keys:
        if count and _is_number(start) and key == str(int(start) + count):
            count += 1
            continue
        if count:
            yield f"{start}+{count}" if count > 1 else start
        start, count = key, 1
    if count:
        yield f"{start}+{count}" if count > 1 else start


def keys_in(said: str) -> Iterator[str]:
    """The keys that a leaf spells so."""
    for part in said.split(","):
        start, run, count = part.partition("+")
        if not run:
            yield part
        elif start.isdecimal() and count.isdecimal() and int(count) <= TOGETHER:
            yield from map(str, range(int(start), int(start) + int(count)))


def _is_number(key: str) -> bool:
    return key.isdecimal() and (key[0] != "0" or key == "0")
