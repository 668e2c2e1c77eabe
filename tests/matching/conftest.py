"""People for the tests of matching: synthetic, and stored as the gateway would store them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gateway.matching.match import MatchOutcome, match_person
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Document, Identifier, Name, Person, Sex
from gateway.store import tables
from gateway.store.database import Database

SECRET = b"a secret of the tests only"


@pytest.fixture
def karimov() -> Person:
    """A synthetic person with everything that counts; tests change what they are about."""
    return Person(
        ref="1",
        names=(Name("Каримов", "Асан", "Бакирович", script="Cyrl", language="ru"),),
        birth_date=PartialDate(1985, 6, 15),
        sex=Sex.MALE,
        citizenships=("KGZ",),
        birth_country="KGZ",
        birth_place="г. Ош",
        identifiers=(Identifier("UZ-PINFL", "31506852600019", "UZB", Check.VALID),),
        documents=(Document("KGZ", "PASSPORT", "1234567", "AC"),),
    )


@pytest.fixture
def session(sqlite: Database) -> Iterator[Session]:
    with sqlite.begin() as session:
        yield session


Matcher = Callable[..., tuple[int, MatchOutcome]]


@pytest.fixture
def match(session: Session, now: datetime) -> Matcher:
    """Store a description as a row of a register and match it: `match(person, state="KAZ", protected=False)`."""
    numbers = count(1)

    def store_and_match(
        person: Person, *, state: str = "", row: int = 0, protected: bool = False, **changes: Any
    ) -> tuple[int, MatchOutcome]:
        person = replace(person, **changes)
        if not row:
            number = next(numbers)
            stored = tables.Person(
                state=state or "BLR", agency="MVD", system=f"register-{state or number}", ref=str(number), updated=now
            )
            stored.states = []
            session.add(stored)
            session.flush()
            row = stored.id
        return row, match_person(session, row, person, protected=protected, secret=SECRET, now=now)

    return store_and_match
