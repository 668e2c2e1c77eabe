"""A clock that is minutes off, or a partner that was away too long: what was refused for its time is said again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.exchange.crosscheck import cross_check
from gateway.message.envelope import read_header
from gateway.message.profile import cut_signature
from gateway.store import tables
from gateway.sync import reconcile
from gateway.sync.deliver import deliver_due, revive
from gateway.sync.push import push


def set_clock(node, clock, **off: float) -> None:
    object.__setattr__(node, "clock", lambda: clock() + timedelta(**off))


def outbox(world) -> list[tuple[int | None, str, str]]:
    return [(row.sequence, row.state, row.code) for row in world.rows(world.blr, tables.Outbox)]


def trouble(world) -> str:
    (partner,) = world.rows(world.blr, tables.Partner)
    return partner.trouble


def books(world):
    with world.blr.database.read() as ours, world.kaz.database.read() as theirs:
        return reconcile.books(ours, "KAZ/GATE"), reconcile.books(theirs, "BLR/GATE")


def unsigned(raw: bytes) -> bytes:
    _, start, end = cut_signature(raw)
    return raw[:start] + raw[end:]


@pytest.mark.parametrize("minutes", [-10, 8 * 24 * 60])
def test_what_a_partner_refuses_for_its_time_reaches_it_once_the_clocks_agree(world, minutes) -> None:
    world.clock.advance(days=1)
    set_clock(world.kaz, world.clock, minutes=minutes)
    sent = world.permits(3)
    push(world.blr, "KAZ/GATE")
    assert (world.held(world.kaz), trouble(world)) == ([], "expired")
    assert outbox(world)[0] == (1, "refused", "expired")
    assert sorted(outbox(world)[1:]) == [(1, "waiting", "expired"), (2, "waiting", "")]
    assert books(world)[0].balanced
    set_clock(world.kaz, world.clock)
    for _ in range(3):
        world.clock.advance(seconds=60)
        deliver_due(world.blr)
    assert (sorted(world.held(world.kaz)), trouble(world)) == (sorted(sent), "")
    out, came = books(world)
    assert out.balanced
    assert came.balanced
    assert (out.sent, out.stored, out.refused, came.received, came.missing) == (3, 3, 0, 3, 0)
    with world.blr.database.read() as session:
        assert cross_check(session, "BLR/GATE", world.blr.search_secret) == []


def test_what_waited_longer_than_it_lives_is_said_with_times_of_its_own(world, host) -> None:
    host.answer = lambda _raw: None
    sent = world.permits(1)
    push(world.blr, "KAZ/GATE")
    (before,) = world.rows(world.blr, tables.Outbox)
    world.clock.advance(seconds=world.blr.settings.message_lifetime + 3600)
    host.answer = host.passing
    deliver_due(world.blr)
    world.clock.advance(seconds=60)
    deliver_due(world.blr)
    assert world.held(world.kaz) == sent
    old, new = world.rows(world.blr, tables.Outbox)
    assert (old.message_id, old.raw, new.state) == (before.message_id, before.raw, "delivered")
    said, first = read_header(unsigned(new.raw)), read_header(unsigned(old.raw))
    assert said.message_id == new.message_id != first.message_id
    assert (said.conversation_id, said.agreement, said.sequence) == (
        first.conversation_id, first.agreement, first.sequence,
    )  # fmt: skip
    assert said.expires - said.created == first.expires - first.created


def test_what_was_queued_while_our_clock_was_a_year_ahead_does_not_wait_for_that_year(world, host) -> None:
    set_clock(world.blr, world.clock, days=300)
    host.answer = lambda _raw: None
    sent = world.permits(1)
    push(world.blr, "KAZ/GATE")
    with world.blr.database.begin() as session:
        (row,) = session.scalars(select(tables.Outbox))
        # As a worker leaves it that died in the middle.
        row.state, row.claimed_by, row.claimed_until = "sending", "dead", world.blr.clock() + timedelta(seconds=60)
    set_clock(world.blr, world.clock)
    host.answer = host.passing
    for _ in range(2):
        world.clock.advance(seconds=60)
        deliver_due(world.blr)
    assert world.held(world.kaz) == sent


def test_a_clock_that_stays_wrong_ends_in_a_dead_letter_that_is_sent_when_it_is_right(world) -> None:
    world.clock.advance(days=1)
    set_clock(world.kaz, world.clock, minutes=-10)
    sent = world.permits(1)
    push(world.blr, "KAZ/GATE")
    for _ in range(5):
        world.clock.advance(seconds=60)
        deliver_due(world.blr)
    assert outbox(world) == [(1, "refused", "expired")] * 3 + [(1, "dead", "expired")]
    (act,) = world.rows(world.blr, tables.Audit, tables.Audit.action == "message-dead")
    assert (act.subject, act.outcome) == (world.rows(world.blr, tables.Outbox)[-1].message_id, "expired")
    assert books(world)[0].dead == 1
    set_clock(world.kaz, world.clock)
    with world.blr.database.begin() as session:
        assert revive(session, actor="anna", partner="KAZ/GATE", now=world.clock()) == 1
    deliver_due(world.blr)
    assert world.held(world.kaz) == sent
