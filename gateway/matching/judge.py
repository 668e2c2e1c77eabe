"""Candidates judged one after the other: links written, questions asked, what no longer holds taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gateway.matching.candidates import MOST_CANDIDATES, Candidate
from gateway.matching.circle import Circle
from gateway.matching.compare import Comparison
from gateway.matching.decide import Decision
from gateway.matching.links import MATCHER
from gateway.matching.yardstick import Yardstick
from gateway.store.tables import Link

LARGEST_GROUP: Final = 40
"""Descriptions of one identity that automatic links may build up; no human being has more in practice,
and chains that grow beyond are the known way in which linkage goes wrong."""
MOST_REVIEWS: Final = 3
"""Candidates offered to a human for one person: more would bury the likeliest."""
ENOUGH: Final = 16
"""Candidates in a row without a say after which nobody better is to be expected: those who follow share less."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with the evidence."""

    candidate: Candidate
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    comparison: Comparison
    identity: str
    """The candidate's identity, or a stand-in of its own where it has none yet."""
    before: Link | None
    """The judgement in force on the pair."""


def weigh(
    own: Candidate, ranked: Iterable[Candidate], linked: Iterable[Candidate] = (), *, measure: Yardstick
) -> list[Weighed]:
    """The candidates that may have a say, the heaviest first; all of the `linked`, who were judged with before.

    Left out is who can neither be linked, nor be asked about, nor be a rival of one who can: nearly everybody.
    `ranked` come the most promising first, and the search ends when ENOUGH in a row have had no say.
    """
    weighed = [Weighed(candidate, measure.compare(own.comparable, candidate.comparable)) for candidate in linked]
    known = {own.person_id, *(each.candidate.person_id for each in weighed)}
    scored = silent = 0
    for candidate in ranked:
        if candidate.person_id in known:
            continue
        comparison = measure.compare(own.comparable, candidate.comparable)
        telling = measure.tells(comparison)
        if telling:
            weighed.append(Weighed(candidate, comparison))
        if candidate.protected and not own.protected:
            # Whoever is compared with an outsider must not depend on who is under protection (R6).
            continue
        scored, silent = scored + 1, 0 if telling else silent + 1
        if silent == ENOUGH or scored == MOST_CANDIDATES:
            break
    return sorted(weighed, key=lambda each: (-each.comparison.weight, each.candidate.person_id))


def judge(circle: Circle, own: Candidate, weighed: list[Weighed], links: dict[int, Link]) -> None:
    """Judge the candidates of one person, the likeliest first; `links`, the judgements in force, stay up to date.

    Pairs are judged and settled one after the other, since each link decides what the next one would join.
    """
    if not weighed:
        return
    identities = circle.identities_of([each.candidate.person_id for each in weighed])
    scored = [
        _Scored(
            each.candidate,
            each.comparison,
            identities.get(each.candidate.person_id, f"alone-{each.candidate.person_id}"),
            links.get(each.candidate.person_id),
        )
        for each in weighed
    ]
    for one in scored:
        decision = _judge(circle, own, one, scored)
        _settle(circle, (own, one), decision, links)


def _judge(circle: Circle, own: Candidate, each: _Scored, scored: list[_Scored]) -> Decision:
    """The judgement on one candidate, with what stands in the way of linking by itself."""
    candidate, measure = each.candidate, circle.measure
    linked = each.before is not None and each.before.verdict == "positive"
    # A protected person is no rival either: not even a delay may tell an outsider of them (R4, R6).
    rivals = (
        other
        for other in scored
        if other.identity != each.identity
        and (own.protected or not other.candidate.protected)
        # Another description of the same human being, not joined yet, leaves no choice to guess at.
        and not measure.one_being(other.candidate.comparable, candidate.comparable)
    )
    # A link that stands is not undone because somebody similar arrived later.
    second = None if linked else next((rival.comparison for rival in rivals), None)
    decision = measure.decide(each.comparison, second, same_register=own.register == candidate.register)
    if decision.verdict != "positive":
        return decision
    if own.protected or candidate.protected:
        return Decision("candidate", "yellow", ("protected", *decision.reasons))
    if not linked and (obstacle := _obstacle(circle, own, each.identity)):
        return Decision("candidate", "yellow", (obstacle,))
    return decision


def _obstacle(circle: Circle, own: Candidate, identity: str) -> str:
    """Why the person may not join this identity without a human; empty where nothing stands in the way."""
    mine = circle.identities_of((own.person_id,)).get(own.person_id)
    if identity == mine:
        return ""
    ours = circle.members(mine) if mine else []
    group = [own, *circle.fetch(member for member in ours if member != own.person_id)]
    newcomers = circle.fetch(circle.members(identity))
    if len(group) + len(newcomers) > LARGEST_GROUP:
        return "group-too-large"
    if circle.separated({one.person_id for one in group}, {one.person_id for one in newcomers}):
        return "separated"
    pairs = (circle.measure.compare(one.comparable, other.comparable) for one in group for other in newcomers)
    if any("differ" in pair.levels("identifier") or "differ" in pair.levels("birth") for pair in pairs):
        return "group-contradicts"
    return ""


def _settle(circle: Circle, pair: tuple[Candidate, _Scored], decision: Decision, links: dict[int, Link]) -> None:
    """Write the judgement on one pair."""
    own, each = pair
    other, before = each.candidate, each.before
    if decision.verdict == "none":
        # Take back what the matcher found earlier and no longer finds; a human's word stays.
        if before is not None and before.actor == MATCHER:
            circle.take_back(before)
            del links[other.person_id]
        return
    protected = own.protected or other.protected
    if before is None and not protected and _needless(circle, own, each, decision, links):
        return
    ids = own.person_id, other.person_id
    links[other.person_id] = circle.record(ids, decision, each.comparison, before, protected=protected)


def _needless(circle: Circle, own: Candidate, each: _Scored, decision: Decision, links: dict[int, Link]) -> bool:
    """Whether a new link would add nothing: they are of one identity, or enough questions are open."""
    asked = [other for other, link in links.items() if link.verdict == "candidate" and not link.protected]
    identities = circle.identities_of((own.person_id, each.candidate.person_id, *asked))
    theirs = identities.get(each.candidate.person_id)
    if identities.get(own.person_id) == theirs:
        return True
    offered = {identities.get(other) for other in asked}
    return decision.verdict == "candidate" and (theirs in offered or len(offered) >= MOST_REVIEWS)
