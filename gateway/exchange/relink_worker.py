"""A process that carries a run of re-linking on: each step is one unit of work that says how far it came."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from gateway.audit import Action
from gateway.exchange import relinking
from gateway.exchange.node import Node
from gateway.exchange.relinking import ACT, UNFINISHED, RelinkBusy
from gateway.exchange.sight import ANYBODY, visible
from gateway.matching import yardstick
from gateway.matching.model import Wishes
from gateway.matching.relink import diff, learn, resolve, score, switch
from gateway.matching.relink.groups import Groups
from gateway.store import numbers
from gateway.store.bulk import write_rows
from gateway.store.tables import Approval, LinkModel, Record, Relink, RelinkChange, RelinkPair
from gateway.trust import approvals

HOLD: Final = timedelta(seconds=20)
"""How long a process that says nothing keeps a run from others."""
_REMATCHED: Final = 50
"""People matched anew in one unit of work."""
_SWEPT: Final = 20_000
"""Rows of a run that is over, removed in one unit of work."""
Progress = Callable[[int, int, str], None]
"""Told how far a stage has come, of how much, and which stage it is."""


class _OvertakenError(Exception):
    """The run is not where this process found it: people have ended it, or another process went on with it."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that carries a run on."""

    node: Node
    holder: str
    progress: Progress = lambda _done, _of, _stage: None
    stopping: Callable[[], bool] = lambda: False

    def carry_on(self) -> str:
        """Do what can be done without people; the state in which the run is left, empty where there never was one."""
        while not self.stopping() and self._last()[1] in UNFINISHED:
            run = self._claimed()
            if run is None:
                break
            if run.state == "ready":
                if self._asked(run) == "ready":
                    return "ready"
                continue
            stage = {"learning": self._learn, "scoring": self._score, "resolving": self._resolve,
                     "accepted": self._take_over, "switching": self._switch}[run.state]  # fmt: skip
            with suppress(_OvertakenError):
                stage(run)
        last, state = self._last()
        if state and state not in UNFINISHED:
            self._sweep(last)
        return state

    def _last(self) -> tuple[int, str]:
        """The newest run and its state. Only read: a job that finds nothing to do writes nothing."""
        with self.node.database.read() as session:
            row = session.execute(select(Relink.id, Relink.state).order_by(Relink.id.desc()).limit(1)).first()
        return (row.id, row.state) if row is not None else (0, "")

    # --- Who is at it ------------------------------------------------------------------------------------

    def _claimed(self) -> Relink | None:
        """The run under way, held for this process (RelinkBusy while another one holds it)."""
        with self.node.database.begin() as session:
            run = session.scalars(select(Relink).where(Relink.state.in_(UNFINISHED))).first()
            if run is not None:
                self._hold(session, run.id)
                session.expunge(run)
            return run

    def _hold(self, session: Session, run: int) -> None:
        now = self.node.clock()
        free = or_(Relink.holder == self.holder, Relink.held_until.is_(None), Relink.held_until <= now)
        held = update(Relink).where(Relink.id == run, free).values(holder=self.holder, held_until=now + HOLD)
        if session.execute(held.returning(Relink.id)).first() is None:
            raise RelinkBusy("Another process is at it.")

    def _found(self, session: Session, run: Relink) -> Relink:
        """The run, held, and locked until the commit; only where this process still finds it as it was.

        _OvertakenError otherwise. Whoever was silent for long, while it learned or waited for a lock, may have been
        taken for dead, and a run that has not switched may be rejected at any time.
        """
        self._hold(session, run.id)
        kept = session.get_one(Relink, run.id, populate_existing=True)
        if kept.state != run.state:
            raise _OvertakenError
        return kept

    def _release(self, session: Session, run: Relink) -> None:
        run.holder, run.held_until = "", None
        session.flush()

    # --- The stages --------------------------------------------------------------------------------------

    def _learn(self, run: Relink) -> None:
        self.progress(0, 1, "learning")
        with self.node.database.read() as session:
            wished = session.get_one(LinkModel, run.model).trained_on.get("wishes")
            content, trained_on = learn.learn(session, run.model, Wishes(**wished) if wished else None)
        with self.node.database.begin() as session:
            kept = self._found(session, run)
            model = session.get_one(LinkModel, run.model)
            model.content, model.trained_on = content, trained_on
            kept.state = "scoring"

    def _score(self, run: Relink) -> None:
        position = run.position
        # Read once: whatever is remembered of a model is remembered of this one.
        with self.node.database.read() as session:
            model = yardstick.stored(session, run.model)
        while not self.stopping():
            self.progress(position, run.upto, "scoring")
            with self.node.database.read() as session:
                measure = yardstick.measuring(model, session)
                people = score.following(session, position, run.upto)
                scored = score.score(session, people, measure) if people else []
            with self.node.database.begin() as session:
                kept = self._found(session, run)
                if kept.position != position:
                    raise _OvertakenError
                if not people:
                    kept.state, kept.position = "resolving", 0
                    return
                score.keep(session, run.id, scored)
                kept.position = position = people[-1]

    def _resolve(self, run: Relink) -> None:
        # Whatever an earlier try has written is written again, from the first person on.
        self._unsay(run)
        with self.node.database.begin() as session:
            self._found(session, run)
            session.execute(delete(RelinkChange).where(RelinkChange.relink_id == run.id))
            measure = yardstick.measuring(yardstick.stored(session, run.model), session)
            resolver = resolve.Resolver(Groups(resolve.words(session)), measure, _visible)
        position = 0
        while not self.stopping():
            self.progress(position, run.upto, "resolving")
            with self.node.database.begin() as session:
                self._found(session, run)
                people = resolve.people_behind(session, run.id, position)
                resolver.resolve(session, run.id, people)
            if not people:
                counts = {"links": resolver.links, "questions": resolver.questions, **self._compare(run, resolver)}
                with self.node.database.begin() as session:
                    self._ask(session, self._found(session, run), counts)
                return
            position = people[-1]

    def _unsay(self, run: Relink) -> None:
        """Take back the verdicts of a try that did not come to its end."""
        some = select(RelinkPair.id).where(RelinkPair.relink_id == run.id, RelinkPair.verdict != "").limit(_SWEPT)
        while not self.stopping():
            with self.node.database.begin() as session:
                self._found(session, run)
                said = session.scalars(some).all()
                if not said:
                    return
                session.execute(update(RelinkPair).where(RelinkPair.id.in_(said)).values(verdict=""))

    def _compare(self, run: Relink, resolver: resolve.Resolver) -> dict[str, Any]:
        """Write the diff beside what holds, reading one moment all the while, and count it."""
        counts = diff.Counts()
        with self.node.database.snapshot() as reading:
            for some in diff.compare(reading, resolver.groups, _visible):
                self.progress(run.upto, run.upto, "comparing")
                counts.add(some)
                with self.node.database.begin() as session:
                    self._found(session, run)
                    write_rows(session, "relink_change", diff.COLUMNS, some.rows(run.id))
        return counts.as_dict()

    def _ask(self, session: Session, run: Relink, counts: dict[str, Any]) -> None:
        """Put the diff before people."""
        now = self.node.clock()
        run.counts = counts
        run.state, run.position = "ready", 0
        # What is approved is what was seen: the digest of the approval covers the model and the figures.
        run.approval = approvals.request(
            session,
            ACT,
            f"relink {run.id}",
            {"relink": run.id, "model": run.model, "splits": counts["splits"], "merges": counts["merges"]},
            actor=run.started_by,
            reason=run.reason,
            now=now,
            needed=self.node.settings.approvals,
        ).id
        self._release(session, run)
        relinking.note(session, Action.RELINK_READY, run, "clock", now)

    def _asked(self, run: Relink) -> str:
        """Where a run stands that waited for people: over, where they said no, or nothing for too long."""
        with self.node.database.begin() as session:
            # The approval first and then the run, as whoever votes locks them.
            approval = session.get(Approval, run.approval, with_for_update=True)
            kept, now = session.get_one(Relink, run.id, with_for_update=True), self.node.clock()
            unanswered = approval is not None and approval.status == "open" and approval.expires > now
            agreed = approval is not None and approval.status == "approved"
            if kept.state == "ready" and not unanswered and not agreed:
                relinking.end(session, kept, "rejected", now)
                relinking.note(session, Action.RELINK_REJECTED, kept, "clock", now)
            self._release(session, kept)
            return kept.state

    def _take_over(self, run: Relink) -> None:
        """The new model is in force from here on; nobody keeps a record while it takes over."""
        with self.node.database.begin() as session:
            numbers.take(session, "record", 0)
            kept, now = self._found(session, run), self.node.clock()
            session.execute(update(LinkModel).where(LinkModel.state == "active").values(state="retired"))
            session.flush()
            model = session.get_one(LinkModel, run.model)
            model.state, model.activated = "active", now
            kept.state, kept.position = "switching", 0
            kept.until = session.scalar(select(func.max(Record.id))) or 0
            yardstick.forget(session)

    def _switch(self, run: Relink) -> None:
        position = run.position
        with self.node.database.read() as session:
            anew = _changed(session, run)
        while not self.stopping():
            self.progress(position, run.upto, "switching")
            with self.node.database.begin() as session:
                # In the order of all who keep records, so that no identity is computed twice at once.
                numbers.take(session, "record", 0)
                kept = self._found(session, run)
                people = score.following(session, position, run.upto)
                if not people:
                    break
                switch.replace(session, run.id, people, besides=anew, now=self.node.clock())
                kept.position = position = people[-1]
        if not self.stopping():
            self._match_anew(run, sorted(anew))

    def _match_anew(self, run: Relink, anew: list[int]) -> None:
        for start in range(0, len(anew), _REMATCHED):
            if self.stopping():
                return
            self.progress(start, len(anew), "matching anew")
            with self.node.database.begin() as session:
                numbers.take(session, "record", 0)
                self._found(session, run)
                switch.match_anew(session, anew[start : start + _REMATCHED], self.node.clock())
        with self.node.database.begin() as session:
            kept, now = self._found(session, run), self.node.clock()
            kept.counts = {**kept.counts, "matched_anew": len(_visible(session, anew))}
            relinking.end(session, kept, "done", now)
            self._release(session, kept)
            relinking.note(session, Action.RELINK_DONE, kept, "clock", now)

    def _sweep(self, run_id: int) -> None:
        """Evidence beside the links is kept no longer than it is needed."""
        some = select(RelinkPair.id).where(RelinkPair.relink_id == run_id).limit(_SWEPT)
        while not self.stopping():
            with self.node.database.read() as session:
                changes = select(RelinkChange.id).where(RelinkChange.relink_id == run_id).limit(1)
                if session.scalar(some.limit(1)) is None and session.scalar(changes) is None:
                    return
            with self.node.database.begin() as session:
                session.execute(delete(RelinkPair).where(RelinkPair.id.in_(some)))
                session.execute(delete(RelinkChange).where(RelinkChange.relink_id == run_id))


def _visible(session: Session, people: Iterable[int]) -> set[int]:
    """Those of some people who are there for every reviewer."""
    return visible(session, ANYBODY, people)


def _changed(session: Session, run: Relink) -> set[int]:
    """Whoever came, or of whom a new version of a record came, between the beginning and the switch."""
    records = select(Record.person_id).where(Record.id > run.since, Record.id <= (run.until or 0))
    return {person for person in session.scalars(records.distinct()) if person is not None}
