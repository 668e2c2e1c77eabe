"""Pull: what a partner has for us is kept together with how far we have come."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest

from gateway.errors import NotPermitted, Replayed, SchemaInvalid, SignatureInvalid, Unavailable
from gateway.message import body
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.signature import sign
from gateway.store import tables
from gateway.sync import pull as pulling
from gateway.sync import reconcile
from gateway.sync.pull import pull

SERVED = ("BLR",)
XML = "application/xml"


@pytest.fixture
def between(world, make_host):
    """A host that KAZ believes to be BLR."""
    host = make_host(world.urls["BLR"])
    world.partner(world.kaz, "BLR/GATE", endpoint=host.url)
    return host


def bookmark(world):
    rows = world.rows(world.kaz, tables.Bookmark)
    return rows[0].value if rows else ""


@pytest.mark.parametrize("channel", ["rest", "soap"])
def test_everything_new_is_pulled_page_by_page_and_nothing_twice(world, channel):
    world.partner(world.kaz, "BLR/GATE", channel=channel)
    sent = world.permits(5)
    assert pull(world.kaz, "BLR/GATE") == 5
    assert (world.held(world.kaz), bookmark(world)) == (sent, "5")
    assert pull(world.kaz, "BLR/GATE") == 0
    more = world.permits(1)
    assert pull(world.kaz, "BLR/GATE") == 1
    assert world.held(world.kaz) == sent + more
    with world.blr.database.read() as ours, world.kaz.database.read() as theirs:
        out, came = reconcile.books(ours, "KAZ/GATE"), reconcile.books(theirs, "BLR/GATE")
    assert (out.given, out.balanced, came.received, came.in_stored, came.balanced) == (6, True, 6, 6, True)


def test_an_interrupted_pull_goes_on_where_it_was_and_repeats_nothing(world, between):
    sent = world.permits(5)
    pages = iter([True, False])
    between.answer = lambda raw: between.passing(raw) if next(pages) else None
    with pytest.raises(Unavailable):
        pull(world.kaz, "BLR/GATE")
    assert (world.held(world.kaz), bookmark(world)) == (sent[:2], "2")
    between.answer = between.passing
    assert pull(world.kaz, "BLR/GATE") == 3
    assert world.held(world.kaz) == sent
    assert [row.unchanged for row in world.rows(world.kaz, tables.Journal)] == [0, 0, 0]


def test_two_pullers_at_once_keep_each_change_once(world):
    sent = world.permits(8)
    crowd = [threading.Thread(target=pull, args=[world.kaz, "BLR/GATE"]) for _ in range(3)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    pull(world.kaz, "BLR/GATE")
    assert (sorted(world.held(world.kaz)), bookmark(world)) == (sorted(sent), "8")
    assert sum(row.unchanged for row in world.rows(world.kaz, tables.Journal)) == 0


def change_batch(world, raw, content, **header):
    """An answer of BLR with any content, to this very request."""
    now = world.clock()

    def said(start, end):
        begin = raw.index(start) + len(start)
        return raw[begin : raw.index(end, begin)].decode()

    values = {
        "message_id": str(uuid.uuid4()),
        "conversation_id": "",
        "in_reply_to": said(b"<MessageId>", b"</MessageId>"),
        "request_digest": said(b"DigestValue>", b"</"),
        "kind": Kind.CHANGE_BATCH,
        "sender": Party("BLR", "GATE"),
        "receiver": Party("KAZ", "GATE"),
        "created": now,
        "expires": now + timedelta(hours=1),
        "purpose": "STAY_CONTROL",
        "agreement": "test",
    } | header
    values["conversation_id"] = values["in_reply_to"]
    return 200, XML, sign(write_message(Header(**values), content), world.blr.keyring.signer(), now)


_RECORD = uuid.UUID(int=1 << 64 | 4 << 76, version=4)
GONE = f"<Withdraw><RecordId>{_RECORD}</RecordId><Version>2</Version><Reason>RECTIFIED</Reason></Withdraw>"


@pytest.mark.parametrize(
    "content",
    [
        body.write_change_batch(7, 7, False, []),
        body.write_change_batch(0, 1, False, []),
        body.write_change_batch(0, 2, True, [(2, GONE), (1, GONE)]),
        body.write_change_batch(0, 9, True, [(1, GONE)]),
        body.write_change_batch(0, 1, True, [(1, "<Withdraw></Withdraw>")]),
        body.write_change_batch(0, 1, True, [(1, "<Surprise></Surprise>")]),
        "<ChangeBatch></ChangeBatch>",
    ],
)
def test_changes_that_are_broken_or_from_another_position_are_refused_and_move_nothing(world, between, content):
    between.answer = lambda raw: change_batch(world, raw, content)
    with pytest.raises(SchemaInvalid):
        pull(world.kaz, "BLR/GATE")
    assert bookmark(world) == ""
    assert world.rows(world.kaz, tables.Record) == []


def test_a_partner_that_declines_and_one_that_answers_something_else_are_told_apart(world, between):
    world.partner(world.blr, "KAZ/GATE", status="suspended")
    with pytest.raises(NotPermitted) as told:
        pull(world.kaz, "BLR/GATE")
    assert told.value.reason == "unknown-partner"
    between.answer = lambda raw: change_batch(world, raw, "<Ping></Ping>", in_reply_to=str(uuid.uuid4()))
    with pytest.raises(SignatureInvalid):
        pull(world.kaz, "BLR/GATE")


def test_an_empty_pull_writes_that_the_partner_answers_again_and_otherwise_nothing(world):
    world.partner(world.kaz, "BLR/GATE", trouble="unavailable")
    assert pull(world.kaz, "BLR/GATE") == 0
    partner = world.rows(world.kaz, tables.Partner)[0]
    assert (partner.trouble, partner.seen) == ("", world.clock())
    world.clock.advance(seconds=10)
    pull(world.kaz, "BLR/GATE")
    assert world.rows(world.kaz, tables.Partner)[0].seen == partner.seen


def test_a_pull_that_is_told_to_stop_ends_after_its_page(world):
    sent = world.permits(6)
    assert pulling.pull(world.kaz, "BLR/GATE", stopping=lambda: True) == 2
    assert world.held(world.kaz) == sent[:2]


@pytest.mark.parametrize("content", ["<Receipt></Receipt>", "<Nothing></Nothing>", ""])
def test_a_receipt_that_is_none_is_refused_like_any_other_answer(world, between, content):
    between.answer = lambda raw: change_batch(world, raw, content, kind=Kind.RECEIPT)
    with pytest.raises(SchemaInvalid):
        pull(world.kaz, "BLR/GATE")


def test_an_answer_under_the_id_of_an_earlier_one_is_refused_and_moves_nothing(world, between):
    name = str(uuid.uuid4())
    pages = iter([(0, 1), (1, 2)])

    def answer(raw):
        after, last = next(pages)
        return change_batch(world, raw, body.write_change_batch(after, last, True, [(last, GONE)]), message_id=name)

    between.answer = answer
    with pytest.raises(Replayed):
        pull(world.kaz, "BLR/GATE")
    assert bookmark(world) == "1"
    assert len(world.rows(world.kaz, tables.Journal)) == 1
