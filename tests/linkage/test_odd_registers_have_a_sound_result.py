"""Registers that hold nothing, one thing, or the same thing a thousand times: an answer, in bounded time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from time import process_time

import duckdb
import pytest

from gateway.linkage import model
from gateway.linkage.link import link
from gateway.linkage.request import Request
from gateway.linkage.rivals import Rival
from tests.linkage.conftest import population, read, write


@pytest.fixture
def linked(tmp_path: Path):
    """A function that links a register and gives its lines."""

    def call(text: str, **options) -> list[dict[str, str]]:
        (tmp_path / "in.csv").write_text(text)
        link(Request(tmp_path / "in.csv", tmp_path / "out.csv", **options))
        return read(tmp_path / "out.csv")

    return call


def test_a_header_alone_gives_a_header_alone(linked, tmp_path: Path) -> None:
    assert linked("id,family_name,birth_date\n") == []
    assert (tmp_path / "out.csv").read_text() == "id,cluster,probability,band\n"


def test_one_row_is_one_person(linked) -> None:
    assert linked("id,family_name\n7,Ivanov\n") == [{"id": "7", "cluster": "7", "probability": "1.0", "band": "green"}]


@pytest.mark.parametrize("rows", range(2, 6))
def test_a_few_rows_that_share_nothing_are_as_many_people(linked, rows: int) -> None:
    names = ("Ivanov", "Petrov", "Kim", "Li", "Smith")[:rows]
    found = linked("id,family_name\n" + "".join(f"{n},{name}\n" for n, name in enumerate(names)))
    assert [row["cluster"] for row in found] == [row["id"] for row in found]


@pytest.mark.parametrize("name", ["l", "r", "match_key", "many", "rarity", "roles", "pair", "value", "tf_sex", "key"])
def test_a_column_may_be_called_like_one_of_the_tables_inside(tmp_path: Path, name: str) -> None:
    rows = [{"full_name": f"{row['given_name']} {row['family_name']}", **row} for row in population(60)]
    source = write(tmp_path / "in.csv", rows, columns=("id", "full_name", "birth_date", "postcode"))
    columns = {"full_name": "full_name", "birth_date": "birth_date", name: "postcode"}
    outcome = link(Request(source, tmp_path / "out.csv", columns=columns))
    assert name in {item.name for item in outcome.model.comparisons}


def test_a_second_whole_name_is_compared_too(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", population(60))
    columns = {"full_name_2": "family_name", "birth_date": "birth_date"}
    outcome = link(Request(source, tmp_path / "out.csv", columns=columns))
    assert [item.name for item in outcome.model.comparisons] == ["full_name_2", "birth_date"]


def test_a_column_of_nothing_and_rows_of_nothing_say_nothing(linked) -> None:
    found = linked("id,family_name,birth_date\n" + "".join(f"{n},,\n" for n in range(50)))
    assert len({row["cluster"] for row in found}) == 50
    found = linked("id,family_name,given_name,birth_date,phone\n1,Ivanov,Ivan,1985-06-15,\n2,Ivanov,Ivan,1985-06-15,\n")
    assert len(found) == 2


def test_rows_that_are_equal_in_everything_are_one_person_where_they_say_enough(linked) -> None:
    row = "Shchukin,Yuri,1985-06-15,7001234567"
    found = linked("id,family_name,given_name,birth_date,document\n" + "".join(f"{n},{row}\n" for n in range(300)))
    assert {row["cluster"] for row in found} == {"0"}


def test_ten_thousand_of_one_name_take_little_time_and_are_not_one_person(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    duckdb.sql(
        "SELECT range AS id, 'Иванов' AS family_name, 'Иван' AS given_name, "
        "(DATE '1940-01-01' + (hash(range) % 25000)::INTEGER)::VARCHAR AS birth_date FROM range(10000)"
    ).write_parquet(str(source))
    before = process_time()
    outcome = link(Request(source, tmp_path / "out.csv"))
    assert process_time() - before < 30
    assert max(outcome.sizes) < 1000
    assert outcome.rows == 10_000


def test_a_hundred_thousand_names_and_nothing_else_are_left_alone(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    duckdb.sql("SELECT range AS id, 'Иванов' AS surname FROM range(100000)").write_parquet(str(source))
    outcome = link(Request(source, tmp_path / "out.csv"))
    assert outcome.sizes == {1: 100_000}


def test_a_person_with_five_hundred_records_is_found_whole(tmp_path: Path) -> None:
    rows = population(400)
    person = {"family_name": "Nurmagambetov", "given_name": "Yerlan", "birth_date": "1971-03-09", "postcode": "200111",
              "address": "Abaya 7", "person": "many"}  # fmt: skip
    for number in range(500):
        spoilt = dict(person)
        if number % 3 == 0:
            spoilt["postcode"] = str(200_000 + number)
        if number % 5 == 0:
            spoilt["address"] = f"Abaya {number}"
        if number % 7 == 0:
            spoilt["given_name"] = "Erlan"
        rows.append({"id": f"m{number}", **spoilt})
    link(Request(write(tmp_path / "in.csv", rows), tmp_path / "out.csv"))
    clusters = {row["id"]: row["cluster"] for row in read(tmp_path / "out.csv")}
    sizes = Counter(cluster for identity, cluster in clusters.items() if identity.startswith("m"))
    assert sizes.most_common(1)[0][1] >= 490
    alien = [identity for identity, cluster in clusters.items() if cluster == sizes.most_common(1)[0][0]]
    assert all(identity.startswith("m") for identity in alien)


def test_one_name_in_four_scripts_and_a_date_in_four_notations_is_one_person(linked) -> None:
    others = "".join(
        f"x{n},{family},{given},{1950 + n}-0{1 + n % 9}-1{n % 9}\n"
        for n, (family, given) in enumerate(
            (f"{family}{end}", given)
            for family in ("Karim", "Petr", "Sidor", "Melnik", "Nazar")
            for end in ("ov", "enko", "ich")
            for given in ("Ivan", "Rustam", "Pavel", "Timur")
        )
    )
    found = linked(
        "id,family_name,given_name,birth_date\n1,Щукин,Юрий,1985-06-15\n2,Shchukin,Iurii,15.06.1985\n"
        "3,Chtchoukine,Iouri,19850615\n4,ЩУКИН,ЮРИЙ,15/06/1985\n" + others
    )
    assert {row["cluster"] for row in found[:4]} == {"1"}
    assert all(row["cluster"] != "1" for row in found[4:])


def test_a_saved_model_gives_the_same_numbers_again(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", population(300))
    first = link(Request(source, tmp_path / "first.csv"))
    (tmp_path / "model.json").write_bytes(model.save(first.model))
    link(Request(source, tmp_path / "second.csv", model=tmp_path / "model.json"))
    assert read(tmp_path / "first.csv") == read(tmp_path / "second.csv")


def test_a_model_judges_a_register_that_keeps_the_same_names_whole(tmp_path: Path) -> None:
    rows = [row | {"full_name": f"{row['given_name']} {row['family_name']}"} for row in population(300)]
    truth = {row["id"]: row["person"] for row in rows}
    names = {"apart": ("family_name", "given_name"), "whole": ("full_name",)}
    kept = {
        name: write(tmp_path / f"{name}.csv", rows, columns=("id", *here, "birth_date", "postcode", "address"))
        for name, here in names.items()
    }
    for name, other in (("apart", "whole"), ("whole", "apart")):
        learned = link(Request(kept[name], tmp_path / "own.csv")).model
        alike = {item.name: [level.m for level in item.levels] for item in learned.comparisons}
        (tmp_path / "model.json").write_bytes(model.save(replace(learned, rivals=(Rival("twins", 1e-9, alike),))))
        judged = link(Request(kept[other], tmp_path / "out.csv", model=tmp_path / "model.json")).model
        assert [item.name for item in judged.comparisons if item.name not in alike] == []
        clusters = {row["id"]: row["cluster"] for row in read(tmp_path / "out.csv")}
        assert sum(truth[row] != truth[cluster] for row, cluster in clusters.items()) < 0.01 * len(rows)
        assert len(set(clusters.values())) < 1.02 * len(set(truth.values()))
