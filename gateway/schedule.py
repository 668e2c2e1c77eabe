"""Which job runs when, and who leads.

APScheduler keeps the time; a lease in the database says which of several processes acts on it. A leader
that dies loses the lease within seconds and another takes over; a run it left behind is seen, marked as
died, and the job runs again.
"""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.exchange.node import Node
from gateway.ledger import checkpoint
from gateway.settings import Job
from gateway.store import tables
from gateway.sync import reconcile
from gateway.sync.deliver import deliver_due
from gateway.sync.pull import pull
from gateway.sync.push import push

_LEASE = "scheduler"
_log = logging.getLogger(__name__)


class Schedule:
    """The scheduled jobs of one process; only the leader of all processes on a database runs them."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.holder = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        """Who we are among the processes that share the database."""
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(4)},
            # A run that is late runs once, and a job never overlaps itself.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._leading = False

    def start(self) -> None:
        """Begin to compete for the lease, and to run jobs while we hold it."""
        beat = self._node.settings.lease / 3
        self._scheduler.add_job(self._beat, "interval", seconds=beat, id="lease")
        for job in self._node.settings.jobs:
            self._scheduler.add_job(self._run, "interval", args=[job], seconds=job.every, id=job.name)
        self._beat()
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what runs, and let another lead."""
        self._scheduler.shutdown(wait=True)
        with self._node.database.begin() as session:
            session.execute(
                update(tables.Lease)
                .where(tables.Lease.name == _LEASE, tables.Lease.holder == self.holder)
                .values(until=self._node.clock())
            )

    def _beat(self) -> None:
        try:
            with self._node.database.begin() as session:
                leading = hold_lease(session, self.holder, self._node.settings.lease, self._node.clock())
                if leading and not self._leading:
                    bury_dead_runs(session, self.holder, self._node.clock())
        except (Refusal, IntegrityError) as error:
            # A database that does not answer must not end the heartbeat: without it we never lead again.
            _log.warning("the lease could not be renewed: %s", error)
            leading = False
        self._leading = leading

    def _run(self, job: Job) -> None:
        if self._leading:
            run_job(self._node, job, self.holder)


def hold_lease(session: Session, holder: str, seconds: float, now: datetime) -> bool:
    """Take or renew the lease by compare-and-set; False while somebody else holds it."""
    until = now + timedelta(seconds=seconds)
    taken = session.execute(
        update(tables.Lease)
        .where(tables.Lease.name == _LEASE, or_(tables.Lease.holder == holder, tables.Lease.until <= now))
        .values(holder=holder, until=until)
        .returning(tables.Lease.holder)
    ).first()
    if taken is not None:
        return True
    if session.get(tables.Lease, _LEASE) is not None:
        return False
    session.add(tables.Lease(name=_LEASE, holder=holder, until=until))
    session.flush()
    return True


def bury_dead_runs(session: Session, holder: str, now: datetime) -> int:
    """Mark the runs of a former leader as died; return how many. Their jobs run again in their turn."""
    died = session.execute(
        update(tables.JobRun)
        .where(tables.JobRun.state == "running", tables.JobRun.holder != holder)
        .values(state="died", finished=now, outcome="the process that ran it is gone")
        .returning(tables.JobRun.id)
    ).all()
    return len(died)


def run_job(node: Node, job: Job, holder: str) -> str:
    """Run one job and write down how it went; returns `done` or `failed`, and never raises."""
    with node.database.begin() as session:
        row = tables.JobRun(job=job.name, holder=holder, started=node.clock(), state="running")
        session.add(row)
        session.flush()
        run_id = row.id
    try:
        outcome, state = KINDS[job.kind](node, job), "done"
    except Refusal as refusal:
        outcome, state = f"{refusal.code}: {refusal.detail}", "failed"
    except Exception:  # noqa: BLE001 - see below.
        # A bug in one job must not stop the others; it is logged with its trace and shown as failed.
        _log.exception("job %s failed", job.name)
        outcome, state = "internal error", "failed"
    with node.database.begin() as session:
        session.execute(
            update(tables.JobRun)
            .where(tables.JobRun.id == run_id)
            .values(state=state, finished=node.clock(), outcome=outcome[:200])
        )
        if state == "failed" and job.partner:
            session.execute(
                update(tables.Partner).where(tables.Partner.id == job.partner).values(trouble=outcome.split(":")[0])
            )
    return state


def _pull(node: Node, job: Job) -> str:
    return f"{pull(node, job.partner)} records"


def _push(node: Node, job: Job) -> str:
    return f"{push(node, job.partner)} records"


def _deliver(node: Node, job: Job) -> str:
    return f"{deliver_due(node, partner=job.partner)} messages"


def _checkpoint(node: Node, _job: Job) -> str:
    with node.database.begin() as session:
        point = checkpoint.issue(
            session, party=node.settings.node, log="exchange", signer=node.keyring.signer(session), now=node.clock()
        )
    return f"size {point.size}"


def _reconcile(node: Node, job: Job) -> str:
    with node.database.read() as session:
        names = [job.partner] if job.partner else list(session.scalars(select(tables.Partner.id)))
        off = [name for name in names if not reconcile.books(session, name).balanced]
    return f"off: {', '.join(off)}" if off else "balanced"


KINDS: dict[str, Callable[[Node, Job], str]] = {
    "pull": _pull,
    "push": _push,
    "deliver": _deliver,
    "checkpoint": _checkpoint,
    "reconcile": _reconcile,
}
"""What each kind of job does; each returns one line for the list of runs."""
