"""Pairs a human has to look at: asked once, closed when answered or when the ground is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.store.tables import Link, Review

KINDS: Final = ("link", "protected-link")
"""Kinds of review about pairs; the second is for the owner of the protection record only (R6)."""
OUTDATED: Final = "outdated"
"""Verdict of a question that lost its ground before a human answered it."""


def subject(link: Link) -> str:
    """The pair as reviews name it, for example `12-57`."""
    return f"{link.left_id}-{link.right_id}"


def ask(session: Session, link: Link, now: datetime, *, again: bool = False) -> bool:
    """Put a pair before a human, once; True where that is new.

    What a human decided is only asked `again` where their words have come to contradict each other, or where one
    of them wants it. A question from before a protection began or ended, on the other side of the firewall, is closed.
    """
    asked = session.scalars(select(Review).where(Review.kind.in_(KINDS), Review.subject == subject(link))).all()
    known = next((each for each in asked if each.kind == _kind(link)), None)
    for each in asked:
        if each is not known and each.state == "open":
            _close(each, OUTDATED, link.actor, now)
    if known is None:
        session.add(fresh(link, now))
        session.flush()
        return True
    if known.state == "open" or not (again or known.verdict == OUTDATED):
        return False
    known.detail, known.state, known.created = _detail(link), "open", now
    known.decided, known.decided_by, known.verdict = None, "", ""
    session.flush()
    return True


def fresh(link: Link, now: datetime) -> Review:
    """The question about a pair nobody was asked about before, as a row that is still to be written."""
    question = Review(kind=_kind(link), subject=subject(link), protected=link.protected, detail=_detail(link))
    question.state, question.created = "open", now
    question.decided, question.decided_by, question.verdict = None, "", ""
    return question


def _kind(link: Link) -> str:
    return "protected-link" if link.protected else "link"


def _detail(link: Link) -> dict[str, Any]:
    return {"link": link.id, "left": link.left_id, "right": link.right_id, "reasons": link.reason.split(",")}


def close(session: Session, link: Link, *, verdict: str, actor: str, now: datetime) -> bool:
    """Close the open questions about a pair; True where there was one."""
    reviews = session.scalars(
        select(Review).where(Review.subject == subject(link), Review.state == "open", Review.kind.in_(KINDS))
    ).all()
    for review in reviews:
        _close(review, verdict, actor, now)
    return bool(reviews)


def _close(review: Review, verdict: str, actor: str, now: datetime) -> None:
    review.state, review.decided, review.decided_by, review.verdict = "closed", now, actor, verdict
