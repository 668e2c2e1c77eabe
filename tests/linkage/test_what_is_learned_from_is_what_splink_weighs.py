"""The levels that a model is learned from, and that a glance is judged by, are those that Splink finds."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from gateway.linkage import blocking, levels, train
from gateway.linkage.columns import recognise
from gateway.linkage.comparisons import comparisons
from gateway.linkage.prepare import prepare
from gateway.linkage.read import load_register, open_register
from gateway.linkage.scoring import scorer
from tests.linkage.conftest import population, write


def test_the_weight_of_a_pair_is_the_sum_of_its_levels_and_its_rarity(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        source = open_register(con, write(tmp_path / "in.csv", population(300)), "utf-8", tmp_path)
        plan = recognise(source.header, {}, "id")
        prepared = prepare(con, plan, load_register(con, source, plan))
        blocked = blocking.make_keys(con, prepared)
        judge = train.train(con, prepared, comparisons(prepared), blocked)
        blocking.pairs_of(con, "pairs", part=0, parts=1, named="0")
        levels.compare(con, "pairs", judge.comparisons, judge.frequencies, "told")
        scored = scorer(con, judge.comparisons, judge.prior, judge.frequencies).score("pairs")
        places = ", ".join(f"p_{item.name}" for item in judge.comparisons)
        lines = con.execute(
            f"SELECT match_weight, {levels.weight(judge)}, ({places}) FROM told JOIN {scored} USING (rid_l, rid_r)"
        ).fetchall()
    assert len(lines) > 1_000
    assert len({places for _, _, places in lines}) > 50
    for weighed, told, _ in lines:
        assert told == pytest.approx(weighed, abs=1e-9)
