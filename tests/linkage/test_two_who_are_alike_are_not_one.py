"""A likeness is evidence for one person only as far as two persons are not alike in the same way."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.linkage.comparisons import Comparison, Level
from gateway.linkage.em import Sample, Samples, learn
from gateway.linkage.rivals import KINDS, held, kinds

NAMES = ("given_name", "family_name", "birth_date", "document")
TWINS = KINDS[-1]


def comparison(name: str) -> Comparison:
    levels = (Level("exact", "", 0.85, 0.01), Level("nearly", "", 0.1, 0.01), Level("different", "ELSE", 0.05, 0.98))
    return Comparison(name, "", levels)


COMPARISONS = tuple(map(comparison, NAMES))


def test_a_register_without_numbers_of_persons_cannot_tell_the_alike_from_one() -> None:
    assert kinds(COMPARISONS) == KINDS
    assert kinds((*COMPARISONS[:3], comparison("email"))) == ()
    assert kinds((*COMPARISONS[:3], comparison("identifier_2"))) == KINDS
    assert [kind.name for kind in kinds(COMPARISONS[2:])] == ["namesakes", "one paper"]


@pytest.mark.parametrize(
    ("kind", "name", "shares"),
    [
        ("twins", "family_name", [0.6, 0.2, 0.2]),
        ("twins", "given_name", [0.1, 0.1, 0.8]),
        ("twins", "document", [0.1, 0.45, 0.45]),
        ("namesakes", "document", [0.1, 0.1, 0.8]),
        ("one family", "document", [0.6, 0.2, 0.2]),
        ("one family", "identifier_2", [0.1, 0.1, 0.8]),
        ("one family", "phone", [0.6, 0.2, 0.2]),
    ],
)
def test_chance_decides_what_two_of_a_kind_do_not_share(kind, name, shares) -> None:
    (found,) = (each for each in KINDS if each.name == kind)
    seen, chance = np.array([0.6, 0.2, 0.2]), np.array([0.1, 0.1, 0.8])
    assert held(found, comparison(name), seen, chance) == pytest.approx(shares)


def sample(*lines: tuple[tuple[int, int, int, int], float]) -> Sample:
    return Sample(np.array([line for line, _ in lines]), np.array([count for _, count in lines]), np.zeros(len(lines)))


def learned(twins: float):
    """A register of 2,000 rows, in which so many pairs are twins with papers next to each other."""
    drawn = sample(((2, 2, 2, 2), 90_000), ((0, 2, 2, 2), 900), ((2, 0, 2, 2), 900), ((2, 2, 0, 2), 90))
    proposed = sample(
        ((0, 0, 0, 0), 700), ((0, 0, 0, 2), 60), ((1, 0, 0, 0), 60), ((0, 1, 0, 0), 60), ((0, 0, 1, 0), 30),
        ((2, 0, 0, 0), 9), ((0, 2, 2, 2), 20_000), ((2, 0, 2, 2), 20_000), ((2, 0, 0, 1), twins),
    )  # fmt: skip
    return learn(COMPARISONS, Samples(drawn, (proposed,), ()), 2_000 * 1_999 / 2, 2e-4)


def test_twins_are_told_by_what_they_do_not_share() -> None:
    found = learned(90)
    (rival,) = (rival for rival in found.rivals if rival.name == TWINS.name)
    assert rival.share * 2_000 * 1_999 / 2 == pytest.approx(90, rel=0.2)
    assert rival.levels["birth_date"][0] > 0.8
    given, _, _, document = found.comparisons
    assert given.levels[2].m < 0.03
    assert document.levels[1].m < 0.02


def test_a_kind_of_which_there_is_no_pair_takes_nothing_from_persons() -> None:
    assert TWINS.name not in {rival.name for rival in learned(0).rivals}
