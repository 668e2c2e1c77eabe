"""What agreement can look like, column by column: levels from the strongest to the weakest, as SQL.

A comparison is decided by the first of its levels that holds for a pair; where `null` holds it says nothing.
The conditions speak of `<column>_l` and `<column>_r` of the table `records`. `m` and `u` are what a level starts
with before anything is learned, and what it keeps where nothing can be: shares among pairs of one person and
among pairs of two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.linkage.columns import Column, Kind
from gateway.linkage.prepare import Prepared


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of agreement."""

    label: str
    sql: str
    m: float
    u: float
    frequency: str = ""
    """The column whose frequent values weigh less than its rare ones; empty where all weigh alike."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two records agree in one respect."""

    name: str
    null: str
    levels: tuple[Level, ...]
    """From strongest to weakest; the last one is `ELSE`."""


OTHERWISE = "ELSE"


def comparisons(prepared: Prepared) -> tuple[Comparison, ...]:
    """The comparisons that the columns of a register allow."""
    exchangeable = prepared.has("family_name", "given_name")
    found: list[Comparison] = []
    for column in prepared.columns:
        if column.kind is Kind.NAME:
            found.append(_name(column, exchangeable=exchangeable))
        else:
            found.append(_BY_KIND[column.kind](column))
    return tuple(found)


def _null(*names: str) -> str:
    return " OR ".join(f"{name}_{side} IS NULL" for name in names for side in "lr")


_EXCHANGED = "(given_name_l = family_name_r AND family_name_l = given_name_r AND given_name_l <> family_name_l)"


def _name(column: Column, *, exchangeable: bool) -> Comparison:
    name = column.name
    given = name in {"given_name", "given_name_2"}
    null = _null(name)
    if name == "family_name" and exchangeable:
        # The given name's comparison tells of it; told twice it would count twice.
        null = f"{null} OR coalesce({_EXCHANGED}, false)"
    return Comparison(
        name, null, tuple(_name_levels(name, given=given, exchange=name == "given_name" and exchangeable))
    )


def _name_levels(name: str, *, given: bool, exchange: bool) -> Iterator[Level]:
    yield Level("exact", f"{name}_l = {name}_r", 0.80, 0.005, name)
    if exchange:
        yield Level("exchanged", f"coalesce({_EXCHANGED}, false)", 0.01, 0.00005)
    yield Level("sounds alike", f"list_has_any({name}_light_l, {name}_light_r)", 0.05, 0.001)
    similar = (
        f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.92 "
        f"OR jaro_winkler_similarity({name}_light_l[1], {name}_light_r[1]) >= 0.92"
    )
    if given:
        yield Level("the same name", f"list_has_any({name}_sets_l, {name}_sets_r)", 0.02, 0.001)
    yield Level("nearly alike", similar, 0.06, 0.003)
    if given:
        initial = f"least(length({name}_l), length({name}_r)) = 1 AND {name}_l[1] = {name}_r[1]"
        yield Level("initial", initial, 0.005, 0.005)
    yield Level("somewhat alike", f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.80", 0.03, 0.02)
    yield Level("different", OTHERWISE, 0.04, 0.96)


def _full(column: Column) -> Comparison:
    name = column.name
    shared = f"len(list_intersect({name}_words_l, {name}_words_r))"
    fewer = f"least(len({name}_words_l), len({name}_words_r))"
    sounds = f"len(list_intersect({name}_light_l, {name}_light_r))"
    return Comparison(
        name,
        _null(name),
        (
            Level("the same words", f"{name}_l = {name}_r", 0.65, 0.0005, name),
            Level("all words of one", f"{shared} = {fewer} AND {fewer} > 1", 0.08, 0.0005),
            Level("sounds alike", f"{sounds} = {fewer} AND {fewer} > 1", 0.08, 0.0005),
            Level("nearly alike", f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.92", 0.08, 0.002),
            Level("two words", f"{shared} > 1", 0.03, 0.002),
            Level("one word", f"{sounds} > 0", 0.05, 0.03),
            Level("different", OTHERWISE, 0.03, 0.96),
        ),
    )


def _day(column: Column) -> Comparison:
    name = column.name
    known = f"{name}_day_l IS NOT NULL AND {name}_day_r IS NOT NULL"
    year, month, day = (f"{name}_{part}_l = {name}_{part}_r" for part in ("year", "month", "day"))
    # 1 January often stands for a day that nobody knew.
    holiday = f"({name}_month_l = 1 AND {name}_day_l = 1)"
    swapped = f"{name}_month_l = {name}_day_r AND {name}_day_l = {name}_month_r AND {year}"
    partial = (
        f"{year} AND ({name}_day_l IS NULL OR {name}_day_r IS NULL OR {name}_l[5:8] = '0101' "
        f"OR {name}_r[5:8] = '0101') AND coalesce({month} OR {name}_l[5:8] = '0101' OR {name}_r[5:8] = '0101', true)"
    )
    return Comparison(
        name,
        _null(name),
        (
            Level("the day", f"{name}_l = {name}_r AND {known} AND NOT {holiday}", 0.85, 0.0001, name),
            Level("day and month exchanged", f"{swapped}", 0.01, 0.0001),
            Level(
                "one digit or two neighbours", f"{known} AND damerau_levenshtein({name}_l, {name}_r) = 1", 0.06, 0.002
            ),
            Level("the year, as far as known", partial, 0.02, 0.002),
            Level(
                "two parts of three", f"({year} AND {month}) OR ({year} AND {day}) OR ({month} AND {day})", 0.03, 0.006
            ),
            Level("a year apart", f"abs({name}_year_l - {name}_year_r) <= 1", 0.02, 0.05),
            Level("different", OTHERWISE, 0.01, 0.94),
        ),
    )


def _code(column: Column) -> Comparison:
    name = column.name
    return Comparison(
        name,
        _null(name),
        (
            Level("exact", f"{name}_l = {name}_r", 0.95, 0.4, "" if name == "sex" else name),
            Level("different", OTHERWISE, 0.05, 0.6),
        ),
    )


def _text(column: Column) -> Comparison:
    name = column.name
    return Comparison(
        name,
        _null(name),
        (
            Level("exact", f"{name}_l = {name}_r", 0.75, 0.01, name),
            Level("nearly alike", f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.9", 0.1, 0.01),
            Level("somewhat alike", f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.75", 0.05, 0.05),
            Level("different", OTHERWISE, 0.1, 0.93),
        ),
    )


def _identifier(column: Column) -> Comparison:
    name = column.name
    return Comparison(
        name,
        _null(name),
        (
            Level("exact", f"{name}_l = {name}_r", 0.85, 0.00001, name),
            Level("one sign or two neighbours", f"damerau_levenshtein({name}_l, {name}_r) = 1", 0.08, 0.00005),
            Level("nearly alike", f"damerau_levenshtein({name}_l, {name}_r) = 2", 0.02, 0.001),
            Level("different", OTHERWISE, 0.05, 0.998),
        ),
    )


_BY_KIND = {
    Kind.FULL: _full,
    Kind.DATE: _day,
    Kind.CODE: _code,
    Kind.TEXT: _text,
    Kind.IDENTIFIER: _identifier,
}
