"""Many newcomers matched at once: what one by one would have found, in a few statements for all of them.

Most newcomers resemble nobody: they need keys and an identity of their own, which are written for all together.
Whoever resembles somebody is judged in their turn, against those only who came before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.matching.candidates import KEY_CAP, MOST_CANDIDATES, Candidate, fetch, nearest, note_crowded, rank, sharing
from gateway.matching.circle import Held
from gateway.matching.judge import judge, weigh
from gateway.store.bulk import write_rows


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person whose row is stored with its comparable, and whom nobody has matched."""

    own: Candidate
    keys: tuple[int, ...]


def match_newcomers(session: Session, newcomers: Sequence[Newcomer], now: datetime) -> None:
    """Make these persons findable, give each an identity, and judge them against those before and each other.

    The rows must be new: nobody has keys, an identity or a link yet. Afterwards everything is as if
    `match_person` had been called for each in this order.
    """
    # 1. Who shares keys: of those stored before with one statement, of these newcomers by a table beside.
    stored = sharing(session, list({key for each in newcomers for key in each.keys}))
    promising, crowded = _promising(newcomers, stored)
    # 2. What they are like, fetched once for all.
    known = {each.own.person_id: each.own for each in newcomers}
    first = (person_id for ranked in promising for person_id in ranked[:MOST_CANDIDATES])
    wanted = dict.fromkeys(person_id for person_id in first if person_id not in known)
    known |= {candidate.person_id: candidate for candidate in fetch(session, wanted)}
    # 3. Everybody is findable and belongs to an identity.
    _store_keys(session, newcomers)
    circle = Held(session, now, [each.own.person_id for each in newcomers], known)
    # 4. Who resembles somebody is judged, in the order in which they came.
    weighed = [
        weigh(each.own, nearest(session, ranked, known), measure=circle.measure)
        for each, ranked in zip(newcomers, promising, strict=True)
    ]
    circle.prepare(one.candidate.person_id for found in weighed for one in found)
    for each, found in zip(newcomers, weighed, strict=True):
        judge(circle, each.own, found, {})
    circle.write()
    note_crowded(session, crowded)


def _promising(newcomers: Iterable[Newcomer], stored: dict[int, list[int]]) -> tuple[list[list[int]], int]:
    """Of each newcomer the most promising persons who came before; keys of the unprotected that are too crowded."""
    found, crowded = [], 0
    for each in newcomers:
        for key in each.keys:
            under = stored.setdefault(key, [])
            if len(under) <= KEY_CAP:
                under.append(each.own.person_id)
        ranked, overflowed = rank(each.keys, stored, besides=each.own.person_id)
        found.append(ranked)
        crowded += 0 if each.own.protected else overflowed
    return found, crowded


def _store_keys(session: Session, newcomers: Iterable[Newcomer]) -> None:
    # In the order of the keys, so that each page of the index is touched once.
    pairs = sorted((key, each.own.person_id) for each in newcomers for key in each.keys)
    write_rows(session, "person_key", ("key", "person_id"), pairs)
