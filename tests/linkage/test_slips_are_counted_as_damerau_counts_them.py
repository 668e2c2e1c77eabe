"""What is asked before slips are counted spares time and changes no answer."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable

import duckdb
import pytest

from gateway.linkage import slips

Pairs = list[tuple[str, str]]


def _missed(pairs: Iterable[tuple[str, str]], condition: str, count: int) -> list[tuple[str, str]]:
    """Pairs of which the condition says another thing than the distance itself."""
    lefts, rights = map(list, zip(*pairs, strict=True))
    return (
        duckdb.connect()
        .execute(
            "SELECT n_l, n_r FROM (SELECT unnest($1::VARCHAR[]) AS n_l, unnest($2::VARCHAR[]) AS n_r) "
            f"WHERE ({condition}) IS DISTINCT FROM (damerau_levenshtein(n_l, n_r) = {count})",
            [lefts, rights],
        )
        .fetchall()
    )


def _hurt(draw: random.Random, word: str, signs: str) -> str:
    place, kind = draw.randint(0, len(word)), draw.randrange(4)
    if kind == 0:
        return word[:place] + draw.choice(signs) + word[place:]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + draw.choice(signs) + word[place + 1 :]
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def _words(signs: str, shortest: int, longest: int, seed: int) -> Pairs:
    """Words and what became of them by up to three slips."""
    draw = random.Random(seed)  # noqa: S311 - words that are the same every time.
    pairs = []
    for _ in range(40_000):
        word = hurt = "".join(draw.choices(signs, k=draw.randint(shortest, longest)))
        for _ in range(draw.randint(1, 3)):
            hurt = _hurt(draw, hurt, signs)
        pairs.append((word, hurt))
    return pairs


@pytest.mark.parametrize(("condition", "count"), [(slips.one, 1), (slips.two, 2)])
def test_of_all_short_words_and_of_many_longer_ones(condition: Callable[[str], str], count: int) -> None:
    short = ["".join(word) for length in range(6) for word in itertools.product("abc", repeat=length)]
    assert _missed(itertools.product(short, short), condition("n"), count) == []
    for seed, signs in enumerate(("ab", "abcdefghij", "abжя國é1")):
        assert _missed(_words(signs, 1, 14, seed), condition("n"), count) == []


@pytest.mark.parametrize(("condition", "count"), [(slips.one_of_equal_length, 1), (slips.two_digits, 2)])
def test_of_dates(condition: Callable[[str], str], count: int) -> None:
    binary = ["".join(digits) for digits in itertools.product("01", repeat=8)]
    assert _missed(itertools.product(binary, binary), condition("n"), count) == []
    for seed, digits in enumerate(("012", "0123456789")):
        pairs = [pair for pair in _words(digits, 8, 8, seed) if len(pair[1]) == 8]
        assert _missed(pairs, condition("n"), count) == []
