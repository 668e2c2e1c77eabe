"""`gateway log verify`: a row that is written for ever is not put back to an earlier state of its own unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from gateway import schedule
from gateway.ledger.guarded import GUARDED
from gateway.store import tables
from tests.sync.test_no_row_changes_unseen import found, live, thief

DIGEST = tables.RowDigest
LEASE = tables.Lease


@pytest.fixture
def node(either_world: Any) -> Any:
    """One that leads."""
    live(either_world)
    return either_world.blr


def lead(node: Any, holder: str) -> Any:
    """Take the lease that has run out; the row as it stands then."""
    now = node.clock() + timedelta(hours=1 if holder == "one" else 2)
    with node.database.begin() as session:
        assert schedule.hold_lease(session, holder, 10, now)
    with node.database.read() as session:
        return dict(session.execute(select(LEASE.__table__).where(LEASE.holder == holder)).mappings().one())


def test_a_lease_that_is_put_back_to_what_it_was_is_found(node: Any) -> None:
    earlier = lead(node, "one")
    lead(node, "two")
    assert found(node) == set()
    with thief(node) as connection:
        connection.execute(update(LEASE).where(LEASE.name == earlier["name"]).values(earlier))
    assert found(node) == {f"LOG-ROW lease[{earlier['name']}]"}


def test_a_digest_that_is_put_back_removed_or_slipped_in_is_found(node: Any) -> None:
    name = lead(node, "one")["name"]
    own = (DIGEST.of == "lease", DIGEST.key == name)
    with node.database.read() as session:
        former = session.scalar(select(DIGEST.digest).where(*own))
    lead(node, "two")
    with node.database.read() as session:
        latter = session.scalar(select(DIGEST.digest).where(*own))
    for change, code in (
        (update(DIGEST).where(*own).values(digest=former), "LOG-ROW"),
        (delete(DIGEST).where(*own), "LOG-ROW-ADDED"),
    ):
        with thief(node) as connection:
            connection.execute(change)
        assert found(node) == {f"{code} lease[{name}]"}
        with thief(node) as connection:
            connection.execute(delete(DIGEST).where(*own))
            connection.execute(insert(DIGEST).values(of="lease", key=name, digest=latter))
    with thief(node) as connection:
        connection.execute(insert(DIGEST).values(of="lease", key="third", digest=latter))
        connection.execute(insert(DIGEST).values(of="partner", key="third", digest=latter))
    assert found(node) == {"LOG-ROW-MISSING lease[third]", "LOG-ROW-ADDED row_digest[partner|third]"}


def test_a_lease_that_is_gone_leaves_no_digest_behind(node: Any) -> None:
    name = lead(node, "one")["name"]
    with node.database.begin() as session:
        session.delete(session.get_one(LEASE, name))
    with node.database.read() as session:
        assert session.get(DIGEST, ("lease", name)) is None
    assert found(node) == set()


@pytest.mark.parametrize("table", [name for name, guard in GUARDED.items() if guard.apart])
def test_rows_that_stay_have_one_leaf_however_often_they_are_written(node: Any, table: str) -> None:
    leaf = tables.LogLeaf
    row = GUARDED[table].table
    with node.database.read() as session:
        before = session.scalars(select(leaf.content).where(leaf.subject == table)).all()
    for number in range(3):
        with node.database.begin() as session:
            session.connection().execute(update(row).values(holder=f"one-{number}"))
    with node.database.read() as session:
        assert session.scalars(select(leaf.content).where(leaf.subject == table)).all() == before
    assert found(node) == set()


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("INSERT INTO log_node VALUES ('other', 0, 0, 'x')", "LOG-ROW-ADDED log_node[other|0|0]"),
        ("INSERT INTO log_leaf VALUES ('other', 0, 0, 'a', 'a b', '')", "LOG-ROW-ADDED log_leaf[other|0]"),
        ("INSERT INTO counter VALUES ('log:other', 5)", "LOG-ROW-ADDED counter[log:other]"),
        ("INSERT INTO alembic_version VALUES ('0003')", "LOG-ROW-ADDED alembic_version[0003]"),
        ("UPDATE alembic_version SET version_num = '0003'", "LOG-ROW-ADDED alembic_version[0003]"),
        ("DELETE FROM alembic_version", "LOG-ROW-MISSING alembic_version[0007]"),
    ],
)
def test_rows_of_trees_that_there_are_not_and_another_version_are_found(node: Any, statement: str, wrong: str) -> None:
    with thief(node) as connection:
        connection.execute(text(statement))
    assert wrong in found(node)
