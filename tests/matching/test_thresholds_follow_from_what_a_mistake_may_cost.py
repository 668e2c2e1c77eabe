"""From where a link is made and from where a human looks: by size, by wish and by what reviewers said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.matching.calibration import SHIFT_RANGE, SLOPE_RANGE, Judged, calibrate
from gateway.matching.model import Calibration, Model, Wishes, model_of, standard
from gateway.matching.thresholds import CERTAIN, WORTH_A_LOOK, likely, thresholds, weight_of

SIZES = st.integers(0, 10**9)
WISHES = st.builds(Wishes, st.floats(0.001, 100), st.floats(0.0001, 0.5))


@given(SIZES, SIZES, WISHES)
def test_thresholds_never_fall_as_the_population_grows(one: int, other: int, wishes: Wishes) -> None:
    small, large = (thresholds(None, size, wishes) for size in sorted((one, other)))
    assert small.link <= large.link + 1e-9
    assert small.review <= large.review + 1e-9
    assert small.review <= small.link


@given(SIZES, st.floats(0.01, 100), st.floats(0.01, 100))
def test_whoever_accepts_fewer_false_links_needs_more_evidence(size: int, one: float, other: float) -> None:
    strict, lax = (thresholds(None, size, Wishes(false_links=value)) for value in sorted((one, other)))
    assert strict.link >= lax.link


def test_nothing_is_linked_that_is_not_almost_certain_at_the_present_size() -> None:
    for size in (1_000, 68_000, 1_000_000, 10_000_000):
        limits = thresholds(None, size)
        assert likely(standard(), size, limits.link) >= CERTAIN - 1e-9
        assert likely(standard(), size, limits.review) >= WORTH_A_LOOK - 1e-9


def test_a_tenfold_population_asks_for_more_bits() -> None:
    million, ten = thresholds(None, 1_000_000), thresholds(None, 10_000_000)
    assert 25 < million.link < 40
    assert 2 < ten.link - million.link < 8


def test_the_wishes_of_the_model_hold_where_none_are_given() -> None:
    strict = model_of(dict(standard().data) | {"wishes": {"false_links": 0.001, "review_share": 0.0001}})
    assert thresholds(strict, 10**6).link > thresholds(standard(), 10**6).link
    assert thresholds(strict, 10**6).review > thresholds(standard(), 10**6).review


def test_a_model_without_curves_still_has_thresholds() -> None:
    bare = model_of({key: value for key, value in standard().data.items() if key != "chance"})
    assert thresholds(bare, 10**6).link == pytest.approx(weight_of(bare, 10**6, CERTAIN))


# --- Calibration ---------------------------------------------------------------------------------------------


def _verdicts(turn: float, each: int = 40) -> list[Judged]:
    """Verdicts of a reviewer for whom pairs above `turn` bits are the same, softly."""
    found = []
    for weight in range(0, 50, 2):
        odds = 2.0 ** min(max((weight - turn) / 2, -30), 30)
        same = round(each * odds / (1 + odds))
        found += [Judged(float(weight), True)] * same + [Judged(float(weight), False)] * (each - same)
    return found


def test_without_verdicts_weights_are_taken_at_their_word() -> None:
    assert calibrate([], 1_000) == Calibration()


def test_many_verdicts_move_the_line_to_where_reviewers_draw_it() -> None:
    calibration = calibrate(_verdicts(24.0), 50_000)
    model = _with(calibration)
    assert likely(model, 50_000, 24.0) == pytest.approx(0.5, abs=0.1)
    assert likely(model, 50_000, 34.0) > 0.95
    assert likely(model, 50_000, 14.0) < 0.05


def test_a_few_verdicts_say_nothing_and_some_more_not_much() -> None:
    assert calibrate([Judged(40.0, False)] * 29, 50_000) == Calibration(pairs=29)
    some = calibrate([*_verdicts(22.0, each=2)], 50_000)
    assert abs(some.shift) < 4
    assert some.slope > 0.7


def test_one_wrong_verdict_among_many_counts_for_nothing() -> None:
    right = calibrate(_verdicts(20.0), 50_000)
    spoiled = calibrate([*_verdicts(20.0), Judged(60.0, False)], 50_000)
    assert spoiled.shift == pytest.approx(right.shift, abs=0.3)
    assert spoiled.slope == pytest.approx(right.slope, abs=0.02)


@given(st.lists(st.builds(Judged, st.floats(-1e6, 1e6), st.booleans()), max_size=30), st.integers(0, 10**9))
def test_no_verdicts_whatever_move_the_line_out_of_its_clamps(judged: list[Judged], size: int) -> None:
    calibration = calibrate(judged, size)
    assert SHIFT_RANGE[0] <= calibration.shift <= SHIFT_RANGE[1]
    assert SLOPE_RANGE[0] <= calibration.slope <= SLOPE_RANGE[1]
    assert calibration.pairs == len(judged)


def _with(calibration: Calibration) -> Model:
    told = {"shift": calibration.shift, "slope": calibration.slope, "pairs": calibration.pairs}
    return model_of(dict(standard().data) | {"calibration": told})
