"""Letters alone rule out words for the index; they must never rule out one that a closer look would keep."""

from __future__ import annotations

from typing import Final

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz.distance import JaroWinkler

from gateway.watchlist import birth
from gateway.watchlist.letters import Letters
from gateway.watchlist.spelling import NEAR_SIMILARITY

FORMS: Final = st.lists(
    st.text("abcsxz", max_size=8)
    | st.text(max_size=5)
    | st.sampled_from(("mamedav", "mammadav", "hasan", "husan", "")),
    min_size=1,
    max_size=6,
)
DATES: Final = st.builds(
    lambda year, month, day: year * 10000 + month * 100 + (day if month else 0),
    st.integers(1984, 1986),
    st.integers(0, 12),
    st.integers(0, 31) | st.just(1),
) | st.just(0)


@given(FORMS, FORMS)
def test_no_form_is_ruled_out_that_resembles_one_asked_for(held, asked):
    alike = [any(JaroWinkler.similarity(one, other) >= NEAR_SIMILARITY for other in asked) for one in held]
    likely = Letters.of(held).may_resemble(Letters.of(asked)).tolist()
    assert all(kept or not resembles for kept, resembles in zip(likely, alike, strict=True))


def test_most_of_what_shares_few_letters_is_ruled_out():
    likely = Letters.of(["ivanav", "petrav", "sidarav", ""]).may_resemble(Letters.of(["ivanava"]))
    assert likely.tolist() == [True, False, False, False]


@example([19840102, 19850101], 19840101)
@given(st.lists(DATES, unique=True, max_size=30), DATES)
def test_many_birth_dates_stand_to_one_as_each_of_them_does(dates, asked):
    dates.sort()
    classes = birth.classify(asked, np.array(dates, dtype=np.uint32))
    assert classes.tolist() == [birth.compare(asked, each) for each in dates]
