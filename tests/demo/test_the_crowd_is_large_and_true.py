"""The crowd that linkage is trained and measured on: the same from a seed, of ten states, hard on purpose."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from itertools import islice, pairwise
from pathlib import Path
from random import Random

from gateway.demo.crowd import Crowd, Described
from gateway.demo.crowd.__main__ import rows
from gateway.demo.crowd.describing import REGISTERS
from gateway.records.person import Check, Person

HUMANS = 6_000


def _crowd(seed: int = 1) -> list[Described]:
    return list(Crowd(seed).descriptions(HUMANS))


def test_a_seed_gives_the_same_crowd_and_a_larger_one_begins_with_it() -> None:
    small = _crowd()
    assert small == list(islice(Crowd(1).descriptions(2 * HUMANS), len(small)))
    assert small != _crowd(2)


def test_ten_states_write_in_three_scripts() -> None:
    crowd = _crowd()
    assert {each.register[0] for each in crowd} == {register.state for register in REGISTERS}
    scripts = Counter(name.script for each in crowd for name in each.person.names)
    assert scripts.keys() >= {"Cyrl", "Latn", "Armn"}
    assert scripts["Zyyy"] < len(crowd) / 1000


def test_many_are_known_to_several_registers_and_everybody_by_a_name() -> None:
    known: defaultdict[int, list[Person]] = defaultdict(list)
    for each in _crowd():
        known[each.human].append(each.person)
    assert len(known) == HUMANS
    assert 0.24 < sum(len(people) > 1 for people in known.values()) / HUMANS < 0.32
    assert all(person.names for people in known.values() for person in people)


def test_names_are_skewed_a_few_common_and_a_long_tail() -> None:
    families = Counter(soul.human.family[0] for soul in Crowd(1).souls(HUMANS))
    assert len(families) > HUMANS / 4
    assert 0.003 < families.most_common(1)[0][1] / HUMANS < 0.03


def test_the_hard_cases_are_there() -> None:
    souls = list(Crowd(1).souls(HUMANS))
    pairs = [(one.human, other.human) for one, other in pairwise(souls)]
    twins = [1 for one, other in pairs if one.birth == other.birth and one.family == other.family]
    heirs = [1 for one, other in pairs if one.given == other.given and other.father == one.given]
    assert len(twins) > HUMANS / 100
    assert len(heirs) > HUMANS / 500
    assert sum(soul.human.former_family is not None for soul in souls) > HUMANS / 100
    assert sum(soul.borrowed is not None for soul in souls) > HUMANS / 1000


def test_a_borrowed_passport_is_its_owners_as_well() -> None:
    souls = list(Crowd(1).souls(HUMANS))
    owners = {passport: soul.human.number for soul in souls for passport in soul.human.passports}
    lent = [(soul.borrowed, soul.human.number) for soul in souls if soul.borrowed]
    assert lent
    assert all(passport in owners and owners[passport] != bearer for passport, bearer in lent)


def test_numbers_are_valid_but_for_a_few_slips() -> None:
    checks = Counter(number.check for each in _crowd() for number in each.person.identifiers)
    assert checks[Check.INVALID_CHECK] + checks[Check.INVALID_FORMAT] < sum(checks.values()) / 50
    assert checks[Check.INVALID_CHECK] > 0


def test_one_more_register_describes_somebody_anew() -> None:
    soul = next(iter(Crowd(3).souls(1)))
    again = [next(Crowd(3).seen(Random(seed), soul)) for seed in range(30)]  # noqa: S311 - dice, no secrets.
    assert {each.human for each in again} == {soul.human.number}
    assert len({each.person for each in again}) > 10


def test_the_register_for_gateway_link_has_the_truth_in_a_column(tmp_path: Path) -> None:
    written = list(rows(iter(_crowd()[:100])))
    assert [row[0] for row in written] == [str(number) for number in range(1, 101)]
    assert {len(row) for row in written} == {14}
    path = tmp_path / "crowd.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(written)
    with path.open(encoding="utf-8", newline="") as file:
        assert [int(row[-1]) for row in csv.reader(file)] == [each.human for each in _crowd()[:100]]
