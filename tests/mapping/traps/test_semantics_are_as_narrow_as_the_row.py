"""The traps of meaning in domain.md's list: columns and rows that look like one thing and are another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from gateway.disclosure import retention
from gateway.mapping import back, convert
from gateway.mapping.profile import load, names

NAMED = {"Фамилия": "name.family"}


@pytest.mark.parametrize(("cell", "code"), [("СССР", "SUN"), ("ГДР", "DDR"), ("Югославия", "YUG"), ("БССР", "BYS")])
def test_a_birth_in_a_state_of_the_past_stays_there_and_gives_no_citizenship(
    own_profile: Any, cell: str, code: str
) -> None:
    profile = own_profile(fields=NAMED | {"родился в": "birth_country", "Гражданство": "citizenship"})
    record, again = own_profile.both_ways(profile, {"Фамилия": "Ким", "родился в": cell, "Гражданство": "Узбекистан"})
    assert (record.person.birth_country, record.person.citizenships) == (code, ("UZB",))
    assert again == record


@pytest.mark.parametrize(("today", "over"), [(date(2026, 4, 30), "holds"), (date(2026, 5, 1), "over")])
def test_valid_until_means_the_whole_of_its_last_day(own_profile: Any, today: date, over: str) -> None:
    record, again = own_profile.both_ways(
        own_profile(fields=NAMED | {"действителен по": "stay_to"}),
        {"Фамилия": "Ким", "действителен по": "30.04.2026"},
    )
    assert again.detail.stay_to == record.detail.stay_to == date(2026, 4, 30)
    assert ("over" if retention.expired(record, today) else "holds") == over


def test_a_permit_for_one_region_says_so_and_one_without_region_claims_none(now: datetime) -> None:
    profile = load("rus-patents")
    row = dict.fromkeys((item.column for item in profile.fields), "") | {
        "Серия": "01", "Номер": "2600000103", "Фамилия": "Ким", "Имя": "Ан", "Дата рождения": "15.06.1985", "Пол": "М",
        "Гражданство": "Узбекистан", "Вид документа": "Вид на жительство", "Номер документа": "1234567",
        "Состояние": "действует", "Дата выдачи": "01.02.2026", "Действует по": "31.01.2027",
    }  # fmt: skip
    [one, none] = convert.map_rows(profile, [row | {"Территория действия": "01"}, row | {"Номер": "2"}], now=now)
    assert (one.record.detail.territory, none.record.detail.territory) == ("01", "")
    [written], losses = back.unmap(profile, [one.record])
    assert (written["Территория действия"], losses) == ("01", [])


def test_a_column_that_says_deleted_means_nothing_where_the_profile_is_silent(own_profile: Any) -> None:
    kept = own_profile.one(own_profile(fields=NAMED), {"Фамилия": "Ким", "удалено": "1"})
    assert (kept.withdrawn, [finding.code for finding in kept.findings]) == ("", ["MAP-UNKNOWN-COLUMN"])


def test_no_shipped_profile_takes_absence_for_deletion() -> None:
    assert [name for name in names() if load(name).absence_withdraws] == []
