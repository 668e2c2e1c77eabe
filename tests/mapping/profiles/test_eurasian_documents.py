"""The data model of the Eurasian Economic Commission: names, classifiers and versions of its elements."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.errors import Refusal
from gateway.mapping import back, convert
from gateway.mapping.profile import load
from gateway.records.dates import PartialDate

By = Callable[[str], dict[Any, Any]]
NAME = "blr-eec-stays"
PERMITS = "kgz-eec-permits"
SOURCE = Path(__file__).parents[1] / "samples" / NAME / "input.xml"
SIMPLE = "{urn:EEC:M:SimpleDataObjects:v0.4.12}"


def test_nationality_is_citizenship_here_and_ethnicity_stays_at_home(records: By) -> None:
    person = records(NAME)["BY-2026-0101"].person
    assert person.citizenships == ("RUS",)
    assert "русский" not in repr(person)


def test_the_kind_of_a_document_is_a_code_that_begins_with_its_country(records: By, codes: By) -> None:
    assert records(NAME)["BY-2026-0101"].person.documents[0].kind == "PASSPORT"
    assert codes(NAME)[5] == ["MAP-CODE"]


def test_a_date_with_a_zone_is_its_day(records: By) -> None:
    assert records(NAME)["BY-2026-0102"].detail.stay_from == date(2026, 2, 2)


def test_a_missing_patronymic_is_not_known_and_not_none(records: By) -> None:
    name = records(NAME)["BY-2026-0102"].person.names[0]
    assert (name.patronymic, name.no_patronymic) == ("", False)


def test_a_birth_year_and_a_stateless_person_are_read(records: By) -> None:
    person = records(NAME)["BY-2026-0103"].person
    assert person.stateless
    assert person.birth_date == PartialDate(1975)


def test_codes_are_written_back_with_the_number_of_their_classifier(records: By) -> None:
    chosen = load(NAME)
    rows, losses = back.unmap(chosen, [records(NAME)["BY-2026-0101"]])
    assert losses == []
    written = etree.fromstring(back.write_rows(chosen, rows))
    country = written.find(f".//{SIMPLE}UnifiedCountryCode")
    kind = written.find(f".//{SIMPLE}IdentityDocKindCode")
    assert (country.text, country.get("codeListId")) == ("RU", "2021")
    assert (kind.text, kind.get("codeListId")) == ("RU01001", "2053")


def test_another_version_of_the_model_is_another_document(now: Any) -> None:
    other = SOURCE.read_text(encoding="utf-8").replace(
        "MigrationRegistrationList:v1.0.0", "MigrationRegistrationList:v2"
    )
    with pytest.raises(Refusal):
        list(convert.map_file(load(NAME), other.encode(), now=now))


@pytest.mark.parametrize("number", ["KG-26-00402", "KG-26-00403", "KG-26-00405"])
def test_the_code_of_a_kind_that_is_written_is_that_of_the_issuing_country(records: By, number: str) -> None:
    chosen = load(PERMITS)
    [row], losses = back.unmap(chosen, [records(PERMITS)[number]])
    assert losses == []
    assert row["DocKind"] == f"{row['DocCountry']}01001"


def test_a_passport_of_kazakhstan_is_written_to_belarus_under_its_kazakh_code(records: By) -> None:
    stay = records(NAME)["BY-2026-0101"]
    passport = replace(stay.person.documents[0], country="KAZ")
    [row], _ = back.unmap(load(NAME), [replace(stay, person=replace(stay.person, documents=(passport,)))])
    assert (row["DocCountry"], row["DocKind"]) == ("KZ", "KZ01001")


def test_a_kind_that_contradicts_the_issuing_country_is_not_believed(codes: By) -> None:
    assert codes(PERMITS)[7] == ["MAP-CODE"]


def test_two_documents_of_one_person_are_told_apart_by_their_order(records: By) -> None:
    documents = records(PERMITS)["KG-26-00402"].person.documents
    assert [(each.kind, each.number) for each in documents] == [("PASSPORT", "N12345678"), ("ID_CARD", "012345678")]


def test_simple_elements_may_stand_in_the_default_namespace(records: By) -> None:
    name = records(PERMITS)["KG-26-00401"].person.names[0]
    assert (name.family, name.given, name.patronymic) == ("Каримов", "Жасур", "Асанович")


def test_a_value_of_another_classifier_is_not_read(records: By, codes: By) -> None:
    # 860 is Uzbekistan in ISO 3166-1; here it is a value of a list that the profile does not know.
    assert codes(PERMITS)[8] == ["MAP-VALUE-MISSING"]
    # A kind of a national list leaves the document without a kind.
    assert records(PERMITS)["KG-26-00409"].person.documents[0].kind == "OTHER"


def test_an_element_that_is_nil_says_nothing(records: By) -> None:
    name = records(PERMITS)["KG-26-00403"].person.names[0]
    assert (name.patronymic, name.no_patronymic) == ("", False)


def test_a_kyrgyz_patronymic_stands_in_the_middle_name(records: By) -> None:
    permits = records(PERMITS)
    told = [permits[f"KG-26-0040{last}"].person.names[0].patronymic for last in (2, 6)]
    assert told == ["Өмүрзак кызы", "Асан уулу"]
    assert permits["KG-26-00402"].person.birth_date == PartialDate(1992, 3, 12)
