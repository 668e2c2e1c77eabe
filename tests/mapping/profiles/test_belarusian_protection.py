"""Belarus: every family of protection, mapped without a word on why."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gateway.mapping import convert
from gateway.mapping.profile import load
from gateway.message.rules import check_record
from gateway.records.person import Sex

By = Callable[[str], dict[Any, Any]]
PROFILES = (
    "blr-asylum", "blr-families", "blr-non-removal", "blr-refugees", "blr-subsidiary", "blr-temporary",
    "blr-temporary-groups",
)  # fmt: skip


@pytest.mark.parametrize("name", PROFILES)
def test_every_record_is_protected_and_says_nothing_of_grounds(records: By, name: str) -> None:
    for record in records(name).values():
        assert record.category.protected
        assert "не передаётся" not in repr(record)


@pytest.mark.parametrize("name", [name for name in PROFILES if name != "blr-temporary-groups"])
def test_the_states_of_a_risk_set_are_read_or_the_row_is_rejected(name: str) -> None:
    essential = {item.target.path: item.target.essential for item in load(name).fields}
    assert all(essential[path] for path in ("citizenship", "former_habitual_residence", "persecutors"))


def test_a_derived_status_names_the_status_it_derives_from(records: By) -> None:
    status = records("blr-refugees")
    assert status["Б-102"].detail.basis == "FAMILY"
    assert status["Б-102"].detail.principal == status["Б-101"].detail.number


def test_a_refugee_abroad_is_absent_and_not_lost(records: By) -> None:
    absent = records("blr-refugees")["Б-103"]
    assert (absent.status, absent.detail.absent_since, absent.detail.ended) == ("TEMP_ABSENT", date(2026, 1, 15), None)


def test_an_extension_begins_a_new_term_under_the_old_number(records: By) -> None:
    extended = records("blr-subsidiary")["Д-102"].detail
    assert (extended.granted, extended.valid_from, extended.extension_no) == (date(2024, 2, 1), date(2026, 2, 1), 2)


def test_subsidiary_protection_of_more_than_a_year_breaks_a_rule(now: Any) -> None:
    row = {
        "№ решения": "Д-9", "Дата решения": "01.03.2025", "Действует с": "01.03.2025", "Действует по": "02.03.2026",
        "Состояние": "предоставлена", "Фамилия": "Хан", "Имя": "Марьям", "Дата рождения": "1985", "Пол": "Ж",
    }  # fmt: skip
    [long] = convert.map_rows(load("blr-subsidiary"), [row], now=now)
    [year] = convert.map_rows(load("blr-subsidiary"), [row | {"Действует по": "28.02.2026"}], now=now)
    assert long.record is not None
    assert year.record is not None
    assert "BR-65" in {finding.code for finding in check_record(long.record)}
    assert "BR-65" not in {finding.code for finding in check_record(year.record)}


def test_a_group_is_protected_without_a_person(records: By) -> None:
    group = records("blr-temporary-groups")["ВЗ-2/2025"]
    assert group.person is None
    assert group.detail.origins == ("SDN", "TCD")


def test_a_member_names_the_decision_on_its_group(records: By) -> None:
    groups = {group.detail.decision for group in records("blr-temporary-groups").values()}
    members = records("blr-temporary").values()
    assert {member.detail.group for member in members} <= groups


def test_a_reason_of_health_is_another_reason(records: By) -> None:
    assert records("blr-non-removal")["Н-102"].detail.basis == "OTHER"


def test_members_of_a_family_share_a_request_and_not_a_record(records: By) -> None:
    members = records("blr-families")
    husband, daughter = members["ВС-11/1"], members["ВС-11/2"]
    assert husband.detail.number == daughter.detail.number == "ВС-11"
    assert husband.record_id != daughter.record_id
    assert (husband.detail.relation, daughter.detail.relation) == ("SPOUSE", "CHILD")
    assert daughter.person.sex is Sex.FEMALE
