"""What a model is learned from: a sample of the population, and the pairs that humans have judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.matching.candidates import fetch
from gateway.matching.links import MATCHER
from gateway.matching.model import Wishes
from gateway.matching.normalise import Comparable, from_json
from gateway.matching.training import train
from gateway.matching.yardstick import active
from gateway.store.tables import Link, Person

MOST_PEOPLE: Final = 50_000
"""Descriptions to learn from: more change the third digit of a weight, and take memory."""
MOST_VERDICTS: Final = 20_000
"""Human verdicts to learn from, the newest."""
Judged = tuple[Comparable, Comparable, bool]


def people(session: Session) -> list[Comparable]:
    """Descriptions from all over the population, the same ones each time; nobody under protection is among them."""
    last = session.scalar(select(func.max(Person.id))) or 0
    step = max(1, -(-last // MOST_PEOPLE))
    query = select(Person.comparable).where(Person.id % step == 0, Person.comparable != "", Person.protected.is_(False))
    rows = session.scalars(query.order_by(Person.id), execution_options={"yield_per": 1_000})
    return [from_json(text) for text in rows]


def verdicts(session: Session) -> Iterator[Judged]:
    """Pairs that humans have called the same or different; none across the asylum firewall."""
    query = select(Link.left_id, Link.right_id, Link.verdict).where(
        Link.actor != MATCHER,
        Link.retracted.is_(None),
        Link.protected.is_(False),
        Link.verdict.in_(("positive", "negative")),
    )
    rows = session.execute(query.order_by(Link.id.desc()).limit(MOST_VERDICTS)).all()
    for start in range(0, len(rows), 1_000):
        some = rows[start : start + 1_000]
        ends = sorted({end for row in some for end in (row.left_id, row.right_id)})
        known = {each.person_id: each.comparable for each in fetch(session, ends) if not each.protected}
        for left, right, verdict in some:
            if left in known and right in known:
                yield known[left], known[right], verdict == "positive"


def learn(session: Session, name: str, wishes: Wishes | None = None) -> tuple[str, dict[str, Any]]:
    """A model of this population, as its JSON, and what it was learned from."""
    sample, judged = people(session), list(verdicts(session))
    model = train(
        sample,
        name=name,
        source="learned from this node's own population",
        judged=judged,
        start=active(session),
        wishes=wishes,
    )
    return model.to_json(), {"descriptions": len(sample), "verdicts": len(judged), "wishes": asdict(model.wishes)}
