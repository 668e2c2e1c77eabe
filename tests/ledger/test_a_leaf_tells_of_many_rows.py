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
    some = [(rowstate.spelt(key), f"{place:022}", "") for place, key in enumerate(keys)]
    (leaf,) = rows._leaves(guard, some)
    return leaf


@given(NUMBERS)
def test_rows_with_numbers_are_told_apart(numbers: list[int]) -> None:
    leaf = entry("person", [(number,) for number in numbers])
    assert rowstate.told(leaf.content) == [(str(number), f"{place:022}", "+") for place, number in enumerate(numbers)]


@given(TEXTS)
def test_rows_with_words_are_told_apart_whatever_the_words(keys: list[tuple[str, str]]) -> None:
    leaf = entry("directory_fetch", keys)
    told = rowstate.told(leaf.content)
    assert [digest for _, digest, _ in told] == [f"{place:022}" for place in range(len(keys))]
    assert [rowstate.shown(key) for key, _, _ in told] == ["|".join(key) for key in keys]
    assert len({key for key, _, _ in told}) == len(keys)
    assert leaf.content.isprintable()


def test_numbers_that_follow_each_other_are_told_by_the_first_and_how_many() -> None:
    leaf = entry("person", [(number,) for number in (5, 6, 7, 9, 11, 12)])
    assert leaf.content.split(" ")[:2] == ["person", "5+3,9,11+2"]


def test_a_leaf_that_makes_no_sense_tells_of_no_row() -> None:
    digest = "A" * 22
    for content in (
        "person", "person 1", f"person 1 {digest}", f"person 1,2 {digest} +", f"person 1,2 - {digest}",
        "person 1+9999999999 - +", "person x+y - +",
    ):  # fmt: skip
        assert rowstate.told(content) == []


def test_rows_that_were_there_and_rows_that_were_not_have_leaves_of_their_own() -> None:
    before = {1: "", 2: "A" * 22, 3: "", 4: None, 5: "B" * 22}
    some = [(str(number), f"{number:022}", was) for number, was in before.items()]
    told = [rowstate.told(leaf.content) for leaf in rows._leaves(GUARDED["person"], some)]
    assert told == [
        [("1", f"{1:022}", "+"), ("3", f"{3:022}", "+")],
        [("2", f"{2:022}", "A" * 22), ("5", f"{5:022}", "B" * 22)],
        [("4", f"{4:022}", "?")],
    ]
