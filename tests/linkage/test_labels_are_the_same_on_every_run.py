"""Of more judged pairs than are used, which ones these are follows from the identifiers, and from nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from gateway.linkage import labels

Row = tuple[str, str]


def judged(folder: Path, rows: list[Row], threads: int = 2) -> list[tuple[int, int, float]]:
    """The labels of a file of groups, for a register that has these identifiers."""
    path = folder / "labels.csv"
    path.write_text("id,cluster\n" + "".join(f"{id_},{cluster}\n" for id_, cluster in rows), encoding="utf-8")
    with duckdb.connect(":memory:") as con:
        con.execute(f"SET threads = {threads}; CREATE TABLE raw (id VARCHAR)")
        con.execute("INSERT INTO raw SELECT unnest(?)", [sorted({id_ for id_, _ in rows})])
        con.execute("CREATE TABLE rows AS SELECT rowid AS row, rowid AS rid FROM raw")
        count = labels.read_labels(con, path, "utf-8", folder)
        found = con.execute("SELECT l, r, same FROM labels ORDER BY ALL").fetchall()
        assert len(found) == count
        return found


def groups(persons: int, size: int) -> list[Row]:
    return [(f"R{person * size + place:05d}", f"P{person}") for person in range(persons) for place in range(size)]


@pytest.mark.parametrize(("persons", "size"), [(200, 4), (3, 60), (1, 100)])
def test_the_order_of_the_file_and_of_the_work_does_not_count(tmp_path, monkeypatch, persons, size) -> None:
    monkeypatch.setattr(labels, "MOST", 150)
    rows = groups(persons, size)
    first = judged(tmp_path, rows)
    assert 100 < len(first) <= 150
    for seed in range(3):
        random.Random(seed).shuffle(rows)  # noqa: S311 - an order, and no secret.
        assert judged(tmp_path, rows, threads=1 + seed) == first
    truth = dict(groups(persons, size))
    names = sorted(truth)
    assert all((truth[names[left]] == truth[names[right]]) is (same == 1) for left, right, same in first)


def test_where_there_are_fewer_every_pair_of_a_group_is_used(tmp_path) -> None:
    same = [(left, right) for left, right, said in judged(tmp_path, groups(5, 7)) if said == 1]
    assert len(same) == len(set(same)) == 5 * 21


def test_a_huge_group_costs_no_more_than_what_is_used_of_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(labels, "MOST", 50_000)
    rows = groups(1, 30_000)  # 450 million pairs
    assert len(judged(tmp_path, rows)) == 50_000


def test_who_is_in_no_group_is_paired_with_nobody(tmp_path) -> None:
    found = judged(tmp_path, [("A", "1"), ("B", ""), ("C", ""), ("D", "1")])
    assert [(left, right) for left, right, said in found if said == 1] == [(0, 3)]
