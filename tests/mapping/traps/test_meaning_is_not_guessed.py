"""The traps of semantics (domain.md sections 3.4 and 6): what a column means, and what must never pass."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.mapping import back, convert
from gateway.mapping.profile import SHIPPED, check, load
from gateway.mapping.sensitive import ambiguous, why_sensitive
from gateway.records.person import Sex

NAMED = {"Фамилия": "name.family"}
SENSITIVE = {
    "ethnicity": [
        "Национальность", "НАЦИОНАЛЬНОСТЬ", "национальность матери", "Нацыянальнасць", "Національність", "Ұлты",
        "Улуту", "Millati", "Миллати", "Миллат", "Milliyyəti", "milliyyet", "Milleti", "Milləti", "Etnie",
        "etnia etnică", "azgutyun", "Ազգությունը", "ეროვნება", "Naționalitate", "Naţionalitatea", "Nationalitate",
        "nationality", "nationality_id", "nationality_ru_name", "ethnic_group", "Этническая принадлежность", "раса",
        "nacionalnost", "natsionalnost", "Нaциoнaльнoсть", "Националь-\nность", "Нацио\u00adнальность",
        "Nat\u0326ionalitate", "national_id_nationality", "ulty",
    ],
    "religion": ["Вероисповедание", "Религия", "religion", "Діни сенімі", "Dini", "Religia", "Կրոնը", "რელიგია"],
    "health": [
        "Состояние здоровья", "Диагноз", "health_status", "Денсаулық", "Ден соолугу", "Sănătate", "Առողջություն",
        "инвалидность", "medical_notes", "Saglyk ýagdaýy",
    ],
    "opinion": ["Политические взгляды", "партийность", "political_opinion", "Siyasi baxışlar"],
    "grounds": ["Причины обращения", "Мотивы обращения", "asylum_grounds"],
}  # fmt: skip
HARMLESS = [
    "Гражданство", "Citizenship", "Cetățenia", "Азаматтығы", "Жарандыгы", "Шаҳрвандӣ", "vətəndaşlıq", "Raýatlygy",
    "Fuqaroligi", "Քաղաքացիություն", "Национальный паспорт", "национальный номер", "national_id", "Ազգանուն",
    "Документ", "Дата рождения", "Причина отказа", "Организация", "Nationwide", "Адрес", "Нацелено на",
]  # fmt: skip


@pytest.mark.parametrize(("reason", "column"), [(why, column) for why, all_ in SENSITIVE.items() for column in all_])
def test_a_sensitive_column_is_known_by_its_heading_in_every_language(reason: str, column: str) -> None:
    assert why_sensitive(column) == reason


@pytest.mark.parametrize("column", HARMLESS)
def test_other_columns_are_not_taken_for_sensitive(column: str) -> None:
    assert why_sensitive(column) == ""


@pytest.mark.parametrize("column", [column for columns in SENSITIVE.values() for column in columns])
def test_nobody_maps_a_sensitive_column(column: str, tmp_path: Path) -> None:
    text = (SHIPPED / "kaz-stays.yaml").read_text("utf-8")
    path = tmp_path / "mine.yaml"
    for target in ("place.text", "citizenship"):
        path.write_text(text.replace("fields:\n", f"fields:\n  {json.dumps(column)}: {target}\n"), "utf-8")
        assert any("never mapped" in problem.message_en for problem in check(path))


@pytest.mark.parametrize("column", ["Nationalitate", "Naționalitate", "nationality", "Национальность", "Ұлты"])
def test_an_ambiguous_heading_is_citizenship_only_if_its_author_says_so(column: str, tmp_path: Path) -> None:
    text = (SHIPPED / "mda-permits-csv.yaml").read_text("utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(
        text.replace("fields:\n", f"fields:\n  {column}: {{to: citizenship, means: citizenship}}\n"), "utf-8"
    )
    assert any("never mapped" in problem.message_en for problem in check(path)) is not ambiguous(column)


def test_ethnicity_that_no_profile_mentions_is_dropped_and_told_once(own_profile: Any, now: Any) -> None:
    profile = own_profile(fields=NAMED | {"Гражданство": "citizenship"})
    header = "номер;с;Фамилия;Гражданство;Национальность;Диагноз;Примечание"
    rows = "\r\n".join(f"{place};01.02.2026;Ким;Казахстан;Узбек;грипп;x" for place in range(3))
    mapped = list(convert.map_file(profile, f"{header}\r\n{rows}\r\n".encode(), now=now))
    assert [[(finding.code, finding.path) for finding in item.findings] for item in mapped] == [
        [
            ("MAP-SENSITIVE-DROPPED", "Национальность"),
            ("MAP-SENSITIVE-DROPPED", "Диагноз"),
            ("MAP-UNKNOWN-COLUMN", "Примечание"),
        ],
        [],
        [],
    ]
    for item in mapped:
        assert item.record is not None
        assert item.record.person is not None
        assert item.record.person.citizenships == ("KAZ",)
        assert "Узбек" not in repr(item)
        assert "грипп" not in repr(item)


def test_citizenship_is_never_taken_from_ethnicity(good: dict[str, dict[str, Any]], now: Any) -> None:
    row = good["kaz-stays"] | {"citizenship_id": "", "citizenship_ru_name": "", "nationality_ru_name": "Казах"}
    [mapped] = convert.map_rows(load("kaz-stays"), [row], now=now)
    assert mapped.record is None or mapped.record.person is None or mapped.record.person.citizenships == ()


def test_a_state_that_is_no_more_stays_the_country_of_birth(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"родился в": "birth_country", "место": "birth_place"})
    row = {"Фамилия": "Ким", "родился в": "СССР", "место": "г. Фрунзе"}
    record, again = own_profile.both_ways(profile, row)
    assert (record.person.birth_country, record.person.birth_place) == ("SUN", "г. Фрунзе")
    assert again == record


def test_the_day_of_registration_is_not_the_day_of_arrival(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"прибыл": "arrived"})
    record, again = own_profile.both_ways(profile, {"Фамилия": "Ким", "прибыл": "28.01.2026", "с": "01.02.2026"})
    assert (record.detail.arrived, record.detail.stay_from) == (date(2026, 1, 28), date(2026, 2, 1))
    assert again == record
    # Without a column of its own the one is not made of the other.
    assert own_profile.one(own_profile(fields=NAMED), {"Фамилия": "Ким"}).record.detail.arrived is None


def test_valid_to_is_the_last_day_and_is_written_back_as_such(good: dict[str, dict[str, Any]], now: Any) -> None:
    profile = load("blr-permits")
    one_day = good["blr-permits"] | {"Действует с": "01.03.2026", "Действует по": "01.03.2026"}
    [mapped] = convert.map_rows(profile, [one_day], now=now)
    assert mapped.record is not None
    assert mapped.record.detail.valid_to == date(2026, 3, 1)
    assert back.unmap(profile, [mapped.record])[0][0]["Действует по"] == "01.03.2026"


def test_a_permit_of_one_region_says_so(now: Any) -> None:
    sample = Path(__file__).parents[1] / "samples" / "rus-patents" / "input.csv"
    records = [item.record for item in convert.map_file(load("rus-patents"), sample, now=now) if item.record]
    assert records
    assert all(record.detail.territory for record in records)


def test_an_unknown_sex_is_not_a_third_one(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"пол": "{to: sex, codes: reference:sex}"})
    assert own_profile.one(profile, {"Фамилия": "Ким", "пол": ""}).record.person.sex is Sex.UNKNOWN


def test_a_deleted_row_withdraws_and_an_absent_one_says_nothing(own_profile: Any, now: Any) -> None:
    profile = own_profile(fields=NAMED, more="deleted: {column: удалено, is: ['1']}\ndelivery: snapshot")
    assert (profile.snapshot, profile.absence_withdraws) == (True, False)
    rows = [own_profile.row({"номер": "1", "Фамилия": "Ким", "удалено": "1"})]
    [gone] = convert.map_rows(profile, rows, now=now, flat=True)
    assert gone.withdrawn
    assert gone.record is None


def test_absence_means_withdrawal_only_in_a_snapshot(tmp_path: Path) -> None:
    text = (SHIPPED / "blr-permits.yaml").read_text("utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(f"{text}\nabsence: withdraw\n", "utf-8")
    assert any("only a snapshot" in problem.message_en for problem in check(path))
    path.write_text(f"{text}\nabsence: withdraw\ndelivery: snapshot\n", "utf-8")
    assert check(path) == []


@pytest.mark.parametrize(
    ("text", "value", "flag"),
    [("0", 0, ""), ("-", 0, ""), ("…", None, "MISSING"), ("х", None, "SUPPRESSED"), ("1 234 567", 1234567, "")],
)
def test_zero_missing_and_not_shown_are_three_things(text: str, value: int | None, flag: str, now: Any) -> None:
    profile = load("blr-arrivals-statistics")
    sample = Path(__file__).parents[1] / "samples" / "blr-arrivals-statistics" / "input.csv"
    header, first = sample.read_bytes().decode("windows-1251").splitlines()[:2]
    column = next(item.column for item in profile.fields if item.target.path.startswith("value"))
    cells = dict(zip(header.split(";"), first.split(";"), strict=True)) | {column: text}
    data = f"{header}\r\n{';'.join(cells.values())}\r\n".encode("windows-1251")
    [mapped] = convert.map_file(profile, data, now=now)
    assert mapped.record is not None
    assert mapped.record.detail.value == value
    assert mapped.record.detail.flag == flag
