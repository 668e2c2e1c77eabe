"""A row is held by its group, not by one pair: what a part of the group says against it is heard."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from gateway.linkage.groups import NEVER_COMPARED, Groups, Standing
from gateway.linkage.link import link
from gateway.linkage.request import Request, Thresholds
from tests.linkage.conftest import population, read, write


def standings(*edges: tuple[int, int, float], least: float = 0.0) -> dict[int, Standing]:
    known: dict[int, Sequence[bool]] = {record: () for edge in edges for record in edge[:2]}
    joined = Groups(((left, right, bits, ()) for left, right, bits in edges), known).join(least)
    return {each.record: each for each in joined}


def test_two_halves_that_hardly_agree_are_both_held_by_little() -> None:
    # Two records of each of two twins; one of these has borrowed the other's paper.
    within = [(1, 2, 25.0), (3, 4, 25.0)]
    across = [(1, 3, 9.0), *((left, right, -2.0) for left, right in ((1, 4), (2, 3), (2, 4)))]
    found = standings(*within, *across)
    assert {each.root for each in found.values()} == {1}
    assert [found[record].held for record in (1, 2, 3, 4)] == pytest.approx([0.75] * 4)


def test_only_the_smaller_side_is_held_by_little() -> None:
    person = [(*pair, 20.0) for pair in combinations((1, 2, 3), 2)]
    stranger = [(left, 9, bits) for (left, bits) in ((1, 7.0), (2, -2.0), (3, -2.0))]
    found = standings(*person, *stranger)
    assert [found[record].held for record in (1, 2, 3)] == pytest.approx([20.0] * 3)
    assert found[9].held == pytest.approx(1.0)


def test_one_likely_pair_across_two_groups_is_settled_by_the_groups() -> None:
    within = [(*pair, 20.0) for group in ((1, 2, 3), (7, 8, 9)) for pair in combinations(group, 2)]
    found = standings(*within, (1, 7, 8.0))
    assert {found[record].root for record in (1, 2, 3)} == {1}
    assert {found[record].root for record in (7, 8, 9)} == {7}
    assert found[1].beside == found[9].beside == pytest.approx(8.0 / 9 + NEVER_COMPARED * 8 / 9)
    assert standings((1, 2, -3.0))[1] == Standing(1, 1, None, -3.0)


@pytest.mark.parametrize(("sure", "held"), [(0.95, 0.9), (0.99, 0.98), (0.6, 0.5)])
def test_a_group_may_doubt_twice_as_much_as_the_surest_link(sure: float, held: float) -> None:
    assert Thresholds(sure=sure).held == pytest.approx(held)


def test_a_row_is_white_only_where_its_group_holds_it(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", population(500))
    for sure in (0.95, 0.999):
        link(Request(source, tmp_path / "out.csv", thresholds=Thresholds(sure=sure)))
        rows = read(tmp_path / "out.csv")
        white = [float(row["probability"]) for row in rows if row["band"] == "white"]
        assert white
        assert min(white) >= Thresholds(sure=sure).held
