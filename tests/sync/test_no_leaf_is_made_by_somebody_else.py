"""`gateway log verify`: a leaf that this node has not put at its place is found, though all hashes of the tree hold."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.exchange import logbook
from gateway.ledger import log
from gateway.store import tables
from gateway.store.columns import entrust
from tests.conftest import VAULT
from tests.sync.test_no_row_changes_unseen import found, live, thief

LEAF = tables.LogLeaf


@pytest.fixture
def node(either_world: Any) -> Any:
    """One with some of everything in its trees."""
    live(either_world)
    node = either_world.blr
    with node.database.begin() as session:
        for number in range(2):
            audit.write(
                session, Action.PERSON_QUERY, actor="MVD", subject=f"q{number}", outcome="none", at=node.clock()
            )
    assert found(node) == set()
    return node


def test_an_act_that_somebody_appends_whole_is_found_before_and_after_it_is_signed(node: Any) -> None:
    """The row, its leaves in both trees, every node and the counters, all as the program itself writes them."""
    with thief(node) as connection, Session(connection) as session:
        entrust(connection.engine, VAULT)
        places = [log.size(session, name) for name in ("exchange", "audit")]
        audit.write(session, Action.KEY_GENERATED, actor="anna", subject="key", outcome=audit.DONE, at=node.clock())
        session.flush()
    wrong = {f"LOG-SEAL exchange[{places[0]}]", f"LOG-SEAL audit[{places[1]}]"}
    assert found(node) == wrong
    logbook.signed(node)
    logbook.signed(node, "audit")
    assert found(node) == wrong


@pytest.mark.parametrize("name", ["exchange", "audit", "rows"])
def test_the_seal_of_one_leaf_is_none_of_another(node: Any, name: log.Log) -> None:
    with node.database.read() as session:
        seals = list(session.scalars(select(LEAF.seal).where(LEAF.log == name).order_by(LEAF.index)))
    assert len(set(seals)) == len(seals) > 1
    last = len(seals) - 1
    for value in (seals[0], "", seals[last][:-1] + ("A" if seals[last][-1] != "A" else "B")):
        with thief(node) as connection:
            connection.execute(update(LEAF).where(LEAF.log == name, LEAF.index == last).values(seal=value))
        assert f"LOG-SEAL {name}[{last}]" in found(node)
    with thief(node) as connection:
        connection.execute(update(LEAF).where(LEAF.log == name, LEAF.index == last).values(seal=seals[last]))
    assert found(node) == set()
