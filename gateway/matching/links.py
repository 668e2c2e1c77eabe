"""Judgements on pairs of persons: appended and retracted, never changed, so that every step can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from gateway.errors import InvalidRequest, NotFound, TooLarge
from gateway.matching import questions
from gateway.matching.candidates import fetch
from gateway.matching.compare import Comparison
from gateway.matching.decide import Colour, Decision
from gateway.matching.identities import identities_of, members, recompute
from gateway.matching.yardstick import yardstick
from gateway.store.tables import Link, Person

MATCHER: Final = "matcher"
"""The actor of automatic judgements; any other actor is a person, whose word the matcher never overrides."""

LinkVerdict = Literal["positive", "negative", "unsure", "candidate"]
"""`unsure` is a human's word that it cannot be told, `candidate` a question: the matcher's, or one that a human
has opened (again)."""
_COLOURS: Final[dict[LinkVerdict, Colour]] = {
    "positive": "white", "negative": "green", "unsure": "yellow", "candidate": "yellow",
}  # fmt: skip
_ANSWERS: Final[dict[LinkVerdict, str]] = {"positive": "same", "negative": "different", "unsure": "unsure"}
"""How a question about the pair is closed."""
LARGEST_BY_HAND: Final = 1_000
"""Descriptions of one identity that humans may build up: more of one human being are a mistake."""


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
    follow: bool = True,
) -> Link:
    """Write what the matcher found on a pair; `known` is the judgement in force on it.

    The same finding twice is one row, and a human's word stays. Identities follow at once, unless the caller has
    them `follow` many links together.
    """
    if known is not None and (is_word(known) or _same(session, known, decision, comparison, protected=protected)):
        return known
    if known is not None:
        _retract(known, MATCHER, now)
    link = found(session, pair, decision, comparison, now=now, protected=protected)
    session.add(link)
    session.flush()
    if follow and (link.verdict == "positive" or (known is not None and known.verdict == "positive")):
        recompute(session, pair, now)
    return link


def found(
    session: Session,
    pair: tuple[int, int],
    decision: Decision,
    comparison: Comparison,
    *,
    now: datetime,
    protected: bool,
) -> Link:
    """What the matcher found on a pair, as a row that is still to be written."""
    link = _new(session, pair, "positive" if decision.verdict == "positive" else "candidate", decision.colour, now)
    link.weight, link.evidence = comparison.weight, [row.as_list() for row in comparison.evidence]
    link.actor, link.reason, link.protected = MATCHER, ",".join(decision.reasons), protected
    return link


def _same(session: Session, link: Link, decision: Decision, comparison: Comparison, *, protected: bool) -> bool:
    return (
        (link.verdict == "positive") == (decision.verdict == "positive")
        and link.reason == ",".join(decision.reasons)
        and abs(link.weight - comparison.weight) < 1e-6
        and link.protected == protected
        and link.model == yardstick(session).model.name
    )


def _append(session: Session, pair: tuple[int, int], verdict: LinkVerdict, colour: Colour, now: datetime) -> Link:
    link = _new(session, pair, verdict, colour, now)
    session.add(link)
    return link


def _new(session: Session, pair: tuple[int, int], verdict: LinkVerdict, colour: Colour, now: datetime) -> Link:
    return Link(
        left_id=min(pair),
        right_id=max(pair),
        verdict=verdict,
        colour=colour,
        weight=0.0,
        evidence=[],
        model=yardstick(session).model.name,
        actor=MATCHER,
        created=now,
        retracted=None,
    )


def _retract(link: Link, actor: str, now: datetime) -> None:
    link.retracted, link.retracted_by = now, actor


def retract(session: Session, link: Link, actor: str, now: datetime) -> None:
    """Take a judgement back; the identities it held are computed anew. Twice is the same as once."""
    if link.retracted is None:
        _retract(link, actor, now)
        session.flush()
        recompute(session, (link.left_id, link.right_id), now)


def retract_all(session: Session, links: Iterable[Link], actor: str, now: datetime) -> None:
    """Take judgements back; the caller has the identities follow."""
    for link in links:
        _retract(link, actor, now)
    session.flush()


def is_word(link: Link) -> bool:
    """Whether a human has judged, which the matcher never overrides; a question is no judgement."""
    return link.actor != MATCHER and link.verdict != "candidate"


def file_words(session: Session, person_id: int, links: dict[int, Link], now: datetime) -> None:
    """Bring the words of humans about a person to the side of the asylum firewall where the people stand now (R6).

    `links` are the judgements in force on the person, and stay up to date. A word whose people have come under
    protection, or out of it, is taken back and said again in the same words, and identities follow.
    """
    words = {other: link for other, link in links.items() if is_word(link)}
    if not words:
        return
    hidden = set(session.scalars(select(Person.id).where(Person.id.in_((person_id, *words)), Person.protected)))
    moved = {
        other: link for other, link in words.items() if link.protected != (not hidden.isdisjoint((person_id, other)))
    }
    for other, link in moved.items():
        said = {name: getattr(link, name) for name in _SAID}
        links[other] = Link(**said, protected=not link.protected, created=now, retracted=None)
        session.add(links[other])
        _retract(link, MATCHER, now)
    if moved:
        session.flush()
        recompute(session, (person_id, *moved), now)


_SAID: Final = ("left_id", "right_id", "verdict", "colour", "weight", "evidence", "model", "actor", "reason")


class Word(NamedTuple):
    """What a human's judgement did."""

    link: Link
    overruled: tuple[Link, ...]
    """Positive links that cannot be followed, because a human keeps somebody apart: they are asked about again."""


