"""Linking is as good as it is said to be, against known truth, with nothing tuned to a set."""

# The names that are put into SQL are our own.

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pytest

from benchmarks.linkage import historical
from gateway.linkage.link import link
from gateway.linkage.request import Request
from tests.linkage.conftest import read

SHARED = Path(__file__).resolve().parents[2].parent / "shared/data/linkage"
NAMED = {"given_name": "given_name", "family_name": "family_name", "birth_date": "birth_date"}
shared = pytest.mark.shared_data
needs = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")


def quality(source: Path, columns: Mapping[str, str], truth: Mapping[str, str], id_column: str) -> tuple[float, float]:
    """Precision and recall of the pairs that stand in one cluster."""
    out = source.with_name("clusters.csv")
    link(Request(source, out, columns=columns, id_column=id_column))
    rows = [(truth[row["id"]], row["cluster"]) for row in read(out)]
    right = _pairs(rows)
    return right / max(1, _pairs(cluster for _, cluster in rows)), right / _pairs(person for person, _ in rows)


def _pairs(values: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(values).values())


def _copied(name: str, tmp_path: Path) -> tuple[Path, list[dict[str, str]]]:
    target = tmp_path / name
    target.write_bytes((SHARED / name).read_bytes())
    with target.open(encoding="utf-8", newline="") as file:
        return target, [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]


@shared
@needs
@pytest.mark.parametrize("name", ["febrl1.csv", "febrl2.csv"])
def test_febrl_is_linked_without_a_mistake(name: str, tmp_path: Path) -> None:
    source, rows = _copied(name, tmp_path)
    truth = {row["rec_id"]: row["rec_id"].split("-")[1] for row in rows}
    precision, recall = quality(source, {}, truth, "rec_id")
    assert (precision, recall) == (1.0, 1.0)


@shared
@needs
def test_a_thousand_rows_half_of_them_damaged_are_linked(tmp_path: Path) -> None:
    source, rows = _copied("fake_1000.csv", tmp_path)
    columns = {"given_name": "first_name", "family_name": "surname", "birth_date": "dob", "place": "city",
               "email": "email"}  # fmt: skip
    precision, recall = quality(source, columns, {row["unique_id"]: row["cluster"] for row in rows}, "unique_id")
    assert precision >= 0.99
    assert recall >= 0.90


@shared
@needs
def test_a_census_and_a_registry_are_linked_although_most_of_their_rows_are_alike(tmp_path: Path) -> None:
    source = tmp_path / "both.csv"
    census, registry = (SHARED / f"pseudopeople_{name}2020.parquet" for name in ("census", "ssa"))
    duckdb.execute(
        f"""COPY (SELECT row_number() OVER () AS id, * FROM (
            SELECT simulant_id, first_name AS given_name, middle_initial AS given_name_2, last_name AS family_name,
                   date_of_birth AS birth_date, sex FROM read_parquet('{census}')
            UNION ALL SELECT simulant_id, first_name, middle_name[1], last_name,
                   concat(date_of_birth[5:6], '/', date_of_birth[7:8], '/', date_of_birth[1:4]), sex
            FROM read_parquet('{registry}') WHERE event_type = 'creation')
            WHERE hash(simulant_id) % 5 = 0) TO '{source}' (HEADER)"""
    )
    columns = NAMED | {"given_name_2": "given_name_2", "sex": "sex"}
    precision, recall = quality(source, columns, {row["id"]: row["simulant_id"] for row in read(source)}, "id")
    assert precision >= 0.97
    assert recall >= 0.97


def test_people_with_ten_records_half_empty_and_under_several_names_are_linked(tmp_path: Path) -> None:
    source = tmp_path / "historical.csv"
    historical.write(source, people=200, seed=3)
    columns = {"full_name": "full_name", "given_name": "first_name", "family_name": "surname", "birth_date": "dob",
               "birth_place": "birth_place", "postcode": "postcode_fake", "sex": "gender",
               "occupation": "occupation"}  # fmt: skip
    truth = {row["unique_id"]: row["cluster"] for row in read(source)}
    precision, recall = quality(source, columns, truth, "unique_id")
    assert precision >= 0.95
    assert 2 * precision * recall / (precision + recall) >= 0.90
