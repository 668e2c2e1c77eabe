"""Many newcomers in a few statements end as if each had been matched by itself, on either engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.matching import Population
from gateway.matching import candidates
from gateway.matching.candidates import Candidate
from gateway.matching.keys import keys
from gateway.matching.links import split
from gateway.matching.match import match_person
from gateway.matching.newcomers import Newcomer, match_newcomers
from gateway.matching.normalise import comparable
from gateway.records.person import Name, Person
from gateway.store import tables
from gateway.store.database import Database

SECRET = b"a secret of the tests only"
REGISTERS = ("BLR", "KAZ", "UZB")


def _row(session: Session, state: str, number: int, text: str, now: datetime, *, protected: bool = False) -> int:
    row = tables.Person(state=state, agency="MVD", system="r", ref=str(number), comparable=text, protected=protected)
    row.states, row.updated = [], now
    session.add(row)
    session.flush()
    return row.id


def _one_by_one(session: Session, people: list[tuple[str, Person, bool]], now: datetime) -> None:
    for number, (state, person, protected) in enumerate(people):
        row = _row(session, state, number, "", now)
        match_person(session, row, person, protected=protected, secret=SECRET, now=now)


def _at_once(session: Session, people: list[tuple[str, Person, bool]], now: datetime, *, lot: int) -> None:
    for start in range(0, len(people), lot):
        newcomers = []
        for number, (state, person, protected) in list(enumerate(people))[start : start + lot]:
            value = comparable(person)
            row = _row(session, state, number, value.to_json(protected=protected), now, protected=protected)
            own = Candidate(row, (state, "MVD", "r"), protected=protected, comparable=value)
            newcomers.append(Newcomer(own, keys(value, SECRET)))
        match_newcomers(session, newcomers, now)


def _outcome(session: Session) -> dict[str, Any]:
    link, membership = tables.Link, tables.Membership
    # Ids that were drawn and rolled back are not drawn again on PostgreSQL.
    before = (session.scalar(select(func.min(tables.Person.id))) or 1) - 1
    identities: dict[str, list[int]] = {}
    for person, identity in session.execute(
        select(membership.person_id, membership.identity_id).where(membership.until.is_(None))
    ):
        identities.setdefault(identity, []).append(person - before)
    return {
        "links": sorted(
            (
                row.left_id - before,
                row.right_id - before,
                row.verdict,
                row.colour,
                row.reason,
                row.protected,
                round(row.weight, 6),
            )
            for row in session.scalars(select(link))
        ),
        "identities": sorted(sorted(group) for group in identities.values()),
        "moves": session.scalar(select(func.count()).select_from(membership)),
        "keys": sorted(
            (key, person - before)
            for key, person in session.execute(select(tables.PersonKey.key, tables.PersonKey.person_id))
        ),
        "questions": sorted(
            (row.kind, [int(part) - before for part in row.subject.split("-")], row.state)
            for row in session.scalars(select(tables.Review))
        ),
        "crowded": session.scalar(select(tables.Counter.value).where(tables.Counter.name == candidates.CROWDED)),
    }


def _both(
    database: Database,
    people: list[tuple[str, Person, bool]],
    now: datetime,
    lot: int,
    before: Callable[[Session], None] = lambda _session: None,
) -> tuple[Any, Any]:
    found = []
    for way in (
        lambda session: _one_by_one(session, people, now),
        lambda session: _at_once(session, people, now, lot=lot),
    ):
        with database.begin() as session, session.begin_nested() as undone:
            before(session)
            way(session)
            found.append(_outcome(session))
            undone.rollback()
    return found[0], found[1]


def _population(seed: int, count: int) -> list[tuple[str, Person, bool]]:
    """People of three registers, half of them told of twice or more, a few under protection."""
    dice, people, clerk = Random(seed), Population(seed), Population(seed + 1)  # noqa: S311 - people, not keys
    told = [people.person(number) for number in range(count)]
    told += [clerk.rewritten(dice.choice(told)) for _ in range(count)]
    dice.shuffle(told)
    return [(dice.choice(REGISTERS), person, dice.random() < 0.05) for person in told]


@pytest.mark.parametrize(("seed", "lot"), [(1, 1), (2, 7), (3, 500)])
def test_links_identities_and_questions_are_the_same(database: Database, now: datetime, seed: int, lot: int) -> None:
    alone, together = _both(database, _population(seed, 60), now, lot)
    assert together == alone
    assert len(alone["links"]) > 20
    assert alone["questions"]


def test_a_crowded_key_is_left_out_and_counted(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("gateway.matching.candidates", "gateway.matching.newcomers"):
        monkeypatch.setattr(f"{module}.KEY_CAP", 5)
    namesakes = [("BLR", Person(ref=str(number), names=(Name("Ким", "Анна"),)), False) for number in range(12)]
    alone, together = _both(database, namesakes, now, 4)
    assert together == alone
    assert alone["crowded"]


def test_nobody_at_all_is_matched(database: Database, now: datetime) -> None:
    with database.begin() as session:
        match_newcomers(session, [], now)
        assert session.scalar(select(func.count()).select_from(tables.Membership)) == 0


def test_a_humans_word_counts_in_a_lot_as_one_by_one(database: Database, now: datetime, karimov: Person) -> None:
    def two_kept_apart(session: Session) -> None:
        rows = []
        for number in (-1, -2):
            rows.append(_row(session, "KGZ", number, "", now))
            match_person(session, rows[-1], karimov, protected=False, secret=SECRET, now=now)
        split(session, rows[0], rows[1], actor="anna", reason="seen both", now=now)

    told = [(state, replace(karimov, ref=state), False) for state in ("RUS", "UZB", "KAZ", "BLR")]
    alone, together = _both(database, told, now, 4, two_kept_apart)
    assert together == alone
    assert any(verdict == "negative" for _, _, verdict, *_ in alone["links"])
    assert len(alone["identities"]) == 2
    assert any(len(group) >= 4 for group in alone["identities"])


def test_a_newcomer_who_links_two_identities_joins_them(database: Database, now: datetime, karimov: Person) -> None:
    """The one knows the number, the other the document, and only the newcomer knows both."""
    number = replace(karimov, documents=(), birth_place="", names=(Name("Каримов", "Асан"),))
    paper = replace(karimov, identifiers=(), birth_place="", names=(Name("Karimov", "Asan"),))
    told = [("KAZ", number, False), ("UZB", paper, False), ("RUS", karimov, False), ("BLR", karimov, False)]
    alone, together = _both(database, told, now, 4)
    assert together == alone
    assert alone["identities"] == [[1, 2, 3, 4]]
