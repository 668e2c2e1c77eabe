"""Push and deliver between two real nodes."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import LargeBinary, select, type_coerce, update

from gateway.errors import Unavailable
from gateway.exchange import send
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import reconcile
from gateway.sync.deliver import deliver_due, revive
from gateway.sync.push import push


@pytest.mark.parametrize("channel", ["rest", "soap"])
def test_what_is_pushed_is_stored_at_the_partner_and_the_books_agree(world, channel):
    world.partner(world.blr, "KAZ/GATE", channel=channel)
    sent = world.permits(5)
    assert push(world.blr, "KAZ/GATE") == 5
    assert world.held(world.kaz) == sent
    outbox = world.rows(world.blr, tables.Outbox)
    assert [(row.sequence, row.state, row.records, row.stored) for row in outbox] == [
        (1, "delivered", 2, 2),
        (2, "delivered", 2, 2),
        (3, "delivered", 1, 1),
    ]
    with world.blr.database.read() as ours, world.kaz.database.read() as theirs:
        out, came = reconcile.books(ours, "KAZ/GATE"), reconcile.books(theirs, "BLR/GATE")
    assert out.balanced
    assert came.balanced
    assert (out.sent, out.stored, came.received) == (5, 5, 5)


def test_pushing_again_sends_nothing(world):
    world.permits(1)
    assert push(world.blr, "KAZ/GATE") == 1
    assert push(world.blr, "KAZ/GATE") == 0
    assert len(world.rows(world.blr, tables.Outbox)) == 1


def test_a_receiver_that_is_down_is_tried_with_growing_patience_and_then_given_up(world, host):
    host.answer = lambda _raw: None
    world.permits(1)
    push(world.blr, "KAZ/GATE")
    waits = []
    while (row := world.rows(world.blr, tables.Outbox)[0]).state == "waiting":
        waits.append((row.next_at - world.clock()).total_seconds())
        assert row.code == Unavailable.code
        assert deliver_due(world.blr) == 0, "it is not tried before its time"
        world.clock.advance(seconds=waits[-1])
        deliver_due(world.blr)
    assert (row.state, row.attempts, waits) == ("dead", 3, [2.0, 4.0])
    assert world.rows(world.blr, tables.Partner)[0].trouble == Unavailable.code
    (letter,) = world.rows(world.blr, tables.Outbox)
    (act,) = world.rows(world.blr, tables.Audit, tables.Audit.action == "message-dead")
    assert (act.subject, act.outcome, act.detail["partner"]) == (letter.message_id, letter.code, "KAZ/GATE")
    with world.blr.database.read() as session:
        books = reconcile.books(session, "KAZ/GATE")
    assert (books.sent, books.dead, books.balanced) == (1, 1, True)


def test_a_dead_letter_that_is_resent_arrives(world, host):
    host.answer = lambda _raw: None
    sent = world.permits(1)
    push(world.blr, "KAZ/GATE")
    for _ in range(3):
        world.clock.advance(minutes=1)
        deliver_due(world.blr)
    host.answer = host.passing
    with world.blr.database.begin() as session:
        assert revive(session, actor="anna", partner="KAZ/GATE", now=world.clock()) == 1
    assert deliver_due(world.blr) == 1
    assert world.held(world.kaz) == sent
    assert world.rows(world.blr, tables.Partner)[0].trouble == ""
    (row,) = world.rows(world.blr, tables.Audit, tables.Audit.action == "message-resent")
    (letter,) = world.rows(world.blr, tables.Outbox)
    assert (row.actor, row.subject, row.detail["messages"]) == ("anna", "KAZ/GATE", [letter.message_id])


def test_resending_where_nothing_is_dead_does_nothing_and_is_no_act(world):
    with world.blr.database.begin() as session:
        assert revive(session, actor="anna", partner="KAZ/GATE", now=world.clock()) == 0
    assert world.rows(world.blr, tables.Audit, tables.Audit.action == "message-resent") == []


def test_what_stands_behind_a_message_that_fails_waits_with_it(world, host):
    sent = world.permits(5)
    fails = iter([False, True, False, False])
    host.answer = lambda raw: (503, "text/plain", b"no") if next(fails) else host.passing(raw)
    push(world.blr, "KAZ/GATE")
    assert [row.state for row in world.rows(world.blr, tables.Outbox)] == ["delivered", "waiting", "waiting"]
    world.clock.advance(minutes=1)
    assert deliver_due(world.blr) == 2
    assert world.held(world.kaz) == sent


def test_a_partner_that_asks_for_what_we_gave_up_on_gets_it(world, host):
    sent = world.permits(3)
    host.answer = lambda _raw: None
    push(world.blr, "KAZ/GATE")
    for _ in range(2):
        world.clock.advance(minutes=1)
        deliver_due(world.blr)
    assert [row.state for row in world.rows(world.blr, tables.Outbox)] == ["dead", "waiting"]
    host.answer = host.passing
    # The second message arrives, and its receipt names the gap that the first has left.
    assert deliver_due(world.blr) == 2
    assert sorted(world.held(world.kaz)) == sorted(sent)
    assert [row.state for row in world.rows(world.blr, tables.Outbox)] == ["delivered", "delivered"]


def test_a_lost_answer_leads_to_the_same_receipt_and_one_effect(world, host):
    receipts = []

    def commit_and_hang_up(raw):
        receipts.append(host.passing(raw)[2])

    host.answer = commit_and_hang_up
    sent = world.permits(1)
    push(world.blr, "KAZ/GATE")
    assert world.held(world.kaz) == sent, "the receiver has committed"
    assert world.rows(world.blr, tables.Outbox)[0].state == "waiting"
    host.answer = host.passing
    world.clock.advance(minutes=1)
    assert deliver_due(world.blr) == 1
    assert world.rows(world.blr, tables.Outbox)[0].receipt == receipts[0]
    assert len(world.rows(world.kaz, tables.Journal)) == 1
    assert world.held(world.kaz) == sent


def test_two_deliverers_at_once_send_each_message_once_and_in_order(either_world):
    world = either_world
    sent = world.permits(12)
    # Everything is put into the outbox while the partner cannot be reached.
    world.partner(world.blr, "KAZ/GATE", endpoint="http://127.0.0.1:9")
    push(world.blr, "KAZ/GATE")
    world.partner(world.blr, "KAZ/GATE", endpoint=world.urls["KAZ"])
    world.clock.advance(minutes=1)
    done: list[int] = []
    crowd = [threading.Thread(target=lambda: done.append(deliver_due(world.blr))) for _ in range(3)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    while deliver_due(world.blr):
        pass
    outbox = world.rows(world.blr, tables.Outbox)
    assert {row.state for row in outbox} == {"delivered"}
    assert [row.attempts for row in outbox] == [2, 1, 1, 1, 1, 1]
    assert world.held(world.kaz) == sent
    assert len(world.rows(world.kaz, tables.Journal)) == 6


def test_nothing_is_sent_while_a_message_of_the_partner_is_in_somebodys_hands(either_world):
    world = either_world
    world.permits(3)
    world.partner(world.blr, "KAZ/GATE", endpoint="http://127.0.0.1:9")
    push(world.blr, "KAZ/GATE")
    with world.blr.database.begin() as session:
        first, second = session.query(tables.Outbox).order_by(tables.Outbox.id)
        first.state, first.claimed_by, first.claimed_until = "sending", "somebody", world.clock.advance(minutes=3)
        second.priority = "A"
    world.clock.advance(minutes=-1)
    world.partner(world.blr, "KAZ/GATE", endpoint=world.urls["KAZ"])
    assert deliver_due(world.blr) == 0
    world.clock.advance(minutes=2)
    assert deliver_due(world.blr) == 2, "a claim that ran out is taken over"


def test_a_message_that_does_not_open_any_more_holds_up_none_behind_it(either_world):
    world = either_world
    world.permits(6)
    with world.blr.database.begin() as session:
        send.push_changes(session, world.blr, directory.get(session, "KAZ/GATE"), now=world.clock())
    first, *others = world.rows(world.blr, tables.Outbox)
    raw = damage(world, first.id, b"x")
    assert deliver_due(world.blr) == len(others)
    states = read(world, tables.Outbox.id, tables.Outbox.state, tables.Outbox.code)
    assert states == [(first.id, "dead", "data-damaged"), *((row.id, "delivered", "") for row in others)]
    (act,) = world.rows(world.blr, tables.Audit, tables.Audit.action == "message-dead")
    assert (act.subject, act.outcome) == (first.message_id, "data-damaged")
    assert deliver_due(world.blr) == 0
    # Whoever has mended the row sends it again.
    damage(world, first.id, raw)
    with world.blr.database.begin() as session:
        assert revive(session, actor="anna", partner="KAZ/GATE", now=world.clock()) == 1
    assert deliver_due(world.blr) == 1
    assert len(world.held(world.kaz)) == 6


def damage(world, number: int, content: bytes) -> bytes:
    """Change the stored bytes of a message behind the node's back; what stood there before."""
    world.honest = False
    table = tables.Outbox.__table__
    with world.blr.database.begin() as session:
        before = session.scalar(select(type_coerce(table.c.raw, LargeBinary)).where(table.c.id == number))
        session.execute(update(table).where(table.c.id == number).values(raw=type_coerce(content, LargeBinary)))
    return bytes(before)


def read(world, *columns):
    with world.blr.database.read() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(columns[0]))]
