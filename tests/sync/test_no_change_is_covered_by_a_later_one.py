"""`gateway log verify`: a row that somebody has changed stays found although the node itself writes it again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary, delete, insert, select, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import schedule
from gateway.ledger import log, rowleaf
from gateway.store import numbers, tables
from gateway.sync import bookmarks, health
from tests.sync.test_no_row_changes_unseen import found, live, thief

PARTNER, STREAM, COUNTER, LEASE = tables.Partner, tables.Stream, tables.Counter, tables.Lease


@pytest.fixture
def node(either_world: Any) -> Any:
    """One with some of everything, that leads."""
    live(either_world)
    node = either_world.blr
    with node.database.begin() as session:
        schedule.hold_lease(session, "one", 10, node.clock() + timedelta(hours=1))
    assert found(node) == set()
    return node


def by_statement(session: Session) -> None:
    health.failed(session, "KAZ/GATE", "unavailable")


def by_object(session: Session) -> None:
    session.get_one(PARTNER, "KAZ/GATE").trouble = "unavailable"


def by_both(session: Session) -> None:
    by_object(session)
    session.flush()
    by_statement(session)


def in_a_part_that_is_undone(session: Session) -> None:
    undone = session.begin_nested()
    by_object(session)
    session.flush()
    undone.rollback()
    by_statement(session)


@pytest.mark.parametrize("write", [by_statement, by_object, by_both, in_a_part_that_is_undone])
def test_a_change_stays_found_when_the_node_writes_the_row(node: Any, write: Callable[[Session], None]) -> None:
    with node.database.begin() as session:
        write(session)
    assert found(node) == set()
    with thief(node) as connection:
        connection.execute(update(PARTNER).where(PARTNER.id == "KAZ/GATE").values(endpoint="http://127.0.0.1:9"))
    for _ in range(2):
        with node.database.begin() as session:
            write(session)
        assert found(node) == {"LOG-ROW partner[KAZ/GATE]"}


def test_a_change_stays_found_when_the_node_removes_the_row(node: Any) -> None:
    row = tables.DirectoryFetch
    with thief(node) as connection:
        connection.execute(update(row).values(serial=7))
    with node.database.begin() as session:
        session.execute(delete(row))
    assert any(each.startswith("LOG-ROW directory_fetch[") for each in found(node))


def test_a_row_that_was_removed_stays_found_when_the_node_makes_it_anew(node: Any) -> None:
    with thief(node) as connection:
        connection.execute(delete(STREAM).where(STREAM.partner == "KAZ/GATE", STREAM.direction == "out"))
    with node.database.begin() as session:
        session.add(STREAM(partner="KAZ/GATE", direction="out", last=9, missing=[]))
    assert found(node) == {"LOG-ROW stream[KAZ/GATE|out]"}


def test_a_row_that_was_slipped_in_stays_found_when_the_node_writes_it(node: Any) -> None:
    with thief(node) as connection:
        connection.execute(insert(STREAM).values(partner="UZB/GATE", direction="in", last=9, missing=[]))
    with node.database.begin() as session:
        session.get_one(STREAM, ("UZB/GATE", "in")).last = 10
    assert found(node) == {"LOG-ROW stream[UZB/GATE|in]"}


def test_a_number_that_was_set_back_stays_found_when_the_next_one_is_taken(node: Any) -> None:
    with node.database.begin() as session:
        numbers.take(session, "message", 5)
        numbers.reach(session, "other", 5)
    assert found(node) == set()
    with thief(node) as connection:
        connection.execute(update(COUNTER).where(COUNTER.name.in_(("message", "other"))).values(value=1))
    with node.database.begin() as session:
        numbers.take(session, "message")
        numbers.reach(session, "other", 7)
    assert found(node) == {"LOG-ROW counter[message]", "LOG-ROW counter[other]"}


def test_a_number_that_was_removed_stays_found_when_it_is_made_anew(node: Any) -> None:
    with node.database.begin() as session:
        numbers.take(session, "other")
    with thief(node) as connection:
        connection.execute(delete(COUNTER).where(COUNTER.name == "other"))
    with node.database.begin() as session:
        numbers.take(session, "other")
    assert found(node) == {"LOG-ROW counter[other]"}


def test_a_message_is_not_settled_with_the_bytes_of_another_unseen(node: Any) -> None:
    row, now = tables.Outbox, node.clock()
    with node.database.begin() as session:
        for name in ("m1", "m2"):
            sent = row(message_id=name, partner="KAZ/GATE", kind="RecordBatch", raw=name.encode(), digest="d",
                       created=now, next_at=now, state="waiting")  # fmt: skip
            session.add(sent)
            session.flush()
            leaf = log.message_entry(name, "d", "SENT", direction="out")
            log.append_all(session, "exchange", [leaf, rowleaf.of_outbox(session, sent)])
    assert found(node) == set()
    stored = type_coerce(row.__table__.c.raw, LargeBinary())
    with thief(node) as connection:
        other = connection.scalar(select(stored).where(row.message_id == "m2"))
        connection.execute(
            update(row.__table__).where(row.message_id == "m1").values(raw=type_coerce(other, LargeBinary()))
        )
    with node.database.begin() as session:
        for sent in session.scalars(select(row).where(row.message_id.in_(("m1", "m2")))):
            sent.state, sent.receipt = "delivered", b"r"
            leaf = log.receipt_entry(sent.message_id, "r", "ACCEPTED")
            log.append_all(session, "exchange", [leaf, rowleaf.of_settled(session, sent)])
        (settled,) = (leaf.index for leaf in log.find(session, "exchange", "m1") if " settled " in leaf.content)
    assert found(node) == {f"LOG-ROW exchange[{settled}]"}


def test_an_insertion_that_fails_and_is_undone_says_nothing_of_the_row(node: Any) -> None:
    """It was not made by it, although it is there at the end."""
    values = {"partner": "KAZ/GATE", "direction": "out", "last": 9, "missing": []}
    with node.database.begin() as session:
        with suppress(IntegrityError), session.begin_nested():
            session.execute(insert(STREAM).values(values))
        with suppress(IntegrityError), session.begin_nested():
            session.add(STREAM(**values))
    assert found(node) == set()
    with node.database.begin() as session:
        with suppress(IntegrityError), session.begin_nested():
            session.execute(insert(STREAM).values(values))
        session.execute(update(STREAM).where(STREAM.partner == "KAZ/GATE", STREAM.direction == "out").values(last=9))
    assert found(node) == set()


def test_a_lease_stays_found_when_it_is_renewed_or_made_anew(node: Any) -> None:
    now = node.clock() + timedelta(hours=2)
    with thief(node) as connection:
        connection.execute(update(LEASE).where(LEASE.name == "scheduler").values(holder="another"))
    with node.database.begin() as session:
        assert schedule.hold_lease(session, "two", 10, now)
    assert found(node) == {"LOG-ROW lease[scheduler]"}


def test_a_lease_that_was_removed_stays_found(node: Any) -> None:
    with thief(node) as connection:
        connection.execute(delete(LEASE).where(LEASE.name == "scheduler"))
    with node.database.begin() as session:
        assert schedule.hold_lease(session, "two", 10, node.clock() + timedelta(hours=2))
    assert found(node) == {"LOG-ROW lease[scheduler]"}


def test_many_who_write_the_same_rows_at_once_raise_no_alarm(node: Any) -> None:
    """With rows that are there, rows that nobody has made yet, and rows that come and go."""
    row, errors = tables.DirectoryFetch, []

    def work(number: int) -> None:
        try:
            for turn in range(12):
                with node.database.begin() as session:
                    numbers.take(session, f"first-{turn}")
                    by_statement(session) if number % 2 else by_object(session)
                    bookmarks.move_bookmark(session, f"n{number}", before="", after=str(turn), now=node.clock())
                    if known := session.get(row, "UZB/GATE", with_for_update=True):
                        session.delete(known)
                    elif number == 0:
                        session.add(row(partner="UZB/GATE", serial=turn, at=node.clock()))
        except Exception as error:  # noqa: BLE001 - told below.
            errors.append(error)

    crowd = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(60)
    assert errors == []
    assert found(node) == set()
