"""The traps of meaning in domain.md's list: columns and rows that look like one thing and are another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from gateway.disclosure import retention
from gateway.mapping import back, convert
from gateway.mapping.profile import check, load, names
from gateway.records.record import Source, record_id

NAMED = {"Фамилия": "name.family"}
OF_ETHNICITY = ["Национальность", "нацыянальнасць", "ұлты", "улуту", "Миллати", "milləti", "Ազգություն", "etnie"]


@pytest.mark.parametrize("column", OF_ETHNICITY)
def test_ethnicity_never_becomes_a_citizenship(own_profile: Any, column: str) -> None:
    profile = own_profile(fields=NAMED | {"Гражданство": "citizenship"})
    mapped = own_profile.one(profile, {"Фамилия": "Ким", "Гражданство": "", column: "Казахстан"})
    assert mapped.record.person.citizenships == ()
    assert [finding.code for finding in mapped.findings] == ["MAP-SENSITIVE-DROPPED"]


@pytest.mark.parametrize("column", OF_ETHNICITY)
def test_a_profile_that_maps_ethnicity_to_citizenship_is_refused(own_profile: Any, column: str) -> None:
    own_profile(fields=NAMED)
    path = own_profile.folder / "own.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f'  "{column}": citizenship\n', encoding="utf-8")
    [problem] = check(path)
    assert "ethnicity" in str(problem)


def test_a_column_that_may_mean_either_is_citizenship_only_where_its_author_says_so(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"nationality": "{to: citizenship, means: citizenship}"})
    record, again = own_profile.both_ways(profile, {"Фамилия": "Ким", "nationality": "UZB"})
    assert record.person.citizenships == ("UZB",)
    assert again == record
    silent = own_profile.one(own_profile(fields=NAMED), {"Фамилия": "Ким", "nationality": "UZB"})
    assert silent.record.person.citizenships == ()


@pytest.mark.parametrize(("cell", "code"), [("СССР", "SUN"), ("ГДР", "DDR"), ("Югославия", "YUG"), ("БССР", "BYS")])
def test_a_birth_in_a_state_of_the_past_stays_there_and_gives_no_citizenship(
    own_profile: Any, cell: str, code: str
) -> None:
    profile = own_profile(fields=NAMED | {"родился в": "birth_country", "Гражданство": "citizenship"})
    record, again = own_profile.both_ways(profile, {"Фамилия": "Ким", "родился в": cell, "Гражданство": "Узбекистан"})
    assert (record.person.birth_country, record.person.citizenships) == (code, ("UZB",))
    assert again == record


def test_the_day_of_registration_is_not_the_day_of_arrival(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"прибыл": "arrived"})
    row = {"Фамилия": "Ким", "с": "05.02.2026", "прибыл": "01.02.2026"}
    record, again = own_profile.both_ways(profile, row)
    assert (record.detail.stay_from, record.detail.arrived) == (date(2026, 2, 5), date(2026, 2, 1))
    assert again == record
    assert own_profile.one(profile, row | {"прибыл": ""}).record.detail.arrived is None


@pytest.mark.parametrize(("today", "over"), [(date(2026, 4, 30), "holds"), (date(2026, 5, 1), "over")])
def test_valid_until_means_the_whole_of_its_last_day(own_profile: Any, today: date, over: str) -> None:
    record, again = own_profile.both_ways(
        own_profile(fields=NAMED | {"действителен по": "stay_to"}),
        {"Фамилия": "Ким", "действителен по": "30.04.2026"},
    )
    assert again.detail.stay_to == record.detail.stay_to == date(2026, 4, 30)
    assert ("over" if retention.expired(record, today) else "holds") == over


def test_a_term_of_one_day_begins_and_ends_on_it(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"действителен по": "stay_to"})
    row = {"Фамилия": "Ким", "с": "30.04.2026", "действителен по": "30.04.2026"}
    assert own_profile.one(profile, row).findings == ()


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


def test_a_deleted_row_takes_its_record_back_and_says_nothing_else(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED, more="deleted: {column: удалено, is: ['1'], otherwise: '0'}")
    gone = own_profile.one(profile, {"номер": "7", "Фамилия": "Ким", "удалено": "1"})
    assert (gone.record, gone.withdrawn) == (None, record_id(Source("BLR", "MVD", "own", "7")))
    kept = own_profile.one(profile, {"номер": "7", "Фамилия": "Ким", "удалено": "0"})
    assert (kept.record.record_id, kept.withdrawn) == (gone.withdrawn, "")


def test_a_column_that_says_deleted_means_nothing_where_the_profile_is_silent(own_profile: Any) -> None:
    kept = own_profile.one(own_profile(fields=NAMED), {"Фамилия": "Ким", "удалено": "1"})
    assert (kept.withdrawn, [finding.code for finding in kept.findings]) == ("", ["MAP-UNKNOWN-COLUMN"])


@pytest.mark.parametrize("more", ["", "delivery: snapshot"])
def test_a_row_that_is_absent_deletes_nothing_unless_the_profile_says_so(own_profile: Any, more: str) -> None:
    assert not own_profile(fields=NAMED, more=more).absence_withdraws


def test_a_profile_may_say_that_absence_from_its_snapshot_withdraws(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED, more="delivery: snapshot\nabsence: withdraw")
    assert (profile.snapshot, profile.absence_withdraws) == (True, True)


def test_no_shipped_profile_takes_absence_for_deletion() -> None:
    assert [name for name in names() if load(name).absence_withdraws] == []
