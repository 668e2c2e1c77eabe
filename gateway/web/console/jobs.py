"""The scheduled jobs with their last runs. A run's outcome is not read: it may count records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.settings import Job
from gateway.store.tables import JobRun

LATE = 3
"""A job is late when it has not begun for this many of its periods ..."""
PATIENCE = timedelta(minutes=1)
"""... and for at least this long: jobs of a few seconds may be delayed by one long run."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job of the settings and how its last run went."""

    name: str
    kind: str
    partner: str
    every: timedelta
    state: str
    """State of the last run, or `never`."""
    started: datetime | None
    took: timedelta | None
    """None while it runs, and for a run that died."""
    failures: int
    """Runs of the last 24 hours that failed or died."""
    late: bool


def read_jobs(session: Session, jobs: Sequence[Job], now: datetime) -> tuple[JobLine, ...]:
    """The jobs in the order of the settings."""
    return tuple(_line(session, job, now) for job in jobs)


def _line(session: Session, job: Job, now: datetime) -> JobLine:
    # One query a job finds its newest run at the end of the index; grouping would read every run there was.
    last = session.execute(
        select(JobRun.state, JobRun.started, JobRun.finished)
        .where(JobRun.job == job.name)
        .order_by(JobRun.started.desc(), JobRun.id.desc())
        .limit(1)
    ).first()
    failures = session.scalar(
        select(func.count()).where(
            JobRun.job == job.name,
            JobRun.started >= now - timedelta(hours=24),
            JobRun.state.in_(("failed", "died")),
        )
    )
    every = timedelta(seconds=job.every)
    return JobLine(
        name=job.name,
        kind=job.kind,
        partner=job.partner,
        every=every,
        state=last.state if last else "never",
        started=last.started if last else None,
        took=last.finished - last.started if last and last.finished else None,
        failures=failures or 0,
        late=last is not None and now - last.started > max(LATE * every, PATIENCE),
    )
