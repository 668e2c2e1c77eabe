"""`gateway log verify`: the trace of what nobody is proved to have sent is covered from the moment it is left.

A leaf of the exchange tree covers it with its like at the next checkpoint; until then the guard of rows does, and what
the guard does not know is never sealed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, type_coerce, update

from gateway.exchange import logbook, refusals
from gateway.ledger import log
from gateway.store import tables
from tests.sync.test_no_row_changes_unseen import found, plain, raw, refuse, thief

JOURNAL = tables.Journal
COLUMNS = JOURNAL.__table__.columns
LATER = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def node(either_world: Any) -> Any:
    """One that has sealed the refusal 1, and has the traces 2 to 4."""
    either_world.honest = False
    refuse(either_world.blr, 1)
    logbook.signed(either_world.blr)
    for number in (2, 3, 4):
        refuse(either_world.blr, number)
    assert found(either_world.blr) == set()
    return either_world.blr


def ids(node: Any, *where: Any) -> list[int]:
    with node.database.read() as session:
        return list(session.scalars(select(JOURNAL.id).where(JOURNAL.sender.is_(None), *where).order_by(JOURNAL.id)))


def stolen(node: Any, row: int) -> dict[str, Any]:
    with thief(node) as connection:
        return dict(connection.execute(select(*map(raw, COLUMNS)).where(COLUMNS.id == row)).mappings().one())


def put(values: dict[str, Any]) -> dict[Any, Any]:
    kinds = {name: plain(COLUMNS[name]) for name in values}
    return {
        COLUMNS[name]: value if value is None or kinds[name] is None else type_coerce(value, kinds[name])
        for name, value in values.items()
    }


def slip_in(node: Any, row: int, **values: Any) -> None:
    with thief(node) as connection:
        connection.execute(insert(JOURNAL.__table__).values(put({**stolen(node, row), **values})))


@pytest.mark.parametrize("place", [0, -1], ids=["sealed", "waiting"])
def test_a_copy_that_is_slipped_in_is_found_and_no_checkpoint_seals_it(node: Any, place: int) -> None:
    slip_in(node, ids(node)[place], id=9_000, log_index=None)
    for _ in range(3):
        assert found(node) == {"LOG-ROW-ADDED journal[9000]"}
        logbook.signed(node)
    assert ids(node, JOURNAL.log_index.is_(None)) == [9_000]
    refuse(node, 5)
    logbook.signed(node)
    assert found(node) == {"LOG-ROW-ADDED journal[9000]"}
    assert ids(node, JOURNAL.log_index.is_(None)) == [9_000]


def test_a_copy_beside_sealed_ones_is_found_at_their_leaf(node: Any) -> None:
    slip_in(node, ids(node)[0], id=9_000)
    with node.database.read() as session:
        (leaf,) = log.find(session, "exchange", refusals.SUBJECT)
    assert found(node) == {f"LOG-ROW exchange[{leaf.index}]"}


def test_a_trace_that_is_removed_stays_found(node: Any) -> None:
    gone = ids(node)[-1]
    with thief(node) as connection:
        connection.execute(delete(JOURNAL).where(JOURNAL.id == gone))
    for _ in range(2):
        assert found(node) == {f"LOG-ROW-MISSING journal[{gone}]"}
        logbook.signed(node)


def test_a_trace_that_was_changed_is_never_sealed(node: Any) -> None:
    changed = ids(node)[-1]
    with thief(node) as connection:
        connection.execute(update(JOURNAL).where(JOURNAL.id == changed).values(code="expired"))
    for _ in range(2):
        assert found(node) == {f"LOG-ROW journal[{changed}]"}
        logbook.signed(node)
    with thief(node) as connection:
        connection.execute(update(JOURNAL).where(JOURNAL.id == changed).values(code="malformed-xml"))
    assert found(node) == set()


@pytest.mark.parametrize(
    ("column", "value"),
    [("raw", b"other"), ("receipt", b"other"), ("flag", "key-revoked"), ("erased", LATER), ("log_index", 0)],
)
def test_what_the_guard_leaves_to_others_does_not_change_unseen(node: Any, column: str, value: Any) -> None:
    changed = ids(node)[-1]
    with thief(node) as connection:
        connection.execute(update(JOURNAL.__table__).where(COLUMNS.id == changed).values(put({column: value})))
    wrong = found(node)
    assert wrong & {f"LOG-ROW journal[{changed}]", f"LOG-ROW-MISSING journal[{changed}]"}


def test_a_sealed_refusal_that_is_said_to_wait_again_is_found(node: Any) -> None:
    before = ids(node)[0]
    with thief(node) as connection:
        connection.execute(update(JOURNAL).where(JOURNAL.id == before).values(log_index=None))
    for _ in range(2):
        assert f"LOG-ROW-ADDED journal[{before}]" in found(node)
        logbook.signed(node)


def test_after_a_flood_all_are_sealed_some_at_a_time(node: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_TOGETHER", 4)
    for number in range(10, 19):
        refuse(node, number)
    assert refusals.seal(node.database) == 12
    with node.database.read() as session:
        leaves = log.find(session, "exchange", refusals.SUBJECT)
    counts = [int(leaf.content.split(" ")[1]) for leaf in leaves]
    assert (sum(counts), max(counts)) == (13, 4)
    assert found(node) == set()
    assert refusals.seal(node.database) == 0
