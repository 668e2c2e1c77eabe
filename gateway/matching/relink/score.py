"""The pairs of a population weighed under another model, some people at a time, into a table beside the links.

Each person is compared with those who came before, as on the day of arrival: the same keys, the same ranking, the
same comparison. So the weights are those of online matching, and a run that died goes on behind the last people
whose pairs were committed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.matching.candidates import Candidate, fetch, nearest, rank, sharing
from gateway.matching.judge import Weighed, weigh
from gateway.matching.yardstick import Yardstick
from gateway.store.bulk import write_rows
from gateway.store.tables import Link, Person, Table

TOGETHER: Final = 200
"""People scored in one unit of work."""
_NEAR: Final = 40
"""Candidates of each person fetched together for all; who needs more fetches them later."""
_KEYS: Final = Table.metadata.tables["person_key"].c
_KEYS_OF: Final = select(_KEYS.person_id, _KEYS.key).where(_KEYS.person_id.in_(bindparam("people", expanding=True)))
_COLUMNS: Final = ("relink_id", "left_id", "right_id", "weight", "evidence", "verdict", "reason", "protected")


def following(session: Session, position: int, upto: int) -> list[int]:
    """The next people of the population, in the order of their ids."""
    query = select(Person.id).where(Person.id > position, Person.id <= upto, Person.comparable != "")
    return list(session.scalars(query.order_by(Person.id).limit(TOGETHER)))


def score(session: Session, people: Sequence[int], measure: Yardstick) -> list[tuple[Candidate, list[Weighed]]]:
    """Each of these people with those who came before and may have a say."""
    keys: defaultdict[int, list[int]] = defaultdict(list)
    for person_id, key in session.execute(_KEYS_OF, {"people": people}):
        keys[person_id].append(key)
    under = sharing(session, list({key for each in keys.values() for key in each}))
    own = {each.person_id: each for each in fetch(session, people)}
    ranked = {
        person_id: [each for each in rank(keys[person_id], under, besides=person_id)[0] if each < person_id]
        for person_id in own
    }
    before = _linked_before(session, people)
    wanted = {each for person_id in own for each in (*ranked[person_id][:_NEAR], *before[person_id])}
    known = own | {each.person_id: each for each in fetch(session, sorted(wanted - own.keys()))}
    return [
        (
            one,
            weigh(
                one,
                nearest(session, ranked[person_id], known),
                [known[each] for each in before[person_id] if each in known],
                measure=measure,
            ),
        )
        for person_id, one in sorted(own.items())
    ]


def keep(session: Session, relink: int, scored: Iterable[tuple[Candidate, list[Weighed]]]) -> int:
    """Write what was scored into the table beside the links; how many pairs that were."""
    rows = [
        (relink, each.candidate.person_id, own.person_id, each.comparison.weight,
         [row.as_list() for row in each.comparison.evidence], "", "", own.protected or each.candidate.protected)
        for own, weighed in scored
        for each in weighed
    ]  # fmt: skip
    write_rows(session, "relink_pair", _COLUMNS, rows)
    return len(rows)


def _linked_before(session: Session, people: Sequence[int]) -> defaultdict[int, list[int]]:
    """Who was judged with each of the people before them: pairs that stand now are weighed whatever keys say."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    query = select(Link.right_id, Link.left_id).where(Link.right_id.in_(people), Link.retracted.is_(None))
    for right, left in session.execute(query.distinct()):
        found[right].append(left)
    return found
