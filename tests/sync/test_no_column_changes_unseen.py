"""`gateway log verify`: whatever column of whatever row is changed behind the node's back is found, with its position.

The columns come from the tables themselves, so that a new one is covered or named in the code, or fails here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, type_coerce, update

from gateway import audit
from gateway.audit import Action
from gateway.errors import Refusal
from gateway.exchange import expiry, logbook, refusals, rotation, send
from gateway.exchange.crosscheck import cross_check
from gateway.exchange.receive import receive
from gateway.ledger import checkpoint, log, rowleaf
from gateway.message import body
from gateway.message.bodies import ChangesRequest, Ping
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.signature import sign
from gateway.store import tables
from gateway.store.columns import sealed_columns, stored
from gateway.store.tables import Alarm, Audit, Journal, LogLeaf, Outbox, UtcDateTime
from gateway.sync.deliver import deliver_due
from gateway.sync.push import push
from gateway.trust import lifecycle

REFUSED = b"<Message>%d</Message>"
LONG = b"<Message>" + b"x" * 70_000


def from_kaz(world: Any, kind: Kind, content: str, **header: Any) -> bytes:
    now, name = world.clock(), str(uuid.uuid4())
    parties = (Party("KAZ", "GATE"), Party("BLR", "GATE"))
    made = Header(name, name, kind, *parties, now, now + timedelta(hours=1), "STAY_CONTROL", "keys", **header)
    return sign(write_message(made, content), world.kaz.keyring.signer(), now)


def found(node: Any) -> set[str]:
    """Codes and paths of what does not hold."""
    return {f"{item.code} {item.path}" for item in logbook.verify(node).findings if item.severity == "error"}


def found_quickly(node: Any) -> set[str]:
    """The same by the part of the command that looks at rows, for loops: without exports, signatures and the alarm."""
    with node.database.snapshot() as session:
        return {item.path for item in cross_check(session, node.settings.node, node.search_secret)}


def live(world: Any) -> None:
    """Some of everything: sent and settled, waiting, received, asked, refused with and without a sender."""
    node, now = world.blr, world.clock()
    world.permits(2)
    push(node, "KAZ/GATE")
    world.permits(1)
    with node.database.begin() as session:
        send.push_changes(session, node, session.get_one(tables.Partner, "KAZ/GATE"), now=now)
    receive(node, from_kaz(world, Kind.PING, body.write_ping(Ping("hello"))), channel="rest")
    receive(node, from_kaz(world, Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 10))),
            channel="soap")  # fmt: skip
    receive(node, from_kaz(world, Kind.RECEIPT, body.write_ping(Ping("no receipt"))), channel="rest")
    for raw in (REFUSED % 1, REFUSED % 2, LONG):
        with pytest.raises(Refusal):
            receive(node, raw, channel="rest")
    refusals.seal(node.database)
    with node.database.begin() as session:
        log.hold(session, "exchange")
        audit.write(session, Action.KEY_GENERATED, actor="anna", subject="key", outcome=audit.DONE, at=now)
        audit.write(session, Action.PERSON_QUERY, actor="MVD", subject="q1", outcome="none", at=now, purpose="STAY")
        audit.write(session, Action.LOG_READ, actor="MVD", subject="q2", outcome="none", at=now)
        signer = node.keyring.signer(session)
        for tree in ("exchange", "audit"):
            checkpoint.issue(session, party="BLR/GATE", log=tree, signer=signer, now=now)
    assert found(node) == set()


def other(value: Any, column: Any) -> Any:
    """Another value that the column takes."""
    if column.primary_key:
        return value * 1000
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat("2020-01-01T00:00:00+00:00") if value is None else value + timedelta(seconds=1)
    if isinstance(value, dict):
        return {**value, "more": 1}
    if isinstance(value, str) or (value is None and "CHAR" in str(column.type)):
        return value[:-1] + ("0" if value[-1] != "0" else "1") if value else "x"
    if isinstance(value, bytes) or "BLOB" in str(column.type):
        return (value or b"") + b"."
    return 7 if value is None else value + 1


def changes(row: Any) -> Iterator[tuple[str, Any]]:
    """Every column of a row with other values for it, nothing among them where the column takes it."""
    for column in row.__table__.columns:
        value = getattr(row, column.name)
        yield column.name, other(value, column)
        if column.nullable and value is not None:
            yield column.name, None


@contextmanager
def behind_its_back(node: Any, table: Any, number: int, name: str, value: Any) -> Iterator[None]:
    """A column changed, and afterwards as it was."""
    column, key = table.__table__.columns[name], table.__table__.columns["id"]
    kept = type_coerce(column, stored(column)) if sealed_columns([column]) else column
    now_number = value if name == "id" else number
    with node.database.begin() as session:
        before = session.scalar(select(kept).where(key == number))
        session.execute(update(table.__table__).where(key == number).values({column: value}))
    yield
    back = type_coerce(before, stored(column)) if sealed_columns([column]) and before is not None else before
    with node.database.begin() as session:
        session.execute(update(table.__table__).where(key == now_number).values({column: back}))


def places(node: Any, row: Any) -> set[str]:
    """The positions that may be named for a row: of the leaves about it."""
    if isinstance(row, Audit):
        return {f"audit[{row.log_index}]"}
    if isinstance(row, Journal):
        return {f"exchange[{row.log_index}]"}
    with node.database.read() as session:
        return {f"exchange[{leaf.index}]" for leaf in log.find(session, "exchange", row.message_id)}


def some(node: Any, table: Any) -> list[Any]:
    """One row of each sort: a message and a trace that was cut short; settled and waiting; of one tree and of both."""
    found = rows(node, table)
    return [found[0], found[-1]] if table is not Audit else found[-3:-1]


def rows(node: Any, table: Any) -> list[Any]:
    with node.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


@pytest.mark.parametrize("table", [Journal, Outbox, Audit])
def test_a_change_of_any_column_is_found_with_its_position(either_world: Any, table: Any) -> None:
    node = either_world.blr
    live(either_world)
    unseen, seen = [], set()
    for row in some(node, table):
        working = rowleaf.ON_ITS_WAY if table is Outbox and row.state not in rowleaf.END_STATES else ()
        expected = places(node, row)
        for name, value in changes(row):
            if name in working and name != "state":
                continue
            with behind_its_back(node, table, row.id, name, value):
                seen.add(name)
                if not found_quickly(node) & expected:
                    unseen.append((row.id, name, value))
    assert unseen == []
    assert seen == {column.name for column in table.__table__.columns}
    assert found(node) == set()


def test_what_delivery_works_with_is_named_and_nothing_else(either_world: Any) -> None:
    """While a message is on its way its attempts are nobody's statement; `delivered` is one."""
    node = either_world.blr
    live(either_world)
    (waiting,) = [row for row in rows(node, Outbox) if row.state == "waiting"]
    for name in rowleaf.ON_ITS_WAY:
        value = "dead" if name == "state" else other(getattr(waiting, name), Outbox.__table__.columns[name])
        with behind_its_back(node, Outbox, waiting.id, name, value):
            assert found(node) == set()
    for state in rowleaf.END_STATES:
        with behind_its_back(node, Outbox, waiting.id, "state", state):
            assert {each.split()[1] for each in found(node)} <= places(node, waiting) != set()


