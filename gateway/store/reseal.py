"""Which data keys the stored values are under, and how old ones come under the newest while the node runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Table, Text, and_, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from gateway.errors import KeyUnusable
from gateway.store import datakeys, tables
from gateway.store.columns import Hidden, sealed_columns, stored
from gateway.store.database import Database
from gateway.store.vault import MARK, DataKey, Vault

_TOGETHER: Final = 200
"""Rows in one transaction: others wait for it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much is sealed under one data key."""

    id: str
    """Its name, hexadecimal."""
    created: datetime | None
    """None where the node's file does not hold it."""
    seals: bool
    """Whether it is the one that seals now."""
    values: int
    """Stored values under it."""


def usage(database: Database) -> list[Usage]:
    """Every data key of the node, and every one that a value names, the newest last."""
    vault, counts = vault_of(database), Counter[bytes]()
    with database.read() as session:
        for table in _tables():
            for column in sealed_columns(table.columns):
                mark = func.substr(_raw(column), 1, MARK)
                found = session.execute(select(mark, func.count()).where(_filled(column)).group_by(mark))
                counts.update({bytes(marked): number for marked, number in found})
    known = {key.mark: key for key in vault.keys.data}
    lost = [Usage(mark[1:].hex(), None, seals=False, values=counts[mark]) for mark in sorted(set(counts) - set(known))]
    newest = vault.keys.newest
    return lost + [Usage(key.id.hex(), key.created, key == newest, counts[mark]) for mark, key in known.items()]


def outstanding(database: Database) -> int:
    """Rows with a value that is not under the newest key."""
    mark = vault_of(database).keys.newest.mark
    with database.read() as session:
        return sum(session.scalar(select(func.count()).where(_old(table, mark))) or 0 for table in _tables())


def reseal(
    database: Database,
    *,
    progress: Callable[[int], None] = lambda _done: None,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Bring every value under the newest key, a few rows at a time; how many rows that were.

    It may be stopped and begun again at any time: what is done is done. A node that runs meanwhile seals under the
    newest key with its next unit of work, and a row that it changes is left as it made it.
    """
    vault, done = vault_of(database), 0
    vault.refresh()
    for table in _tables():
        last: Any = None
        while not stopping():
            with database.begin() as session:
                rows = _some(session, table, vault.keys.newest.mark, last)
                for row in rows:
                    _renew(session, vault, table, row)
            if not rows:
                break
            last, done = rows[-1][0], done + len(rows)
            progress(done)
    return done


def drop(database: Database, key: DataKey, remove: Callable[[DataKey], None], now: datetime) -> None:
    """Take a key away under which nothing is left (KeyUnusable); `remove` takes it out of the file."""
    keys = vault_of(database).keys.data
    if key == keys[-1]:
        raise KeyUnusable("The newest data key seals; add another with `gateway vault rotate` first.")
    if now - keys[keys.index(key) + 1].created < datakeys.SETTLED:
        raise KeyUnusable("A data key may be dropped an hour after the next one was made.", where=key.id.hex())
    left = next(each.values for each in usage(database) if each.id == key.id.hex())
    if left:
        raise KeyUnusable(f"{left} values are under this key; run `gateway vault reseal` first.", where=key.id.hex())
    remove(key)


def vault_of(database: Database) -> Vault:
    """The vault that the database was opened with."""
    if database.vault is None:
        raise KeyUnusable("The database was opened without the node's data keys.")
    return database.vault


def _tables() -> Iterator[Table]:
    for table in tables.Table.metadata.sorted_tables:
        if sealed_columns(table.columns):
            yield table


def _some(session: Session, table: Table, mark: bytes, last: Any) -> list[Row[Any]]:
    """The next rows after `last` that hold a value under another key: their own key, then the stored values."""
    key = _key(table)
    wanted = select(key, *map(_raw, sealed_columns(table.columns))).where(_old(table, mark))
    if last is not None:
        wanted = wanted.where(key > last)
    return list(session.execute(wanted.order_by(key).limit(_TOGETHER)).all())


def _renew(session: Session, vault: Vault, table: Table, row: Row[Any]) -> None:
    newest = vault.keys.newest.mark
    changed: dict[Any, Any] = {}
    unchanged: list[ColumnElement[bool]] = []
    values: list[bytes | None] = list(row[1:])
    for column, sealed in zip(sealed_columns(table.columns), values, strict=True):
        if sealed and not sealed.startswith(newest):
            place = column.type.place.encode()
            changed[column] = type_coerce(bytes(vault.seal(place, vault.unseal(place, sealed))), stored(column))
            # What has been written since it was read is newer than what was read.
            unchanged.append(_raw(column) == sealed)
    session.execute(update(table).where(_key(table) == row[0], *unchanged).values(changed))


def _old(table: Table, mark: bytes) -> ColumnElement[bool]:
    return or_(
        *(and_(_filled(column), func.substr(_raw(column), 1, MARK) != mark) for column in sealed_columns(table.columns))
    )


def _filled(column: Any) -> ColumnElement[bool]:
    return and_(column.is_not(None), func.length(_raw(column)) > 0)


def _key(table: Table) -> Any:
    """The primary key, as it is stored; every table with sealed columns has one of one column."""
    (key,) = table.primary_key
    return type_coerce(key, Text()) if isinstance(key.type, Hidden) else key


def _raw(column: Any) -> Any:
    return type_coerce(column, stored(column))
