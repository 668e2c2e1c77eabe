"""Records become tombstones on their day, people are forgotten with the last record, messages keep their digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from gateway.disclosure import retention
from gateway.exchange import expiry, send, submit
from gateway.exchange.expiry import Expired
from gateway.ledger import log
from gateway.message import body
from gateway.message.envelope import Kind
from gateway.records.record import DETAIL_OF, Category
from gateway.store import tables

LAST = date(2026, 6, 30)


def _kept_until(record: Any, day: date = LAST) -> Any:
    return replace(record, retention_until=day)


def _run(world: Any, day: date) -> Expired:
    world.clock.now = world.clock.now.replace(year=day.year, month=day.month, day=day.day)
    return expiry.run(world.node)


def test_a_record_dies_the_day_after_its_last_and_nothing_but_a_tombstone_is_left(either_world: Any, make: Any) -> None:
    world = either_world
    world.receipt(world.batch(_kept_until(make.permit(1))))
    world.receipt(world.batch(_kept_until(make.permit(1, version=2, status="SUSPENDED"))))
    (before, newest) = world.rows(tables.Record)
    assert _run(world, LAST).records == 0
    assert _run(world, date(2026, 7, 1)) == Expired(records=2, persons=1)
    rows = world.rows(tables.Record)
    assert [(row.payload, row.erasure, row.person_id) for row in rows] == [("", "RETENTION", None)] * 2
    assert [row.digest for row in rows] == [before.digest, newest.digest]
    assert all(row.erased == world.clock() and row.retention_until == LAST for row in rows)
    for table in (tables.Person, tables.PersonKey, tables.Membership):
        assert world.rows(table) == []
    assert expiry.run(world.node) == Expired()


def test_a_person_lives_as_long_as_any_record_speaks_of_them(either_world: Any, make: Any) -> None:
    world, person = either_world, make.somebody(1)
    world.submit(_kept_until(make.permit(1, person, state="BLR")), make.stay(1, person, state="BLR"))
    world.receipt(world.batch(_kept_until(make.ban(1, person), date(2026, 9, 1))))
    assert len(world.rows(tables.Link)) > 0
    assert _run(world, date(2026, 7, 1)).records == 1
    assert len(world.rows(tables.Person)) == 2, "the stay and the ban still speak of them"
    world.node.watchlist.refresh()
    assert world.node.watchlist.size == 1
    assert _run(world, date(2026, 9, 2)).persons == 1
    world.node.watchlist.refresh()
    assert world.node.watchlist.size == 0
    (entry,) = world.rows(tables.WatchlistEntry)
    assert (entry.person_id, entry.reference, entry.subject["names"]) == (None, "", [])
    assert world.rows(tables.Link) == []


def test_a_dead_record_comes_again_and_stays_dead_but_a_newer_version_lives(either_world: Any, make: Any) -> None:
    world, record = either_world, _kept_until(make.permit(1))
    world.receipt(world.batch(record))
    _run(world, date(2026, 7, 1))
    assert [each.verdict for each in world.receipt(world.batch(record)).records] == ["UNCHANGED"]
    assert world.rows(tables.Record)[0].payload == ""
    fresh = replace(record, version=2, retention_until=date(2027, 1, 1))
    assert [each.verdict for each in world.receipt(world.batch(fresh)).records] == ["STORED"]
    assert len(world.rows(tables.Person)) == 1


def test_what_died_is_told_to_nobody_and_found_by_nobody(world: Any, make: Any) -> None:
    person = make.somebody(1, "UZB")
    world.submit(_kept_until(make.permit(1, person, state="BLR")))
    _run(world, date(2026, 7, 1))
    with world.database.begin() as session:
        partner = session.get_one(tables.Partner, "KAZ/GATE")
        assert send.push_changes(session, world.node, partner, now=world.clock()) == 0
    query = body.write_query(replace(person, ref=""))
    answer = world.receive(world.message(Kind.PERSON_QUERY, query, purpose="LABOUR_REGULATION"))
    assert b"LP-1" not in answer.content


@pytest.mark.parametrize("family", ["ASYLUM_APPLICATION", "REFUGEE_STATUS", "NON_REMOVAL", "TEMPORARY_PROTECTION"])
def test_an_active_protection_never_dies_by_the_clock(either_world: Any, make: Any, family: str) -> None:
    world, person = either_world, make.somebody(1)
    world.submit(_kept_until(make.protection(Category(family), 1, person)))
    world.submit(_kept_until(make.permit(1, person, state="BLR")))
    assert _run(world, date(2040, 1, 1)).records == 1, "only the permit"
    (case,) = [row for row in world.rows(tables.Record) if row.category == family]
    assert case.payload
    (asked,) = [row for row in world.rows(tables.Review) if row.kind == "retention"]
    assert (asked.subject, asked.protected, asked.state) == (case.record_id, True, "open")
    assert len(world.rows(tables.Person, tables.Person.protected)) == 1


def test_a_description_tied_to_a_protected_person_waits_for_the_end_of_the_protection(
    either_world: Any, make: Any
) -> None:
    world, person = either_world, make.somebody(1)
    case = make.protection(Category.NON_REMOVAL, 1, replace(person, citizenships=("UZB",)))
    world.submit(case, _kept_until(make.permit(1, person, state="BLR")))
    assert _run(world, date(2026, 7, 1)) == Expired(records=1)
    assert len(world.rows(tables.Person)) == 2
    world.submit(make.ban(1, person, state="BLR"))
    world.submit(replace(case, status="LIFTED"))
    assert expiry.run(world.node).persons == 1
    assert len(world.rows(tables.Person)) == 2, "the case and the ban"


def test_bytes_of_messages_go_and_what_proves_them_stays(either_world: Any, make: Any) -> None:
    world = either_world
    raw = world.batch(make.permit(1))
    receipt = world.receive(raw).content
    query = body.write_query(replace(make.somebody(2, "UZB"), ref=""))
    world.receive(world.message(Kind.PERSON_QUERY, query, purpose="LABOUR_REGULATION"))
    world.submit(make.permit(2, make.somebody(2, "UZB"), state="BLR"))
    with world.database.begin() as session:
        partner = session.get_one(tables.Partner, "KAZ/GATE")
        send.push_changes(session, world.node, partner, now=world.clock())
        session.execute(update(tables.Outbox).values(state="delivered", delivered=world.clock()))
    digests = [(row.digest, row.log_index) for row in world.rows(tables.Journal)]
    with world.database.read() as session:
        size = log.size(session, "exchange")
    world.clock.advance(days=31)
    done = expiry.run(world.node)
    assert (done.received, done.sent) == (2, 1)
    batch, asked = world.rows(tables.Journal)
    assert (batch.raw, asked.raw, asked.receipt) == (b"", b"", None)
    assert batch.receipt == receipt
    assert [(batch.digest, batch.log_index), (asked.digest, asked.log_index)] == digests
    (sent,) = world.rows(tables.Outbox)
    assert sent.raw == b""
    assert sent.digest
    with world.database.read() as session:
        assert log.size(session, "exchange") == size
    # The same message again still gets the same receipt.
    assert world.receive(raw).content == receipt


def test_an_agreement_may_cut_short_what_came_under_it(world: Any, make: Any) -> None:
    with world.database.begin() as session:
        session.execute(update(tables.Agreement).where(tables.Agreement.id == "KAZ-in").values(retention_days=10))
    world.receipt(world.batch(make.permit(1), _kept_until(make.permit(2), date(2026, 3, 5))))
    world.submit(make.permit(3, state="BLR"))
    days = [row.retention_until for row in world.rows(tables.Record)]
    assert days[:2] == [date(2026, 3, 12), date(2026, 3, 5)]
    assert days[2] > date(2029, 1, 1)


def test_a_record_without_a_day_gets_one(world: Any, make: Any) -> None:
    world.submit(make.permit(1, state="BLR"))
    (row,) = world.rows(tables.Record)
    with world.database.begin() as session:
        session.execute(update(tables.Record).values(retention_until=None))
    expiry.run(world.node)
    assert world.rows(tables.Record)[0].retention_until == row.retention_until


def test_runs_of_jobs_are_pruned_and_those_under_way_are_not(world: Any) -> None:
    with world.database.begin() as session:
        for state in ("done", "running"):
            session.add(tables.JobRun(job="deliver", holder="x", started=world.clock(), state=state))
    world.clock.advance(days=31)
    assert expiry.run(world.node).runs == 1
    assert [row.state for row in world.rows(tables.JobRun)] == ["running"]


def test_a_withdrawn_record_leaves_no_description_and_no_entry(either_world: Any, make: Any) -> None:
    world = either_world
    world.receipt(world.batch(make.ban(1)))
    content = body.write_withdrawal([body.Withdrawal(make.ban(1).record_id, 2, "CANCELLED")])
    world.receipt(world.message(Kind.WITHDRAWAL, content))
    assert world.rows(tables.Person) == []
    assert world.rows(tables.WatchlistEntry)[0].subject["documents"] == []


def test_a_run_stops_when_it_is_told_to(world: Any, make: Any) -> None:
    world.submit(_kept_until(make.permit(1, state="BLR")))
    world.clock.advance(days=400)
    assert expiry.run(world.node, stopping=lambda: True) == Expired()


def test_every_family_has_a_period_of_fields_it_has() -> None:
    assert set(retention.PERIODS) == set(Category)
    for category, period in retention.PERIODS.items():
        assert set(period.since) <= set(DETAIL_OF[category].__dataclass_fields__), category
        assert period.source


def test_the_defaults_follow_the_table(make: Any) -> None:
    assert retention.last_day(make.ban(1)) == date(2030, 1, 1)
    assert retention.last_day(make.ban(1, status="LIFTED")) == make.start.date()
    open_end = replace(make.ban(1), detail=replace(make.ban(1).detail, ban_to=None))
    assert retention.last_day(open_end) == date(2029, 3, 2)
    assert retention.last_day(make.stay(1)) == date(2029, 12, 31)
    assert retention.last_day(make.stay(1, status="OVERSTAY")) == date(2031, 12, 31)
    endless = replace(make.stay(1), detail=replace(make.stay(1).detail, stay_to=date(9999, 12, 31)))
    assert retention.last_day(endless) == date.max
    citizen = make.protection(Category.REFUGEE_STATUS, 1, status="NATURALISED")
    assert retention.last_day(citizen) == make.start.date()


def test_a_term_that_is_over_is_visible_and_changes_no_status(make: Any) -> None:
    stay = make.stay(1)
    assert not retention.expired(stay, date(2026, 12, 31))
    assert retention.expired(stay, date(2027, 1, 1))
    assert not retention.expired(make.permit(1), date(2099, 1, 1))


def test_the_name_of_somebody_erased_is_never_anybody_elses(either_world: Any, make: Any) -> None:
    """What reviewers and the audit trail call `p-…` means one description for ever."""
    world = either_world
    world.submit(make.permit(1, state="BLR"))
    (erased,) = world.rows(tables.Person)
    with world.database.begin() as session:
        submit.retire(session, make.permit(1, state="BLR").record_id, state="BLR", now=world.clock())
    assert world.rows(tables.Person) == []
    world.submit(make.permit(2, state="BLR"))
    world.submit(make.ban(3, state="BLR"))
    assert min(person.id for person in world.rows(tables.Person)) > erased.id
