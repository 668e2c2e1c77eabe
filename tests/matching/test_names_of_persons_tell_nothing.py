"""What a person is called outside tells neither how many there are nor in which order they came."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.matching.handles import handle, number

SECRET = b"a secret of the tests only"
numbers = st.integers(1, (1 << 63) - 1)


@given(numbers)
def test_every_number_has_one_name_and_gets_its_number_back(person: int) -> None:
    name = handle(person, SECRET)
    assert number(name, SECRET) == person
    assert number(f" {name.upper()} ", SECRET) == person
    assert number(name, b"another secret") != person


def test_neighbours_have_names_that_are_no_neighbours() -> None:
    names = [handle(person, SECRET) for person in range(1, 1_001)]
    assert len(set(names)) == 1_000
    shared = [sum(a == b for a, b in zip(x[2:], y[2:], strict=True)) for x, y in pairwise(names)]
    assert sum(shared) / len(shared) < 1.5


@given(st.one_of(st.text(max_size=20), st.from_regex(r"\Ap-[0-9a-z]{13}\Z")))
def test_what_is_no_name_names_nobody_and_no_number_has_two_names(text: str) -> None:
    found = number(text, SECRET)
    assert found is None or handle(found, SECRET) == text.strip().lower()
