"""Ukraine: legacy records with three apostrophes."""

from collections.abc import Callable
from typing import Any

from gateway.mapping import convert
from gateway.mapping.profile import load
from gateway.records.person import Check, Sex

By = Callable[[str], dict[Any, Any]]


def test_the_heading_of_the_given_name_is_found_with_every_apostrophe(sample: By, now: Any) -> None:
    record = sample("ukr-stays")[3].record
    assert record.person.names[0].given == "Мар'яна"
    for heading in ("Ім'я", "Ім’я", "Імя"):
        row = {
            "Прізвище": "Литвин", heading: "Олег", "Дата народження": "1970", "Номер реєстрації": "1",
            "Зареєстровано з": "01.03.2012",
        }  # fmt: skip
        [one] = convert.map_rows(load("ukr-stays"), [row], now=now)
        assert one.record is not None
        assert one.record.person.names[0].given == "Олег"


def test_the_apostrophe_of_a_name_is_kept_as_it_was_typed(records: By) -> None:
    assert records("ukr-stays")["46/2012/000102"].person.names[0].family == "Дем\u2019яненко"


def test_a_man_is_written_with_another_letter_than_in_russian(records: By, codes: By) -> None:
    assert records("ukr-stays")["46/2012/000101"].person.sex is Sex.MALE
    assert codes("ukr-stays")[9] == ["MAP-SEX"]


def test_the_soviet_union_is_a_birth_country(records: By) -> None:
    assert records("ukr-stays")["46/2012/000101"].person.birth_country == "SUN"


def test_the_taxpayer_number_is_compared_with_the_birth_date(records: By, codes: By) -> None:
    assert records("ukr-stays")["46/2012/000101"].person.identifiers[0].check is Check.VALID
    assert codes("ukr-stays")[2] == []
    assert codes("ukr-stays")[4] == ["MAP-EMBEDDED"]


def test_a_stateless_person_has_the_document_of_the_register(records: By) -> None:
    person = records("ukr-stays")["46/2012/000104"].person
    assert person.stateless
    assert person.documents[0].kind == "RESIDENCE_PERMIT"


def test_a_purpose_that_nobody_knows_is_left_out_with_a_warning(records: By, codes: By) -> None:
    assert codes("ukr-stays")[6] == ["MAP-CODE"]
    assert records("ukr-stays")["46/2012/000105"].detail.purpose == ""