@pytest.mark.parametrize("table", [Journal, Outbox, Audit])
def test_a_row_removed_or_slipped_in_is_found_with_its_position(either_world: Any, table: Any) -> None:
    node = either_world.blr
    live(either_world)
    for row in some(node, table):
        plain = {column: getattr(row, column.name) for column in table.__table__.columns}
        with node.database.begin() as session:
            session.execute(delete(table.__table__).where(table.id == row.id))
        assert {each.split()[1] for each in found(node)} & places(node, row)
        with node.database.begin() as session:
            session.execute(insert(table.__table__).values(plain))
        assert found(node) == set()
    unique = {Journal: {"message_id": "00000000-0000-4000-8000-000000000000"}, Outbox: {"message_id": "more"}}
    twin = {column.name: getattr(row, column.name) for column in table.__table__.columns}
    twin |= {"id": row.id + 50, **unique.get(table, {})}
    with node.database.begin() as session:
        session.execute(insert(table.__table__).values(twin))
    if table is Outbox:
        assert f"LOG-ROW-ADDED outbox[{twin['id']}]" in found(node)
    else:
        assert {each.split()[1] for each in found(node)} == places(node, row)


def test_two_rows_of_the_journal_that_changed_places_are_found(either_world: Any) -> None:
    node = either_world.blr
    live(either_world)
    one, two = [row for row in rows(node, Journal) if row.sender][:2]
    with node.database.begin() as session:
        for here, there in ((one, two.log_index), (two, one.log_index)):
            session.execute(update(Journal).where(Journal.id == here.id).values(log_index=there))
    assert found(node) >= {f"LOG-ROW exchange[{one.log_index}]", f"LOG-ROW exchange[{two.log_index}]"}


def test_stored_bytes_that_do_not_open_are_found_and_end_nothing(either_world: Any) -> None:
    node = either_world.blr
    live(either_world)
    for table in (Journal, Outbox):
        row = next(row for row in rows(node, table) if row.receipt)
        for column in sealed_columns(table.__table__.columns):
            kept = type_coerce(column, stored(column))
            with node.database.begin() as session:
                before = session.scalar(select(kept).where(table.id == row.id)) or b""
                spoilt = type_coerce(before[:-1] + bytes([before[-1] ^ 1]) if before else b"\1junk", stored(column))
                session.execute(update(table.__table__).where(table.id == row.id).values({column: spoilt}))
            assert {each.split()[1] for each in found(node)} & places(node, row), column
            with node.database.begin() as session:
                back = type_coerce(before, stored(column))
                session.execute(update(table.__table__).where(table.id == row.id).values({column: back}))


