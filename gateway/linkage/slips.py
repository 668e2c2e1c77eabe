"""How many slips of the pen lie between two texts, as SQL that counts them only where they may be few.

A slip is one sign wrong, missing or too many, or two neighbours exchanged. DuckDB takes one to four microseconds to
count them, ten times as long as for anything else that is asked of a pair, and most pairs that are asked are quite
other words. So each condition first asks what is cheap and has to hold: the lengths, the ends, Jaro's similarity.
What is decided is the same. A CASE keeps the order, for DuckDB arranges the parts of an AND as it pleases.
"""

from __future__ import annotations


def one(name: str) -> str:
    """Whether one slip lies between the two values of a column."""
    left, right = f"{name}_l", f"{name}_r"
    # A sign missing stands in one half of the word, and leaves the end of the other half alone.
    half = f"length({left}) // 2"
    ends = " OR ".join(f"{end}({left}, {half}) = {end}({right}, {half})" for end in ("left", "right"))
    return (
        f"CASE WHEN {left} = {right} THEN false WHEN length({left}) = length({right}) THEN {one_of_equal_length(name)} "
        f"WHEN abs(length({left}) - length({right})) = 1 AND ({ends}) "
        f"THEN damerau_levenshtein({left}, {right}) = 1 ELSE false END"
    )


def two(name: str) -> str:
    """Whether two slips lie between the two values of a column."""
    left, right = f"{name}_l", f"{name}_r"
    # Of n signs at least n - 2 have their like within Jaro's window (from six signs on it is wide enough), and at
    # worst half of these stand in another order: ((n - 2) / n + (n - 2) / n + 1 / 2) / 3.
    longest = f"greatest(length({left}), length({right}))"
    alike = f"jaro_similarity({left}, {right}) >= (2.5 - 4.0 / {longest}) / 3 - 0.000001"
    return _counted(name, 2, f"abs(length({left}) - length({right})) <= 2 AND ({longest} < 6 OR {alike})")


def one_of_equal_length(name: str) -> str:
    """Whether one slip lies between two values that are equally long: so no more than two places differ."""
    return _counted(name, 1, f"hamming({name}_l, {name}_r) <= 2")


def two_digits(name: str) -> str:
    """Whether two slips lie between two dates.

    Two digits wrong leave two places that differ; other two slips leave seven digits that have their like, of which
    three pairs at most are out of order: (7/8 + 7/8 + 4/7) / 3.
    """
    alike = f"jaro_similarity({name}_l, {name}_r) >= 0.77"
    return _counted(name, 2, f"hamming({name}_l, {name}_r) <= 2 OR {alike}")


def _counted(name: str, slips: int, possible: str) -> str:
    counted = f"damerau_levenshtein({name}_l, {name}_r) = {slips}"
    return f"CASE WHEN {possible} THEN {counted} ELSE false END"
