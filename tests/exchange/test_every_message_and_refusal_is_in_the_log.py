"""The log covers what comes in, what goes out and what is refused; a stranger cannot make it grow at will."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from gateway.errors import Refusal
from gateway.exchange import refusals
from gateway.exchange.receive import receive
from gateway.ledger import log
from gateway.ledger.log import message_entry
from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Kind
from gateway.store import tables


def contents(world: Any) -> list[str]:
    return [row.content for row in world.rows(tables.LogLeaf, tables.LogLeaf.log == "exchange")]


def stranger(world: Any, raw: bytes = b"<Message/>") -> None:
    with pytest.raises(Refusal):
        receive(world.node, raw, channel="rest")


def test_a_question_and_its_answer_are_two_leaves_whatever_was_found(world: Any) -> None:
    before = len(contents(world))
    raw = world.message(Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 10)), purpose="STAY_CONTROL")
    answer = world.read(world.receive(raw))
    asked, covered, answered = contents(world)[before:]
    assert asked.endswith(" ACCEPTED")
    assert covered.split()[:2] == [asked.split()[0], "journal"]
    entry = message_entry(answer.header.message_id, answer.digest, "ANSWER", direction="out")
    assert answered == entry.content
    (row,) = world.rows(tables.Journal)
    assert row.log_index == before


def test_a_receipt_is_the_leaf_that_it_proves_and_one_more_covers_the_row(world: Any, make: Any) -> None:
    before = len(contents(world))
    receipt = world.receipt(world.batch(make.permit(1)))
    assert receipt.log_index == before
    proved, covering = contents(world)[before:]
    assert proved == message_entry(receipt.message_id, receipt.digest, "ACCEPTED").content
    assert covering.split()[:2] == [receipt.message_id, "journal"]


def test_what_nobody_has_signed_adds_one_leaf_for_all_of_it(world: Any) -> None:
    before = contents(world)
    for number in range(40):
        stranger(world, b"<Message>%d</Message>" % number)
    assert contents(world) == before
    assert refusals.seal(world.node.database) == 40
    (leaf,) = contents(world)[len(before) :]
    assert leaf.startswith("refusals 40 ")
    assert {row.log_index for row in world.rows(tables.Journal)} == {len(before)}
    assert refusals.seal(world.node.database) == 0
    assert len(contents(world)) == len(before) + 1
    stranger(world)
    assert refusals.seal(world.node.database) == 1


def test_the_leaf_over_refusals_covers_every_one_of_them(world: Any) -> None:
    for number in range(3):
        stranger(world, b"<Message>%d</Message>" % number)
    refusals.seal(world.node.database)
    with world.node.database.read() as session:
        covered = select(*refusals.COLUMNS).where(tables.Journal.sender.is_(None)).order_by(tables.Journal.id)
        rows = session.execute(covered).all()
        said = refusals.content(session, rows)
        assert log.find(session, "exchange", refusals.SUBJECT)[-1].content == said
        assert refusals.content(session, rows[1:]) != said
        assert refusals.content(session, rows[::-1]) != said


def test_two_who_seal_at_once_seal_each_refusal_once(either_world: Any) -> None:
    for _ in range(25):
        stranger(either_world)
    counts: list[int] = []
    crowd = [
        threading.Thread(target=lambda: counts.append(refusals.seal(either_world.node.database))) for _ in range(4)
    ]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sum(counts) == 25
    leaves = [leaf for leaf in contents(either_world) if leaf.startswith("refusals ")]
    assert sum(int(leaf.split()[1]) for leaf in leaves) == 25


def test_a_replay_with_another_content_has_the_leaf_of_its_own_refusal(world: Any, make: Any) -> None:
    first = world.batch(make.permit(1), message_id="11111111-1111-4111-8111-111111111111")
    second = world.batch(make.permit(2), message_id="11111111-1111-4111-8111-111111111111")
    world.receipt(first)
    assert world.receipt(second).code == "replayed"
    assert refusals.seal(world.node.database) == 0
    verdicts = [leaf.split()[-1] for leaf in contents(world) if " in " in leaf]
    assert verdicts == ["ACCEPTED", "REFUSED"]
