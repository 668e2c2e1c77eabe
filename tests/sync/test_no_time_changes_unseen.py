"""`gateway log verify`: the time beside a leaf of any tree does not change unseen, though no hash speaks of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from gateway import audit
from gateway.audit import Action
from gateway.exchange import logbook
from gateway.ledger import leaftimes
from gateway.store import tables
from gateway.sync.push import push
from tests.sync.test_no_row_changes_unseen import found, found_quickly, live, thief

LEAF = tables.LogLeaf


def signed_anew(world: Any) -> None:
    """Something new to sign, and a checkpoint of it."""
    world.permits(1)
    push(world.blr, "KAZ/GATE")
    with world.blr.database.begin() as session:
        audit.write(session, Action.LOG_READ, actor="anna", subject="log", outcome="done", at=world.clock())
    logbook.signed(world.blr)


def times(node: Any, log: str) -> dict[int, Any]:
    """Of every leaf whose time was told."""
    with node.database.read() as session:
        told = session.get_one(tables.Counter, f"times:{log}").value
        query = select(LEAF.index, LEAF.at).where(LEAF.log == log, LEAF.index < told)
        return {row.index: row.at for row in session.execute(query)}


@pytest.mark.parametrize("log", ["exchange", "audit", "rows"])
def test_the_time_beside_every_leaf_is_found_after_the_next_checkpoint(either_world: Any, log: str) -> None:
    node = either_world.blr
    live(either_world)
    signed_anew(either_world)
    assert found(node) == set()
    every = times(node, log)
    assert every
    for index, at in every.items():
        for value in (at + timedelta(microseconds=1), at):
            with thief(node) as connection:
                connection.execute(update(LEAF).where(LEAF.log == log, LEAF.index == index).values(at=value))
            wrong = {f"LOG-TIME {log}[{index}]"} if value != at else set()
            assert {each for each in found_quickly(node) if each.startswith("LOG-TIME")} == wrong
    assert found(node) == set()


def test_every_time_is_told_once_and_an_old_tree_by_and_by(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaftimes, "_IN_ONE", 3)
    monkeypatch.setattr(leaftimes, "_AT_ONCE", 5)
    world.honest = False
    sizes = []
    for _ in range(3):
        signed_anew(world)
        sizes.append(len(times(world.blr, "rows")))
    assert sizes == [5, 10, 15]
    assert found(world.blr) == set()
    with world.blr.database.read() as session:
        said = session.scalars(select(LEAF.content).where(LEAF.subject == leaftimes.TIMES)).all()
    assert [each.split(" ")[2] for each in said if " rows " in each] == ["0+3", "3+2", "5+3", "8+2", "10+3", "13+2"]


def test_behind_a_leaf_that_is_gone_no_times_are_told(world: Any) -> None:
    """The tree itself tells of it."""
    world.honest = False
    signed_anew(world)
    before = times(world.blr, "rows")
    with thief(world.blr) as connection:
        connection.execute(delete(LEAF).where(LEAF.log == "rows", LEAF.index == max(before) + 1))
    signed_anew(world)
    assert times(world.blr, "rows") == before
    assert f"LOG-POSITION rows[{max(before) + 1}]" in found(world.blr)
