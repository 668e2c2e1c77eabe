"""The population linked again under another model: a run beside the work, a diff that people accept, the switch.

0. `learning`, where no model was given: one is learned from a sample of the population and from human verdicts.
1. `scoring`: every person is weighed under the new model with those who came before, some at a time.
2. `resolving`: what follows for identities is computed in memory and compared with what holds.
3. `ready`: as many people as the settings say look at the diff and accept, never the one who started it.
4. `switching`: the new model takes over in one short unit of work; then links follow some people at a time, and
   whoever came or changed since the run began is matched anew.

Each step is one unit of work that says how far it came, so a run that dies goes on where it was. Online matching
goes on all the while (docs/decisions/0029-links.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import count
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import InvalidRequest, NotFound, Refusal
from gateway.exchange.node import Node
from gateway.exchange.sight import ANYBODY, visible
from gateway.ledger import log
from gateway.matching import handles, yardstick
from gateway.matching.model import Model, Wishes, read_model, standard
from gateway.matching.thresholds import thresholds
from gateway.store import numbers
from gateway.store.tables import Approval, LinkModel, Person, Record, Relink, RelinkChange
from gateway.trust import approvals, persons

UNFINISHED: Final = ("learning", "scoring", "resolving", "ready", "accepted", "switching")
_BEFORE_SWITCH: Final = UNFINISHED[:-1]
"""The states in which a run can still be ended with nothing changed."""
ACT: Final = "relink"
"""The approval by which a run is accepted."""
_MOST_BITS: Final = 1_000
"""Bits that no weight comes near; what is no number is not below it either."""
_NAMED: Final = 5_000
"""People named in one statement: no driver takes many times more values."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")


class RelinkBusy(Refusal):
    """A run is under way already, or another process is at it."""

    code = "relink-busy"
    status = 409
    title_en = "The population is being linked again already."
    title_ru = "Повторное связывание уже идёт."


class ModelUnfit(Refusal):
    """A model that this program cannot use: not its JSON, another version's fields, a name that is taken."""

    code = "model-unfit"
    status = 422
    title_en = "This model cannot be used here."
    title_ru = "Эту модель здесь использовать нельзя."


def start(
    session: Session, node: Node, *, actor: str, reason: str, content: str = "", wishes: Wishes | None = None
) -> Relink:
    """Begin a run under a model given as its JSON, or under one that is learned from the population first.

    `wishes` are what the thresholds of a learned model follow from; those of the model in force without them.
    Raises RelinkBusy while there is another run, ModelUnfit for what is no model of this version.
    """
    persons.check(actor)
    persons.check_reason(reason)
    # Whoever keeps records queues here: the last record is the last one whose person the run will see as it is.
    numbers.take(session, "record", 0)
    if session.scalar(select(Relink.id).where(Relink.state.in_(UNFINISHED))) is not None:
        raise RelinkBusy("Finish or reject the run that is under way first.")
    now = node.clock()
    name = fit(content).name if content else _new_name(session, now)
    if session.get(LinkModel, name) is not None or name == yardstick.shipped():
        raise ModelUnfit("A model of this name is known already.", where=name)
    session.add(
        LinkModel(
            name=name, content=content, state="candidate", created=now, created_by=actor,
            trained_on={"given": True} if content else {"wishes": asdict(wishes)} if wishes else {},
        )
    )  # fmt: skip
    session.flush()
    run = Relink(
        model=name,
        state="scoring" if content else "learning",
        started=now,
        started_by=actor,
        reason=reason,
        upto=session.scalar(select(func.max(Person.id))) or 0,
        since=session.scalar(select(func.max(Record.id))) or 0,
        counts={},
    )
    session.add(run)
    session.flush()
    note(session, Action.RELINK_STARTED, run, actor, now)
    return run


def _new_name(session: Session, now: datetime) -> str:
    known = set(session.scalars(select(LinkModel.name)))
    return next(name for number in count(1) if (name := f"learned-{now:%Y-%m-%d}-{number}") not in known)


def fit(content: str) -> Model:
    """A model that speaks of exactly what this program compares (ModelUnfit)."""
    try:
        model = read_model(content)
        limits = thresholds(model)
        numbers = limits.link, limits.review, *(level.bits for level in model.levels.values())
        sound = all(abs(number) <= _MOST_BITS for number in numbers) and model.calibration.slope > 0
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ModelUnfit("It is not the JSON of a model.", reason=repr(error)) from error
    if not isinstance(model.name, str) or not _NAME.fullmatch(model.name):
        raise ModelUnfit("Its name has to be 1 to 40 letters, digits, dots and hyphens.", where="model")
    if not sound:
        raise ModelUnfit("Its weights or its calibration make no sense.", where=model.name)
    if model.levels.keys() != standard().levels.keys() or model.labels.keys() != standard().labels.keys():
        raise ModelUnfit("It is of another version: it does not know the same fields and levels.", where=model.name)
    return model


