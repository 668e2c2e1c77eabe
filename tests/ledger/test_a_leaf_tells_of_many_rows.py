"""What a transaction has written shares leaves, and a leaf says of each row which one it is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.ledger import rows, rowstate
from gateway.ledger.guarded import GUARDED
from gateway.ledger.log import Entry

NUMBERS = st.lists(st.integers(0, 60), unique=True, min_size=1, max_size=40)
TEXTS = st.lists(
    st.tuples(st.text(max_size=12), st.sampled_from(["0", "7", "007", "8", "+", ","])), unique=True, min_size=1
)


def entry(table: str, keys: list[tuple[Any, ...]]) -> Entry:
    guard = GUARDED[table]
    some = [({}, rowstate.spelt(key), f"{place:022}") for place, key in enumerate(keys)]
    (leaf,) = rows._leaves(guard, some)
    return leaf


@given(NUMBERS)
def test_rows_with_numbers_are_told_apart(numbers: list[int]) -> None:
    leaf = entry("person", [(number,) for number in numbers])
    assert rowstate.told(leaf.content) == [(str(number), f"{place:022}") for place, number in enumerate(numbers)]


@given(TEXTS)
def test_rows_with_words_are_told_apart_whatever_the_words(keys: list[tuple[str, str]]) -> None:
    leaf = entry("directory_fetch", keys)
    told = rowstate.told(leaf.content)
    assert [digest for _, digest in told] == [f"{place:022}" for place in range(len(keys))]
    assert [rowstate.shown(key) for key, _ in told] == ["|".join(key) for key in keys]
    assert len({key for key, _ in told}) == len(keys)
    assert leaf.content.isprintable()


def test_numbers_that_follow_each_other_are_told_by_the_first_and_how_many() -> None:
    leaf = entry("person", [(number,) for number in (5, 6, 7, 9, 11, 12)])
    assert leaf.content.split(" ")[:2] == ["person", "5+3,9,11+2"]


def test_a_leaf_that_makes_no_sense_tells_of_no_row() -> None:
    for content in ("person", "person 1", "person 1,2 " + "A" * 22, "person 1+9999999999 -", "person x+y -"):
        assert rowstate.told(content) == []
