"""Which job runs when, and who leads (docs/decisions/0008-one-leader.md).

APScheduler keeps the time; a lease in the database says which of several processes acts on it. A leader
that dies loses the lease within seconds and another takes over; a run it left behind is seen, marked as
died, and the job runs again.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from apscheduler.executors import base
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from gateway.exchange.node import Node
from gateway.settings import Job
from gateway.store import tables
from gateway.sync.runs import Run

_LEASE: Final = "scheduler"
_OVERLAPPING: Final = 8
"""Runs of one `deliver` job at once: one that waits for a slow partner must not keep the others' messages back."""
_PATIENCE: Final = 5.0
"""Seconds a stop waits for what runs; what is still at it then is left as a crash would leave it."""
_log = logging.getLogger(__name__)


class Schedule:
    """The scheduled jobs of one process; only the leader of all processes on a database runs them."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.holder = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        """Who we are among the processes that share the database."""
        # APScheduler warns whenever a job is still running at its next time, which is ordinary here.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": _Daemons()},
            # A run that is late runs once.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._lead_ends = 0.0
        self._stopping = threading.Event()
        self._runs: set[Run] = set()
        self._changed = threading.Condition()

    @property
    def leading(self) -> bool:
        """Whether the lease is ours, as far as we know; a heartbeat that hangs does not make it longer."""
        return time.monotonic() < self._lead_ends

    def start(self) -> None:
        """Begin to compete for the lease, and to run jobs while we hold it."""
        every = self._node.settings.lease / 3
        self._scheduler.add_job(self.beat, "interval", seconds=every, id="heartbeat")
        self._scheduler.add_job(self._refresh, "interval", seconds=every, id="watchlist")
        for job in self._node.settings.jobs:
            together = _OVERLAPPING if job.kind == "deliver" and not job.partner else 1
            self._scheduler.add_job(
                self._run, "interval", args=[job], seconds=job.every, id=f"job {job.name}", max_instances=together
            )
        self.beat()
        self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing new, wait a little for what runs, and let another lead."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        with self._changed:
            if not self._changed.wait_for(lambda: not self._runs, _PATIENCE):
                _log.warning("stopped in the middle of %s", ", ".join(sorted(run.job.name for run in self._runs)))
        self._lead_ends = 0.0
        try:
            with self._node.database.begin() as session:
                release_lease(session, self.holder, self._node.clock())
        except Exception as error:  # noqa: BLE001 - whatever it is, the lease ends by itself, and we have to go.
            _log.warning("the lease could not be given back: %s", error)

    def beat(self) -> None:
        """Renew the lease, or take one that has ended; write down which runs outlast a beat."""
        asked = time.monotonic()
        try:
            with self._node.database.begin() as session:
                held = hold_lease(session, self.holder, self._node.settings.lease, self._node.clock())
                if held and not self.leading:
                    bury_dead_runs(session, self.holder, self._node.clock())
            for run in tuple(self._runs):
                run.write_down()
        except Exception as error:  # noqa: BLE001 - a heartbeat that ended would never let us lead again.
            _log.warning("the lease could not be renewed: %s", error)
            held = False
        self._lead_ends = asked + self._node.settings.lease if held else 0.0

    def _refresh(self) -> None:
        # Every process answers queries, so every process follows the watchlist, whoever leads.
        self._node.watchlist.refresh()

    def _run(self, job: Job) -> None:
        if not self.leading or self._stopping.is_set():
            return
        run = Run(self._node, job, self.holder, self._stopping.is_set)
        with self._changed:
            self._runs.add(run)
        try:
            run.carry_out()
        finally:
            with self._changed:
                self._runs.discard(run)
                self._changed.notify_all()


def run_job(node: Node, job: Job, holder: str) -> str:
    """Run one job now and write down how it went; returns `done` or `failed`, and never raises."""
    return Run(node, job, holder).carry_out()


def hold_lease(session: Session, holder: str, seconds: float, now: datetime) -> bool:
    """Take or renew the lease by compare-and-set; False while somebody else holds it."""
    until = now + timedelta(seconds=seconds)
    # A lease that ends later than any taken by now was written by a clock that was ahead: nobody holds it.
    over = or_(tables.Lease.until <= now, tables.Lease.until > now + timedelta(seconds=2 * seconds))
    taken = session.execute(
        update(tables.Lease)
        .where(tables.Lease.name == _LEASE, or_(tables.Lease.holder == holder, over))
        .values(holder=holder, until=until)
        .returning(tables.Lease.holder)
    ).first()
    if taken is not None:
        return True
    if session.scalar(select(tables.Lease.name).where(tables.Lease.name == _LEASE)) is not None:
        return False
    session.add(tables.Lease(name=_LEASE, holder=holder, until=until))
    session.flush()
    return True


def release_lease(session: Session, holder: str, now: datetime) -> None:
    """Give the lease back, if it is still ours, so that another need not wait for its end."""
    session.execute(
        update(tables.Lease).where(tables.Lease.name == _LEASE, tables.Lease.holder == holder).values(until=now)
    )


def bury_dead_runs(session: Session, holder: str, now: datetime) -> int:
    """Mark the runs of a former leader as died; return how many. Their jobs run again in their turn."""
    died = session.execute(
        update(tables.JobRun)
        .where(tables.JobRun.state == "running", tables.JobRun.holder != holder)
        .values(state="died", finished=now, outcome="the process that ran it is gone")
        .returning(tables.JobRun.id)
    ).all()
    return len(died)


class _Daemons(base.BaseExecutor):  # type: ignore[misc]  # APScheduler publishes no types.
    """Each run in a daemon thread of its own: no job waits for another, and no exit waits for a job."""

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        def run() -> None:
            try:
                events = base.run_job(job, job._jobstore_alias, run_times, self._logger.name)  # noqa: SLF001 - as its own executors do.
            except BaseException as error:  # noqa: BLE001 - handed to APScheduler, which logs it.
                self._run_job_error(job.id, error, error.__traceback__)
            else:
                self._run_job_success(job.id, events)

        threading.Thread(target=run, name=f"schedule {job.id}", daemon=True).start()
