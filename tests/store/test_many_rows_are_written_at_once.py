"""Rows written in bulk are those the object mapper would have written, and fail as its rows fail."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from gateway.store.bulk import fresh_ids, write_rows
from gateway.store.database import Database
from gateway.store.tables import Person

COLUMNS = ("id", "state", "agency", "system", "ref", "comparable", "protected", "states", "updated")


def _row(number: int, now: datetime, ref: str = "") -> tuple[object, ...]:
    return (number, "BLR", "MVD", "r", ref or f"№ {number}\t\\N", "{}", number % 2 == 0, ["UZB", "KAZ"], now)


def test_what_was_written_is_read_as_it_was_and_stands_sealed(database: Database, now: datetime) -> None:
    with database.begin() as session:
        ids = fresh_ids(session, "person", 3)
        write_rows(session, "person", COLUMNS, [_row(number, now) for number in ids])
    with database.begin() as session:
        people = session.scalars(select(Person).order_by(Person.id)).all()
        assert [(one.id, one.ref, one.comparable, one.states, one.updated) for one in people] == [
            (number, f"№ {number}\t\\N", "{}", ["UZB", "KAZ"], now) for number in ids
        ]
        assert [one.protected for one in people] == [number % 2 == 0 for number in ids]
        raw = session.execute(text("SELECT ref, states FROM person")).all()
        assert not [row for row in raw if "№" in row.ref or b"UZB" in bytes(row.states)]


def test_ids_go_on_where_the_object_mapper_stopped_and_it_goes_on_after_them(database: Database, now: datetime) -> None:
    with database.begin() as session:
        first = Person(state="BLR", agency="MVD", system="r", ref="1", states=[], updated=now)
        session.add(first)
        session.flush()
        ids = fresh_ids(session, "person", 2)
        write_rows(session, "person", COLUMNS, [_row(number, now) for number in ids])
        last = Person(state="BLR", agency="MVD", system="r", ref="2", states=[], updated=now)
        session.add(last)
        session.flush()
        assert [first.id, *ids, last.id] == list(range(first.id, first.id + 4))


def test_a_row_that_is_there_already_fails_as_everywhere(database: Database, now: datetime) -> None:
    with database.begin() as session:
        write_rows(session, "person", COLUMNS, [_row(number, now, "A") for number in fresh_ids(session, "person", 1)])
    with pytest.raises(IntegrityError), database.begin() as session:
        write_rows(session, "person", COLUMNS, [_row(number, now, "A") for number in fresh_ids(session, "person", 1)])


def test_no_rows_are_no_work(database: Database) -> None:
    with database.begin() as session:
        write_rows(session, "person", COLUMNS, [])
        assert fresh_ids(session, "person", 0) == []
