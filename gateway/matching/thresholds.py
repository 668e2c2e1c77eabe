"""From which weight pairs are linked, and from which a human looks: by what a mistake may cost, at the present size.

A weight says how much likelier a pair's agreement is for one human being than by chance. How likely the pair is
one depends on how many others there are: among a million people chance has a million tries for every newcomer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp2, log2
from typing import Final

from gateway.matching.model import Curve, Model, Wishes, standard

USUAL_SIZE: Final = 100_000
"""Descriptions assumed where nobody has counted them, or fewer are there: a node that begins will grow."""
CERTAIN: Final = 0.99
"""The least chance at which a single pair may be linked without a human, however few false links are expected."""
WORTH_A_LOOK: Final = 0.05
"""A pair less likely than this wastes the time of whoever reviews it, however few there are."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Weights in bits."""

    link: float
    """From here a pair may be linked without a human."""
    review: float
    """From here a human should look at a pair."""


@lru_cache(256)
def thresholds(model: Model | None = None, size: int = USUAL_SIZE, wishes: Wishes | None = None) -> Thresholds:
    """The thresholds of the model among `size` descriptions; they rise as the population grows.

    Callers round `size`, so that the answer is remembered: two digits are plenty. Without `wishes` those hold that
    the model was made with, so that thresholds move with an accepted model and not behind anybody's back.
    """
    model = model or standard()
    wishes = wishes or model.wishes
    sure = weight_of(model, size, CERTAIN)
    link = max(sure, _reached_by(model.chance_links, model.population, size, wishes.false_links / 10_000))
    review = max(
        weight_of(model, size, WORTH_A_LOOK),
        _reached_by(model.chance_reviews, model.population, size, wishes.review_share),
    )
    return Thresholds(link, min(review, link))


def weight_of(model: Model, size: int, likely: float) -> float:
    """The weight at which a pair among `size` descriptions is one human being with this chance."""
    odds = log2(likely / (1 - likely)) + log2(max(size, 2))
    return (odds - model.calibration.shift) / model.calibration.slope


def likely(model: Model, size: int, weight: float) -> float:
    """The chance that a pair of this weight among `size` descriptions is one human being."""
    odds = weight * model.calibration.slope + model.calibration.shift - log2(max(size, 2))
    return 1 / (1 + exp2(-min(max(odds, -500.0), 500.0)))


def _reached_by(curve: Curve, population: int, size: int, share: float) -> float:
    """The least weight at which not more than this share of newcomers meets somebody else by chance.

    Others who fit by chance become more as the population grows; in a smaller one than the model's they are
    taken to be as many, since relatives and namesakes do not thin out.
    """
    growth = max(size / population, 1.0) if population else 1.0
    least = next((weight for weight, others in curve if others * growth <= share), None)
    if least is None:
        return curve[-1][0] + log2(max(curve[-1][1] * growth / share, 1.0)) if curve else 0.0
    return least
