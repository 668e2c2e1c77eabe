"""The whole way, from a register to its clusters, without a label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from gateway.linkage.link import Request, link
from tests.linkage.conftest import Rows, population, read, write


def pairs(groups: Sequence[Sequence[str]]) -> set[tuple[str, str]]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def grouped(rows: Rows, by: str) -> list[list[str]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row["id"])
    return list(groups.values())


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("linked")
    rows = population(700)
    outcome = link(Request(write(folder / "in.csv", rows), folder / "out.csv"))
    return rows, read(folder / "out.csv"), outcome


def test_persons_with_mistakes_are_found_and_others_left_alone(linked) -> None:
    rows, found, _ = linked
    truth, judged = pairs(grouped(rows, "person")), pairs(grouped(found, "cluster"))
    assert len(truth & judged) / len(judged) >= 0.98
    assert len(truth & judged) / len(truth) >= 0.95


def test_every_row_has_one_line_in_its_own_order_and_a_cluster_bears_the_id_of_its_first_row(linked) -> None:
    rows, found, _ = linked
    assert list(found[0]) == ["id", "cluster", "probability", "band"]
    assert [row["id"] for row in found] == [row["id"] for row in rows]
    first = {}
    for row in found:
        first.setdefault(row["cluster"], row["id"])
    assert all(cluster == identity for cluster, identity in first.items())


def test_bands_say_what_stands_in_the_result(linked) -> None:
    _, found, outcome = linked
    assert Counter(row["band"] for row in found) == Counter({band: n for band, n in outcome.bands.items() if n})
    sizes = Counter(row["cluster"] for row in found)
    for row in found:
        assert 0 <= float(row["probability"]) <= 1
        assert (row["band"] == "green") <= (sizes[row["cluster"]] == 1)
        assert (row["band"] == "white") <= (sizes[row["cluster"]] > 1)


def test_the_outcome_counts_what_was_done(linked) -> None:
    rows, found, outcome = linked
    assert outcome.rows == len(rows)
    assert outcome.clusters == len({row["cluster"] for row in found})
    assert sum(outcome.histogram) == outcome.compared > 0
    assert {item.name for item in outcome.model.comparisons} == set(outcome.columns)


def test_the_same_register_gives_the_same_result(linked, tmp_path: Path) -> None:
    rows, found, _ = linked
    link(Request(write(tmp_path / "in.csv", rows), tmp_path / "out.csv"))
    assert read(tmp_path / "out.csv") == found
