"""One run of a scheduled job: what it does, and how it is written down.

A run is noted in its own first transaction that commits, and once more when it ends. So whatever had an
effect is seen even if it dies, a run that finds nothing to do costs one write, and such runs share one line.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Final
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.exchange import expiry, refusals
from gateway.exchange.node import Node
from gateway.exchange.relink_worker import Worker
from gateway.ledger import checkpoint, log, rows
from gateway.settings import Job
from gateway.store import tables
from gateway.store.database import Database
from gateway.sync import health, reconcile
from gateway.sync.deliver import deliver_due, never
from gateway.sync.keys import refresh_keys
from gateway.sync.pull import pull
from gateway.sync.push import push
from gateway.sync.revocation import refresh_revocation
from gateway.sync.stamping import stamp_due
from gateway.sync.witness import witness_partners

_log = logging.getLogger(__name__)


class Run:
    """A job at work in this process."""

    def __init__(self, node: Node, job: Job, holder: str, stopping: Callable[[], bool] = never) -> None:
        self.job = job
        self.stopping = stopping
        """Asked between two pieces of work; True ends the run early."""
        self._row = tables.JobRun(job=job.name, holder=holder, started=node.clock(), state="running")
        self._plain = node.database
        self._noting = _Noting(node.database, self._row)
        self.node = replace(node, database=self._noting)
        """The node the job works with."""

    def carry_out(self) -> str:
        """Do the job and write down how it went; returns `done` or `failed`, and never raises."""
        try:
            outcome, state = KINDS[self.job.kind](self), "done"
        except Refusal as refusal:
            outcome, state = f"{refusal.code}: {refusal.detail}", "failed"
        except Exception:  # noqa: BLE001 - see below.
            # A bug in one job must not stop the others; it is logged with its trace and shown as failed.
            _log.exception("job %s failed", self.job.name)
            outcome, state = "internal error", "failed"
        try:
            self._finish(state, outcome[:200])
        except Exception as error:  # noqa: BLE001 - a database that is gone must not end whoever called us.
            _log.warning("the end of job %s could not be written down: %s", self.job.name, error)
        return state

    def write_down(self) -> None:
        """Note a run that has not noted itself: it has been at something for long."""
        if not self._noting.noted:
            with self._noting.begin():
                pass

    def _finish(self, state: str, outcome: str) -> None:
        with self._noting.lock, self._plain.begin() as session:
            row = self._row.id if self._noting.noted else self._place(session, state, outcome)
            session.execute(
                update(tables.JobRun)
                .where(tables.JobRun.id == row)
                .values(started=self._row.started, finished=self.node.clock(), state=state, outcome=outcome)
            )
            if state == "failed" and self.job.partner:
                health.failed(session, self.job.partner, outcome.partition(":")[0])
            self._noting.noted = True

    def _place(self, session: Session, state: str, outcome: str) -> int:
        """The line of a run that found nothing to do: that of an equal run before it, or a new one."""
        run = tables.JobRun
        before = session.execute(
            select(run.id, run.state, run.outcome, run.holder)
            .where(run.job == self.job.name)
            .order_by(run.started.desc(), run.id.desc())
            .limit(1)
        ).first()
        if before is not None and tuple(before[1:]) == ("done", outcome, self._row.holder) and state == "done":
            return int(before.id)
        return _add(session, self._row)


class _Noting(Database):
    """The database as one run sees it: the first transaction that commits also says that the run is under way."""

    def __init__(self, database: Database, row: tables.JobRun) -> None:
        # It is the same database: its connections, above all, are shared.
        vars(self).update(vars(database))
        self._row = row
        self.noted = False
        self.lock = threading.Lock()
        """Held by whoever notes the run."""

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A unit of work, as ever."""
        # One thread of the run notes it; the others need not wait for that one's transaction.
        noting = not self.noted and self.lock.acquire(blocking=False)
        try:
            with super().begin() as session:
                if noting and not self.noted:
                    _add(session, self._row)
                yield session
            self.noted = self.noted or noting
        finally:
            if noting:
                self.lock.release()


def _add(session: Session, row: tables.JobRun) -> int:
    """Insert the run's line as a fresh row each time: a transaction that was undone has left none."""
    fresh = tables.JobRun(job=row.job, holder=row.holder, started=row.started, state=row.state)
    session.add(fresh)
    session.flush()
    row.id = fresh.id
    return fresh.id


def _pull(run: Run) -> str:
    return f"{pull(run.node, run.job.partner, stopping=run.stopping)} records"


def _push(run: Run) -> str:
    return f"{push(run.node, run.job.partner, stopping=run.stopping)} records"


def _deliver(run: Run) -> str:
    return f"{deliver_due(run.node, partner=run.job.partner, stopping=run.stopping)} messages"


def _keys(run: Run) -> str:
    return f"{refresh_keys(run.node, run.job.partner)} keys changed"


def _checkpoint(run: Run) -> str:
    node = run.node
    # What was refused unproved is in the tree before it is signed.
    refusals.seal(node.database)
    rows.anchor(node.database, node.settings.node)
    sizes = {name: _signed(node, name) for name in ("exchange", "audit")}
    return f"size {sizes['exchange']}"


def _signed(node: Node, name: str) -> int:
    """Sign a tree that has grown since it was last signed. The audit tree's checkpoints stay here (ADR 0005)."""
    tree: log.Log = "audit" if name == "audit" else "exchange"
    with node.database.read() as session:
        last = checkpoint.latest(session, node.settings.node, tree)
        if last is not None and last.size == log.size(session, tree):
            return last.size
    with node.database.begin() as session:
        signer = node.keyring.signer(session)
        return checkpoint.issue(session, party=node.settings.node, log=tree, signer=signer, now=node.clock()).size


def _witness(run: Run) -> str:
    return witness_partners(run.node, run.job.partner, stopping=run.stopping)


def _reconcile(run: Run) -> str:
    with run.node.database.read() as session:
        names = [run.job.partner] if run.job.partner else list(session.scalars(select(tables.Partner.id)))
        off = [name for name in names if not reconcile.books(session, name).balanced]
    return f"off: {', '.join(off)}" if off else "balanced"


def _retention(run: Run) -> str:
    done = asdict(expiry.run(run.node, stopping=run.stopping))
    return ", ".join(f"{count} {name}" for name, count in done.items() if count) or "nothing due"


def _revocation(run: Run) -> str:
    done = refresh_revocation(run.node, run.job.partner, stopping=run.stopping)
    return f"{done.asked} asked, {done.failed} failed, {done.revoked} revoked"


def _stamps(run: Run) -> str:
    done = stamp_due(run.node, stopping=run.stopping)
    return f"{done.entered} new, {done.stamped} stamped, {done.failed} failed"


def _relink(run: Run) -> str:
    worker = Worker(run.node, f"{run.job.name} {uuid4().hex[:8]}", stopping=run.stopping)
    return worker.carry_on() or "nothing to do"


KINDS: Final[dict[str, Callable[[Run], str]]] = {
    "pull": _pull,
    "push": _push,
    "deliver": _deliver,
    "keys": _keys,
    "checkpoint": _checkpoint,
    "witness": _witness,
    "reconcile": _reconcile,
    "retention": _retention,
    "revocation": _revocation,
    "stamps": _stamps,
    "relink": _relink,
}
"""What each kind of job does; each returns one line for the list of runs."""
