"""Versions and withdrawals may arrive in any order; the state in the end is the same."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.exchange import submit
from gateway.exchange.keep import keep
from gateway.message import body
from gateway.message.bodies import Withdrawal
from gateway.message.envelope import Kind
from gateway.records.record import Record
from gateway.store import numbers, tables

_EXAMPLES = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_STATUS = {1: "ACTIVE", 2: "EXTENDED", 3: "LIFTED", 4: "ACTIVE", 5: "UNDER_REVIEW"}


def _state(world: Any) -> list[tuple[Any, ...]]:
    rows = sorted(world.rows(tables.Record), key=lambda row: row.version)
    entries = [(entry.active, entry.reference) for entry in world.rows(tables.WatchlistEntry)]
    return [*((row.version, row.status, row.current, row.payload, row.digest) for row in rows), *entries]


def _arrive(world: Any, make: Any, event: tuple[str, int]) -> str:
    word, version = event
    record = make.ban(1, version=version, status=_STATUS[version])
    if word == "version":
        raw = world.batch(record)
    else:
        raw = world.message(Kind.WITHDRAWAL, body.write_withdrawal([Withdrawal(record.record_id, version)]))
    (verdict,) = world.receipt(raw).records
    return str(verdict.verdict)


_EVENTS = st.lists(
    st.tuples(st.sampled_from(["version", "version", "withdrawal"]), st.integers(1, 5)),
    min_size=2, max_size=5, unique=True,
)  # fmt: skip


@_EXAMPLES
@given(_EVENTS, st.randoms(use_true_random=False))
def test_any_order_of_versions_and_withdrawals_ends_in_the_same_state(
    tmp_path_factory: Any, make_world: Any, make: Any, events: list[tuple[str, int]], order: Any
) -> None:
    # A withdrawal of a record that nobody here knows yet is judged by the stream, see the tests of gaps.
    first = ("version", min(version for _, version in events))
    rest = [event for event in events if event != first]
    ends = []
    for _ in range(2):
        with make_world(tmp_path_factory.mktemp("order") / "world") as world:
            for event in (first, *rest):
                _arrive(world, make, event)
            ends.append(_state(world))
        order.shuffle(rest)
    assert ends[0] == ends[1]


def test_the_highest_version_counts_and_is_the_only_one_that_does(either_world: Any, make: Any) -> None:
    for version in (2, 5, 1, 4):
        assert _arrive(either_world, make, ("version", version)) == "STORED"
    rows = sorted(either_world.rows(tables.Record), key=lambda row: row.version)
    assert [(row.version, row.current) for row in rows] == [(1, False), (2, False), (4, False), (5, True)]


def test_a_withdrawal_covers_the_version_it_names(either_world: Any, make: Any) -> None:
    _arrive(either_world, make, ("version", 1))
    assert _arrive(either_world, make, ("withdrawal", 1)) == "STORED"
    (row,) = either_world.rows(tables.Record)
    assert (row.status, row.current) == ("WITHDRAWN", True)
    assert "D-1" not in row.payload
    assert [entry.active for entry in either_world.rows(tables.WatchlistEntry)] == [False]
    assert _arrive(either_world, make, ("withdrawal", 1)) == "UNCHANGED"
    assert _arrive(either_world, make, ("version", 1)) == "UNCHANGED"
    assert either_world.rows(tables.Record)[0].status == "WITHDRAWN"


def test_nothing_of_a_withdrawn_record_is_kept_whichever_came_first(world: Any, make: Any) -> None:
    for event in (("version", 1), ("withdrawal", 3), ("version", 2)):
        _arrive(world, make, event)
    assert not any("<Person>" in row.payload for row in world.rows(tables.Record))
    # A register may publish the record anew.
    _arrive(world, make, ("version", 4))
    assert [row.version for row in world.rows(tables.Record) if row.current] == [4]
    assert [entry.active for entry in world.rows(tables.WatchlistEntry)] == [True]


def test_every_order_of_three_versions_ends_alike(tmp_path_factory: Any, make_world: Any, make: Any) -> None:
    ends = set()
    for order in itertools.permutations((1, 2, 3)):
        with make_world(tmp_path_factory.mktemp("permutation") / "world") as world:
            for version in order:
                world.receipt(world.batch(make.ban(1, version=version, status=_STATUS[version])))
            ends.add(tuple(_state(world)))
    assert len(ends) == 1


@contextmanager
def _in_the_middle_of(world: Any, record: Record) -> Iterator[None]:
    """While another transaction has kept a record and is not committed yet; it is, some time later."""
    kept = Event()

    def work() -> None:
        with world.database.begin() as session:
            numbers.hold(session, "record")
            keep(session, world.node, record, journal_id=None, now=world.clock())
            kept.set()
            time.sleep(0.5)

    thread = Thread(target=work)
    thread.start()
    assert kept.wait(10)
    try:
        yield
    finally:
        thread.join()


def _withdrawn(world: Any, record: Record, version: int) -> None:
    world.receipt(world.message(Kind.WITHDRAWAL, body.write_withdrawal([Withdrawal(record.record_id, version)])))


def _retired(world: Any, record: Record, _version: int) -> None:
    with world.database.begin() as session:
        submit.retire(session, record.record_id, state="KAZ", now=world.clock())


@pytest.mark.parametrize("end", [_withdrawn, _retired])
def test_a_version_that_is_being_kept_is_covered_by_a_withdrawal_at_the_same_moment(
    either_world: Any, make: Any, end: Callable[..., None]
) -> None:
    """Whoever withdraws sees what came just before, and of two at once one waits for the other."""
    _arrive(either_world, make, ("version", 1))
    second = make.ban(1, version=2, status=_STATUS[2])
    with _in_the_middle_of(either_world, second):
        end(either_world, second, 3)
    rows = either_world.rows(tables.Record)
    assert [(row.version, row.status, "<Person>" in row.payload) for row in rows if row.current] == [
        (3, "WITHDRAWN", False)
    ]
    assert not any("<Person>" in row.payload for row in rows)
    assert [entry.active for entry in either_world.rows(tables.WatchlistEntry)] == [False]


def test_the_first_version_of_a_record_is_covered_by_a_withdrawal_at_the_same_moment(
    either_world: Any, make: Any
) -> None:
    first = make.ban(1, version=1, status=_STATUS[1])
    with _in_the_middle_of(either_world, first):
        _withdrawn(either_world, first, 1)
    assert [row.status for row in either_world.rows(tables.Record) if row.current] == ["WITHDRAWN"]
