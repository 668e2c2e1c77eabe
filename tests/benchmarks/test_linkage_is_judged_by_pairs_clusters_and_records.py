"""The metrics of the benchmark of linkage, against figures worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.linkage.metrics import b_cubed, best, components, numbered, of_clusters, of_pairs, pairs_within

# Persons a a a b b c; found: {a a} {a b} {b c}. True pairs: 3 + 1 = 4. Found pairs: 3, of which 1 is right.
TRUTH = numbered("aaabbc")
FOUND = numbered(["x", "x", "y", "y", "z", "z"])


def test_pairs_implied_by_clusters_are_counted_against_all_true_pairs() -> None:
    figures = of_clusters(TRUTH, FOUND)

    assert (figures.precision, figures.recall) == (pytest.approx(1 / 3), pytest.approx(1 / 4))
    assert figures.f1 == pytest.approx(2 / 7)


def test_b_cubed_averages_over_records() -> None:
    figures = b_cubed(TRUTH, FOUND)

    # Precision of the records: 2/2 2/2 1/2 1/2 1/2 1/2; recall: 2/3 2/3 1/3 1/2 1/2 1/1.
    assert figures.precision == pytest.approx(4 / 6)
    assert figures.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2 + 1) / 6)


def test_pairs_that_blocking_lost_count_against_recall() -> None:
    figures = of_pairs(TRUTH, np.array([0, 2]), np.array([1, 3]))

    assert (figures.precision, figures.recall) == (0.5, 0.25)


def test_nothing_found_is_precise_and_finds_nothing() -> None:
    alone = numbered(range(6))

    assert (of_clusters(TRUTH, alone).precision, of_clusters(TRUTH, alone).recall) == (1.0, 0.0)
    assert of_clusters(TRUTH, alone).f1 == 0.0


def test_pairs_join_records_into_clusters() -> None:
    found = components(6, [0, 3, 4], [4, 5, 1])

    assert found[0] == found[4] == found[1]
    assert found[3] == found[5]
    assert len(set(found.tolist())) == 3


def test_the_best_threshold_is_the_one_that_the_truth_would_choose() -> None:
    left, right = np.array([0, 1, 3, 2, 4]), np.array([1, 2, 4, 3, 5])

    chosen = best(TRUTH, left, right, np.array([0.9, 0.8, 0.7, 0.2, 0.1]))

    assert (chosen.of_clusters, chosen.of_pairs) == (0.7, 0.7)


def test_equal_probabilities_are_never_parted_by_a_threshold() -> None:
    left, right = np.array([0, 1, 2]), np.array([1, 2, 3])

    chosen = best(TRUTH, left, right, np.array([0.5, 0.5, 0.5]))

    assert chosen.of_pairs == 0.5


labels = st.lists(st.integers(0, 5), min_size=1, max_size=30)


@given(labels)
def test_the_truth_itself_is_perfect(persons: list[int]) -> None:
    truth = numbered(persons)

    assert b_cubed(truth, truth).f1 == pytest.approx(1.0)
    assert of_clusters(truth, truth).precision == of_clusters(truth, truth).recall == 1.0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30))
def test_counting_cells_equals_counting_pair_by_pair(rows: list[tuple[int, int]]) -> None:
    truth, found = (numbered(side) for side in zip(*rows, strict=True))
    pairs = [(i, j) for i in range(len(rows)) for j in range(i)]
    right = sum(truth[i] == truth[j] and found[i] == found[j] for i, j in pairs)
    made = sum(found[i] == found[j] for i, j in pairs)

    figures = of_clusters(truth, found)

    assert pairs_within(found) == made
    assert figures.precision == pytest.approx(right / made if made else 1.0)
