"""The links in force replaced by those of a run, some people at a time; identities follow in the same unit of work.

The new model is in force before this begins, so whatever arrives meanwhile is judged by it already and left alone,
as are humans' words. Whoever came or changed while the run was weighing is matched anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.matching import questions
from gateway.matching.candidates import candidates, fetch, nearest
from gateway.matching.circle import Stored
from gateway.matching.compare import Comparison
from gateway.matching.decide import Decision
from gateway.matching.evidence import Evidence
from gateway.matching.identities import begin, identities_of, recompute
from gateway.matching.judge import judge, weigh
from gateway.matching.links import MATCHER, is_word, live_links, record, retract_all
from gateway.matching.yardstick import yardstick
from gateway.store.bulk import write_rows
from gateway.store.tables import Link, Person, RelinkPair, Review, Table

_KEYS: Final = Table.metadata.tables["person_key"].c
_KEYS_OF: Final = select(_KEYS.key).where(_KEYS.person_id == bindparam("person")).order_by(_KEYS.key)
_OPEN: Final = Review.state == "open"


def replace(session: Session, relink: int, people: list[int], *, besides: set[int], now: datetime) -> None:
    """Bring the matcher's links of these people with those before them to what the run says.

    `besides` are people who are matched anew afterwards: their pairs are left to that.
    """
    model = yardstick(session).model.name
    # 1. What the run says, and what is in force.
    pair = RelinkPair
    said = session.scalars(
        select(pair).where(pair.relink_id == relink, pair.right_id.in_(people), pair.verdict != "")
    ).all()
    wanted = {(row.left_id, row.right_id): row for row in said if not besides & {row.left_id, row.right_id}}
    protected = _protected(session, {end for ends in wanted for end in ends})
    live = session.scalars(select(Link).where(Link.right_id.in_(people), Link.retracted.is_(None))).all()
    standing = {(link.left_id, link.right_id): link for link in live}
    # 2. What the model no longer says is taken back, and what it says anew takes the place of what it said before.
    #    What humans said, or the new model already, stays.
    gone = [
        link
        for ends, link in standing.items()
        if ends not in wanted and link.actor == MATCHER and link.model != model and not besides & set(ends)
    ]
    anew = {
        ends: row
        for ends, row in wanted.items()
        if set(ends) <= protected.keys() and not (ends in standing and _stays(standing[ends], model))
    }
    retract_all(session, [*gone, *(standing[ends] for ends in anew if ends in standing)], MATCHER, now)
    certain = {ends for ends, row in anew.items() if row.verdict == "positive" and not any(map(protected.get, ends))}
    write_rows(session, "link", _COLUMNS, [_link(anew[ends], model, now) for ends in sorted(certain)])
    # 3. Questions that have lost their ground are closed, and new ones asked.
    _close(session, {*((link.left_id, link.right_id) for link in gone), *certain}, now)
    for ends in sorted(anew.keys() - certain):
        _ask(session, anew[ends], standing.get(ends), protected=any(map(protected.get, ends)), now=now)
    # 4. Identities follow, once for all that hangs together.
    touched = {end for link in gone for end in (link.left_id, link.right_id)}
    recompute(session, touched | {end for ends in anew for end in ends}, now)


_COLUMNS: Final = ("left_id", "right_id", "verdict", "colour", "weight", "evidence", "model", "actor", "reason",
                   "protected", "created", "retracted_by")  # fmt: skip


def _stays(link: Link, model: str) -> bool:
    return link.model == model or is_word(link)


def _link(row: RelinkPair, model: str, now: datetime) -> tuple[Any, ...]:
    return (row.left_id, row.right_id, "positive", "white", row.weight, row.evidence, model, MATCHER, row.reason,
            False, now, "")  # fmt: skip


def _close(session: Session, pairs: set[tuple[int, int]], now: datetime) -> None:
    """Close the open questions about these pairs."""
    subjects = [f"{left}-{right}" for left, right in pairs]
    for start in range(0, len(subjects), 1_000):
        some = Review.subject.in_(subjects[start : start + 1_000])
        for review in session.scalars(select(Review).where(Review.kind.in_(questions.KINDS), some, _OPEN)):
            review.state, review.decided, review.decided_by = "closed", now, MATCHER
            review.verdict = questions.OUTDATED


def _ask(session: Session, row: RelinkPair, known: Link | None, *, protected: bool, now: datetime) -> None:
    comparison = Comparison(row.weight, tuple(Evidence.from_list(each) for each in row.evidence))
    reasons = tuple(filter(None, row.reason.split(",")))
    if protected and "protected" not in reasons and row.verdict == "positive":
        # Protection began after the pair was weighed.
        reasons = ("protected", *reasons)
    decision = Decision("candidate", "yellow", reasons)
    ends = (row.left_id, row.right_id)
    known = known if known is not None and known.retracted is None else None
    link = record(session, ends, decision, comparison, known=known, now=now, protected=protected, follow=False)
    questions.ask(session, link, now)


def match_anew(session: Session, people: Iterable[int], now: datetime) -> None:
    """Match people who are stored and findable against everybody, under the model in force."""
    measure = yardstick(session)
    for own in fetch(session, sorted(people)):
        if own.person_id not in identities_of(session, (own.person_id,)):
            begin(session, own.person_id, now)
        links = live_links(session, own.person_id)
        keys = list(session.scalars(_KEYS_OF, {"person": own.person_id}))
        ranked, _ = candidates(session, keys, besides=own.person_id)
        judge(
            Stored(session, now),
            own,
            weigh(own, nearest(session, ranked), fetch(session, links), measure=measure),
            links,
        )


def _protected(session: Session, people: set[int]) -> dict[int, bool]:
    """Those of the people who are still there, and whether a protection record speaks of them."""
    rows = session.execute(select(Person.id, Person.protected).where(Person.id.in_(people)))
    return {row.id: bool(row.protected) for row in rows}
