"""What agreement can look like, column by column: levels from the strongest to the weakest, as SQL.

A comparison is decided by the first of its levels that holds for a pair; where `null` holds it says nothing.
The conditions speak of `<column>_l` and `<column>_r` of the table `records`. `m` and `u` are what a level starts
with before anything is learned, and what it keeps where nothing can be: shares among pairs of one person and
among pairs of two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.linkage import roles, slips
from gateway.linkage.columns import Kind
from gateway.linkage.prepare import Prepared

PERMANENT: Final = frozenset({"birth_date", "sex"})
"""What a human being has once and for all: two groups of records that each agree in it, and not with each other,
are two people, whatever else they share."""


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of agreement."""

    label: str
    sql: str
    m: float
    u: float
    frequency: str = ""
    """The column whose frequent values weigh less than its rare ones; empty where all weigh alike."""
    most: float = 1.0
    """What m may be learned to be at most."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two records agree in one respect."""

    name: str
    null: str
    levels: tuple[Level, ...]
    """From strongest to weakest; the last one is `ELSE`."""


OTHERWISE: Final = "ELSE"


def told_by_frequency(items: Iterable[Comparison]) -> list[str]:
    """The columns whose frequent values weigh less than their rare ones."""
    return sorted({level.frequency for item in items for level in item.levels if level.frequency})


@dataclass(frozen=True, slots=True)
class Names:
    """The columns of `records` that hold the names by their roles; empty where there is none."""

    given: str
    family: str
    rest: str
    """Words of whole names that are neither."""

    @classmethod
    def of(cls, prepared: Prepared) -> Names:
        """The columns of a register: those made of whole names, or else its own."""
        if prepared.has("full_name"):
            return cls(roles.GIVEN, roles.FAMILY, roles.REST)
        given, family = ("given_name", "family_name")
        return cls(given if prepared.has(given) else "", family if prepared.has(family) else "", "")


def comparisons(prepared: Prepared) -> tuple[Comparison, ...]:
    """The comparisons that the columns of a register allow."""
    return tuple(_comparisons(prepared))


def _comparisons(prepared: Prepared) -> Iterator[Comparison]:
    names = Names.of(prepared)
    if names.given:
        yield _given(names)
    if names.family:
        yield _family(names)
    if names.rest:
        yield _rest(names.rest)
    for column in prepared.columns:
        if column.kind is not Kind.FULL and column.name not in {"given_name", "family_name"}:
            yield _BY_KIND[column.kind](column.name)


def _null(name: str) -> str:
    return f"{name}_l IS NULL OR {name}_r IS NULL"


def _exchanged(names: Names) -> str:
    given, family = names.given, names.family
    return (
        f"coalesce({given}_l = {family}_r AND {family}_l = {given}_r AND {given}_l <> {family}_l, false)"
        if given and family
        else "false"
    )


def _similar(name: str, least: float) -> str:
    return f"jaro_winkler_similarity({name}_l, {name}_r) >= {least}"


def _slip(name: str) -> str:
    """One sign wrong, missing or too many, or two neighbours exchanged."""
    return f"least(length({name}_l), length({name}_r)) > 2 AND {slips.one(name)}"


def _sounds(name: str) -> str:
    return f"coalesce(list_has_any({name}_light_l, {name}_light_r), false)"


def _bones(name: str) -> str:
    return f"coalesce({name}_bones_l[1] = {name}_bones_r[1], false)"


def _among(name: str, rest: str) -> str:
    """Whether the name of one stands among the other words of the other."""
    return (
        f"coalesce(list_contains({rest}_l, {name}_r), false) OR coalesce(list_contains({rest}_r, {name}_l), false)"
        if rest
        else "false"
    )


