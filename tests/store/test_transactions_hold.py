"""One transaction per unit of work, savepoints inside it, and readers who never wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session

from gateway.errors import Unavailable
from gateway.store.database import Database
from gateway.store.tables import Counter


def names(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Counter.name).order_by(Counter.name)))


@contextmanager
def undone(session: Session) -> Iterator[None]:
    with suppress(RuntimeError), session.begin_nested():
        yield
        session.flush()
        raise RuntimeError


def test_a_block_that_ends_is_committed(database: Database) -> None:
    with database.begin() as session:
        session.add(Counter(name="kept", value=1))
    assert names(database) == ["kept"]


def test_a_block_that_raises_is_undone(database: Database) -> None:
    with suppress(RuntimeError), database.begin() as session:
        session.add(Counter(name="lost", value=1))
        session.flush()
        raise RuntimeError
    assert names(database) == []


def test_a_savepoint_undoes_its_part_and_keeps_what_stands_around_it(database: Database) -> None:
    with database.begin() as session:
        session.add(Counter(name="before", value=1))
        with undone(session):
            session.add(Counter(name="inside", value=1))
        session.add(Counter(name="after", value=1))
    assert names(database) == ["after", "before"]


def test_a_broken_constraint_inside_a_savepoint_does_not_spoil_the_transaction(database: Database) -> None:
    with database.begin() as session:
        session.add(Counter(name="one", value=1))
        session.flush()
        with pytest.raises(IntegrityError), session.begin_nested():
            session.connection().execute(Counter.__table__.insert().values(name="one", value=2))
        session.add(Counter(name="two", value=1))
    assert names(database) == ["one", "two"]


def test_savepoints_nest(database: Database) -> None:
    with database.begin() as session, session.begin_nested():
        session.add(Counter(name="outer", value=1))
        with undone(session):
            session.add(Counter(name="inner", value=1))
    assert names(database) == ["outer"]


def test_a_reader_does_not_wait_for_a_writer_and_sees_the_last_commit(database: Database) -> None:
    with database.begin() as session:
        session.add(Counter(name="committed", value=1))
    with database.begin() as writer:
        writer.add(Counter(name="not yet", value=1))
        writer.flush()
        assert names(database) == ["committed"]
    assert names(database) == ["committed", "not yet"]


def test_a_writer_on_sqlite_does_not_wait_for_a_reader_who_keeps_its_picture(sqlite: Database) -> None:
    with sqlite.read() as reader:
        assert reader.scalars(select(Counter.name)).all() == []
        with sqlite.begin() as writer:
            writer.add(Counter(name="new", value=1))
        assert reader.scalars(select(Counter.name)).all() == []
    assert names(sqlite) == ["new"]


def test_foreign_keys_and_durable_commits_are_on_in_sqlite(sqlite: Database) -> None:
    with sqlite.read() as session:
        connection = session.connection()
        facts = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous")
        }
    assert facts == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2}


def test_a_database_whose_connections_are_all_in_use_does_not_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.05)
    with ExitStack() as crowd:
        with suppress(NoneFree):
            for _ in range(100):
                crowd.enter_context(database.engine.connect())
        for way in (database.read, database.begin):
            with pytest.raises(Unavailable) as refused, way() as late:
                late.connection()
            assert refused.value.reason == "all connections are in use"
    assert names(database) == []
