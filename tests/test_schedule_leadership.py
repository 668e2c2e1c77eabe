"""One process leads; a silent one is replaced; what it left running is seen."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gateway.schedule import bury_dead_runs, hold_lease, release_lease
from gateway.store import tables


def hold(database, holder, now):
    with database.begin() as session:
        return hold_lease(session, holder, 15, now)


def test_the_first_leads_and_keeps_the_lease_by_renewing_it(database, clock):
    assert hold(database, "a", clock())
    assert not hold(database, "b", clock())
    for _ in range(5):
        assert hold(database, "a", clock.advance(seconds=5))
        assert not hold(database, "b", clock.advance(seconds=5))


def test_a_silent_leader_is_replaced_once_its_lease_is_over_and_not_before(database, clock):
    assert hold(database, "a", clock())
    assert not hold(database, "b", clock.advance(seconds=14.9))
    assert hold(database, "b", clock.advance(seconds=0.1))
    assert not hold(database, "a", clock())


def test_a_lease_that_is_given_back_is_taken_at_once(database, clock):
    hold(database, "a", clock())
    with database.begin() as session:
        release_lease(session, "b", clock())
    assert not hold(database, "b", clock()), "nobody gives back what another holds"
    with database.begin() as session:
        release_lease(session, "a", clock())
    assert hold(database, "b", clock())


def test_a_lease_of_a_clock_that_was_ahead_is_taken_at_once(database, clock):
    assert hold(database, "a", clock() + timedelta(days=365))
    with database.begin() as session:
        release_lease(session, "a", clock() + timedelta(days=365))
    assert hold(database, "b", clock())
    assert not hold(database, "a", clock())


def test_of_many_who_ask_at_once_exactly_one_leads(database, clock):
    ready, leading = threading.Barrier(6), []

    def ask(name):
        ready.wait()
        try:
            if hold(database, name, clock()):
                leading.append(name)
        except IntegrityError:
            # Somebody else's row was there first; the heartbeat asks again in its turn.
            pass

    crowd = [threading.Thread(target=ask, args=[f"process-{number}"]) for number in range(6)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert len(leading) == 1
    with database.read() as session:
        assert session.scalars(select(tables.Lease.holder)).all() == leading


def test_what_a_former_leader_left_running_is_marked_as_died(database, clock):
    before = clock() - timedelta(minutes=1)
    with database.begin() as session:
        session.add_all(
            [
                tables.JobRun(job="push", holder="dead", started=before, state="running"),
                tables.JobRun(job="pull", holder="dead", started=before, finished=before, state="done"),
                tables.JobRun(job="pull", holder="me", started=before, state="running"),
            ]
        )
    with database.begin() as session:
        assert bury_dead_runs(session, "me", clock()) == 1
    with database.read() as session:
        runs = session.scalars(select(tables.JobRun).order_by(tables.JobRun.id)).all()
    assert [run.state for run in runs] == ["died", "done", "running"]
    assert runs[0].finished == clock()
