"""A question finds the human being it surely describes, and leaves no trace of itself."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.matching.find import find_persons
from gateway.records.person import Name, Person
from gateway.store import tables

SECRET = b"a secret of the tests only"


def test_a_question_finds_every_description_of_the_human_being_it_means(
    session: Session, karimov: Person, match
) -> None:
    first, _ = match(karimov, state="KAZ")
    second, _ = match(karimov, state="RUS", names=(Name("Karimov", "Asan"),))
    found = find_persons(session, replace(karimov, names=(Name("Kerimov", "Asan", "Bakirovich"),)), secret=SECRET)
    assert found == [frozenset({first, second})]
    assert session.scalar(select(func.count()).select_from(tables.Person)) == 2


def test_a_namesake_is_no_answer(session: Session, karimov: Person, match) -> None:
    match(karimov, state="KAZ")
    bare = Person("?", (Name("Karimov", "Asan"),), karimov.birth_date)
    assert find_persons(session, bare, secret=SECRET) == []
