"""Judgements on pairs of persons: appended and retracted, never changed, so that every step can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from gateway.errors import InvalidRequest, NotFound
from gateway.matching import questions
from gateway.matching.compare import Comparison
from gateway.matching.decide import REASONS, Colour, Decision
from gateway.matching.evidence import Evidence
from gateway.matching.identities import recompute
from gateway.matching.model import standard
from gateway.store.tables import Link, Person

MATCHER: Final = "matcher"
"""The actor of automatic judgements; any other actor is a person, whose word the matcher never overrides."""

LinkVerdict = Literal["positive", "negative", "candidate"]


def live_link(session: Session, left: int, right: int) -> Link | None:
    """The judgement in force on a pair, in whichever order it is named."""
    return session.scalar(
        select(Link)
        .where(Link.left_id == min(left, right), Link.right_id == max(left, right), Link.retracted.is_(None))
        .order_by(Link.id.desc())
        .limit(1)
    )


_LINKS_OF: Final = (
    select(Link)
    .where(or_(Link.left_id == bindparam("person"), Link.right_id == bindparam("person")), Link.retracted.is_(None))
    .order_by(Link.id)
)


def live_links(session: Session, person_id: int) -> dict[int, Link]:
    """The other person's id to the judgement in force, for everybody this person was judged with."""
    rows = session.scalars(_LINKS_OF, {"person": person_id})
    return {row.right_id if row.left_id == person_id else row.left_id: row for row in rows}


def record(
    session: Session,
    pair: tuple[int, int],
    decision: Decision,
    comparison: Comparison,
    *,
    known: Link | None,
    now: datetime,
    protected: bool = False,
) -> Link:
    """Write what the matcher found on a pair; `known` is the judgement in force on it.

    The same finding twice is one row, and a human's word stays.
    """
    if known is not None and (known.actor != MATCHER or _same(known, decision, comparison, protected=protected)):
        return known
    if known is not None:
        _retract(known, MATCHER, now)
    link = _append(session, pair, "positive" if decision.verdict == "positive" else "candidate", decision.colour, now)
    link.weight, link.evidence = comparison.weight, [row.as_list() for row in comparison.evidence]
    link.actor, link.reason, link.protected = MATCHER, ",".join(decision.reasons), protected
    session.flush()
    if link.verdict == "positive" or (known is not None and known.verdict == "positive"):
        recompute(session, pair, now)
    return link


def _same(link: Link, decision: Decision, comparison: Comparison, *, protected: bool) -> bool:
    return (
        (link.verdict == "positive") == (decision.verdict == "positive")
        and link.reason == ",".join(decision.reasons)
        and abs(link.weight - comparison.weight) < 1e-6
        and link.protected == protected
        and link.model == standard().name
    )


def _append(session: Session, pair: tuple[int, int], verdict: LinkVerdict, colour: Colour, now: datetime) -> Link:
    link = Link(
        left_id=min(pair),
        right_id=max(pair),
        verdict=verdict,
        colour=colour,
        weight=0.0,
        evidence=[],
        model=standard().name,
        actor=MATCHER,
        created=now,
        retracted=None,
    )
    session.add(link)
    return link


def _retract(link: Link, actor: str, now: datetime) -> None:
    link.retracted, link.retracted_by = now, actor


def retract(session: Session, link: Link, actor: str, now: datetime) -> None:
    """Take a judgement back; the identities it held are computed anew. Twice is the same as once."""
    if link.retracted is None:
        _retract(link, actor, now)
        session.flush()
        recompute(session, (link.left_id, link.right_id), now)


def split(session: Session, left: int, right: int, *, actor: str, reason: str, now: datetime) -> Link:
    """A human says that two descriptions are of different people; whatever held them together gives way."""
    return _word(session, (left, right), "negative", actor=actor, reason=reason, now=now)


def join(session: Session, left: int, right: int, *, actor: str, reason: str, now: datetime) -> Link:
    """A human says that two descriptions are of one human being.

    Where one of them is protected the link is kept for the owner's eyes and joins no identity (R6).
    """
    return _word(session, (left, right), "positive", actor=actor, reason=reason, now=now)


def _word(
    session: Session, pair: tuple[int, int], verdict: LinkVerdict, *, actor: str, reason: str, now: datetime
) -> Link:
    """Write a human's judgement on a pair in place of the one in force."""
    people = session.scalars(select(Person).where(Person.id.in_(pair))).all()
    if pair[0] == pair[1] or not reason.strip() or actor in {"", MATCHER}:
        raise InvalidRequest("A judgement names two persons, who judges, and why.", where="reason")
    if len(people) != 2:
        raise NotFound("One of the persons does not exist.", where="person")
    known = live_link(session, *pair)
    if known is not None and known.actor != MATCHER and known.verdict == verdict:
        return known
    link = _append(session, pair, verdict, "white" if verdict == "positive" else "green", now)
    link.actor, link.reason = actor, reason[:400]
    link.protected = any(person.protected for person in people)
    if known is not None:
        link.weight, link.evidence = known.weight, known.evidence
        _retract(known, actor, now)
    session.flush()
    answer = "same" if verdict == "positive" else "different"
    questions.close(session, link, verdict=answer, actor=actor, now=now)
    # A link that the human's word overrules stands no longer by itself: somebody has to look at it again.
    for overruled in recompute(session, pair, now):
        questions.ask(session, session.get_one(Link, overruled), now)
    return link


def evidence_of(link: Link) -> list[Evidence]:
    """The evidence a link rests on; empty for a human's judgement on a pair nobody had compared."""
    return [Evidence(field, level, bits) for field, level, bits in link.evidence]


def explain(link: Link, language: str = "en") -> dict[str, Any]:
    """Why the link stands, as sentences in `ru` or `en` and as plain values; no value of a person."""
    codes = [code for code in link.reason.split(",") if code in REASONS] if link.actor == MATCHER else []
    reasons = [REASONS[code][0 if language == "ru" else 1] for code in codes] or [link.reason]
    rows = sorted(evidence_of(link), key=lambda row: -abs(row.bits))
    sentences = [row.sentence(language) for row in rows]
    return {
        "verdict": link.verdict,
        "colour": link.colour,
        "weight": round(link.weight, 1),
        "model": link.model,
        "actor": link.actor,
        "reasons": reasons,
        "text": " ".join([reason[:1].upper() + reason[1:] + "." for reason in reasons if reason] + sentences),
        "evidence": [
            {"field": row.field, "label": standard().labels[row.field][0 if language == "ru" else 1],
             "level": row.level, "bits": round(row.bits, 1), "sentence": sentence}
            for row, sentence in zip(rows, sentences, strict=True)
        ],
    }  # fmt: skip