def _given(names: Names) -> Comparison:
    name = names.given
    levels = (
        Level("exact", f"{name}_l = {name}_r", 0.6, 0.01, name),
        Level("exchanged with the family name", _exchanged(names), 0.004, 0.00001),
        Level("the same name", f"coalesce(list_has_any({name}_sets_l, {name}_sets_r), false)", 0.02, 0.004),
        Level("sounds alike, or one slip", f"{_sounds(name)} OR {_slip(name)}", 0.06, 0.002),
        Level("nearly alike", _similar(name, 0.92), 0.02, 0.002),
        Level("among the other words", _among(name, names.rest), 0.02, 0.005),
        Level("initial", f"least(length({name}_l), length({name}_r)) = 1 AND {name}_l[1] = {name}_r[1]", 0.01, 0.005),
        Level("somewhat alike", f"{_bones(name)} OR {_similar(name, 0.8)}", 0.05, 0.02),
        Level("different", OTHERWISE, 0.12, 0.95, most=0.35),
    )
    return Comparison("given_name", _null(name), tuple(level for level in levels if level.sql != "false"))


def _family(names: Names) -> Comparison:
    name, given = names.family, names.given
    # An exchange is told by the given name's comparison; told twice it would count twice.
    null = f"{_null(name)} OR {_exchanged(names)}" if given else _null(name)
    crossed = f"coalesce({name}_l = {given}_r, false) OR coalesce({given}_l = {name}_r, false)" if given else "false"
    levels = (
        Level("exact", f"{name}_l = {name}_r", 0.75, 0.001, name),
        Level("sounds alike, or one slip", f"{_sounds(name)} OR {_slip(name)}", 0.08, 0.0005),
        Level("nearly alike", _similar(name, 0.92), 0.03, 0.0005),
        Level("among the other words", f"{_among(name, names.rest)} OR {crossed}", 0.01, 0.001),
        Level("somewhat alike", f"{_bones(name)} OR {_similar(name, 0.84)}", 0.04, 0.004),
        Level("different", OTHERWISE, 0.08, 0.99, most=0.25),
    )
    return Comparison("family_name", null, levels)


def _rest(name: str) -> Comparison:
    shared = Level("one in common", f"list_has_any({name}_l, {name}_r)", 0.6, 0.02)
    return Comparison("full_name", _null(name), (shared, Level("different", OTHERWISE, 0.4, 0.98)))


def _name(name: str) -> Comparison:
    alike = f"{_sounds(name)} OR {_slip(name)} OR {_similar(name, 0.9)}"
    initial = f"least(length({name}_l), length({name}_r)) = 1 AND {name}_l[1] = {name}_r[1]"
    levels = (
        Level("exact", f"{name}_l = {name}_r", 0.7, 0.01, name),
        Level("the same name", f"coalesce(list_has_any({name}_sets_l, {name}_sets_r), false)", 0.01, 0.002),
        Level("nearly alike", alike, 0.1, 0.01),
        Level("initial", initial, 0.04, 0.05),
        Level("different", OTHERWISE, 0.15, 0.93),
    )
    return Comparison(name, _null(name), levels)


def _date(name: str) -> Comparison:
    year, month, day = (f"{name}_l[{part}] = {name}_r[{part}]" for part in ("1:4", "5:6", "7:8"))
    # 1 January often stands for a day that nobody knew, as 00 does for one that is not written.
    left, right = (f"{name}_{side}[5:8] IN ('0101', '0000')" for side in "lr")
    plain = f"NOT ({left}) AND NOT ({right})"
    slip = slips.one_of_equal_length(name)
    turned = f"{name}_l[5:6] = {name}_r[7:8] AND {name}_l[7:8] = {name}_r[5:6]"
    parts = f"({year})::TINYINT + ({month})::TINYINT + ({day})::TINYINT = 2"
    # A birth date is seldom wrong by years: else namesakes teach that dates mean nothing.
    years, apart_at_all = (0.08, 0.004) if name in PERMANENT else (1.0, 1.0)
    apart = f"abs({name}_year_l - {name}_year_r)"
    levels = (
        Level("the day", f"{name}_l = {name}_r AND NOT ({left})", 0.75, 0.0001, name),
        Level("day and month exchanged", f"{year} AND {turned} AND {plain}", 0.01, 0.0001),
        Level("the year, and 1 January", f"{name}_l = {name}_r", 0.1, 0.001, name),
        Level("one digit", f"{plain} AND {slip}", 0.1, 0.002),
        Level("two parts of three", f"{plain} AND {parts}", 0.03, 0.004),
        Level("one digit, with 1 January", slip, 0.05, 0.01),
        Level("the year", year, 0.02, 0.008),
        Level("two digits", slips.two_digits(name), 0.04, 0.02),
        Level("ten years at most", f"{apart} <= 10", 0.02, 0.2, most=years),
        Level("different", OTHERWISE, 0.02, 0.75, most=apart_at_all),
    )
    return Comparison(name, _null(name), levels)