def split(session: Session, left: int, right: int, *, actor: str, reason: str, now: datetime) -> Link:
    """A human says that two descriptions are of different people; whatever held them together gives way."""
    return judge(session, (left, right), "negative", actor=actor, reason=reason, now=now).link


def join(session: Session, left: int, right: int, *, actor: str, reason: str, now: datetime) -> Link:
    """A human says that two descriptions are of one human being.

    Where one of them is protected the link is kept for the owner's eyes and joins no identity (R6).
    """
    return judge(session, (left, right), "positive", actor=actor, reason=reason, now=now).link


def judge(
    session: Session, pair: tuple[int, int], verdict: LinkVerdict, *, actor: str, reason: str, now: datetime
) -> Word:
    """Write a human's judgement on a pair in place of the one in force; only what it touches is computed anew.

    `candidate` takes back whatever was said and asks again. Raises InvalidRequest where it is not said who judges
    whom and why, NotFound for a person who is not there, TooLarge for a group no human being is.
    """
    if pair[0] == pair[1] or not reason.strip() or actor in {"", MATCHER}:
        raise InvalidRequest("A judgement names two persons, who judges, and why.", where="reason")
    people = session.scalars(select(Person).where(Person.id.in_(pair))).all()
    if len(people) != 2:
        raise NotFound("One of the persons does not exist.", where="person")
    known = live_link(session, *pair)
    if known is not None and known.actor != MATCHER and known.verdict == verdict:
        return Word(known, ())
    if verdict == "positive":
        _check_size(session, pair)
    link = _append(session, pair, verdict, _COLOURS[verdict], now)
    link.actor, link.reason = actor, reason[:400]
    link.protected = any(person.protected for person in people)
    link.weight, link.evidence = _weighed(session, pair)
    if known is not None:
        _retract(known, actor, now)
    session.flush()
    if verdict == "candidate":
        questions.ask(session, link, now, again=True)
    else:
        questions.close(session, link, verdict=_ANSWERS[verdict], actor=actor, now=now)
    # A link that a human's word overrules stands no longer by itself: somebody has to look at it again.
    overruled = [session.get_one(Link, each) for each in recompute(session, pair, now)]
    for each in overruled:
        questions.ask(session, each, now, again=True)
    return Word(link, tuple(overruled))


def _check_size(session: Session, pair: tuple[int, int]) -> None:
    identities = set(identities_of(session, pair).values())
    if len(identities) == 2 and sum(len(members(session, each)) for each in identities) > LARGEST_BY_HAND:
        raise TooLarge(f"One human being has no more than {LARGEST_BY_HAND} descriptions: look for what went wrong.")


def _weighed(session: Session, pair: tuple[int, int]) -> tuple[float, list[Any]]:
    """The evidence as it is on the day of the judgement; none where a description was never made comparable."""
    found = fetch(session, sorted(pair))
    if len(found) < 2:
        return 0.0, []
    comparison = yardstick(session).compare(found[0].comparable, found[1].comparable)
    return comparison.weight, [row.as_list() for row in comparison.evidence]