def accepted(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The last vote has been given: the run may switch."""
    run = session.get(Relink, approval.payload["relink"])
    if run is None or run.state != "ready" or run.approval != approval.id:
        raise InvalidRequest("The run does not wait for this any more.", where=approval.subject)
    run.state = "accepted"
    session.flush()
    # The vote itself is written into both trees after this.
    log.hold(session, "exchange")
    note(session, Action.RELINK_ACCEPTED, run, actor, now)


ACTS: Final[dict[str, approvals.Act]] = {ACT: accepted}


def latest(session: Session, state: Iterable[str] = ()) -> Relink:
    """The newest run, of these states where any are named (NotFound)."""
    query = select(Relink).order_by(Relink.id.desc()).limit(1)
    run = session.scalars(query.where(Relink.state.in_(list(state))) if state else query).first()
    if run is None:
        raise NotFound("There is no such run.", where="relink")
    return run


def accept(
    session: Session, *, run: int | None, actor: str, reason: str, now: datetime, acts: Mapping[str, approvals.Act]
) -> Relink:
    """Agree to the diff that waits; with the last vote the run may switch (`acts` carries that out).

    `run` is the one that was looked at; InvalidRequest where another one waits by now.
    """
    waiting = latest(session, ("ready",))
    if run is not None and run != waiting.id:
        raise InvalidRequest(f"Run {waiting.id} waits by now; look at its diff first.", where=f"relink {run}")
    approvals.approve(session, waiting.approval, actor=actor, reason=reason, now=now, acts=acts)
    return waiting


def reject(session: Session, *, actor: str, reason: str, now: datetime) -> Relink:
    """End the run under way; what holds stays as it is. Once it switches it can no longer be stopped."""
    run = latest(session, _BEFORE_SWITCH)
    if run.state == "ready":
        approvals.reject(session, run.approval, actor=actor, reason=reason, now=now)
    else:
        persons.check(actor)
        persons.check_reason(reason)
    # After the approval, as whoever votes locks them: the run may have gone on since it was read.
    session.refresh(run, with_for_update=True)
    if run.state not in _BEFORE_SWITCH:
        raise InvalidRequest("The new model is taking over already.", where=f"relink {run.id}")
    end(session, run, "rejected", now)
    note(session, Action.RELINK_REJECTED, run, actor, now)
    return run


def end(session: Session, run: Relink, state: str, now: datetime) -> None:
    """Close a run; a model that was not taken is kept by name only as one that was rejected."""
    run.state, run.finished = state, now
    if state != "done":
        session.get_one(LinkModel, run.model).state = "rejected"
    session.flush()


def changes(session: Session, node: Node, run: Relink, *, kind: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """What the run would split and merge, the largest first, with people's names here; who is hidden is left out."""
    change = RelinkChange
    query = select(change).where(change.relink_id == run.id).order_by(change.size.desc(), change.id)
    rows = session.scalars((query.where(change.kind == kind) if kind else query).limit(limit)).all()
    seen = visible(session, ANYBODY, (person for row in rows for part in row.groups for person in part))
    names = _names(session, node, sorted(seen))
    shown = []
    for row in rows:
        parts = [[person for person in part if person in seen] for part in row.groups]
        parts = [part for part in parts if part]
        if len(parts) > 1:
            named = [[names[person] for person in part] for part in parts]
            shown.append({"kind": row.kind, "size": sum(map(len, parts)), "parts": named})
    return shown


def _names(session: Session, node: Node, people: Sequence[int]) -> dict[int, dict[str, str]]:
    """What people are called here, and the register that describes each."""
    found = {}
    for start in range(0, len(people), _NAMED):
        some = select(Person.id, Person.state, Person.agency, Person.system)
        for row in session.execute(some.where(Person.id.in_(people[start : start + _NAMED]))):
            name = handles.handle(row.id, node.search_secret)
            found[row.id] = {"person": name, "register": f"{row.state}/{row.agency}/{row.system}"}
    return found


def diff(session: Session, node: Node, *, actor: str, kind: str, limit: int) -> dict[str, Any]:
    """The newest run with its largest changes; every look is audited."""
    run = latest(session)
    found = changes(session, node, run, kind=kind, limit=limit)
    note(session, Action.RELINK_READ, run, actor, node.clock())
    return shown(run) | {"changes": found}


def shown(run: Relink) -> dict[str, Any]:
    """A run in plain values. How far its stage is stands in percent: the numbers behind it are persons' own."""
    names = ("id", "model", "state", "started", "started_by", "reason", "counts", "approval", "finished")
    percent = run.position * 100 // max(run.upto, 1)
    return {name: getattr(run, name) for name in names} | {"percent": percent}


def note(session: Session, action: Action, run: Relink, actor: str, now: datetime) -> None:
    """Audit a step of a run, with its figures."""
    detail = {"model": run.model, **json.loads(json.dumps(run.counts))}
    audit.write(session, action, actor=actor, subject=f"relink {run.id}", outcome=run.state, at=now, detail=detail)
