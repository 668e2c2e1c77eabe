"""Which rows a transaction has written, whoever wrote them: the object mapper, or a statement.

One place for all ways into the tables that are watched, so that no way is forgotten. What is noted is keys, and what
whoever watches says of the rows before they are first touched; the rows are read again before the commit, as they
stand then. Words straight to the driver pass by; the one place that uses them for such tables, gateway.store.bulk,
tells the keys itself (`note`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import eq
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    Connection,
    Delete,
    Engine,
    Insert,
    Update,
    event,
    inspect,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

Key = tuple[Any, ...]
"""The values of a primary key, in the order of its columns."""
Keys = Mapping[str, Mapping[Key, str | None]]
"""By the name of the table; of each row what was said of it before, ABSENT, or None where nobody knows."""
ABSENT: Final = ""
"""Of a row that was surely not there: it could not have been inserted otherwise."""
Before = Callable[[Connection, str, Collection[Key]], Mapping[Key, str | None]]
"""Says something, or nothing, of each row that is there, and keeps it as it is until the commit."""

_WRITING: Final = (Insert, Update, Delete)
_INFO: Final = "rows-written"
_MOST: Final = 10_000
"""Rows that a statement is bound to by name: no driver takes much more than thirty thousand values."""


class _Written:
    """The keys of one transaction, in the order in which they came."""

    __slots__ = ("_before", "_marks", "flushing", "keys", "tables")

    def __init__(self, tables: frozenset[str], before: Before) -> None:
        self.tables = tables
        """The names of those that are watched."""
        self._before = before
        self.keys: dict[str, dict[Key, str | None]] = {}
        self._marks: dict[SessionTransaction, dict[str, int]] = {}
        """How many rows of each table had been noted when a part began that may be undone alone."""
        self.flushing = False
        """While the mapper writes its objects: it tells their keys itself, when all have one."""

    def note(self, table: str, keys: Mapping[Key, str | None]) -> None:
        known = self.keys.setdefault(table, {})
        for key, was in keys.items():
            known.setdefault(key, was)

    def note_change(self, connection: Connection, table: str, keys: Collection[Key]) -> None:
        """Before rows are changed that may be there: what they are now, unless they were touched already."""
        if new := self._untouched(table, keys):
            there = self._before(connection, table, new)
            self.note(table, {key: there.get(key) for key in new})

    def note_making(self, connection: Connection, table: str, keys: Collection[Key]) -> None:
        """Before rows are made, or changed where they are there."""
        if new := self._untouched(table, keys):
            there = dict(self._before(connection, table, new))
            absent = sorted((key for key in new if key not in there), key=repr)
            if absent and connection.dialect.name == "postgresql":
                # Somebody else may be making it at this moment; SQLite has one writer.
                for key in absent:
                    name = hashlib.blake2b(f"{table} {key!r}".encode(), digest_size=8).digest()
                    connection.execute(_MAKING, {"name": int.from_bytes(name, signed=True)})
                there |= self._before(connection, table, absent)
            self.note(table, {key: there.get(key, ABSENT) for key in new})

    def mark(self, part: SessionTransaction) -> None:
        """A part of the transaction begins that may be undone alone."""
        self._marks[part] = {table: len(keys) for table, keys in self.keys.items()}

    def undo(self, part: SessionTransaction) -> None:
        """Forget what was first touched in a part that was undone: an insertion that failed says nothing of a row."""
        # One that began before all else has no mark: everything is its own.
        marked = self._marks.pop(part, {})
        for table, keys in self.keys.items():
            for key in list(keys)[marked.get(table, 0) :]:
                del keys[key]

    def _untouched(self, table: str, keys: Collection[Key]) -> list[Key]:
        return [key for key in keys if key not in self.keys.get(table, ())]


_MAKING: Final = text("SELECT pg_advisory_xact_lock(:name)")
_OF: Final[WeakKeyDictionary[Connection, _Written]] = WeakKeyDictionary()


def watch(
    engine: Engine,
    sessions: sessionmaker[Session],
    tables: Collection[str],
    before_change: Before,
    before_commit: Callable[[Session, Keys], None],
) -> None:
    """From now on, hand over what a transaction has written to these tables, last of all before it is committed."""
    watcher = _Watcher(tables, before_change, before_commit)
    heard = ("after_begin", "after_transaction_create", "before_flush", "after_flush", "after_soft_rollback")
    for name in (*heard, "before_commit"):
        event.listen(sessions, name, getattr(watcher, name))
    event.listen(engine, "before_execute", watcher.before_execute, retval=True)


def watched(session: Session, table: str) -> bool:
    """Whether what this session writes into the table has to be told."""
    written: _Written | None = session.info.get(_INFO)
    return written is not None and table in written.tables


def note(session: Session, table: str, keys: Mapping[Key, str | None]) -> None:
    """Tell of rows of a watched table that were written past the statements that are seen here."""
    session.info[_INFO].note(table, keys)


class _Watcher:
    """The events of sessions and of their engine, by the names that SQLAlchemy gives them."""

    def __init__(
        self, tables: Collection[str], before_change: Before, before_commit: Callable[[Session, Keys], None]
    ) -> None:
        self._tables, self._before, self._hand_over = frozenset(tables), before_change, before_commit

    def after_begin(self, session: Session, _transaction: Any, connection: Connection) -> None:
        # A savepoint begins on the connection of its transaction.
        session.info[_INFO] = _OF.setdefault(connection, _Written(self._tables, self._before))

    def before_flush(self, session: Session, _context: Any, _objects: Any) -> None:
        connection = session.connection()
        written: _Written = session.info[_INFO]
        changed: dict[str, list[Key]] = {}
        for row in (*session.dirty, *session.deleted):
            if row.__tablename__ in self._tables:
                changed.setdefault(row.__tablename__, []).append(tuple(inspect(row).identity or ()))
        for table, keys in sorted(changed.items()):
            written.note_change(connection, table, keys)
        written.flushing = True

    def after_flush(self, session: Session, _context: Any) -> None:
        written: _Written = session.info[_INFO]
        written.flushing = False
        for row in (*session.new, *session.dirty, *session.deleted):
            if row.__tablename__ in self._tables:
                state = inspect(row)
                keys = {tuple(state.mapper.primary_key_from_instance(row)), tuple(state.identity or ())}
                written.note(row.__tablename__, {key: ABSENT for key in keys if key})

    def after_transaction_create(self, session: Session, transaction: SessionTransaction) -> None:
        if transaction.nested and _INFO in session.info:
            session.info[_INFO].mark(transaction)

    def after_soft_rollback(self, session: Session, previous: SessionTransaction) -> None:
        if _INFO in session.info:
            session.info[_INFO].flushing = False
            if previous.nested:
                session.info[_INFO].undo(previous)

    def before_execute(
        self, connection: Connection, statement: Any, many: Any, one: Any, _options: Any
    ) -> tuple[Any, Any, Any]:
        if isinstance(statement, _WRITING) and getattr(statement.table, "name", "") in self._tables:
            written = _OF.get(connection)
            if written is not None and not written.flushing:
                statement = _noted(connection, written, statement, list(many) or [one])
        return statement, many, one

    def before_commit(self, session: Session) -> None:
        if session.in_nested_transaction() or not session.in_transaction():
            return
        session.flush()
        written: _Written | None = session.info.get(_INFO)
        if written is not None and written.keys:
            keys, written.keys = written.keys, {}
            self._hand_over(session, keys)


def _noted(connection: Connection, written: _Written, statement: Any, values: Sequence[Mapping[str, Any]]) -> Any:
    """The statement as it is to be run, its rows noted."""
    table: Any = statement.table
    if isinstance(statement, Insert):
        inserted = [_inserted(connection, statement, each) for each in values]
        if statement._post_values_clause is None:  # noqa: SLF001 - nothing else tells of ON CONFLICT.
            written.note(table.name, dict.fromkeys(inserted, ABSENT))
        else:
            written.note_making(connection, table.name, inserted)
        return statement
    key = list(table.primary_key.columns)
    where = () if statement.whereclause is None else (statement.whereclause,)
    # Held, so that they are still the same rows when the statement itself comes to them; no harder than it would.
    if len(values) > 1 and (named := _named(where, key)):
        found = [(each[named],) for each in values]
    else:
        query = select(*key).where(*where).with_for_update(of=table, key_share=isinstance(statement, Update))
        found = [tuple(row) for each in values for row in connection.execute(query, each)]
    written.note_change(connection, table.name, found)
    if isinstance(statement, Update):
        written.note(table.name, dict.fromkeys(_moved(connection, statement, key, found), ABSENT))
    if connection.dialect.name == "sqlite" or len(values) > 1 or len(found) > _MOST:
        return statement
    # Elsewhere a row may have come to fit meanwhile: what was not seen is not written.
    only = key[0].in_([each[0] for each in found]) if len(key) == 1 else tuple_(*key).in_(found)
    return statement.where(only)


def _named(where: Sequence[Any], key: Sequence[Any]) -> str:
    """The parameter that names the one row a statement is about by its key; empty where it is more than that."""
    condition = where[0] if len(where) == len(key) == 1 else None
    if not isinstance(condition, BinaryExpression) or condition.operator is not eq or condition.left is not key[0]:
        return ""
    return condition.right.key if isinstance(condition.right, BindParameter) and condition.right.required else ""


def _inserted(connection: Connection, statement: Insert, values: Mapping[str, Any]) -> Key:
    """The key of a row that a statement inserts; it has to be told, because nobody could ask for it later."""
    table: Any = statement.table
    names = [column.name for column in table.primary_key.columns]
    if not all(name in values for name in names):
        values = {**(statement.compile(dialect=connection.dialect).params or {}), **values}
    if not all(values.get(name) is not None for name in names):
        raise RuntimeError(f"a row of {table.name} is inserted without its key: add an object to the session instead")
    return tuple(values[name] for name in names)


def _moved(connection: Connection, statement: Update, key: Sequence[Any], found: Sequence[Key]) -> list[Key]:
    """Where rows go whose key a statement changes to one that it names."""
    values = statement.compile(dialect=connection.dialect).params if found else {}
    if not any(column.name in values for column in key):
        return []
    return [tuple(values.get(column.name, old) for column, old in zip(key, each, strict=True)) for each in found]