def _postcode(name: str) -> Comparison:
    # British codes have an outward and an inward half; others are read from the left.
    halves = f"{name}_l[-4] = ' ' AND {name}_r[-4] = ' '"
    levels = (
        Level("exact", f"{name}_l = {name}_r", 0.65, 0.0005, name),
        Level(
            "one slip or the next street", f"{_slip(name)} OR ({halves} AND {name}_l[:-3] = {name}_r[:-3])", 0.12, 0.001
        ),
        Level("district", f"{halves} AND {name}_l[:-5] = {name}_r[:-5] OR {name}_l[:3] = {name}_r[:3]", 0.05, 0.004),
        Level("area", f"{name}_l[:2] = {name}_r[:2]", 0.08, 0.02),
        Level("different", OTHERWISE, 0.1, 0.97),
    )
    return Comparison(name, _null(name), levels)


def _text(name: str) -> Comparison:
    if name == "postcode":
        return _postcode(name)
    left, right = f"{name}_l", f"{name}_r"
    first = f"split_part({left}, ' ', 1) = split_part({right}, ' ', 1) AND length(split_part({left}, ' ', 1)) > 3"
    short = f"length({left}) < 9 AND {_slip(name)}"
    levels = (
        Level("exact", f"{left} = {right}", 0.7, 0.01, name),
        Level("nearly alike", f"{_similar(name, 0.9)} OR ({short})", 0.12, 0.005),
        Level(
            "one within the other", f"contains({left}, {right}) OR contains({right}, {left}) OR ({first})", 0.05, 0.01
        ),
        Level("somewhat alike", _similar(name, 0.78), 0.04, 0.04),
        Level("different", OTHERWISE, 0.1, 0.93),
    )
    return Comparison(name, _null(name), levels)


def _code(name: str) -> Comparison:
    most = 0.1 if name in PERMANENT else 1.0
    exact = Level("exact", f"{name}_l = {name}_r", 0.95, 0.4, "" if name == "sex" else name)
    return Comparison(name, _null(name), (exact, Level("different", OTHERWISE, 0.05, 0.6, most=most)))


def _identifier(name: str) -> Comparison:
    levels = (
        Level("exact", f"{name}_l = {name}_r", 0.85, 0.0001, name),
        Level("one sign or two neighbours", slips.one(name), 0.08, 0.0001),
        Level("nearly alike", f"{_similar(name, 0.9)} OR {slips.two(name)}", 0.03, 0.001),
        Level("different", OTHERWISE, 0.05, 0.998, most=0.2 if name == "identifier" else 0.5),
    )
    # Numbers of two schemes ("KZ-IIN:…", "UZ-PINFL:…") do not contradict each other: one person has both.
    null = f"{_null(name)} OR coalesce({name}_scheme_l <> {name}_scheme_r, false)"
    return Comparison(name, null, levels)


_BY_KIND: Final[Mapping[Kind, Callable[[str], Comparison]]] = {
    Kind.NAME: _name,
    Kind.DATE: _date,
    Kind.CODE: _code,
    Kind.TEXT: _text,
    Kind.IDENTIFIER: _identifier,
}
