"""The whole online path over a small crowd whose truth is known: hardly anybody joined wrongly, few questions.

The figures at full size are those of benchmarks/judgement.py; here a thousandth of a share is one or two pairs.
"""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from benchmarks.judgement import arrivals, arrive, judged
from gateway.demo.crowd import Described
from gateway.matching.compare import compare
from gateway.matching.normalise import comparable
from gateway.store import tables

HUMANS = 3_000


@pytest.fixture(scope="module")
def crowd() -> list[Described]:
    return arrivals(HUMANS, seed=23)


def test_true_pairs_are_linked_without_a_human_and_wrong_ones_are_not(session: Session, crowd: list[Described]) -> None:
    arrive(session, crowd)
    figures = judged(session, crowd)
    assert figures["precision"] >= 0.999
    assert figures["recall"] >= 0.96
    assert figures["review"] <= 0.03
    # Nobody is asked about a pair that is one identity already.
    held = {row.person_id: row.identity_id for row in session.query(tables.Membership)}
    questions = [tuple(map(int, review.subject.split("-"))) for review in session.query(tables.Review)]
    assert questions
    assert all(one in held and other in held for one, other in questions)


def test_what_the_model_calls_likely_is_likely(crowd: list[Described]) -> None:
    """Pairs of one human being weigh far more than those of two who share a day of birth or a name."""
    people = [(each.human, comparable(each.person)) for each in crowd[:1_200]]
    same, other = [], []
    for place, (human, person) in enumerate(people):
        for another, candidate in people[:place]:
            if human == another:
                same.append(compare(person, candidate).weight)
            elif person.birth == candidate.birth:
                other.append(compare(person, candidate).weight)
    assert len(same) > 40
    assert sorted(same)[len(same) // 10] > 25
    assert sorted(other)[-len(other) // 10] < 25
