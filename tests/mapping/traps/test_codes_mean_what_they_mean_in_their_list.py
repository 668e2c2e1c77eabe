"""The traps of codes in domain.md's list, through a whole profile; the lists themselves are tested in tests/records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.mapping import convert
from gateway.mapping.profile import load

FIELDS = {"Ф": "name.family", "Г": "citizenship", "Р": "birth_country"}


@pytest.fixture
def citizen(own_profile: Any) -> Any:
    """The citizenship that a cell becomes both ways, or the code of the finding it makes."""

    def read(cell: str, *, form: str = "russian", more: str = "") -> str:
        profile = own_profile(fields=FIELDS | {"Г": f"{{to: citizenship, write: {form}}}"}, more=more)
        row = {"Ф": "Ким", "Г": cell, "Р": ""}
        mapped = own_profile.one(profile, row)
        if mapped.record is None:
            return str(mapped.findings[0].code)
        record, again = own_profile.both_ways(profile, row)
        assert again == record
        return str(",".join(record.person.citizenships) or ("stateless" if record.person.stateless else ""))

    return read


@pytest.mark.parametrize(("cell", "code"), [("51", "ARM"), ("31", "AZE"), ("051", "ARM"), ("8", "ALB"), ("643", "RUS")])
def test_a_number_of_the_classifier_that_lost_its_zero_is_the_country(citizen: Any, cell: str, code: str) -> None:
    assert citizen(cell, form="numeric") == code


@pytest.mark.parametrize("cell", ["51", "051", "001", "004", "643"])
def test_a_number_is_no_country_where_no_classifier_is_declared(citizen: Any, cell: str) -> None:
    assert citizen(cell) == "MAP-COUNTRY"


def test_a_national_number_is_that_of_its_own_list(citizen: Any) -> None:
    own = 'codes: {state: {"001": KAZ, "004": UZB}}'
    assert citizen("001", form="russian, codes: state", more=own) == "KAZ"
    assert citizen("004", form="russian, codes: state", more=own) == "UZB", "and not Afghanistan"


@pytest.mark.parametrize(
    "cell", ["Узбекистан", "УЗБЕКИСТАН", "Республика Узбекистан", "Узбекістан", "Өзбекстан", "Oʻzbekiston", "UZ", "UZB"]
)
def test_one_country_is_named_in_many_languages_and_codes_side_by_side(citizen: Any, cell: str) -> None:
    assert citizen(cell) == "UZB"


@pytest.mark.parametrize(
    ("cell", "code"),
    [("РФ", "RUS"), ("Расія", "RUS"), ("Ресей", "RUS"), ("SU", "SUN"), ("СССР", "SUN"), ("ГДР", "DDR")],
)
def test_abbreviations_and_states_of_the_past_are_known(citizen: Any, cell: str, code: str) -> None:
    assert citizen(cell) == code


@pytest.mark.parametrize("cell", ["GFR", "АБВ", "ZZ", "Атлантида"])
def test_a_code_of_another_body_is_no_country_and_never_the_nearest_one(citizen: Any, cell: str) -> None:
    assert citizen(cell) == "MAP-COUNTRY"


def test_a_german_in_the_codes_of_the_refugee_agency_is_read_where_a_list_says_so(citizen: Any) -> None:
    assert citizen("GFR", form="alpha-3, codes: unhcr", more="codes: {unhcr: {GFR: DEU, AUS: AUT}}") == "DEU"
    assert citizen("AUS", form="alpha-3, codes: unhcr", more="codes: {unhcr: {GFR: DEU, AUS: AUT}}") == "AUT"


@pytest.mark.parametrize(("cell", "form"), [("Абхазия", "russian"), ("895", "numeric"), ("Южная Осетия", "russian")])
def test_a_place_that_only_a_national_classifier_has_goes_to_a_human(citizen: Any, cell: str, form: str) -> None:
    assert citizen(cell, form=form) == "MAP-COUNTRY-REVIEW"


@pytest.mark.parametrize("cell", ["ЛБГ", "без гражданства", "апатрид", "XXA"])
def test_no_citizenship_is_a_statement_and_no_country(citizen: Any, cell: str) -> None:
    assert citizen(cell) == "stateless"


@pytest.mark.parametrize(("state", "cell"), [("RUS", "21"), ("RUS", "10"), ("RUS", "RU01001"), ("BLR", "паспорт")])
def test_kinds_of_documents_are_those_of_their_own_dictionary(
    own_profile: Any, tmp_path: Any, state: str, cell: str
) -> None:
    fields = {
        "Ф": "name.family",
        "№": "document.number",
        "вид": "{to: document.kind, codes: 'reference:document_kind'}",
    }
    own_profile(fields=fields)
    path = tmp_path / "own.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("state: BLR", f"state: {state}"), encoding="utf-8")
    [document] = own_profile.one(load(path), {"Ф": "Ким", "№": "1234567", "вид": cell}).record.person.documents
    assert document.kind == "PASSPORT"


def test_a_number_of_another_dictionary_is_no_kind_of_document(own_profile: Any) -> None:
    fields = {
        "Ф": "name.family",
        "№": "document.number",
        "вид": "{to: document.kind, codes: 'reference:document_kind'}",
    }
    mapped = own_profile.one(own_profile(fields=fields), {"Ф": "Ким", "№": "1234567", "вид": "103008"})
    assert [(finding.code, finding.path) for finding in mapped.findings] == [("MAP-CODE", "вид")]


def test_purposes_of_a_visit_are_those_of_their_own_list(of_shipped: Callable[..., convert.Mapped]) -> None:
    """01 in one state and 1 in another are two lists; what a list lacks is left out with a warning."""
    assert of_shipped("kaz-stays", {"visit_purpose_code": "01"}).record.detail.purpose
    assert of_shipped("uzb-crossings", {"trip_purpose_code": "1"}).record.detail.purpose
    strange = of_shipped("uzb-crossings", {"trip_purpose_code": "01"})
    assert strange.record.detail.purpose == ""
    assert [(finding.code, finding.severity) for finding in strange.findings] == [("MAP-CODE", "warning")]


def test_a_letter_of_sex_is_that_of_its_state(of_shipped: Callable[..., convert.Mapped]) -> None:
    """K is a man in Azerbaijani; the Cyrillic letter that looks like it is nobody."""
    assert of_shipped("aze-permits", {"cins": "K"}).record.person.sex.name == "MALE"
    assert [finding.code for finding in of_shipped("aze-permits", {"cins": "К"}).findings] == ["MAP-SEX"]
