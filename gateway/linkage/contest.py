"""A pair's likeness contested: two persons of one nation, one name or one family may be as alike (`rivals.py`)."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

import math

import duckdb

from gateway.linkage import levels
from gateway.linkage.model import Model


def contest(con: duckdb.DuckDBPyConnection, judge: Model, table: str, left: str = "l", right: str = "r") -> None:
    """Weigh the pairs of a table with `weight` and `probability` once more, against the rivals of the model.

    `left` and `right` are its columns of records. The odds of one person were told against two who are nobody to
    each other; now they are told against all who might be so alike.
    """
    if not judge.rivals:
        return
    items = judge.comparisons
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE contested AS SELECT pair, "
        f"-log2(2 ** (-greatest(-400, least(400, weight))) + {_against(judge)}) AS weight FROM ("
        f"SELECT pair, weight, {levels.places(items)} FROM ("
        f"SELECT e.rowid AS pair, e.weight{levels.sides(con, items)} FROM {table} e "
        f"JOIN records a ON a.rid = e.{left} JOIN records b ON b.rid = e.{right}));"
        f"UPDATE {table} SET weight = c.weight, probability = 1 / (1 + 2 ** (-c.weight)) FROM contested c "
        f"WHERE {table}.rowid = c.pair; DROP TABLE contested"
    )


def _against(judge: Model) -> str:
    """The odds of each rival against one person, added up, as SQL over the places of the levels."""
    odds = []
    for rival in judge.rivals:
        terms = [f"{math.log2(rival.share * (1 - judge.prior) / judge.prior):.6f}"]
        for item in judge.comparisons:
            if item.name in rival.levels:
                own = rival.levels[item.name]
                said = [math.log2(share / level.m) for share, level in zip(own, item.levels, strict=True)]
                terms.append(levels.by_place(item, said, ".6f"))
        odds.append(f"2 ** greatest(-400, least(400, {' + '.join(terms)}))")
    return " + ".join(odds)
