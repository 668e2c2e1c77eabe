"""A register of many scripts: what is common to a nation, or said twice, is no evidence for one person."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pytest

from gateway.linkage import model
from gateway.linkage.columns import declared_columns, recognise
from gateway.linkage.comparisons import comparisons
from gateway.linkage.link import link
from gateway.linkage.prepare import Prepared, prepare
from gateway.linkage.read import load_register, open_register
from gateway.linkage.request import Request
from tests.linkage.conftest import Rows, read

HEADER = "id,given_name,given_name_2,family_name,identifier"


def prepared(tmp_path: Path, *rows: str) -> tuple[duckdb.DuckDBPyConnection, Prepared]:
    source = tmp_path / "register.csv"
    source.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    con = duckdb.connect(":memory:")
    register = open_register(con, source, "utf-8", tmp_path)
    plan = recognise(register.header, declared_columns(""), "id")
    return con, prepare(con, plan, load_register(con, register, plan))


def test_a_second_spelling_of_a_name_is_not_counted_again_but_heard(tmp_path: Path) -> None:
    con, _ = prepared(tmp_path, "1,Гаухар,GAUKHAR,Сарсен,", "2,Anna,Maria,Orlova,")
    assert con.execute("SELECT given_name_2 FROM records ORDER BY rid").fetchall() == [(None,), ("maria",)]
    (heard,) = con.execute("SELECT given_name_light FROM records ORDER BY rid").fetchall()[0]
    assert len(heard) == len(set(heard)) >= 1


def test_numbers_of_two_schemes_do_not_contradict_each_other(tmp_path: Path) -> None:
    rows = ("1,A,,B,KZ-IIN:981225479911", "2,A,,C,UZ-PINFL:50609190002084", "3,A,,D,KZ-IIN:570128302119")
    con, known = prepared(tmp_path, *rows)
    (asked,) = (item for item in comparisons(known) if item.name == "identifier")
    found = con.execute(
        f"SELECT l.rid, r.rid, {asked.null} FROM (SELECT rid, identifier AS identifier_l, identifier_scheme AS "
        "identifier_scheme_l FROM records) l JOIN (SELECT rid, identifier AS identifier_r, identifier_scheme AS "
        "identifier_scheme_r FROM records) r ON l.rid < r.rid ORDER BY ALL"
    ).fetchall()
    assert [row[2] for row in found] == [True, False, True]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A crowd of ten states, what linking it came to, and where both stand."""
    folder = tmp_path_factory.mktemp("crowd")
    source = folder / "crowd.csv"
    subprocess.run([sys.executable, "-m", "gateway.demo.crowd", "1500", str(source), "--seed", "3"], check=True)
    columns = {name: name for name in read(source)[0] if name not in {"id", "human"}}
    return folder, columns, link(Request(source, folder / "clusters.csv", columns=columns))


def test_a_crowd_of_ten_states_is_linked_and_its_nations_are_not(crowd) -> None:
    folder, _, _ = crowd
    told = {row["id"]: row["human"] for row in read(folder / "crowd.csv")}
    rows = read(folder / "clusters.csv")
    true = _pairs(told.values())
    every, white = _right(rows, told), _right([row for row in rows if row["band"] == "white"], told)
    assert every[0] / every[1] >= 0.98
    assert every[0] / true >= 0.99
    assert white[0] / white[1] >= 0.995
    assert white[0] / true >= 0.96
    assert sum(row["band"] == "yellow" for row in rows) <= 0.03 * len(rows)


def _right(rows: Rows, told: Mapping[str, str]) -> tuple[int, int]:
    """How many pairs of one cluster are right, and how many there are."""
    return _pairs((row["cluster"], told[row["id"]]) for row in rows), _pairs(row["cluster"] for row in rows)


def _pairs(values: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(values).values())


def test_every_pair_that_was_compared_is_counted_once_however_it_was_judged(crowd) -> None:
    _, _, outcome = crowd
    assert sum(outcome.histogram) == outcome.compared
    assert {"twins", "namesakes", "one nation"} <= {rival.name for rival in outcome.model.rivals}


def test_a_saved_model_knows_who_is_alike(crowd, tmp_path: Path) -> None:
    folder, columns, outcome = crowd
    (tmp_path / "model.json").write_bytes(model.save(outcome.model))
    again = Request(folder / "crowd.csv", tmp_path / "again.csv", columns=columns, model=tmp_path / "model.json")
    link(again)
    assert read(tmp_path / "again.csv") == read(folder / "clusters.csv")
