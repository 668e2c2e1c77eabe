"""Which pairs of records are compared at all: those that share a key, and no key that too many share.

A rule makes keys of what it is given (the skeletons of both names, the day of birth and an initial); records
with one key of one rule are compared. A key that very many share says little and costs the square of its
records, so each rule takes its smallest groups first and stops where its share of all comparisons is spent.
"""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

from gateway.linkage import roles
from gateway.linkage.columns import Kind
from gateway.linkage.comparisons import Names
from gateway.linkage.prepare import Prepared
from gateway.linkage.sql import number

LARGEST: Final = 1_000
"""Records of one key, at most; a person with five hundred records is still found whole."""
PER_RECORD: Final = 25
"""Pairs that all rules together may propose, on average over all records; see `glance.py` for their cost."""
LEAST_BUDGET: Final = 5_000_000
"""What they may propose in any register: a small one is compared all but completely."""
MANY: Final = 300_000
"""Records from which spare rules are left out."""
PAIRS_A_PART: Final = 4_000_000
"""Pairs that are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to make keys."""

    name: str
    parts: tuple[str, ...]
    """Expressions over `records`; where one is NULL there is no key."""
    lists: tuple[str, ...] = ()
    """Columns that hold lists: there is a key for each of their members."""
    spare: bool = False
    """Whether a register of MANY records does without it: its keys cost more than the few pairs it alone finds."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """What blocking came to."""

    rules: tuple[tuple[str, int, int], ...]
    """Name of a rule, the comparisons it asks for, and those it forgoes because too many share a key."""

    @property
    def pairs(self) -> int:
        """Comparisons of all rules; what several ask for counts several times."""
        return sum(rule[1] for rule in self.rules)

    @property
    def parts(self) -> int:
        """Into how many parts the comparisons are cut."""
        return max(1, -(-self.pairs // PAIRS_A_PART))


def rules(prepared: Prepared) -> tuple[Rule, ...]:
    """The rules that the columns of a register allow."""
    return tuple(rule for rule in _rules(prepared) if prepared.records < MANY or not rule.spare)


def _rules(prepared: Prepared) -> Iterator[Rule]:
    """Rules for what the columns are, the surest first; a value alone is a rule too, for there are rare ones."""
    names = Names.of(prepared)
    for column in prepared.of_kind(Kind.IDENTIFIER):
        yield Rule(column.name, (column.name,))
    if names.given and names.family:
        # In alphabetical order, so that exchanged names meet.
        first, second = f"{names.family}_bones[1]", f"{names.given}_bones[1]"
        yield Rule("both names", (f"least({first}, {second})", f"greatest({first}, {second})"))
    # Where the day of birth is known, it makes better keys of a given name or a place than they are by themselves.
    dated = prepared.has("birth_date")
    for name, parts, lists in _words(names):
        yield Rule(f"rare {name}", parts, lists, spare=dated and name == "given name")
        yield from _by_day(prepared, name, parts, lists)
        for place, at in _places(prepared):
            spare = name == "given name" or at == "street_number" or (dated and at == _HALF)
            yield Rule(f"{name} and {place}", (*parts, at), lists, spare=spare)
    yield from _by_day_alone(prepared, names)
    if prepared.has("address", "street_number"):
        yield Rule("address", ("address", "street_number"))
    for column in prepared.of_kind(Kind.NAME, Kind.TEXT):
        # Rare values are worth a look whatever else the records say; frequent ones fall to the budget.
        if column.name not in {"given_name", "family_name"}:
            yield Rule(f"rare {column.name}", (column.name,), spare=dated)


_DAY: Final = "CASE WHEN birth_date[5:8] <> '0101' AND birth_date_day IS NOT NULL THEN birth_date END"
_HALF: Final = "CASE WHEN postcode[-4] = ' ' THEN postcode[:-5] ELSE postcode[:3] END"


def _words(names: Names) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Names as rules use them: what they are called, the expression of one, or the list of several."""
    if names.rest:
        yield "word", (), (f"{roles.WORDS}_bones",)
        return
    for role, name in (("family name", names.family), ("given name", names.given)):
        if name:
            yield role, (f"{name}_bones[1]",), ()


