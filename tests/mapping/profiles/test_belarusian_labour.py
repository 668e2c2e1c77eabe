"""Belarus: licences, quotas, notices of contracts, and documents that are no longer good."""

from collections.abc import Callable
from datetime import date
from typing import Any

By = Callable[[str], dict[Any, Any]]


def test_a_licence_is_about_an_employer_and_nobody_else(records: By) -> None:
    licence = records("blr-licences")["33030/0101"]
    assert licence.person is None
    assert licence.detail.holder.name == 'ООО "Работа за морем"'
    assert (licence.detail.holder.scheme, licence.detail.holder.number) == ("BY-UNP", "190000017")


def test_several_states_stand_in_one_cell(records: By) -> None:
    licences = records("blr-licences")
    assert licences["33030/0101"].detail.destinations == ("POL", "DEU", "LTU")
    assert licences["33030/0102"].detail.destinations == ()


def test_a_licence_for_a_place_without_code_is_left_to_a_human(codes: By) -> None:
    assert codes("blr-licences")[5] == ["MAP-COUNTRY-REVIEW"]


def test_a_licence_without_the_number_of_its_holder_is_no_record(codes: By) -> None:
    assert codes("blr-licences")[8] == ["MAP-VALUE-MISSING"]


def test_the_day_of_the_notice_is_not_the_day_of_the_contract(records: By) -> None:
    notice = records("blr-employment")["У-101"].detail
    assert (notice.notified, notice.contract_date, notice.work_from) == (
        date(2026, 2, 3),
        date(2026, 2, 1),
        date(2026, 2, 3),
    )


def test_a_contract_ends_before_its_last_day(records: By) -> None:
    notice = records("blr-employment")["У-103"]
    assert (notice.status, notice.detail.event) == ("TERMINATED", "TERMINATION")
    assert (notice.detail.ended, notice.detail.work_to) == (date(2026, 1, 31), date(2026, 5, 31))


def test_who_needs_no_permit_has_none(records: By) -> None:
    assert records("blr-employment")["У-102"].detail.permit_ref == ""
    assert records("blr-employment")["У-102"].detail.work_to is None


def test_thousands_have_a_space_a_no_break_space_or_none(records: By) -> None:
    quotas = records("blr-quotas")
    assert [quotas[number].detail.amount for number in ("2026-01", "2026-02", "2026-03")] == [1500, 2000, 250]


def test_a_dash_is_zero_and_three_dots_are_not_told(records: By) -> None:
    quotas = records("blr-quotas")
    assert quotas["2026-02"].detail.used == 0
    assert quotas["2026-03"].detail.used is None


def test_a_quota_for_a_place_without_code_does_not_become_a_quota_for_all(codes: By) -> None:
    assert codes("blr-quotas")[8] == ["MAP-COUNTRY-REVIEW"]


def test_a_document_of_an_unknown_bearer_is_about_itself(records: By) -> None:
    documents = records("blr-document-status")
    assert documents["Д-0002"].person is None
    assert documents["Д-0002"].detail.number == "0007654"
    assert documents["Д-0001"].person.names[0].family == "Ольшанский"


def test_states_of_documents_are_told_apart(records: By) -> None:
    states = {number: document.status for number, document in records("blr-document-status").items()}
    assert states == {
        "Д-0001": "LOST", "Д-0002": "STOLEN", "Д-0003": "ANNULLED", "Д-0004": "FOUND", "Д-0005": "WITHDRAWN",
        "Д-0006": "INVALID",
    }  # fmt: skip


def test_ethnicity_of_a_bearer_stays_at_home(records: By) -> None:
    assert "белорус" not in repr(records("blr-document-status")["Д-0001"])
