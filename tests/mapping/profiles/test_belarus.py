"""Belarus: the traps of its bans and of its applications for protection."""

from collections.abc import Callable
from datetime import date
from typing import Any

from gateway.records.dates import PartialDate

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
