"""Whom to compare with: the persons who share a key, fetched in one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import TextClause, bindparam, delete, insert, select, text
from sqlalchemy.orm import Session

from gateway.matching.normalise import Comparable, from_json
from gateway.store.tables import Table

KEY_CAP: Final = 500
"""Persons under one key; a key that is shared by more says too little to be worth their comparison."""
MOST_CANDIDATES: Final = 200
"""Persons scored for one description: beyond 150 to 400 recall no longer grows (names-and-watchlist notes)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be the same human being."""

    person_id: int
    register: tuple[str, str, str]
    """State, agency and system of the source."""
    protected: bool
    comparable: Comparable


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one search."""

    candidates: tuple[Candidate, ...]
    overflowed: int
    """Keys left out because more than KEY_CAP persons share them; a metric to watch."""


_KEYS: Final = Table.metadata.tables["person_key"]
_KEYS_OF: Final = select(_KEYS.c.key).where(_KEYS.c.person_id == bindparam("person"))
_DROP_KEYS: Final = delete(_KEYS).where(
    _KEYS.c.person_id == bindparam("person"), _KEYS.c.key.in_(bindparam("keys", expanding=True))
)
_ADD_KEYS: Final = insert(_KEYS)


def store_keys(session: Session, person_id: int, keys: Sequence[int], *, new: bool = False) -> bool:
    """Make `keys` the keys of the person; True where that changed anything. `new`: the person has none yet."""
    known = set() if new else set(session.scalars(_KEYS_OF, {"person": person_id}))
    wanted = set(keys)
    if gone := known - wanted:
        session.execute(_DROP_KEYS, {"person": person_id, "keys": sorted(gone)})
    if added := wanted - known:
        session.execute(_ADD_KEYS, [{"key": key, "person_id": person_id} for key in sorted(added)])
    return known != wanted


def candidates(
    session: Session, keys: Sequence[int], *, besides: int = 0, also: Iterable[int] = (), limit: int = MOST_CANDIDATES
) -> Found:
    """The persons who share most keys, at most `limit`, and those of `also`; never the person `besides`."""
    shared, overflowed = _sharing(session, keys)
    shared.pop(besides, None)
    ranked = sorted(shared, key=lambda person_id: (-shared[person_id], person_id))[:limit]
    wanted = dict.fromkeys([*(person_id for person_id in also if person_id != besides), *ranked])
    return Found(tuple(fetch(session, wanted)), overflowed)


def _sharing(session: Session, keys: Sequence[int]) -> tuple[Counter[int], int]:
    """How many keys each person shares; keys over the cap are left out and counted."""
    if not keys:
        return Counter(), 0
    bound = {f"k{number}": key for number, key in enumerate(keys)}
    rows = session.execute(_key_query(len(keys)), bound | {"cap": KEY_CAP + 1}).all()
    per_key = Counter(key for key, _ in rows)
    crowded = {key for key, count in per_key.items() if count > KEY_CAP}
    return Counter(person_id for key, person_id in rows if key not in crowded), len(crowded)


@lru_cache(128)
def _key_query(count: int) -> TextClause:
    """One statement for all keys, each with its own limit; written as text because it runs for every record."""
    one = "SELECT * FROM (SELECT key, person_id FROM person_key WHERE key = :k{number} LIMIT :cap) AS s{number}"
    return text(" UNION ALL ".join(one.format(number=number) for number in range(count)))


_P: Final = Table.metadata.tables["person"].c
_FETCH: Final = select(_P.id, _P.state, _P.agency, _P.system, _P.protected, _P.comparable).where(
    _P.id.in_(bindparam("ids", expanding=True)), _P.comparable != ""
)


def fetch(session: Session, person_ids: Iterable[int]) -> list[Candidate]:
    """The persons with these ids that have been made comparable, in the order of the ids."""
    wanted = list(person_ids)
    if not wanted:
        return []
    rows = session.execute(_FETCH, {"ids": wanted}).all()
    found = {
        row.id: Candidate(row.id, (row.state, row.agency, row.system), bool(row.protected), from_json(row.comparable))
        for row in rows
    }
    return [found[person_id] for person_id in wanted if person_id in found]
