"""One person matched against everybody this node knows: the story of linkage, start here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.errors import NotFound
from gateway.matching import questions
from gateway.matching.candidates import Candidate, candidates, fetch, store_keys
from gateway.matching.compare import Comparison, compare
from gateway.matching.decide import Decision, decide
from gateway.matching.identities import begin, identities_of, identity_of, members, separated
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

    `protected` says that a protection record speaks of the person; it is never lowered here, only in the row
    by whoever keeps that record. `secret` keys the index. The same call twice changes nothing. Raises
    NotFound where the row does not exist.
    """
    # 1. Make the person comparable. Whoever has not changed was compared with everybody already: with those
    #    who came before when they came, with those who came after when these came.
    row = session.get(tables.Person, person_row_id)
    if row is None:
        raise NotFound(where="person")
    value = comparable_of(person)
    # Protection is only raised here: another record of the same person must not lower it.
    row.protected = row.protected or protected
    text, new = value.to_json(protected=row.protected), not row.comparable
    if row.comparable == text:
        return _outcome(session, row.id, live_links(session, row.id), 0, changed=False)
    # 2. Make the person findable.
    row.comparable = text
    keys = keys_of(value, secret)
    store_keys(session, row.id, keys, new=new)
    own = Candidate(row.id, (row.state, row.agency, row.system), row.protected, value)
    # 3. Everybody belongs to an identity, be it alone.
    if new:
        begin(session, row.id, now)
    # 4. Find candidates: who shares a key, and who is linked already. Weigh them.
    links = {} if new else live_links(session, row.id)
    found = candidates(session, keys, besides=row.id, also=links)
    scored = _score(session, own, found.candidates, links)
    # 5. Judge them, the likeliest first; write what was found and take back what no longer holds.
    for each in scored:
        decision = _judge(session, own, each, scored)
        _settle(session, (own, each), decision, links, now)
    return _outcome(session, row.id, links, found.overflowed, changed=True)


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
    ours = members(session, mine) if mine else []
    group = [own, *fetch(session, (member for member in ours if member != own.person_id))]
    newcomers = fetch(session, members(session, identity))
    if len(group) + len(newcomers) > LARGEST_GROUP:
        return "group-too-large"
    if separated(session, {one.person_id for one in group}, {one.person_id for one in newcomers}):
        return "separated"
    pairs = (compare(one.comparable, other.comparable) for one in group for other in newcomers)
    if any("differ" in pair.levels("identifier") or "differ" in pair.levels("birth") for pair in pairs):
        return "group-contradicts"
    return ""


def _settle(
    session: Session, pair: tuple[Candidate, _Scored], decision: Decision, links: dict[int, Link], now: datetime
) -> None:
    """Write the judgement on one pair; `links` are the person's judgements in force and stay up to date.

    Pairs are judged and settled one after the other, since each link decides what the next one would join.
    """
    own, each = pair
    other, before = each.candidate, each.before
    if decision.verdict == "none":
        # Take back what the matcher found earlier and no longer finds; a human's word stays.
        if before is not None and before.actor == MATCHER:
            retract(session, before, MATCHER, now)
            questions.close(session, before, verdict=questions.OUTDATED, actor=MATCHER, now=now)
            del links[other.person_id]
        return
    protected = own.protected or other.protected
    if before is None and not protected and _needless(session, own, each, decision, links):
        return
    ids = own.person_id, other.person_id
    link = record(session, ids, decision, each.comparison, known=before, now=now, protected=protected)
    links[other.person_id] = link
    if link.verdict == "candidate":
        questions.ask(session, link, now)
    elif before is not None:
        questions.close(session, link, verdict=questions.OUTDATED, actor=MATCHER, now=now)


def _needless(session: Session, own: Candidate, each: _Scored, decision: Decision, links: dict[int, Link]) -> bool:
    """Whether a new link would add nothing: they are of one identity, or enough questions are open."""
    asked = [other for other, link in links.items() if link.verdict == "candidate" and not link.protected]
    identities = identities_of(session, (own.person_id, each.candidate.person_id, *asked))
    theirs = identities.get(each.candidate.person_id)
    if identities.get(own.person_id) == theirs:
        return True
    offered = {identities.get(other) for other in asked}
    return decision.verdict == "candidate" and (theirs in offered or len(offered) >= MOST_REVIEWS)


def _outcome(
    session: Session, person_id: int, links: dict[int, Link], overflowed: int, *, changed: bool
) -> MatchOutcome:
    plain = [(other, link.verdict) for other, link in links.items() if not link.protected]
    return MatchOutcome(
        identity_id=identity_of(session, person_id) or "",
        linked=tuple(sorted(other for other, verdict in plain if verdict == "positive")),
        for_review=tuple(sorted(other for other, verdict in plain if verdict == "candidate")),
        protected_links=tuple(sorted(other for other, link in links.items() if link.protected)),
        overflowed=overflowed,
        changed=changed,
    )
