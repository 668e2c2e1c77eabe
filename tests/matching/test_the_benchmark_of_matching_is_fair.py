"""The benchmark's people bear numbers that matching believes, and almost all whom it should link it links.

A figure that falls because the benchmark's own data are not sound tells nothing of the gateway.
"""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from benchmarks.crowd import Crowd
from benchmarks.matching import Population, ask, fill
from gateway.matching.compare import compare
from gateway.matching.decide import decide
from gateway.matching.normalise import comparable
from gateway.records.identifiers import contradictions, verdict
from gateway.records.person import Check

PERSONS = 300


def test_everybody_bears_a_valid_number_that_fits_its_bearer_and_nobody_elses() -> None:
    people = Population(1)
    bearers = [people.person(ref) for ref in range(PERSONS)]
    numbers = [number for person in bearers for number in person.identifiers]
    assert {verdict(number) for number in numbers} == {Check.VALID}
    assert len({number.value for number in numbers}) == PERSONS
    assert not [
        person.ref
        for person in bearers
        for number in person.identifiers
        if contradictions(number, person.sex, person.birth_date)
    ]


def test_nobody_is_left_to_a_human_for_a_number_that_fails_its_check() -> None:
    people, clerk = Population(1), Population(2)
    told = [(person, clerk.rewritten(person)) for person in map(people.person, range(PERSONS))]
    numbered = [(person, other) for person, other in told if other.identifiers]
    decisions = [decide(compare(comparable(person), comparable(other))) for person, other in numbered]
    assert len(numbered) > PERSONS / 5
    assert not [decision for decision in decisions if "failed-check" in decision.reasons]
    assert sum("identifier" in decision.reasons for decision in decisions) > 0.9 * len(numbered)


def test_three_quarters_and_more_are_linked_without_a_human_and_none_of_them_wrongly(session: Session) -> None:
    fill(session, PERSONS)
    _, shares = ask(session, PERSONS, 2 * PERSONS)
    assert shares["candidate-recall"] == pytest.approx(1.0, abs=0.01)
    assert shares["linked-recall"] > 0.75
    assert shares["linked-or-review-recall"] > 0.98
    assert shares["linked-precision"] == 1.0


def test_the_crowd_put_together_from_parts_is_what_the_gateway_makes_of_it_described() -> None:
    crowd = Crowd(1)
    for _ in range(PERSONS):
        drawn = crowd.draw()
        assert crowd.folded(drawn) == comparable(crowd.described(drawn))
