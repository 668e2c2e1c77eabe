"""Many rows written at once, by the quickest way that each engine has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Select, func, select, text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gateway.store import numbers, written
from gateway.store.tables import Table


def write_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `columns`; every other column must allow to be empty.

    PostgreSQL copies, SQLite runs one prepared statement. Sealed columns are sealed as everywhere. What the
    session holds back is written first, so that rows may refer to it.
    """
    session.flush()
    connection, target = session.connection(), Table.metadata.tables[table]
    if written.watched(session, table):
        columns, rows = _told(session, table, columns, rows)
    closing = [_closing(target.c[name], connection.dialect) for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    closed = (
        tuple([close(value) if close else value for close, value in zip(closing, row, strict=True)]) for row in rows
    )
    # Past SQLAlchemy's parameters, which cost more than the writing.
    if connection.dialect.name == "sqlite":
        if values := list(closed):
            marks = ", ".join("?" * len(columns))
            connection.exec_driver_sql(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)  # noqa: S608 - names of ours
        return
    driver: Any = connection.connection.driver_connection
    statement = f'COPY "{table}" ({names}) FROM STDIN'
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in closed:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        # As SQLAlchemy would have said it: whoever was second tries again.
        raise DBAPIError.instance(
            statement, None, error, connection.dialect.loaded_dbapi.Error, dialect=connection.dialect
        ) from error


def _told(
    session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """The same rows, each with its id, which whoever watches the table is told."""
    known = list(rows)
    if "id" not in columns:
        ids = fresh_ids(session, table, len(known))
        columns, known = ("id", *columns), [(each, *row) for each, row in zip(ids, known, strict=True)]
    place = columns.index("id")
    written.note(session, table, dict.fromkeys([(row[place],) for row in known], written.ABSENT))
    return columns, known


def _closing(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What the column's type does to a value on its way into the database; None where that is nothing."""
    closing: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return closing


def fresh_ids(session: Session, table: str, count: int) -> list[int]:
    """Ids for rows of a table that counts its rows, ascending; nobody else is given them, nor was (`never_again`)."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # Whoever writes is alone, and the engine itself goes on from the highest that is there.
        there = connection.scalar(_highest(table)) or 0
        last = max(there, numbers.reached(session, f"{_ERASED}{table}"))
        return list(range(last + 1, last + 1 + count))
    drawn = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    return sorted(connection.scalars(drawn, {"table": table, "count": count}))


@cache
def _highest(table: str) -> Select[Any]:
    return select(func.max(Table.metadata.tables[table].c.id))


_ERASED: Final = "erased:"
"""How the names of counters begin that hold the highest id of a table that is not to be given again."""


def never_again(session: Session, table: str, number: int) -> None:
    """Of a row that is erased: its id is to be nobody else's, for it was told outside and stands in the audit trail."""
    # A sequence of PostgreSQL goes on by itself; SQLite would give the highest one to the very next row.
    if session.connection().dialect.name == "sqlite":
        numbers.reach(session, f"{_ERASED}{table}", number)


def make_room(session: Session) -> None:
    """Give this connection the memory that writing much at random places takes; PostgreSQL has its own.

    And let the write-ahead log grow: a page that many commits write then goes to its place once.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = {-_ROOM_KIB}")
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")


_LOG_PAGES: Final = 65_536
"""Of 4 KiB each: more, and readers would have to look far for a page."""
_ROOM_KIB: Final = 256 * 1024
"""Pages that a transaction has changed and that do not fit are written out, and read back, again and again."""
