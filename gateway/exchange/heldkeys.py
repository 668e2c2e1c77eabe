"""The index of persons held against the persons: whoever is known is found by their keys, and by no others.

No leaf speaks of these rows. The person's row has one, and what is in it makes the keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import select, type_coerce
from sqlalchemy.orm import Session

from gateway.exchange.held import BATCH, Wrong
from gateway.ledger import rowleaf
from gateway.ledger.rowstate import together
from gateway.matching.keys import keys
from gateway.matching.normalise import from_json, is_current
from gateway.store import columns
from gateway.store.tables import Person, PersonKey

_TOGETHER: Final = 500
_NAME: Final = "person_key"


def check(session: Session, secret: bytes) -> Iterator[Wrong]:
    """Every key that is missing, too many, or nobody's; `secret` is the one that the node hashes keys with."""
    for some in together(_people(session), _TOGETHER):
        stored = _stored(session, [person_id for person_id, _ in some])
        for person_id, text in some:
            # A description of an older form has the keys of its time until it is matched again.
            if not text or is_current(text):
                yield from _person(person_id, stored[person_id], set(keys(from_json(text), secret)) if text else set())
    nobody = select(PersonKey.key, PersonKey.person_id).outerjoin(Person, Person.id == PersonKey.person_id)
    for key, person_id in session.execute(nobody.where(Person.id.is_(None)), execution_options=BATCH):
        yield _wrong("LOG-ROW-ADDED", key, person_id)


def _people(session: Session) -> Iterator[tuple[int, str]]:
    """Everybody with what is known of them. Left out is whose description does not open: their row's leaf tells."""
    vault = columns.vault_of(session)
    column: Any = Person.__table__.c.comparable
    query = select(Person.id, type_coerce(column, columns.stored(column))).order_by(Person.id)
    for person_id, sealed in session.execute(query, execution_options=BATCH):
        opened = rowleaf.opened(vault, column.type.place, sealed)
        if opened is not None:
            yield person_id, opened.decode()


def _stored(session: Session, people: list[int]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for key, person_id in session.execute(
        select(PersonKey.key, PersonKey.person_id).where(PersonKey.person_id.in_(people))
    ):
        found[person_id].add(key)
    return found


def _person(person_id: int, stored: set[int], made: set[int]) -> Iterator[Wrong]:
    for key in sorted(stored - made):
        yield _wrong("LOG-ROW-ADDED", key, person_id)
    for key in sorted(made - stored):
        yield _wrong("LOG-ROW-MISSING", key, person_id)


def _wrong(code: str, key: int, person_id: int) -> Wrong:
    return Wrong(code, _NAME, f"{key}|{person_id}", f"{_NAME} {key}|{person_id}")
