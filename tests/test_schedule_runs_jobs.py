"""Jobs are run by the leader, written down honestly, and no job brings the scheduler or another job down."""

from __future__ import annotations

import shutil
import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from gateway import schedule
from gateway.errors import Unavailable
from gateway.founding import make_node, open_node, starting_settings
from gateway.schedule import Schedule, run_job
from gateway.settings import Job, load
from gateway.store import tables
from gateway.sync import runs

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATIENCE = 20.0
"""Seconds a test waits for something that takes milliseconds on an idle machine."""
CHECK = Job(name="check", kind="checkpoint", every=0.05)
DELIVER = Job(name="deliver", kind="deliver", every=0.05)


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    place = tmp_path_factory.mktemp("founded") / "blr"
    text = starting_settings(state="BLR", agency="GATE", host="127.0.0.1", port=8001)
    make_node(place, text, algorithm="ed25519", now=START)
    return place


@pytest.fixture
def open_with(founded, tmp_path, clock):
    """Opens the node with certain jobs."""
    opened = []

    def make(*jobs, lease=0.3):
        place = tmp_path / f"node-{len(opened)}"
        shutil.copytree(founded, place)
        settings = load(place / "gateway.toml").model_copy(update={"jobs": jobs, "lease": lease})
        opened.append(open_node(settings, clock))
        return opened[-1]

    yield make
    for node in opened:
        node.database.close()


def listed(node):
    with node.database.read() as session:
        return list(session.scalars(select(tables.JobRun).order_by(tables.JobRun.id)))


