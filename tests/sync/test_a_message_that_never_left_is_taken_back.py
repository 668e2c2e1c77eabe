"""A protection that begins while messages wait: what nobody has had yet does not leave, and nothing shows it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.exchange import submit
from gateway.exchange.receive import receive
from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.parse import NS, parse
from gateway.message.signature import sign
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Source, record_id
from gateway.store import tables
from gateway.sync import reconcile
from gateway.sync.deliver import deliver_due
from gateway.sync.push import push

NOBODY = "http://127.0.0.1:9"


def described(world, number):
    """The record as BLR holds it."""
    with world.blr.database.read() as session:
        row = session.query(tables.Record).filter_by(record_id=number_id(number)).one()
    return body.read_records(parse(f'<Body xmlns="{NS}">{row.payload}</Body>'.encode(), limit=100_000))[0]


def ask(world, kind, content):
    """What BLR answers to a question of KAZ."""
    now, message_id = world.clock(), str(uuid.uuid4())
    header = Header(
        message_id=message_id, conversation_id=message_id, kind=kind, sender=Party("KAZ", "GATE"),
        receiver=Party("BLR", "GATE"), created=now, expires=now + timedelta(hours=1), purpose="LABOUR_REGULATION",
        agreement="test",
    )  # fmt: skip
    return receive(world.blr, sign(write_message(header, content), world.kaz.keyring.signer(), now), channel="rest")


def lodge(world, number: int) -> None:
    """The person of that permit asks BLR for protection from KAZ."""
    record = described(world, number)
    with world.blr.database.begin() as session:
        source = Source("BLR", "DGM", "asylum", f"AA-{number}")
        detail = AsylumApplication(f"AA{number}", date(2026, 2, 1), persecutors=("KAZ",))
        case = replace(
            record, record_id=record_id(source), source=source, category=Category.ASYLUM_APPLICATION,
            status="REGISTERED", detail=detail,
        )  # fmt: skip
        result = submit.submit(session, world.blr, [case], state="BLR", journal_id=None, now=world.clock())
        assert result.stored == 1, result


def number_id(number: int) -> str:
    return record_id(Source("BLR", "MVD", "labour", f"LP-{number}"))


def unreachable(world) -> None:
    world.partner(world.blr, "KAZ/GATE", endpoint=NOBODY)


def reachable(world) -> None:
    world.partner(world.blr, "KAZ/GATE", endpoint=world.urls["KAZ"])
    world.clock.advance(minutes=1)


def drain(world) -> None:
    while deliver_due(world.blr):
        pass


def test_what_waited_when_a_protection_began_is_not_delivered_and_leaves_no_gap(either_world):
    world = either_world
    sent = world.permits(5)
    unreachable(world)
    push(world.blr, "KAZ/GATE")
    lodge(world, 3)
    reachable(world)
    drain(world)
    assert world.held(world.kaz) == [name for name in sent if name != number_id(3)]
    came = world.rows(world.kaz, tables.Journal)
    assert [row.sequence for row in came] == [1, 2]
    assert all(number_id(3).encode() not in row.raw for row in came)
    assert [row.missing for row in world.rows(world.kaz, tables.Stream, tables.Stream.direction == "in")] == [[]]
    assert [row.position for row in world.rows(world.blr, tables.Disclosure)] == [1, 2, 3, 4]
    with world.blr.database.read() as session:
        books = reconcile.books(session, "KAZ/GATE")
    assert (books.sent, books.stored, books.balanced) == (4, 4, True)
    assert [row.action for row in world.rows(world.blr, tables.Audit) if row.action == "message-recalled"]


def test_a_message_of_which_nothing_is_left_leaves_no_empty_place(world):
    world.permits(2)
    unreachable(world)
    push(world.blr, "KAZ/GATE")
    lodge(world, 1)
    lodge(world, 2)
    later = world.permits(1)
    reachable(world)
    assert deliver_due(world.blr) == 1
    assert world.held(world.kaz) == later
    (message,) = world.rows(world.kaz, tables.Journal)
    assert message.sequence == 1


def test_what_the_partner_may_already_have_is_sent_again_as_it_was(world, host):
    host.answer = lambda _raw: None
    sent = world.permits(1)
    push(world.blr, "KAZ/GATE")
    lodge(world, 1)
    host.answer = host.passing
    world.clock.advance(hours=1)
    assert deliver_due(world.blr) == 1
    assert world.held(world.kaz) == sent
    assert host.seen[0] == host.seen[-1]


def test_what_stands_behind_a_message_that_was_tried_is_still_taken_back(world, host):
    sent = world.permits(5)
    host.answer = lambda _raw: None
    push(world.blr, "KAZ/GATE")
    lodge(world, 4)
    host.answer = host.passing
    world.clock.advance(minutes=1)
    drain(world)
    assert world.held(world.kaz) == [name for name in sent if name != number_id(4)]
    assert [row.sequence for row in world.rows(world.kaz, tables.Journal)] == [1, 2]


@pytest.mark.parametrize("protected", [True, False])
def test_what_waited_for_long_is_dated_anew_whether_something_was_taken_back_or_not(world, protected):
    world.permits(2)
    world.clock.advance(minutes=1)
    unreachable(world)
    push(world.blr, "KAZ/GATE")
    if protected:
        lodge(world, 2)
    world.clock.advance(hours=2)
    reachable(world)
    drain(world)
    (message,) = world.rows(world.kaz, tables.Journal)
    created = parse(message.raw, limit=100_000).findtext(f"{{{NS}}}Header/{{{NS}}}Created")
    assert created is not None
    assert created.startswith("2026-03-02T11:02")
    assert message.stored == (1 if protected else 2)


def test_a_message_taken_back_is_not_tried_longer_than_another(world):
    world.permits(1)
    unreachable(world)
    push(world.blr, "KAZ/GATE")
    for _ in range(2):
        world.clock.advance(hours=1)
        deliver_due(world.blr)
    (row,) = world.rows(world.blr, tables.Outbox)
    assert (row.state, row.attempts) == ("dead", 3)


def test_an_answer_does_not_give_what_still_waits_in_the_outbox(world):
    """A position alone is no disclosure: before anything has left, a protection hides it from questions too."""
    world.permits(2)
    unreachable(world)
    push(world.blr, "KAZ/GATE")
    lodge(world, 1)
    reachable(world)
    queries = [body.write_query(replace(described(world, number).person, ref="")) for number in (1, 2)]
    answers = [ask(world, Kind.PERSON_QUERY, query).content for query in queries]
    assert number_id(1).encode() not in answers[0]
    assert number_id(2).encode() in answers[1]
    drain(world)
    assert world.held(world.kaz) == [number_id(2)]


def test_what_a_pull_has_handed_over_is_not_taken_back(world):
    sent = world.permits(2)
    unreachable(world)
    push(world.blr, "KAZ/GATE")
    reachable(world)
    answer = ask(world, Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 1)))
    assert sent[0].encode() in answer.content
    lodge(world, 1)
    lodge(world, 2)
    drain(world)
    assert world.held(world.kaz) == sent[:1], "the first was had already, the second never left"
    assert [row.position for row in world.rows(world.blr, tables.Disclosure)] == [1]


def test_a_pull_does_not_hand_over_what_became_forbidden_while_it_waited(either_world):
    world = either_world
    world.permits(4)
    unreachable(world)
    push(world.blr, "KAZ/GATE")
    lodge(world, 2)
    reachable(world)
    first = ask(world, Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 2))).content
    second = ask(world, Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(2, 2))).content
    assert number_id(2).encode() not in first + second
    assert all(number_id(number).encode() in first + second for number in (1, 3, 4))
    assert [f"<Position>{place}</Position>".encode() in first + second for place in (1, 2, 3, 4)] == [True] * 3 + [
        False
    ]
    push(world.blr, "KAZ/GATE")
    assert world.held(world.kaz) == [number_id(number) for number in (1, 3, 4)]
    assert [row.sequence for row in world.rows(world.kaz, tables.Journal)] == [1, 2]
