"""`gateway log verify`: of the tables that no message covers no row is changed, removed or slipped in unseen.

The one who does it writes past the program, with the database and without the node's keys. The tables and columns
come from the code, so that a new one is covered or fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Text, create_engine, delete, event, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.exchange import logbook, send
from gateway.exchange.crosscheck import cross_check
from gateway.exchange.heldrows import check
from gateway.exchange.receive import receive
from gateway.founding import open_node
from gateway.ledger import checkpoint, log, rows, witness
from gateway.ledger.guarded import GUARDED, Guard
from gateway.store import tables
from gateway.store.columns import Hidden, entrust, sealed_columns, stored
from gateway.sync.deliver import deliver_due
from gateway.sync.push import push
from tests.conftest import VAULT
from tests.sync.test_no_column_changes_unseen import other

ZERO = "0" * 64
LATER = datetime(2026, 9, 1, tzinfo=UTC)


def live(world: Any) -> None:
    """At least one row in every guarded table, each written by the node."""
    node, now, world.honest = world.blr, world.clock(), False
    world.permits(2)
    push(node, "KAZ/GATE")
    deliver_due(node)
    world.permits(1)
    with node.database.begin() as session:
        send.push_changes(session, node, session.get_one(tables.Partner, "KAZ/GATE"), now=now)
    logbook.signed(node)
    logbook.signed(node, "audit")
    with node.database.begin() as session:
        signer = node.keyring.signer(session)
        point = checkpoint.latest(session, "BLR/GATE")
        assert point is not None
        witness.countersign(session, point, by="KAZ/GATE", signer=signer, now=now)
        for table, values in SOME.items():
            session.add(table(**values(now)))
            session.flush()
    refuse(node, 1)
    assert found(node) == set()


def refuse(node: Any, number: int) -> None:
    """A trace of bytes that nobody has signed; no checkpoint has sealed it."""
    with pytest.raises(Refusal):
        receive(node, b"<Message>%d</Message>" % number, channel="rest")


SOME: dict[Any, Any] = {
    tables.Stamp: lambda now: {"kind": "sent", "subject": "1", "authority": "one", "digest": ZERO, "created": now},
    tables.Anchor: lambda now: {"party": "KAZ/GATE", "fingerprint": ZERO, "certificate": "PEM", "changed": now},
    tables.RevocationSource: lambda now: {
        "url": "http://ca.example/" + "list/" * 30, "serial": "", "issuer": ZERO, "content": b"DER", "fetched": now,
    },
    tables.DirectoryFetch: lambda now: {"partner": "UZB/GATE", "serial": 3, "at": now},
    tables.Approval: lambda now: {
        "id": "a1", "action": "key-revoked", "subject": "1", "payload": {"kid": "1"}, "reason": "lost",
        "requested_by": "anna", "requested": now, "expires": now + timedelta(days=1),
    },
    tables.ApprovalVote: lambda now: {
        "approval_id": "a1", "actor": "boris", "verdict": "approve", "reason": "seen", "at": now,
    },
    tables.LinkModel: lambda now: {
        "name": "m1", "content": "{}", "state": "candidate", "created": now, "created_by": "anna",
        "trained_on": {"n": 1},
    },
    tables.Relink: lambda now: {
        "model": "m1", "state": "learning", "started": now, "started_by": "anna", "reason": "better", "upto": 1,
        "since": 1, "counts": {},
    },
    tables.Link: lambda now: {
        "left_id": 1, "right_id": 2, "verdict": "candidate", "colour": "yellow", "weight": 9.5, "evidence": [],
        "model": "m1", "actor": "matcher", "reason": "weak", "created": now,
    },
    tables.Review: lambda now: {"kind": "link", "subject": "1-2", "detail": {"left": 1}, "created": now},
    tables.WatchlistEntry: lambda _now: {
        "record_id": "6b0c3ab4-5f8e-5d0a-9a53-1f0d4f0e4c11", "changed": 1, "owner_state": "BLR", "active": True,
        "action": "REFUSE", "reference": "77", "contact": "duty", "territory": "CIS", "ban_from": date(2026, 1, 1),
        "ban_to": None, "subject": {"names": []},
    },
    tables.RelinkPair: lambda _now: {
        "relink_id": 1, "left_id": 1, "right_id": 2, "weight": 9.5, "evidence": [], "verdict": "candidate",
    },
    tables.RelinkChange: lambda _now: {"relink_id": 1, "kind": "split", "size": 2, "groups": [[1], [2]]},
    tables.Bookmark: lambda now: {"name": "directory:UZB/GATE", "value": "7 abc", "updated": now},
    tables.SpentToken: lambda now: {"jti": ZERO, "expires": now},
    tables.Lease: lambda now: {"name": "another", "holder": "one-1", "until": now},
    tables.JobRun: lambda now: {"job": "push", "holder": "one-1", "started": now, "state": "running"},
    tables.Alarm: lambda now: {
        "code": "log-fork", "subject": "UZB/GATE", "raised": now, "seen": now, "detail": {"size": 3},
    },
}  # fmt: skip
"""Rows of tables that the exchange between two nodes leaves empty."""


def found(node: Any) -> set[str]:
    """Codes and paths of what does not hold."""
    with node.database.snapshot() as session:
        return {f"{item.code} {item.path}" for item in cross_check(session, node.settings.node, node.search_secret)}


def found_quickly(node: Any) -> set[str]:
    with node.database.snapshot() as session:
        return {f"{wrong.code} {wrong.log}[{wrong.position}]" for wrong in check(session)}


@contextmanager
def thief(node: Any) -> Iterator[Connection]:
    """Somebody with the database who has no key and minds no constraint."""
    engine = create_engine(node.database.url)
    if engine.dialect.name == "postgresql":
        event.listen(
            engine, "begin", lambda connection: connection.exec_driver_sql("SET session_replication_role = replica")
        )
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def raw(column: Any) -> Any:
    return type_coerce(column, plain(column)) if plain(column) is not None else column


def plain(column: Any) -> Any:
    """The type of what is stored of a sealed or a hidden column; None for others."""
    if isinstance(column.type, Hidden):
        return Text()
    return stored(column) if sealed_columns([column]) else None


def one_of(node: Any, guard: Guard) -> dict[str, Any]:
    """The values of a row as the database has them."""
    with thief(node) as connection:
        query = select(*map(raw, guard.table.columns)).where(*guard.among).order_by(*guard.key)
        some = connection.execute(query).mappings()
        return next(dict(row) for row in some if guard.covered(row))


def is_row(guard: Guard, values: dict[str, Any]) -> Any:
    return [raw(column) == values[column.name] for column in guard.key]


def put(values: dict[str, Any], guard: Guard) -> dict[Any, Any]:
    """Values as an insert or update of somebody without keys gives them."""
    columns = {guard.table.columns[name]: value for name, value in values.items()}
    return {
        column: type_coerce(value, plain(column)) if value is not None and plain(column) is not None else value
        for column, value in columns.items()
    }


def changed(column: Any, value: Any) -> Any:
    """Another value that the column takes, and that breaks no rule of its table."""
    if isinstance(value, str) and column.primary_key:
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    if column.name == "record_row":
        return value + 1000
    if str(column.type) == "DATE":
        return date(2031, 1, 1)
    return {bool: lambda: not value, list: lambda: [*value, "MORE"]}.get(type(value), lambda: other(value, column))()


def path(guard: Guard, values: dict[str, Any]) -> str:
    return f"{guard.name}[{'|'.join(str(values[column.name]) for column in guard.key)}]"


@pytest.fixture(params=sorted(GUARDED))
def guard(request: pytest.FixtureRequest) -> Guard:
    """Every guarded table."""
    return GUARDED[request.param]


def test_a_change_of_any_column_is_found_with_its_table_and_key(either_world: Any, guard: Guard) -> None:
    node = either_world.blr
    live(either_world)
    before = one_of(node, guard)
    for column in guard.whole.columns:
        values = ["dead" if (guard.name, column.name) == ("outbox", "state") else changed(column, before[column.name])]
        if column.nullable and before[column.name] is not None:
            values.append(None)
        for value in values:
            after = {**before, column.name: value}
            with thief(node) as connection:
                connection.execute(update(guard.table).where(*is_row(guard, before)).values(put(after, guard)))
            among = guard.name != "journal" or column.name != "sender"
            expected = ("LOG-ROW-ADDED" if column.primary_key else "LOG-ROW") if among else "LOG-ROW-MISSING"
            assert f"{expected} {path(guard, after)}" in found_quickly(node), (column, value)
            with thief(node) as connection:
                connection.execute(update(guard.table).where(*is_row(guard, after)).values(put(before, guard)))
    assert found(node) == set()


def test_a_row_removed_or_slipped_in_is_found_with_its_table_and_key(either_world: Any, guard: Guard) -> None:
    node = either_world.blr
    live(either_world)
    before = one_of(node, guard)
    with thief(node) as connection:
        connection.execute(delete(guard.table).where(*is_row(guard, before)))
    # Of a very long key a leaf holds the beginning.
    missing = next(each for each in found(node) if each.startswith(f"LOG-ROW-MISSING {guard.name}["))
    assert f"LOG-ROW-MISSING {path(guard, before)}".startswith(missing.removesuffix("]"))
    assert len(missing) > 200 or missing.endswith(path(guard, before))
    with thief(node) as connection:
        connection.execute(insert(guard.table).values(put(before, guard)).inline())
    assert found(node) == set()
    twin = {**before, **{c.name: changed(c, before[c.name]) for c in guard.key}}
    twin |= {
        "stamp": {"subject": "7"},
        "outbox": {"message_id": "more"},
        "disclosure": {"record_row": 999},
        "review": {"subject": "other"},
        "record": {"record_id": "other"},
        "person": {"ref": "other"},
        "relink_pair": {"left_id": 999},
    }.get(guard.name, {})
    with thief(node) as connection:
        connection.execute(insert(guard.table).values(put(twin, guard)).inline())
    assert f"LOG-ROW-ADDED {path(guard, twin)}" in found(node)


def test_every_way_of_the_node_into_a_table_is_followed(either_world: Any) -> None:
    """Objects, statements of many kinds, savepoints that are undone, and keys that move."""
    node, now = either_world.blr, either_world.clock()
    live(either_world)
    row = tables.Witness
    values = {"party": "A/A", "by": "B/B", "at": now, "signed": "{}"}
    with node.database.begin() as session:
        session.add_all(row(size=size, **values) for size in (1, 2, 3))
        session.execute(insert(row), [{"size": 4, **values}, {"size": 5, **values}])
        session.execute(insert(row).values(size=6, **values))
        session.connection().execute(insert(row.__table__), [{"size": 7, **values}])
        undone = session.begin_nested()
        session.add(row(size=8, **values))
        session.flush()
        undone.rollback()
        with session.begin_nested():
            session.add(row(size=9, **values))
    assert found(node) == set()
    with node.database.begin() as session:
        session.delete(session.get_one(row, ("A/A", 1, "B/B")))
        session.get_one(row, ("A/A", 2, "B/B")).signed = "[]"
        session.get_one(row, ("A/A", 3, "B/B")).size = 30
        session.execute(update(row).where(row.party == "A/A", row.size == 4).values(signed="[1]"))
        session.execute(update(row).where(row.party == "A/A", row.size == 5).values(size=50))
        session.execute(delete(row).where(row.party == "A/A", row.size > 5, row.size < 10))
    assert found(node) == set()
    with node.database.read() as session:
        assert [each.size for each in session.scalars(select(row).where(row.party == "A/A").order_by(row.size))] == [
            2, 4, 30, 50,
        ]  # fmt: skip


def test_a_row_that_is_inserted_without_its_key_is_a_mistake_of_ours(world: Any) -> None:
    values = SOME[tables.Stamp](world.clock())
    with pytest.raises(RuntimeError, match="without its key"), world.blr.database.begin() as session:
        session.execute(insert(tables.Stamp).values(**values))


def test_rows_of_an_older_program_come_under_guard_when_the_node_is_opened(either_world: Any) -> None:
    """Once: a table that is guarded is never taken as it is again."""
    node = either_world.blr
    live(either_world)
    with thief(node) as connection:
        for table in (tables.LogLeaf, tables.LogNode):
            connection.execute(delete(table).where(table.log == "rows"))
            connection.execute(delete(table).where(table.log == "exchange"))
        for name in ("log:rows", "log:exchange"):
            connection.execute(delete(tables.Counter).where(tables.Counter.name == name))
    opened = open_node(node.settings, either_world.clock)
    assert found_quickly(opened) == set()
    before = one_of(opened, GUARDED["stamp"])
    with thief(opened) as connection:
        connection.execute(update(tables.Stamp).values(authority="another"))
    again = open_node(node.settings, either_world.clock)
    assert found_quickly(again) == {f"LOG-ROW {path(GUARDED['stamp'], before)}"}
    for each in (opened, again):
        each.database.close()


@pytest.mark.parametrize("spoilt", ["content", "subject", "removed"])
def test_a_table_whose_beginning_was_tampered_with_is_not_taken_as_it_is_again(either_world: Any, spoilt: str) -> None:
    """Or whoever changes a row and the first leaf would have the node itself vouch for the row."""
    node, leaf = either_world.blr, tables.LogLeaf
    live(either_world)
    before = one_of(node, GUARDED["link"])
    with node.database.read() as session:
        (begun,) = log.find(session, "rows", rows.BEGUN)
        plain = {column.name: getattr(begun, column.name) for column in leaf.__table__.columns}
    where = [leaf.log == "rows", leaf.index == begun.index]
    with thief(node) as connection:
        connection.execute(update(tables.Link).values(weight=1.5))
        if spoilt == "removed":
            connection.execute(delete(leaf).where(*where))
        else:
            value = begun.content.replace(" link ", " ") if spoilt == "content" else "other"
            connection.execute(update(leaf).where(*where).values({spoilt: value}))
    opened = open_node(node.settings, either_world.clock)
    assert any(" rows[" in each for each in found(opened))
    with thief(node) as connection:
        connection.execute(delete(leaf).where(*where))
        connection.execute(insert(leaf).values(**plain))
    assert found(opened) == {f"LOG-ROW {path(GUARDED['link'], before)}"}
    opened.database.close()


def test_a_tree_of_rows_that_is_gone_is_found_and_not_begun_anew(either_world: Any) -> None:
    node = either_world.blr
    live(either_world)
    with thief(node) as connection:
        for table in (tables.LogLeaf, tables.LogNode):
            connection.execute(delete(table).where(table.log == "rows"))
        connection.execute(delete(tables.Counter).where(tables.Counter.name == "log:rows"))
    opened = open_node(node.settings, either_world.clock)
    assert any(each.startswith("LOG-ANCHOR exchange[") for each in found_quickly(opened))
    opened.database.close()


def test_a_leaf_of_the_rows_that_is_changed_removed_or_moved_is_found(either_world: Any) -> None:
    node = either_world.blr
    live(either_world)
    leaf = tables.LogLeaf
    with node.database.read() as session:
        last = log.size(session, "rows") - 1
        said = session.get_one(leaf, ("rows", last))
        plain = {column.name: getattr(said, column.name) for column in leaf.__table__.columns}
    where = [leaf.log == "rows", leaf.index == last]
    for values, expected in (
        ({"content": said.content[:-2] + ("E=" if said.content.endswith("A=") else "A=")}, f"LOG-LEAF rows[{last}]"),
        ({"subject": "stamp:99"}, f"LOG-SUBJECT rows[{last}]"),
    ):
        with thief(node) as connection:
            connection.execute(update(leaf).where(*where).values(**values))
        assert expected in found(node)
        with thief(node) as connection:
            connection.execute(update(leaf).where(*where).values(subject=said.subject, content=said.content))
    with thief(node) as connection:
        connection.execute(delete(leaf).where(*where))
    assert "LOG-SIZE rows[0]" in found(node)
    with thief(node) as connection:
        connection.execute(insert(leaf).values(**plain))
        connection.execute(delete(leaf).where(leaf.log == "rows", leaf.index == last - 1))
    assert f"LOG-POSITION rows[{last - 1}]" in found(node)


def test_the_exchange_tree_says_what_stands_in_the_tree_of_rows(world: Any) -> None:
    """At every checkpoint, once: a node with nothing new to sign lets no tree grow."""
    node = world.blr
    live(world)
    logbook.signed(node)
    with node.database.read() as session:
        before = log.find(session, "exchange", rows.ROWS)
        size = log.size(session, "exchange")
    logbook.signed(node)
    with node.database.read() as session:
        assert log.size(session, "exchange") == size
    world.permits(1)
    push(node, "KAZ/GATE")
    logbook.signed(node)
    with node.database.read() as session:
        after = log.find(session, "exchange", rows.ROWS)
        told = after[-1].content.split(" ")
        assert log.root(session, "rows", int(told[1])).hex() == told[2]
    assert len(after) == len(before) + 1


def appended_by_a_thief(node: Any, *contents: str) -> int:
    """Leaves at the end of the tree, with every node and the counter as they have to be; where the first of them is.

    Their seals are made with other keys than the node's.
    """
    with thief(node) as connection, Session(connection) as session:
        entrust(connection.engine, VAULT)
        entries = [log.Entry(content.split(" ")[0], content) for content in contents]
        return log.append_all(session, "rows", entries)[0].index


def test_a_leaf_that_somebody_without_keys_appends_covers_nothing(either_world: Any) -> None:
    """That a row is gone needs no digest, and that of a former state can be copied: each leaf is sealed itself."""
    node = either_world.blr
    live(either_world)
    guard = GUARDED["partner"]
    before = one_of(node, guard)
    with node.database.begin() as session:
        leaves = session.scalars(select(tables.LogLeaf.content).where(tables.LogLeaf.log == "rows"))
        former = [each for each in leaves if each.startswith(f"partner {before['id']} ")][-1]
        session.get_one(tables.Partner, before["id"]).status = "suspended"
    assert found(node) == set()
    # An earlier state of the row is put back, with the very leaf that spoke of it then.
    with thief(node) as connection:
        connection.execute(update(tables.Partner).where(tables.Partner.id == before["id"]).values(status="active"))
    place = appended_by_a_thief(node, former)
    assert {f"LOG-SEAL rows[{place}]", f"LOG-ROW {path(guard, before)}"} <= found(node)
    # A row is removed, and said to be gone: as nodes say it, and as nobody has sealed it.
    with thief(node) as connection:
        connection.execute(delete(tables.Link))
    where = appended_by_a_thief(node, f"link 1 - {former.split(' ')[-1]}", "link 1 -")
    told = found(node)
    assert {f"LOG-SEAL rows[{where}]", f"LOG-SEAL rows[{where + 1}]", "LOG-ROW-MISSING link[1]"} <= told
