"""What reviewed pairs say of the weights: a straight line from weight to log-odds (Platt, 1999).

Fields of one person hang together more than the model believes, so its weights promise too much. Two numbers
learned from verdicts put that right. Four things bound what verdicts can do: a few say nothing; a prior holds the
line; a verdict may be a mistake (with the chance MISTAKEN), so that one which contradicts everything
counts for nothing; and clamps stop whatever is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, log2
from typing import Final

from gateway.matching.model import Calibration


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that a human has judged."""

    weight: float
    """Its evidence in bits."""
    same: bool


SHIFT: Final = (0.0, 3.0)
SLOPE: Final = (1.0, 0.15)
"""What is believed before any verdict: mean and standard deviation."""
SHIFT_RANGE: Final = (-12.0, 6.0)
SLOPE_RANGE: Final = (0.6, 1.3)
FEWEST: Final = 30
"""Verdicts below which the weights are taken at their word: nobody's first day of work moves a node's links."""
MISTAKEN: Final = 0.01
"""Chance that a reviewer is wrong."""
WEIGHT_RANGE: Final = (-20.0, 60.0)
"""Weights beyond say no more than these: no single pair is a lever."""
_ROUNDS: Final = 60
_LN2: Final = log(2)


def calibrate(judged: Sequence[Judged], population: int) -> Calibration:
    """The line that fits the verdicts best; the identity where there are fewer than FEWEST.

    `population` are the descriptions among which the pairs were found: a pair's prior odds are one to that many.
    """
    if len(judged) < FEWEST:
        return Calibration(pairs=len(judged))
    prior = log2(max(population, 2))
    pairs = [(_within(pair.weight, WEIGHT_RANGE), float(pair.same)) for pair in judged]
    # Doubting the verdicts has several best answers: one is sought from believing none before, one from believing all.
    believing = _fit(pairs, prior, (SHIFT[0], SLOPE[0]), doubting=False)
    found = [_fit(pairs, prior, start, doubting=True) for start in ((SHIFT[0], SLOPE[0]), believing)]
    shift, slope = min(found, key=lambda line: _loss(pairs, line, prior))
    return Calibration(round(shift, 4), round(slope, 4), len(pairs))


Line = tuple[float, float]
"""Shift and slope."""
_Pairs = Sequence[tuple[float, float]]


def _fit(pairs: _Pairs, prior: float, start: Line, *, doubting: bool) -> Line:
    shift, slope = start
    for _ in range(_ROUNDS):
        step_shift, step_slope = _newton(pairs, (shift, slope), prior, doubting=doubting)
        shift, slope = _within(shift - step_shift, SHIFT_RANGE), _within(slope - step_slope, SLOPE_RANGE)
        if abs(step_shift) + abs(step_slope) < 1e-6:
            break
    return shift, slope


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


def _likely(line: Line, weight: float, prior: float) -> float:
    return 1 / (1 + exp(-_within((line[1] * weight + line[0] - prior) * _LN2, (-500.0, 500.0))))


def _loss(pairs: _Pairs, line: Line, prior: float) -> float:
    """How badly the line fits verdicts that may be mistakes, and what was believed before."""
    loss = ((line[0] - SHIFT[0]) / SHIFT[1]) ** 2 / 2 + ((line[1] - SLOPE[0]) / SLOPE[1]) ** 2 / 2
    for weight, same in pairs:
        likely = _likely(line, weight, prior)
        loss -= log(MISTAKEN + (1 - 2 * MISTAKEN) * (likely if same else 1 - likely))
    return loss


def _newton(pairs: _Pairs, line: Line, prior: float, *, doubting: bool) -> Line:
    """One step of Newton's method on the penalised likelihood, shorter where it would leap."""
    shift, slope = line
    g0, g1 = (shift - SHIFT[0]) / SHIFT[1] ** 2, (slope - SLOPE[0]) / SLOPE[1] ** 2
    h00, h11, h01 = 1 / SHIFT[1] ** 2, 1 / SLOPE[1] ** 2, 0.0
    for weight, same in pairs:
        likely = _likely(line, weight, prior)
        said = likely if same else 1 - likely
        genuine = (1 - MISTAKEN) * said / ((1 - MISTAKEN) * said + MISTAKEN * (1 - said)) if doubting else 1.0
        miss, curve = genuine * (likely - same) * _LN2, genuine * likely * (1 - likely) * _LN2**2
        g0, g1 = g0 + miss, g1 + miss * weight
        h00, h11, h01 = h00 + curve, h11 + curve * weight * weight, h01 + curve * weight
    determinant = h00 * h11 - h01 * h01
    first, second = (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
    if not SLOPE_RANGE[0] < slope - second < SLOPE_RANGE[1]:
        # At a clamp the slope stands still, and the shift has to make the best of it.
        first, second = g0 / h00, slope - _within(slope - second, SLOPE_RANGE)
    longest = max(abs(first) / 2.0, abs(second) / 0.1, 1.0)
    return first / longest, second / longest
