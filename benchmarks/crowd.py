"""Millions of persons as they lie in the database, made in a fraction of the time that describing them takes.

The comparable of each is put together from parts that were folded once; a test holds it to be what the gateway
makes of the same person described. Keys are sorted before they are written, or the index would be written over
and over.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from array import array
from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import uuid4

import numpy as np
from sqlalchemy import event

from benchmarks.matching import MEN, NOW, PLACES, SECRET, STATES, WOMEN, Population
from gateway.matching.keys import keys
from gateway.matching.normalise import Comparable, SpelledName, Words, comparable
from gateway.records.dates import PartialDate
from gateway.records.identifiers import check, synthesise
from gateway.records.person import Document, Name, Person, Sex
from gateway.store import tables
from gateway.store.bulk import fresh_ids, write_rows
from gateway.store.database import Database

LOT = 20_000
AHEAD = 6
_PEOPLE = ("id", "state", "agency", "system", "ref", "comparable", "protected", "states", "updated")
_LAST = tuple(index for table in (tables.PersonKey, tables.Membership) for index in table.__table__.indexes)


class Crowd:
    """People drawn from the names of the population, as comparables or described."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self._names = Population(seed)
        self._families: dict[str, Words] = {}
        self._given: dict[str, Words] = {}
        self._fathers: dict[str, tuple[str, ...]] = {}
        self._places: dict[str, tuple[str, ...]] = {}

    def draw(self) -> tuple[Any, ...]:
        """What tells one person from another, by the dice."""
        dice, names = self.dice, self._names
        woman = dice.random() < 0.35
        family = names.families[int(len(names.families) * dice.random() ** 2.5)]
        family += "а" if woman and family[-2:] in {"ов", "ев", "ин"} else ""
        given = WOMEN if woman else MEN
        first = given[int(len(given) * dice.random() ** 1.5)][0]
        father = MEN[int(len(MEN) * dice.random() ** 1.5)][0].rstrip("йь") + ("овна" if woman else "ович")
        return (
            family, first, father, woman, dice.randrange(22_600), dice.choice(STATES), dice.choice(PLACES),
            dice.randrange(10**13), dice.randrange(10**7), "A" + dice.choice("ABCK"),
        )  # fmt: skip

    def described(self, drawn: tuple[Any, ...]) -> Person:
        """The person as a register writes them."""
        family, given, father, woman, day, state, place, serial, number, series = drawn
        born, sex = date(1945, 1, 1) + timedelta(days=day), Sex.FEMALE if woman else Sex.MALE
        return Person(
            ref="",
            names=(Name(family, given, father, script="Cyrl", language="ru"),),
            birth_date=PartialDate.of(born),
            sex=sex,
            citizenships=(state,),
            birth_country=state,
            birth_place=place,
            identifiers=(check("UZ-PINFL", synthesise("UZ-PINFL", born, sex, serial)),),
            documents=(Document(state, "PASSPORT", f"{number:07d}", series),),
        )

    def folded(self, drawn: tuple[Any, ...]) -> Comparable:
        """The same person made comparable, from parts that were made so before."""
        family, given, father, woman, day, state, place, serial, number, series = drawn
        if not (family in self._families and given in self._given and father in self._fathers):
            (spelled,) = comparable(self.described(drawn)).names
            self._families[family], self._given[given] = spelled.family, spelled.given
            self._fathers[father] = spelled.fathers
        name = SpelledName(self._families[family], self._given[given], self._fathers[father])
        if place not in self._places:
            self._places[place] = comparable(self.described(drawn)).birth_place
        born, sex = date(1945, 1, 1) + timedelta(days=day), Sex.FEMALE if woman else Sex.MALE
        return Comparable(
            names=(name,),
            birth=PartialDate.of(born),
            sex="2" if woman else "1",
            citizenships=(state,),
            birth_country=state,
            birth_place=self._places[place],
            identifiers=(("UZ-PINFL", synthesise("UZ-PINFL", born, sex, serial), "VALID"),),
            documents=((state, f"{series}{number:07d}"),),
        )


