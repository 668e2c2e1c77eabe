"""What an administrator should look at, and how urgent it is: the console's judgement, apart from its looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from gateway.web.console.jobs import JobLine
from gateway.web.console.overview import KeyLine, Overview, PartnerLine

Level = Literal["good", "idle", "notice", "warn", "bad"]
"""From nothing to do to something to do at once; `idle` is what cannot be judged."""

SILENCE = timedelta(hours=24)
"""A partner without trouble that has not been heard for longer is worth a look."""
WARNINGS: tuple[tuple[int, Level, str], ...] = (
    (0, "bad", "expired"),
    (1, "bad", "last_day"),
    (7, "bad", "week"),
    (14, "warn", "fortnight"),
    (30, "warn", "month"),
    (60, "notice", "two_months"),
)
"""Days left below or at which a key is spoken of, the most urgent first."""
OVERDUE = timedelta(hours=1)
"""A message that has waited longer in the outbox is worth a look."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How something stands: its level and the key of the words for it."""

    level: Level
    key: str


@dataclass(frozen=True, slots=True)
class Concern:
    """One line of the list at the top of the page."""

    level: Level
    key: str
    section: str
    """Id of the section that says more."""
    values: dict[str, Any]


def answers(partner: PartnerLine, now: datetime) -> Judgement:
    """Whether a partner answers."""
    if partner.private:
        return Judgement("idle", "answers.private")
    if partner.status != "active":
        return Judgement("idle", "answers.not_active")
    if partner.trouble:
        return Judgement("bad", "answers.no")
    if partner.seen is None:
        return Judgement("idle", "answers.not_yet")
    if now - partner.seen > SILENCE and partner.kind != "agency":
        return Judgement("notice", "answers.silent")
    return Judgement("good", "answers.yes")


def expiry(key: KeyLine) -> Judgement:
    """How near a key is to its end; what is on its way out needs no warning."""
    if key.status in {"retiring", "revoked"}:
        return Judgement("idle", f"expiry.{key.status}")
    for days, level, name in WARNINGS:
        # `left` counts whole days, so a key with some hours left has 0 and one that expired has less.
        if key.left < 0 or (days > 0 and key.left <= days):
            return Judgement(level, f"expiry.{name}")
    return Judgement("good", "expiry.fine")


def run(job: JobLine) -> Judgement:
    """How a job stands."""
    if job.state in {"failed", "died"}:
        return Judgement("bad", f"run.{job.state}")
    if job.late:
        return Judgement("warn", "run.late")
    if job.state == "never":
        return Judgement("idle", "run.never")
    return Judgement("good", f"run.{job.state}")


def concerns(overview: Overview) -> tuple[Concern, ...]:
    """Everything that needs somebody, the most urgent first; empty when the node is in order."""
    order = ("bad", "warn", "notice")
    return tuple(sorted(_concerns(overview), key=lambda concern: order.index(concern.level)))


def _concerns(overview: Overview) -> Iterator[Concern]:
    now = overview.now
    for alarm in overview.alarms:
        yield Concern("bad", "concern.alarm", "concerns", {"alarm": alarm.code, "subject": alarm.subject})
    for partner in overview.partners:
        judged = answers(partner, now)
        if judged.level in {"bad", "notice"}:
            yield Concern(judged.level, f"concern.{judged.key}", "partners", {"partner": partner.id})
    for key in overview.keys:
        judged = expiry(key)
        if judged.level not in {"good", "idle"}:
            whose = "own" if key.own else "partner"
            what = "expired" if key.left < 0 else "expires"
            values = {"party": key.party, "n": max(0, key.left)}
            yield Concern(judged.level, f"concern.key.{whose}.{what}", "keys", values)
    if overview.dead_letters:
        yield Concern("bad", "concern.dead", "backlog", {"n": overview.dead_letters})
    oldest = min((queue.oldest for queue in overview.queues if queue.oldest), default=now)
    if now - oldest > OVERDUE:
        yield Concern("warn", "concern.waiting", "backlog", {"span": now - oldest})
    yield from _about_the_schedule(overview, now)


def _about_the_schedule(overview: Overview, now: datetime) -> Iterator[Concern]:
    if overview.jobs and (overview.leader is None or overview.leader.until < now):
        yield Concern("bad", "concern.no_leader", "schedule", {})
    for job in overview.jobs:
        judged = run(job)
        if judged.level in {"bad", "warn"}:
            yield Concern(judged.level, f"concern.{judged.key}", "schedule", {"job": job.name})
