"""Whom to compare with: the persons who share keys, the rarest keys first, fetched in two statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

from sqlalchemy import BigInteger, any_, bindparam, delete, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from gateway.matching.normalise import Comparable, from_json
from gateway.store import numbers
from gateway.store.tables import Table

KEY_CAP: Final = 500
"""Persons under one key; a key that is shared by more says too little to be worth their comparison."""
MOST_CANDIDATES: Final = 64
"""Persons scored for one description. Ranked by the rarity of what they share, the true one of a million stands
among the first eight; whoever shares only common keys with more than this many is no more than a namesake."""
_TOGETHER: Final = 16
"""Persons fetched at once, since whoever asks may have seen enough of them."""


CROWDED: Final = "crowded-keys"
"""The counter of keys that were left out because more than KEY_CAP persons share them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be the same human being."""

    person_id: int
    register: tuple[str, str, str]
    """State, agency and system of the source."""
    protected: bool
    comparable: Comparable


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


def candidates(session: Session, keys: Sequence[int], *, besides: int = 0) -> tuple[list[int], int]:
    """The persons who share keys, the most promising first; never the person `besides`.

    The second value says how many keys were left out because more than KEY_CAP persons share them.
    """
    return rank(keys, sharing(session, keys), besides=besides)


def rank(keys: Iterable[int], people: Mapping[int, Sequence[int]], *, besides: int = 0) -> tuple[list[int], int]:
    """The people under these keys, the most promising first, and how many keys were too crowded to count.

    A key weighs by its rarity: one that two persons share tells more than five that hundreds share.
    """
    weights: dict[int, float] = {}
    overflowed = 0
    for key in keys:
        under = people.get(key, ())
        if len(under) > KEY_CAP:
            overflowed += 1
        elif under:
            bits = _RARITY[len(under)]
            for person_id in under:
                weights[person_id] = weights.get(person_id, 0.0) + bits
    weights.pop(besides, None)
    return sorted(weights, key=lambda person_id: (-weights[person_id], person_id)), overflowed


_RARITY: Final = (0.0, *(1 + log2(KEY_CAP / count) for count in range(1, KEY_CAP + 1)))
"""Number of persons under a key to the key's weight."""


def sharing(session: Session, keys: Sequence[int]) -> dict[int, list[int]]:
    """Each key to the persons under it, one more than KEY_CAP at most.

    One statement for any number of keys and always the same one, past SQLAlchemy's compiler, because it runs
    for every record. Keys and their rows are written in no other way, so nothing has to be flushed first.
    """
    if not keys:
        return {}
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(_SHARING_SQLITE, (KEY_CAP + 1, json.dumps(keys)))
        return {key: json.loads(people) for key, people in rows}
    rows = connection.exec_driver_sql(_SHARING_POSTGRES, (KEY_CAP + 1, list(keys)))
    return {key: people for key, people in rows}  # noqa: C416 - dict() of a Row says too little of its types


_SHARING_SQLITE: Final = (
    "SELECT asked.value, (SELECT json_group_array(person_id) FROM "
    "(SELECT person_id FROM person_key WHERE key = asked.value LIMIT ?)) FROM json_each(?) AS asked"
)
_SHARING_POSTGRES: Final = (
    "SELECT asked.value, ARRAY(SELECT person_id FROM person_key WHERE key = asked.value LIMIT %s) "
    "FROM unnest(%s::bigint[]) AS asked (value)"
)

_P: Final = Table.metadata.tables["person"].c
_WANTED: Final = (_P.id, _P.state, _P.agency, _P.system, _P.protected, _P.comparable)


_SQLITE_IDS: Final = select(func.json_each(bindparam("ids")).table_valued("value").c.value)
_FETCH_SQLITE: Final = select(*_WANTED).where(_P.id.in_(_SQLITE_IDS), _P.comparable != "")
_POSTGRES_IDS: Final = any_(bindparam("ids", type_=ARRAY(BigInteger)))
_FETCH_POSTGRES: Final = select(*_WANTED).where(_P.id == _POSTGRES_IDS, _P.comparable != "")
"""Statements whose text does not change with the number of persons, so that they are compiled once."""


def fetch(session: Session, person_ids: Iterable[int]) -> list[Candidate]:
    """The persons with these ids that have been made comparable, in the order of the ids."""
    wanted = list(person_ids)
    if not wanted:
        return []
    if session.connection().dialect.name == "sqlite":
        rows = session.execute(_FETCH_SQLITE, {"ids": json.dumps(wanted)})
    else:
        rows = session.execute(_FETCH_POSTGRES, {"ids": wanted})
    found = {
        person_id: Candidate(person_id, (state, agency, system), bool(protected), from_json(comparable))
        for person_id, state, agency, system, protected, comparable in rows
    }
    return [found[person_id] for person_id in wanted if person_id in found]


def nearest(session: Session, ranked: Sequence[int], known: Mapping[int, Candidate] = {}) -> Iterator[Candidate]:
    """The persons of a ranking in its order, fetched some at a time as they are asked for unless `known` here."""
    for start in range(0, len(ranked), _TOGETHER):
        lot = ranked[start : start + _TOGETHER]
        if all(person_id in known for person_id in lot):
            yield from (known[person_id] for person_id in lot)
        else:
            yield from fetch(session, lot)


def note_crowded(session: Session, count: int) -> None:
    """Count keys that were left out; a node whose figure grows fast finds less than it could.

    Protected people must not be counted: a number that grows tells of what made it grow.
    """
    if count:
        numbers.take(session, CROWDED, count)
