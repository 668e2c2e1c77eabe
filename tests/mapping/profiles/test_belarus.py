"""Belarus: the traps of its permits, of its bans and of its applications for protection."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.mapping import convert
from gateway.mapping.profile import load
from gateway.records.dates import PartialDate
from gateway.records.person import Check

By = Callable[[str], dict[Any, Any]]


def test_a_ban_without_end_is_written_as_a_word_or_as_the_year_9999(records: By) -> None:
    bans = records("blr-bans")
    assert bans["18/2026"].detail.ban_to is None
    assert bans["19/2026"].detail.ban_to is None
    assert bans["17/2026"].detail.ban_to == date(2029, 2, 1)


def test_an_end_that_is_neither_date_nor_word_rejects_the_ban(codes: By) -> None:
    assert codes("blr-bans")[11] == ["MAP-DATE"]


def test_a_ban_for_all_parties_says_so_and_one_for_the_republic_binds_belarus_only(records: By) -> None:
    bans = records("blr-bans")
    assert bans["18/2026"].detail.territory == "ALL_PARTIES"
    assert bans["19/2026"].detail.territory == "ISSUER"


def test_two_digits_of_a_birth_year_mean_the_past(records: By) -> None:
    assert records("blr-bans")["20/2026"].person.birth_date == PartialDate(1990, 11, 7)


def test_a_birth_date_known_to_the_year_stays_a_year(records: By) -> None:
    assert records("blr-bans")["18/2026"].person.birth_date == PartialDate(1975)
    assert records("blr-asylum")["Х-103"].person.birth_date == PartialDate(1979)


def test_a_country_without_iso_code_is_left_to_a_human(codes: By) -> None:
    assert codes("blr-bans")[9] == ["MAP-COUNTRY-REVIEW"]


def test_every_citizenship_of_an_applicant_is_kept(records: By) -> None:
    assert records("blr-asylum")["Х-101"].person.citizenships == ("KAZ", "RUS")


def test_the_state_that_gave_an_applicant_a_document_is_kept_for_the_risk_set(records: By) -> None:
    application = records("blr-asylum")["Х-104"]
    assert application.person.stateless
    assert application.person.documents[0].country == "ETH"
    assert application.detail.persecutors == ("ERI", "ETH")


def test_grounds_religion_health_and_ethnicity_of_an_applicant_stay_at_home(records: By) -> None:
    for application in records("blr-asylum").values():
        assert not any(word in repr(application) for word in ("не передаётся", "пуштунка", "араб", "тиграй"))


def test_an_applicant_registered_before_lodging_is_rejected(codes: By) -> None:
    assert codes("blr-asylum")[6] == ["MAP-ORDER"]


def test_a_citizenship_that_cannot_be_read_rejects_an_applicant_rather_than_narrowing_the_risk_set(codes: By) -> None:
    assert codes("blr-asylum")[7] == ["MAP-COUNTRY"]


def test_a_child_alone_is_marked(records: By) -> None:
    applications = records("blr-asylum")
    assert applications["Х-102"].detail.unaccompanied_minor
    assert not applications["Х-101"].detail.unaccompanied_minor


PERMIT = {
    "Прозвішча": "Аляксееў", "Імя": "Аляксей", "Імя па бацьку": "Іванавіч", "Дата нараджэння": "15.06.1985",
    "Пол": "М", "Грамадзянства": "Украіна", "Идентификационный номер": "3150685А001РВ5", "Серия": "ЕН",
    "Номер": "123456", "Дата выдачи": "", "Срок действия": "", "Вид документа": "паспорт",
    "№ спецразрешения": "СР-000201", "Действует с": "01.03.2026", "Действует по": "28.02.2027",
    "Наниматель": "", "УНП": "",
}  # fmt: skip


@pytest.fixture
def belarusian() -> Any:
    """A permit of an export with Belarusian headings."""
    file = "\r\n".join([";".join(PERMIT), ";".join(PERMIT.values())]).encode("windows-1251")
    [row] = convert.map_file(load("blr-permits"), file, now=datetime(2026, 3, 2, tzinfo=UTC))
    assert row.outcome == "mapped", row.findings
    return row.record


def test_belarusian_headings_are_the_same_columns(belarusian: Any) -> None:
    [name] = belarusian.person.names
    assert (name.family, name.given, name.patronymic) == ("Аляксееў", "Аляксей", "Іванавіч")
    assert belarusian.person.birth_date == PartialDate(1985, 6, 15)


def test_a_country_in_belarusian_is_a_country(belarusian: Any) -> None:
    assert belarusian.person.citizenships == ("UKR",)


def test_cyrillic_letters_in_a_personal_number_are_the_latin_ones_they_look_like(belarusian: Any) -> None:
    [number] = belarusian.person.identifiers
    assert (number.value, number.check) == ("3150685A001PB5", Check.VALID)