def _places(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Columns that say where or what, and the expression that stands for each."""
    for column in prepared.of_kind(Kind.TEXT, Kind.CODE):
        if column.name == "postcode":
            yield "postcode", "postcode"
            yield "half a postcode", _HALF
        elif column.name not in {"sex", "citizenship", "region", "address_2"}:
            yield column.name, column.name


def _by_day(prepared: Prepared, name: str, parts: tuple[str, ...], lists: tuple[str, ...]) -> Iterator[Rule]:
    if prepared.has("birth_date"):
        yield Rule(f"{name} and year", (*parts, "birth_date_year"), lists)
        yield Rule(f"{name} and day", (*parts, "birth_date_month", "birth_date_day"), lists)
        yield Rule(f"{name} and birth date", (*parts, "birth_date"), lists)


def _by_day_alone(prepared: Prepared, names: Names) -> Iterator[Rule]:
    if prepared.has("birth_date"):
        yield Rule("birth date", (_DAY,))
        for place, at in _places(prepared):
            yield Rule(f"birth date and {place}", ("birth_date", at), spare=True)
            if names.given:
                yield Rule(f"year, initial and {place}", ("birth_date_year", f"{names.given}[1]", at), spare=True)


def make_keys(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> Blocked:
    """Make the table `keys(key, rid)` of all groups that are compared, none of one record only."""
    con.execute("CREATE TABLE keys(key UBIGINT, rid BIGINT)")
    budget = max(LEAST_BUDGET, PER_RECORD * prepared.records)
    told = []
    made = rules(prepared)
    for place, rule in enumerate(made):
        con.execute(f"CREATE OR REPLACE TEMP TABLE made AS {_keys_of(rule, place)}")
        con.execute("CREATE OR REPLACE TEMP TABLE sizes AS SELECT key, count(*) AS size FROM made "
                    "GROUP BY key HAVING count(*) > 1")  # fmt: skip
        # What the rules before have left over is there for the others.
        largest = _largest(con, budget // (len(made) - place))
        con.execute(
            "INSERT INTO keys SELECT key, rid FROM made SEMI JOIN (SELECT key FROM sizes WHERE size <= ?) USING (key)",
            [largest],
        )
        asked, left = con.execute(
            "SELECT coalesce(sum(cost) FILTER (size <= $1), 0)::BIGINT, "
            "coalesce(sum(cost) FILTER (size > $1), 0)::BIGINT "
            "FROM (SELECT size, size * (size - 1) // 2 AS cost FROM sizes)",
            [largest],
        ).fetchall()[0]
        budget -= int(asked)
        told.append((rule.name, int(asked), int(left)))
    con.execute("DROP TABLE IF EXISTS made; DROP TABLE IF EXISTS sizes")
    return Blocked(tuple(told))


def _keys_of(rule: Rule, place: int) -> str:
    members = [f"unnest(list_distinct({column})) AS m{place}" for place, column in enumerate(rule.lists)]
    parts = [f"{part} AS p{place}" for place, part in enumerate(rule.parts)]
    names = [f"p{place}" for place in range(len(parts))] + [f"m{place}" for place in range(len(members))]
    known = " AND ".join(f"{name} IS NOT NULL" for name in names)
    # Two rules must not share a key, whatever their parts are.
    return (
        f"SELECT hash({place}, {', '.join(names)}) AS key, rid "
        f"FROM (SELECT rid, {', '.join(parts + members)} FROM records) WHERE {known}"
    )


def _largest(con: duckdb.DuckDBPyConnection, budget: int) -> int:
    """The largest size of a group up to which all groups of the rule together stay within the budget."""
    return number(
        con,
        "SELECT max(size) FROM (SELECT size, sum(sum(size * (size - 1) // 2)) OVER (ORDER BY size) AS cost "
        "FROM sizes WHERE size <= ? GROUP BY size) WHERE cost <= ?",
        [LARGEST, budget],
    )


def pairs_of(con: duckdb.DuckDBPyConnection, table: str, *, part: int, parts: int, named: str) -> None:
    """Make a table of the pairs (l < r) that are proposed for some of the records l, each once."""
    con.execute(
        f"CREATE TABLE {table} AS SELECT DISTINCT l.rid AS join_key_l, r.rid AS join_key_r, '{named}' AS match_key "
        f"FROM (SELECT * FROM keys WHERE hash(rid) % {parts} = {part}) l "
        f"JOIN keys r ON l.key = r.key AND l.rid < r.rid"
    )
