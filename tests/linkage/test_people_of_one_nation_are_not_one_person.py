"""A register of many scripts: what is common to a nation, or said twice, is no evidence for one person."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb

from gateway.linkage.columns import declared_columns, recognise
from gateway.linkage.comparisons import comparisons
from gateway.linkage.link import link
from gateway.linkage.prepare import Prepared, prepare
from gateway.linkage.read import load_register, open_register
from gateway.linkage.request import Request
from tests.linkage.conftest import read

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
        f"SELECT l.rid, r.rid, {asked.null} FROM (SELECT rid, identifier AS identifier_l, identifier_scheme AS "  # noqa: S608
        "identifier_scheme_l FROM records) l JOIN (SELECT rid, identifier AS identifier_r, identifier_scheme AS "
        "identifier_scheme_r FROM records) r ON l.rid < r.rid ORDER BY ALL"
    ).fetchall()
    assert [row[2] for row in found] == [True, False, True]


def test_a_crowd_of_ten_states_is_linked_and_its_nations_are_not(tmp_path: Path) -> None:
    source, out = tmp_path / "crowd.csv", tmp_path / "clusters.csv"
    subprocess.run([sys.executable, "-m", "gateway.demo.crowd", "1500", str(source), "--seed", "3"], check=True)
    told = {row["id"]: row["human"] for row in read(source)}
    columns = {name: name for name in read(source)[0] if name not in {"id", "human"}}
    link(Request(source, out, columns=columns))
    pairs: dict[str, list[str]] = {}
    for row in read(out):
        pairs.setdefault(row["cluster"], []).append(told[row["id"]])
    made = [(one, other) for group in pairs.values() for place, one in enumerate(group) for other in group[:place]]
    right = sum(one == other for one, other in made)
    true = sum(count * (count - 1) // 2 for count in (list(told.values()).count(human) for human in set(told.values())))
    assert right / len(made) >= 0.75
    assert right / true >= 0.98
