"""Which column of a register says what: as declared, or else by the header."""

from __future__ import annotations

import duckdb
import pytest

from gateway.errors import Misuse
from gateway.linkage import roles
from gateway.linkage.columns import LOGICAL, SQL_WORDS, Column, Kind, Plan, declared_columns, kind_of, recognise
from gateway.linkage.prepare import prepare


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (("rec_id", "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
          "date_of_birth", "soc_sec_id"),
         {"given_name": "given_name", "family_name": "surname", "street_number": "street_number",
          "address": "address_1", "address_2": "address_2", "place": "suburb", "postcode": "postcode",
          "region": "state", "birth_date": "date_of_birth", "identifier": "soc_sec_id"}),
        (("rec_id", "Фамилия", "Имя", "Отчество", "Дата рождения", "Пол", "Гражданство", "№ заявки"),
         {"family_name": "Фамилия", "given_name": "Имя", "patronymic": "Отчество", "birth_date": "Дата рождения",
          "sex": "Пол", "citizenship": "Гражданство"}),
        (("rec_id", "Last Name", "FIRST-NAME", "DOB", "cluster", "truth"),
         {"family_name": "Last Name", "given_name": "FIRST-NAME", "birth_date": "DOB"}),
    ],
)  # fmt: skip
def test_usual_headers_are_known_and_others_left_out(header, known) -> None:
    plan = recognise(header, {}, "rec_id")
    assert {column.name: column.source for column in plan.columns} == known


def test_every_logical_name_is_a_header_of_itself() -> None:
    plan = recognise(("id", *LOGICAL), {}, "id")
    assert [column.name for column in plan.columns] == list(LOGICAL)


def test_the_identifier_is_no_evidence() -> None:
    plan = recognise(("ssn", "surname"), {}, "ssn")
    assert [column.name for column in plan.columns] == ["family_name"]


def test_what_is_declared_is_all_that_is_used() -> None:
    declared = declared_columns("family_name = nom, given_name=prenom,shoe_size=pointure,phone_2=portable")
    plan = recognise(("id", "nom", "prenom", "pointure", "portable", "dob"), declared, "ID")
    assert [(column.name, column.kind) for column in plan.columns] == [
        ("family_name", Kind.NAME), ("given_name", Kind.NAME), ("shoe_size", Kind.TEXT), ("phone_2", Kind.IDENTIFIER),
    ]  # fmt: skip
    assert plan.id_source == "id"


def test_a_slip_of_the_pen_is_told_apart_from_a_name_of_ones_own() -> None:
    with pytest.raises(Misuse, match="did you mean birth_date"):
        recognise(("id", "dob"), {"birth_dat": "dob"}, "id")
    assert kind_of("shoe_size") is Kind.TEXT


def refused(name: str, *others: str) -> bool:
    """Whether a plain attribute of this name is refused, beside columns of these names."""
    declared = {other: f"h{number}" for number, other in enumerate((*others, name))}
    try:
        recognise(("id", *declared.values()), declared, "id")
    except Misuse as told:
        return "word of the program's own" in told.detail
    return False


def test_no_attribute_bears_the_name_of_a_column_that_is_made() -> None:
    names = ("family_name", "full_name", "birth_date", "identifier", "occupation")
    con = duckdb.connect()
    con.execute("CREATE TABLE raw AS SELECT " + ", ".join(f"'1985-06-15 x' AS {name}" for name in names))
    prepare(con, Plan("id", tuple(Column(name, name, kind_of(name)) for name in names)), 1)
    made = {row[0] for row in con.execute("SELECT column_name FROM (DESCRIBE records)").fetchall()} - set(names)
    assert made >= {"family_name_light", "birth_date_year", "identifier_scheme", "full_name_words", roles.GIVEN}
    assert [name for name in sorted(made) if not refused(name, *names)] == []
    assert [name for name, _ in roles.COLUMNS if not refused(name)] == []


def test_no_attribute_is_a_word_that_the_engine_keeps_for_itself() -> None:
    kept = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    words = {row[0] for row in duckdb.connect().execute(kept).fetchall()}
    assert words <= SQL_WORDS
    assert all(map(refused, words))
    assert not SQL_WORDS & set(LOGICAL)


@pytest.mark.parametrize("name", ["rowid", "rid_l", "height_r", "n", "whole_given"])
def test_no_attribute_bears_a_name_of_our_tables(name: str) -> None:
    assert refused(name)


@pytest.mark.parametrize("name", ["height", "user", "birth_year", "occupation_day"])
def test_any_other_name_is_an_attribute(name: str) -> None:
    assert not refused(name, "birth_date", "occupation")
