"""The lifecycle of every family is a sound machine, and `reachable` allows for steps nobody saw."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from gateway.records.category import Category
from gateway.records.lifecycle import INITIAL, STATES, TRANSITIONS, reachable, terminal

CATEGORIES = some.sampled_from(Category)


@some.composite
def walks(draw: some.DrawFn) -> tuple[Category, list[str]]:
    """A family and a walk through its lifecycle, step by step from a beginning."""
    category = draw(CATEGORIES)
    walk = [draw(some.sampled_from(sorted(INITIAL[category])))]
    for _ in range(draw(some.integers(0, 8))):
        following = sorted(TRANSITIONS[category][walk[-1]])
        if not following:
            break
        walk.append(draw(some.sampled_from(following)))
    return category, walk


@pytest.mark.parametrize("category", list(Category))
def test_every_state_is_reached_from_a_beginning_and_every_step_leads_to_a_state(category: Category) -> None:
    assert INITIAL[category]
    assert INITIAL[category] <= STATES[category]
    for following in TRANSITIONS[category].values():
        assert following <= STATES[category]
    for state in STATES[category]:
        assert any(reachable(category, first, state) for first in INITIAL[category]), state


@given(walks())
def test_whatever_is_later_on_a_walk_is_reachable_from_whatever_is_earlier(walk: tuple[Category, list[str]]) -> None:
    category, states = walk
    for index, before in enumerate(states):
        assert all(reachable(category, before, after) for after in states[index:])


@given(some.data(), CATEGORIES)
def test_reachability_is_reflexive_and_transitive(data: some.DataObject, category: Category) -> None:
    first, second, third = (data.draw(some.sampled_from(sorted(STATES[category]))) for _ in range(3))
    assert reachable(category, first, first)
    assume(reachable(category, first, second) and reachable(category, second, third))
    assert reachable(category, first, third)


@pytest.mark.parametrize("category", list(Category))
def test_nothing_follows_a_terminal_state(category: Category) -> None:
    for state in terminal(category):
        assert [after for after in STATES[category] if reachable(category, state, after)] == [state]


@pytest.mark.parametrize(
    ("category", "before", "after", "possible"),
    [
        (Category.LABOUR_PERMIT, "APPLIED", "EXPIRED", True),
        (Category.LABOUR_PERMIT, "SUSPENDED", "ISSUED", True),
        (Category.LABOUR_PERMIT, "REFUSED", "ISSUED", False),
        (Category.LABOUR_PERMIT, "EXPIRED", "ISSUED", False),
        (Category.STAY_REGISTRATION, "REGISTERED", "NOTIFIED", False),
        (Category.BORDER_CROSSING, "CLOSED", "OVERSTAY_SUSPECTED", False),
        (Category.ENTRY_BAN, "LIFTED", "ACTIVE", False),
        (Category.ENTRY_BAN, "SUSPENDED", "ACTIVE", True),
        (Category.EXPULSION, "EXECUTED", "APPEALED", False),
        (Category.ASYLUM_APPLICATION, "REFUSED", "GRANTED_REFUGEE", True),
        (Category.ASYLUM_APPLICATION, "REFUSED_FINAL", "UNDER_REVIEW", False),
        (Category.REFUGEE_STATUS, "TEMP_ABSENT", "ACTIVE", True),
        (Category.REFUGEE_STATUS, "CEASED", "ACTIVE", False),
        (Category.TEMPORARY_PROTECTION_GROUP, "CLOSED", "EXTENDED", False),
    ],
)
def test_what_the_law_forbids_is_not_reachable(category: Category, before: str, after: str, possible: bool) -> None:  # noqa: FBT001
    assert reachable(category, before, after) is possible
