"""Once an agreement has ended nothing passes under it: not what is new, not what waits, and not what comes in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from gateway.exchange import administration, heldrows, send
from gateway.message import body
from gateway.message.envelope import body_of
from gateway.message.parse import parse
from gateway.store import tables
from gateway.sync.deliver import deliver_due
from gateway.sync.push import push
from gateway.trust import approvals


def end(world: Any, node: Any, name: str) -> None:
    now = world.clock()
    with node.database.begin() as session:
        asked = administration.propose_end(
            session, node.settings, name, None, actor="anna", reason="denounced", now=now
        )
        acts = administration.acts(node)
        approvals.approve(session, asked.approval, actor="boris", reason="read", now=now, acts=acts)


def test_nothing_new_is_disclosed(world) -> None:
    before = world.permits(2)
    push(world.blr, "KAZ/GATE")
    end(world, world.blr, "KAZ-out")
    world.permits(3)
    push(world.blr, "KAZ/GATE")
    deliver_due(world.blr)
    assert sorted(world.held(world.kaz)) == sorted(before)


def test_what_waits_untried_is_taken_back(world) -> None:
    world.permits(2)
    with world.blr.database.begin() as session:
        partner = session.get_one(tables.Partner, "KAZ/GATE")
        assert send.push_changes(session, world.blr, partner, now=world.clock()) == 2
    end(world, world.blr, "KAZ-out")
    deliver_due(world.blr)
    assert world.held(world.kaz) == []
    assert [row for row in world.rows(world.blr, tables.Outbox) if row.kind == "RecordBatch"] == []
    assert len(world.rows(world.blr, tables.Audit, tables.Audit.action == "message-recalled")) == 1


@pytest.mark.parametrize("ended", [True, False])
def test_what_comes_in_is_refused_with_a_code(world, ended) -> None:
    if ended:
        end(world, world.kaz, "BLR-in")
    sent = world.permits(2)
    push(world.blr, "KAZ/GATE")
    deliver_due(world.blr)
    (row,) = [row for row in world.rows(world.blr, tables.Outbox) if row.kind == "RecordBatch"]
    receipt = body.read_receipt(body_of(parse(row.receipt, limit=len(row.receipt))))
    said = {(each.verdict, each.code) for each in receipt.records}
    assert said == ({("REFUSED", "not-permitted")} if ended else {("STORED", "")})
    assert sorted(world.held(world.kaz)) == ([] if ended else sorted(sent))


def test_an_end_by_the_word_of_two_is_no_flaw_and_one_that_nobody_asked_for_is(world) -> None:
    end(world, world.blr, "KAZ-out")
    with world.blr.database.read() as session:
        assert list(heldrows.check(session)) == []
    world.honest = False
    with world.blr.database.engine.begin() as connection:
        connection.execute(update(tables.Agreement.__table__).values(valid_to=None))
    with world.blr.database.read() as session:
        (flaw,) = heldrows.check(session)
    assert "KAZ-out" in str(flaw)