def fill(database: Database, count: int) -> float:
    """Store so many persons and their keys; the first ones are those the questions mean. The mean of the keys.

    Nothing else may have a connection of this database: the keys to other tables are not checked, and what is
    indexed in any other order than it comes is indexed at the end.
    """
    event.listen(database.engine, "connect", _unchecked)
    with database.begin() as session:
        for index in _LAST:
            index.drop(session.connection())
    people, first = Population(1), min(count, 1_000)
    known = [comparable(people.person(number)) for number in range(1, first + 1)]
    under = [_write(database, [(value.to_json(), array("q", keys(value, SECRET))) for value in known])]
    seeds = [(1_000 + place, min(LOT, count - first - place * LOT)) for place in range(-(-(count - first) // LOT))]
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(2, os.cpu_count() or 1)) as pool:
        under.extend(_write(database, lot) for lot in _made_ahead(pool, seeds))
    written = _write_keys(database, under)
    with database.begin() as session:
        for index in _LAST:
            index.create(session.connection())
    return written / count


def _unchecked(connection: Any, _record: object) -> None:
    """A row names a person who is there: looking each up would take longer than writing it."""
    postgres = hasattr(connection, "pgconn")
    cursor = connection.cursor()
    cursor.execute("SET session_replication_role = replica" if postgres else "PRAGMA foreign_keys = OFF")
    cursor.close()
    if postgres:
        connection.commit()


def _made_ahead(pool: Any, seeds: list[tuple[int, int]]) -> Iterator[list[tuple[str, array[int]]]]:
    """The lots in order, AHEAD of them at most waiting: whoever makes them is faster than whoever writes."""
    waiting: deque[Any] = deque()
    for seed in seeds:
        waiting.append(pool.apply_async(_made, (seed,)))
        if len(waiting) == AHEAD:
            yield waiting.popleft().get()
    while waiting:
        yield waiting.popleft().get()


def _made(order: tuple[int, int]) -> list[tuple[str, array[int]]]:
    seed, count = order
    crowd = _crowd()
    crowd.dice.seed(seed)
    values = (crowd.folded(crowd.draw()) for _ in range(count))
    return [(value.to_json(), array("q", keys(value, SECRET))) for value in values]


@lru_cache(1)
def _crowd() -> Crowd:
    """One for each process: its names are folded once."""
    return Crowd(1)


def _write(database: Database, lot: list[tuple[str, array[int]]]) -> tuple[Any, Any]:
    """Persons, each alone in an identity. Their keys, and whose they are."""
    with database.begin() as session:
        ids = fresh_ids(session, "person", len(lot))
        people = zip(ids, lot, strict=True)
        rows = [(row, "RUS", "MVD", "r", str(row), text, False, [], NOW) for row, (text, _) in people]
        write_rows(session, "person", _PEOPLE, rows)
        alone = ((str(uuid4()), row, NOW) for row in ids)
        write_rows(session, "membership", ("identity_id", "person_id", "since"), alone)
    counts = [len(own) for _, own in lot]
    flat = np.concatenate([np.frombuffer(own, dtype=np.int64) for _, own in lot])
    return flat, np.repeat(np.array(ids, dtype=np.int64), counts)


def _write_keys(database: Database, under: list[tuple[Any, Any]]) -> int:
    everything = np.concatenate([flat for flat, _ in under])
    people = np.concatenate([owners for _, owners in under])
    under.clear()
    order = np.argsort(everything, kind="stable")
    for start in range(0, len(order), 1_000_000):
        part = order[start : start + 1_000_000]
        with database.begin() as session:
            write_rows(session, "person_key", ("key", "person_id"), _pairs(everything[part], people[part]))
    return len(order)


def _pairs(found: Any, people: Any) -> Iterator[tuple[int, int]]:
    return zip(found.tolist(), people.tolist(), strict=True)
