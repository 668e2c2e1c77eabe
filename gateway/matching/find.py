"""Who may be meant: a question about a person, answered without keeping anything of the question."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from gateway.matching.candidates import Candidate, candidates, nearest
from gateway.matching.identities import identities_of, members
from gateway.matching.judge import weigh
from gateway.matching.keys import keys
from gateway.matching.normalise import comparable
from gateway.matching.yardstick import yardstick
from gateway.records.person import Person


def find_persons(session: Session, subject: Person, *, secret: bytes) -> list[frozenset[int]]:
    """The human beings that the subject surely describes, the likeliest first; each as its person rows.

    Only what would be linked without a human is found: a namesake's records are not an answer to anybody.
    """
    asked = comparable(subject)
    ranked, _ = candidates(session, keys(asked, secret))
    own = Candidate(0, ("", "", ""), protected=False, comparable=asked)
    measure = yardstick(session)
    weighed = weigh(own, nearest(session, ranked), measure=measure)
    sure = [
        each.candidate.person_id
        for each in weighed
        if measure.decide(each.comparison, None, same_register=False).verdict == "positive"
    ]
    identities = identities_of(session, sure)
    return _distinct(frozenset({row_id, *_members(session, identities.get(row_id))}) for row_id in sure)


def _members(session: Session, identity: str | None) -> list[int]:
    return list(members(session, identity)) if identity else []


def _distinct(groups: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    return list(dict.fromkeys(groups))
