"""The data model of the Eurasian Economic Commission: names, classifiers and versions of its elements."""

from collections.abc import Callable
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