def eventually(holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def commits():
    """Counts the transactions that a database commits."""

    def count(database):
        seen = []
        event.listen(database.engine, "commit", seen.append)
        return seen

    return count


def test_a_job_with_nothing_to_do_costs_one_write_and_shares_a_line(open_with, clock, commits):
    node = open_with()
    written = commits(node.database)
    for _ in range(3):
        assert run_job(node, DELIVER, "me") == "done"
        clock.advance(seconds=5)
    assert len(written) == 3
    (run,) = listed(node)
    assert (run.state, run.outcome) == ("done", "0 messages")
    assert (run.started - START).total_seconds() == 10


def test_a_job_that_does_something_is_seen_while_it_works_and_has_a_line_of_its_own(open_with, commits, monkeypatch):
    node = open_with()
    states = []

    def work(run):
        with run.node.database.begin() as session:
            session.add(tables.Bookmark(name="x", value="1", updated=START))
        states.extend(each.state for each in listed(node))
        with run.node.database.begin() as session:
            session.add(tables.Bookmark(name="y", value="1", updated=START))
        return "2 bookmarks"

    written = commits(node.database)
    monkeypatch.setitem(runs.KINDS, "checkpoint", work)
    assert run_job(node, CHECK, "me") == "done"
    assert states == ["running"]
    assert len(written) == 3, "two of the job, one of its end"
    (run,) = listed(node)
    assert (run.state, run.outcome) == ("done", "2 bookmarks")


def test_a_run_whose_first_work_is_undone_is_noted_with_its_next(open_with, monkeypatch):
    node = open_with()

    def work(run):
        with pytest.raises(Unavailable), run.node.database.begin():
            raise Unavailable
        assert listed(node) == []
        with run.node.database.begin():
            pass
        assert [each.state for each in listed(node)] == ["running"]
        return "done"

    monkeypatch.setitem(runs.KINDS, "checkpoint", work)
    assert run_job(node, CHECK, "me") == "done"
    assert [each.state for each in listed(node)] == ["done"]


def test_a_refusal_and_a_bug_are_written_down_and_never_raised(open_with, monkeypatch, caplog):
    node = open_with()

    def refused(_run):
        raise Unavailable("The partner does not answer.")

    def broken(_run):
        raise ZeroDivisionError

    monkeypatch.setitem(runs.KINDS, "checkpoint", refused)
    assert run_job(node, CHECK, "me") == "failed"
    monkeypatch.setitem(runs.KINDS, "checkpoint", broken)
    assert run_job(node, CHECK, "me") == "failed"
    assert [run.outcome for run in listed(node)] == ["unavailable: The partner does not answer.", "internal error"]
    assert "ZeroDivisionError" in caplog.text


def test_a_checkpoint_is_signed_only_where_the_log_has_grown(open_with, clock, commits):
    node = open_with()
    assert run_job(node, CHECK, "me") == "done"
    clock.advance(seconds=60)
    written = commits(node.database)
    assert run_job(node, CHECK, "me") == "done"
    assert len(written) == 1


def test_a_failing_job_stops_neither_the_others_nor_the_scheduler(open_with, monkeypatch):
    broken = Job(name="broken", kind="reconcile", every=0.05)
    node = open_with(broken, DELIVER)
    count = []

    def fail(_run):
        count.append(1)
        raise ZeroDivisionError

    monkeypatch.setitem(runs.KINDS, "reconcile", fail)
    plan = Schedule(node)
    plan.start()
    try:
        eventually(lambda: len(count) > 2 and any(run.job == "deliver" for run in listed(node)))
    finally:
        plan.stop()
    assert {run.state for run in listed(node) if run.job == "broken"} == {"failed"}


def test_a_job_that_hangs_holds_up_neither_the_heartbeat_nor_other_jobs(open_with, monkeypatch):
    slow = [Job(name=f"slow-{number}", kind="reconcile", every=0.05) for number in range(6)]
    node = open_with(*slow, DELIVER)
    leave = threading.Event()
    monkeypatch.setitem(runs.KINDS, "reconcile", lambda _run: str(leave.wait(PATIENCE)))
    plan = Schedule(node)
    plan.start()
    try:
        eventually(lambda: any(run.job == "deliver" for run in listed(node)))
        # A run that outlasts a heartbeat is noted, although it has written nothing itself.
        eventually(lambda: sum(run.state == "running" for run in listed(node)) == 6)
        assert plan.leading
    finally:
        leave.set()
        plan.stop()
    assert {run.state for run in listed(node)} == {"done"}


def test_stopping_gives_the_lease_back_and_waits_no_longer_than_it_must(open_with, monkeypatch, clock, caplog):
    node = open_with(CHECK, lease=30)
    entered, leave = threading.Event(), threading.Event()

    def hang(_run):
        entered.set()
        leave.wait(PATIENCE)
        return "late"

    monkeypatch.setitem(runs.KINDS, "checkpoint", hang)
    monkeypatch.setattr(schedule, "_PATIENCE", 0.2)
    plan, other = Schedule(node), Schedule(node)
    plan.start()
    assert entered.wait(PATIENCE)
    other.beat()
    assert (plan.leading, other.leading) == (True, False)
    began = time.monotonic()
    plan.stop()
    assert time.monotonic() - began < PATIENCE / 2
    assert "stopped in the middle of check" in caplog.text
    other.beat()
    assert (plan.leading, other.leading) == (False, True)
    leave.set()
    eventually(lambda: not plan._runs)


def test_who_cannot_reach_the_database_does_not_lead(open_with, tmp_path):
    node = open_with(lease=30)
    plan = Schedule(node)
    plan.beat()
    assert plan.leading
    place = node.settings.directory
    node.database.close()
    place.rename(tmp_path / "gone")
    plan.beat()
    assert not plan.leading
    (tmp_path / "gone").rename(place)
    plan.beat()
    assert plan.leading


def test_two_processes_share_the_jobs_by_leading_in_turn(open_with, clock):
    node = open_with(lease=30)
    first, second = Schedule(node), Schedule(node)
    first.beat()
    second.beat()
    assert (first.leading, second.leading) == (True, False)
    clock.advance(seconds=31)
    second.beat()
    assert second.leading
    first.beat()
    assert not first.leading