def test_a_value_that_is_none_of_its_column_is_a_finding_and_no_fault(world: Any) -> None:
    live(world)
    with world.blr.database.begin() as session:
        session.execute(text("UPDATE journal SET received = 'yesterday' WHERE id = 2"))
    assert "LOG-ROW-UNREADABLE journal[0]" in found(world.blr)


def test_what_retention_erases_holds_and_what_anybody_else_erases_does_not(either_world: Any) -> None:
    node, world = either_world.blr, either_world
    live(world)
    world.clock.advance(days=3)
    receive(node, from_kaz(world, Kind.PING, body.write_ping(Ping("later"))), channel="rest")
    world.clock.advance(days=node.settings.retention.journal_days - 1)
    done = expiry.run(node)
    assert done.received > 0
    assert done.sent > 0
    assert found(node) == set()
    kept = next(row for row in rows(node, Journal) if row.erased is None)
    gone = next(row for row in rows(node, Journal) if row.erased is not None and row.sender)
    for row, values in ((kept, {"raw": b"", "erased": gone.erased}), (gone, {"erased": None}), (gone, {"raw": b"."})):
        with node.database.begin() as session:
            session.execute(update(Journal).where(Journal.id == row.id).values(**values))
        assert f"LOG-ROW exchange[{row.log_index}]" in found(node)
        with node.database.begin() as session:
            was = {"raw": row.raw, "erased": row.erased}
            session.execute(update(Journal).where(Journal.id == row.id).values(**was))
    assert found(node) == set()


def test_a_flag_after_a_revocation_holds_and_one_taken_off_does_not(either_world: Any) -> None:
    node = either_world.blr
    live(either_world)
    kid = either_world.kaz.keyring.signer().kid
    with node.database.begin() as session:
        lifecycle.revoke(session, kid, invalid_since=either_world.clock(), actor="anna", reason="lost",
                         now=either_world.clock())  # fmt: skip
    flagged = [row for row in rows(node, Journal) if row.flag]
    assert len(flagged) == 3
    assert found(node) == set()
    with node.database.begin() as session:
        session.execute(update(Journal).where(Journal.id == flagged[1].id).values(flag=""))
    assert found(node) == {f"LOG-ROW exchange[{flagged[1].log_index}]"}


def test_what_was_signed_anew_holds(either_world: Any) -> None:
    """After the key is revoked a waiting message leaves under the new one, and so does an answer given before."""
    node, now = either_world.blr, either_world.clock()
    live(either_world)
    asked = from_kaz(either_world, Kind.PING, body.write_ping(Ping("again")))
    first = receive(node, asked, channel="rest").content
    old = node.keyring.signer().kid
    with node.database.begin() as session:
        made = lifecycle.generate(session, node.settings.directory, party="BLR/GATE", algorithm="p256",
                                  password=node.settings.key_password(), actor="anna", now=now)  # fmt: skip
        lifecycle.certify(session, made.kid, actor="anna", now=now)
        rotation.publish(session, node, made.kid, actor="anna", now=now)
        rotation.revoke(session, node, old, invalid_since=now, actor="anna", reason="stolen", now=now)
    either_world.clock.advance(seconds=2)
    assert receive(node, asked, channel="rest").content != first
    deliver_due(node)
    with node.database.read() as session:
        words = [leaf.content.split()[1] for leaf in session.scalars(select(LogLeaf)) if " resigned " in leaf.content]
    assert len(words) >= 2
    assert found(node) == set()


def test_a_message_without_a_covering_leaf_is_slipped_in(either_world: Any) -> None:
    """Whoever can write into the database, but has no key of the node, makes every leaf but this one."""
    node, now = either_world.blr, either_world.clock()
    live(either_world)
    name = str(uuid.uuid4())
    with node.database.begin() as session:
        place = log.append(session, "exchange", name, log.message_entry(name, "AAAA", "ACCEPTED").content)
        session.add(Journal(sender="KAZ/GATE", message_id=name, kind="Ping", channel="rest", digest="000000", raw=b"",
                            received=now, state="accepted", log_index=place.index))  # fmt: skip
    assert found(node) == {f"LOG-ROW-ADDED exchange[{place.index}]"}


def test_an_alarm_tells_of_the_flaw(either_world: Any) -> None:
    node = either_world.blr
    live(either_world)
    first = rows(node, Journal)[0]
    with behind_its_back(node, Journal, first.id, "sequence", 12):
        found(node)
    with node.database.read() as session:
        alarm = session.scalars(select(Alarm)).one()
    assert (alarm.code, alarm.detail["where"]) == ("log-broken", [f"exchange[{first.log_index}]"])
