"""One person matched against everybody this node knows: the story of linkage, start here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import NotFound
from gateway.matching import questions
from gateway.matching.candidates import Candidate, candidate_of, candidates, fetch, store_keys
from gateway.matching.compare import Comparison, compare
from gateway.matching.decide import Decision, decide
from gateway.matching.identities import identities_of, identity_of, members, recompute
from gateway.matching.keys import keys as keys_of
from gateway.matching.links import MATCHER, live_links, record, retract
from gateway.matching.normalise import comparable as comparable_of
from gateway.records.person import Person
from gateway.store import tables
from gateway.store.tables import Link

LARGEST_GROUP: Final = 40
"""Descriptions of one identity that automatic links may build up; no human being has more in practice,
and chains that grow beyond are the known way in which linkage goes wrong."""
MOST_REVIEWS: Final = 3
"""Candidates offered to a human for one person: more would bury the likeliest."""


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """What matching one person did."""

    identity_id: str
    linked: tuple[int, ...]
    """Persons now linked automatically with this one."""
    for_review: tuple[int, ...]
    """Persons a human should compare with this one."""
    protected_links: tuple[int, ...]
    """Matches across the asylum firewall: for the owner's eyes only (R6)."""
    overflowed: int
    """Keys left out because too many persons share them."""
    changed: bool
    """False where matching found everything as it already was."""


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    comparison: Comparison
    identity: str
    """The candidate's identity, or a stand-in of its own where it has none yet."""
    before: Link | None
    """The judgement in force on the pair."""


def match_person(
    session: Session, person_row_id: int, person: Person, *, protected: bool, secret: bytes, now: datetime
) -> MatchOutcome:
    """Match one stored person row, whose present content is `person`, and write links and reviews.

    `protected` says that a protection record speaks of the person (it is never lowered here); `secret` keys
    the index. The same call twice changes nothing. Raises NotFound where the row does not exist.
    """
    # 1. Make the person comparable and findable.
    row = session.get(tables.Person, person_row_id)
    if row is None:
        raise NotFound(where="person")
    changed = _store(session, row, person, protected=protected, secret=secret)
    own = candidate_of(row)
    # 2. Everybody belongs to an identity, be it alone.
    if identity_of(session, row.id) is None:
        recompute(session, (row.id,), now)
        changed = True
    # 3. Find candidates: who shares a key, and who is linked already.
    known = live_links(session, row.id)
    found = candidates(session, keys_of(own.comparable, secret), besides=row.id, also=known)
    # 4. Weigh them.
    scored = _score(session, own, found.candidates, known)
    # 5. Judge them, the likeliest first; write what was found and take back what no longer holds.
    changed |= _judge_all(session, own, scored, now)
    return _outcome(session, row.id, found.overflowed, changed=changed)


def _store(session: Session, row: tables.Person, person: Person, *, protected: bool, secret: bytes) -> bool:
    value = comparable_of(person)
    text = value.to_json()
    changed = store_keys(session, row.id, keys_of(value, secret))
    # Protection is only ever raised here: another record of the same person must not lower it.
    protected = protected or row.protected
    if row.comparable != text or row.protected != protected:
        row.comparable, row.protected = text, protected
        session.flush()
        return True
    return changed


def _score(session: Session, own: Candidate, found: tuple[Candidate, ...], known: dict[int, Link]) -> list[_Scored]:
    """The candidates with their evidence, the heaviest first."""
    identities = identities_of(session, [candidate.person_id for candidate in found]) if found else {}
    scored = [
        _Scored(
            candidate,
            compare(own.comparable, candidate.comparable),
            identities.get(candidate.person_id, f"alone-{candidate.person_id}"),
            known.get(candidate.person_id),
        )
        for candidate in found
    ]
    return sorted(scored, key=lambda each: (-each.comparison.weight, each.candidate.person_id))


def _judge(session: Session, own: Candidate, each: _Scored, scored: list[_Scored]) -> Decision:
    """The judgement on one candidate, with what stands in the way of linking by itself."""
    candidate = each.candidate
    linked = each.before is not None and each.before.verdict == "positive"
    # A protected person is no rival either: not even a delay may tell an outsider of them (R4, R6).
    rivals = (
        other
        for other in scored
        if other.identity != each.identity and (own.protected or not other.candidate.protected)
    )
    # A link that stands is not undone because somebody similar arrived later.
    second = None if linked else next((rival.comparison for rival in rivals), None)
    decision = decide(each.comparison, second, same_register=own.register == candidate.register)
    if decision.verdict != "positive":
        return decision
    if own.protected or candidate.protected:
        return Decision("candidate", "yellow", ("protected", *decision.reasons))
    if not linked and (obstacle := _obstacle(session, own, each.identity)):
        return Decision("candidate", "yellow", (obstacle,))
    return decision


