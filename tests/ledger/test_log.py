"""Appending and proving on both databases."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway.errors import LogInconsistent
from gateway.ledger import log, merkle
from gateway.ledger.log import Entry
from gateway.store.database import Database
from gateway.store.tables import LogLeaf, LogNode


def fill(database: Database, count: int, at: datetime) -> list[log.Appended]:
    with database.begin() as session:
        return log.append_all(session, "exchange", [Entry(f"m{n}", f"m{n} in digest stored") for n in range(count)])


def _append_and_fail(session: Session, at: datetime) -> None:
    log.append(session, "exchange", "undone", "undone")
    raise KeyError


def test_every_appended_leaf_comes_with_a_proof_that_holds(database: Database, now: datetime) -> None:
    for number in range(20):
        with database.begin() as session:
            appended = log.append(session, "exchange", f"m{number}", f"m{number} stored")
        leaf = merkle.leaf_hash(f"m{number} stored")
        assert (appended.index, appended.size) == (number, number + 1)
        assert merkle.verify_inclusion(leaf, appended.index, appended.size, appended.proof, appended.root)


def test_appending_many_at_once_gives_the_same_tree_as_one_by_one(sqlite: Database, now: datetime) -> None:
    with sqlite.begin() as session:
        one_by_one = [log.append(session, "audit", f"m{number}", f"m{number} in digest stored") for number in range(21)]
    assert fill(sqlite, 21, now) == one_by_one


def test_a_later_proof_holds_against_a_later_root(database: Database, now: datetime) -> None:
    fill(database, 37, now)
    with database.read() as session:
        assert log.size(session, "exchange") == 37
        for size in (1, 8, 21, 37):
            root = log.root(session, "exchange", size)
            for index in range(size):
                proof = log.inclusion(session, "exchange", index, size)
                leaf = merkle.leaf_hash(f"m{index} in digest stored")
                assert merkle.verify_inclusion(leaf, index, size, proof, root)


def test_a_root_is_proved_to_continue_an_earlier_one(database: Database, now: datetime) -> None:
    fill(database, 37, now)
    with database.read() as session:
        for old in (0, 1, 8, 21, 37):
            proof = log.consistency(session, "exchange", old, 37)
            roots = log.root(session, "exchange", old), log.root(session, "exchange", 37)
            assert merkle.verify_consistency(old, roots[0], 37, roots[1], proof)


def test_all_leaves_about_a_message_are_found(sqlite: Database, now: datetime) -> None:
    with sqlite.begin() as session:
        first, second = log.message_entry("m1", "d", "stored"), log.message_entry("m1", "d", "sent", direction="out")
        log.append_all(session, "exchange", [first, Entry("m2", "m2"), second])
    with sqlite.read() as session:
        found = log.find(session, "exchange", "m1")
        assert [(leaf.index, leaf.content) for leaf in found] == [(0, "m1 in d stored"), (2, "m1 out d sent")]
        assert log.find(session, "audit", "m1") == []


def test_a_message_nobody_logged_is_simply_not_there(database: Database) -> None:
    with database.read() as session:
        for subject in ("m1", "", "zero\x00"):
            assert log.find(session, "exchange", subject) == []


def test_the_two_trees_do_not_move_each_other(sqlite: Database, now: datetime) -> None:
    fill(sqlite, 3, now)
    with sqlite.begin() as session:
        before = log.root(session, "exchange", 3)
        log.append(session, "audit", "record-submitted", "record-submitted digest")
        assert log.size(session, "exchange") == 3
        assert log.root(session, "exchange", 3) == before


def test_an_undone_transaction_leaves_no_leaf_and_no_gap(database: Database, now: datetime) -> None:
    fill(database, 2, now)
    with pytest.raises(KeyError), database.begin() as session:
        _append_and_fail(session, now)
    with database.begin() as session:
        assert log.append(session, "exchange", "kept", "kept").index == 2


def test_a_leaf_undone_by_a_savepoint_gives_its_place_to_the_next(database: Database, now: datetime) -> None:
    with database.begin() as session:
        log.append(session, "exchange", "before", "before")
        with pytest.raises(KeyError), session.begin_nested():
            _append_and_fail(session, now)
        after = log.append(session, "exchange", "after", "after")
    assert merkle.verify_inclusion(merkle.leaf_hash("after"), 1, 2, after.proof, after.root)


def test_concurrent_writers_queue_and_every_leaf_gets_its_own_place(database: Database, now: datetime) -> None:
    fill(database, 1, now)
    appended: list[tuple[str, log.Appended]] = []

    def write(writer: int) -> None:
        for number in range(5):
            content = f"w{writer} {number}"
            with database.begin() as session:
                appended.append((content, log.append(session, "exchange", f"w{writer}", content)))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entry.index for _, entry in appended) == list(range(1, 21))
    with database.read() as session:
        root = log.root(session, "exchange", 21)
        for content, entry in appended:
            leaf = merkle.leaf_hash(content)
            assert merkle.verify_inclusion(leaf, entry.index, entry.size, entry.proof, entry.root)
            proof = log.inclusion(session, "exchange", entry.index, 21)
            assert merkle.verify_inclusion(leaf, entry.index, 21, proof, root)


def test_a_node_that_was_removed_is_reported(sqlite: Database, now: datetime) -> None:
    fill(sqlite, 8, now)
    with sqlite.begin() as session:
        session.execute(delete(LogNode).where(LogNode.level == 2))
    with sqlite.read() as session, pytest.raises(LogInconsistent) as raised:
        log.inclusion(session, "exchange", 0, 8)
    assert raised.value.detail == ""


def test_the_trees_must_be_taken_in_one_order_so_that_writers_never_wait_crosswise(
    sqlite: Database, now: datetime
) -> None:
    with sqlite.begin() as session:
        log.append(session, "audit", "read", "read")
        with pytest.raises(RuntimeError, match="exchange tree before the audit tree"):
            log.append(session, "exchange", "m1", "m1")
    with sqlite.begin() as session:
        log.hold(session, "exchange")
        log.append(session, "audit", "read", "read")
        assert log.append(session, "exchange", "m1", "m1").index == 0


@pytest.mark.parametrize("content", ["other text", "m1\nsecond line", "m1\x00", ""])
def test_a_leaf_that_does_not_start_with_its_subject_is_a_mistake_of_ours(
    sqlite: Database, now: datetime, content: str
) -> None:
    with sqlite.begin() as session, pytest.raises(ValueError, match="first word is the subject"):
        log.append(session, "exchange", "m1", content)


def test_appending_nothing_takes_no_number(sqlite: Database, now: datetime) -> None:
    with sqlite.begin() as session:
        assert log.append_all(session, "exchange", []) == []
        assert session.scalars(select(LogLeaf)).all() == []


def test_a_subject_is_found_across_blocks(sqlite: Database, now) -> None:
    with sqlite.begin() as session:
        count = 2 * log.BLOCK + 10
        log.append_all(session, "exchange", [Entry(f"m{n % 5000}", f"m{n % 5000} {n}") for n in range(count)])
    with sqlite.read() as session:
        assert [leaf.index for leaf in log.find(session, "exchange", "m7")] == [7, 5007]
        assert [leaf.index for leaf in log.find(session, "exchange", "m4999")] == [4999]
        assert log.find(session, "exchange", "m5000") == []
        assert {leaf.block for leaf in log.find(session, "exchange", "m3195")} == {0, 2}