def _obstacle(session: Session, own: Candidate, identity: str) -> str:
    """Why the person may not join this identity without a human; empty where nothing stands in the way."""
    mine = identity_of(session, own.person_id)
    if identity == mine:
        return ""
    group = [own, *fetch(session, _others(session, mine, own.person_id))]
    newcomers = fetch(session, members(session, identity))
    if len(group) + len(newcomers) > LARGEST_GROUP:
        return "group-too-large"
    if _separated(session, {one.person_id for one in group}, {one.person_id for one in newcomers}):
        return "separated"
    pairs = (compare(one.comparable, other.comparable) for one in group for other in newcomers)
    if any("differ" in pair.levels("identifier") or "differ" in pair.levels("birth") for pair in pairs):
        return "group-contradicts"
    return ""


def _others(session: Session, identity: str | None, person_id: int) -> list[int]:
    return [] if identity is None else [member for member in members(session, identity) if member != person_id]


def _separated(session: Session, one: set[int], other: set[int]) -> bool:
    """Whether a live negative runs between the two groups."""
    statement = select(Link.id).where(Link.verdict == "negative", Link.retracted.is_(None))
    between = (Link.left_id.in_(one) & Link.right_id.in_(other)) | (Link.left_id.in_(other) & Link.right_id.in_(one))
    return session.scalar(statement.where(between).limit(1)) is not None


def _judge_all(session: Session, own: Candidate, scored: list[_Scored], now: datetime) -> bool:
    """Judge and write pair after pair, since each link decides what the next one would join."""
    changed = False
    offered: set[str] = set()
    for each in scored:
        decision = _judge(session, own, each, scored)
        if decision.verdict == "none":
            changed |= each.before is not None and _take_back(session, each.before, now)
        elif not _needless(session, own, each, decision, offered):
            changed |= _write(session, own, each, decision, now)
    return changed


def _needless(session: Session, own: Candidate, each: _Scored, decision: Decision, offered: set[str]) -> bool:
    """Whether a new link would add nothing: they are of one identity, or enough questions are open."""
    if own.protected or each.candidate.protected:
        return False
    mine, theirs = (identity_of(session, person_id) for person_id in (own.person_id, each.candidate.person_id))
    needless = mine is not None and mine == theirs
    if decision.verdict == "candidate" and not needless:
        needless = each.identity in offered or len(offered) >= MOST_REVIEWS
        offered.add(each.identity)
    return needless and each.before is None


def _write(session: Session, own: Candidate, each: _Scored, decision: Decision, now: datetime) -> bool:
    protected = own.protected or each.candidate.protected
    pair = own.person_id, each.candidate.person_id
    link = record(session, pair, decision, each.comparison, now=now, protected=protected)
    asked = questions.ask(session, link, now) if link.verdict == "candidate" else _close(session, link, now)
    return asked or each.before is None or link.id != each.before.id


def _take_back(session: Session, before: Link, now: datetime) -> bool:
    """Retract what the matcher found earlier and no longer finds; a human's word stays."""
    if before.actor != MATCHER:
        return False
    retract(session, before, MATCHER, now)
    _close(session, before, now)
    return True


def _close(session: Session, link: Link, now: datetime) -> bool:
    """The matcher has answered the question itself, or it has lost its ground."""
    return questions.close(session, link, verdict=questions.OUTDATED, actor=MATCHER, now=now)


def _outcome(session: Session, person_id: int, overflowed: int, *, changed: bool) -> MatchOutcome:
    links = live_links(session, person_id).items()
    open_ones = [(other, link) for other, link in links if not link.protected]
    return MatchOutcome(
        identity_id=identity_of(session, person_id) or "",
        linked=tuple(sorted(other for other, link in open_ones if link.verdict == "positive")),
        for_review=tuple(sorted(other for other, link in open_ones if link.verdict == "candidate")),
        protected_links=tuple(sorted(other for other, link in links if link.protected)),
        overflowed=overflowed,
        changed=changed,
    )
