"""Which rows a profile is about, which rows mean a withdrawal, and which fields a row has."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from gateway.mapping import back, convert
from gateway.records.identifiers import synthesise
from gateway.records.person import Sex
from gateway.records.record import Source, record_id

NAMED = {"Фамилия": "name.family"}


def test_rows_of_another_profile_are_passed_over(own_profile: Any, now: datetime) -> None:
    profile = own_profile(fields=NAMED, more="only: {column: вид, is: [РЕГ, регистрация]}")
    rows = [
        own_profile.row({"номер": str(number), "Фамилия": "Ким", "вид": kind})
        for number, kind in enumerate(("рег", "ПАТЕНТ", "Регистрация"))
    ]
    mapped = list(convert.map_rows(profile, rows, now=now, flat=True))
    assert [item.record.source.record for item in mapped if item.record] == ["0", "2"]
    assert len(mapped) == 2
    written, losses = back.unmap(profile, [item.record for item in mapped if item.record])
    assert losses == []
    assert {row["вид"] for row in written} == {"РЕГ"}


def test_a_negated_condition_keeps_every_other_row(own_profile: Any, now: datetime) -> None:
    profile = own_profile(fields=NAMED, more="only: [{column: вид, not: [патент]}, {column: архив, is: ['']}]")
    rows = [
        own_profile.row({"номер": "1", "Фамилия": "Ким", "вид": "патент", "архив": ""}),
        own_profile.row({"номер": "2", "Фамилия": "Ким", "вид": "рег", "архив": "да"}),
        own_profile.row({"номер": "3", "Фамилия": "Ким", "вид": "рег", "архив": None}),
    ]
    [kept] = convert.map_rows(profile, rows, now=now, flat=True)
    assert kept.record is not None
    assert kept.record.source.record == "3"


def test_a_deleted_row_is_a_withdrawal_and_no_record(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED, more="deleted: {column: удалено, is: ['1', да], otherwise: '0'}")
    gone = own_profile.one(profile, {"номер": "7", "Фамилия": "", "удалено": "ДА"})
    assert gone.record is None
    assert gone.outcome == "mapped"
    assert gone.withdrawn == record_id(Source("BLR", "MVD", "own", "7"))
    record, again = own_profile.both_ways(profile, {"номер": "7", "Фамилия": "Ким", "удалено": "0"})
    assert again == record


def test_a_deleted_row_without_its_number_is_rejected(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED, more="deleted: {column: удалено, is: ['1']}")
    gone = own_profile.one(profile, {"номер": "", "удалено": "1"})
    assert gone.outcome == "rejected"
    assert [finding.code for finding in gone.findings] == ["MAP-RECORD-NUMBER-MISSING"]


def test_a_field_under_a_condition_is_read_only_where_it_holds(own_profile: Any) -> None:
    profile = own_profile(
        fields={
            **NAMED,
            "вид док": "{to: document.kind, codes: reference:document_kind}",
            "паспорт": "{to: document.number, when: {column: вид док, is: [паспорт]}}",
            "карта": "{to: document.number, when: {column: вид док, not: [паспорт]}}",
        }
    )
    passport = {"Фамилия": "Ким", "вид док": "паспорт", "паспорт": "1234567", "карта": "999"}
    record, again = own_profile.both_ways(profile, passport)
    assert record.person.documents[0].number == "1234567"
    assert again == record
    card = own_profile.one(profile, passport | {"вид док": "ID_CARD"})
    assert card.record is not None
    assert card.record.person.documents[0].number == "999"


def test_joined_columns_are_one_value_and_come_back_apart(own_profile: Any) -> None:
    profile = own_profile(
        fields={"имя целиком": "name.full", "адрес целиком": "place.text"},
        more="joined: {имя целиком: [Фамилия, Имя], адрес целиком: {columns: [город, улица], by: ', '}}",
    )
    row = {"Фамилия": "Ким", "Имя": "Вера Анна", "город": "Минск", "улица": "ул. Садовая, 1"}
    record, again = own_profile.both_ways(profile, row)
    assert record.person.names[0].full == "Ким Вера Анна"
    assert record.detail.place.text == "Минск, ул. Садовая, 1"
    assert again == record
    assert set(profile.columns) == {"номер", "с", *row}


def test_a_columns_own_words_for_nothing_hold_for_it_alone(own_profile: Any) -> None:
    profile = own_profile(fields={"Фамилия": "name.family", "адрес": "{to: place.text, nulls: [неизвестен]}"})
    row = {"Фамилия": "неизвестен", "адрес": "Неизвестен"}
    record = own_profile.one(profile, row).record
    assert record is not None
    assert record.person.names[0].family == "неизвестен"
    assert record.detail.place is None


def test_lost_zeros_are_put_back_only_where_the_profile_says_so_and_it_is_told(own_profile: Any) -> None:
    number = synthesise("KZ-IIN", date(2005, 6, 15), Sex.MALE, 7)
    row = {"Фамилия": "Ким", "ПИН": number.lstrip("0")}
    silent = own_profile(fields={**NAMED, "ПИН": "identifier.KZ-IIN"})
    assert [finding.code for finding in own_profile.one(silent, row).findings] == ["MAP-IDENTIFIER-FORMAT"]
    asked = own_profile(fields={**NAMED, "ПИН": "{to: identifier.KZ-IIN, restore_zeros: 'yes'}"})
    mapped = own_profile.one(asked, row)
    assert [finding.code for finding in mapped.findings] == ["MAP-PADDED"]
    assert mapped.record is not None
    assert mapped.record.person.identifiers[0].value == number


def test_a_long_dash_is_as_empty_as_the_short_one_that_the_profile_names(own_profile: Any) -> None:
    profile = own_profile(fields={**NAMED, "Отчество": "name.patronymic"})
    for dash in ("-", "\u2013", "\u2014", "\u2212"):
        mapped = own_profile.one(profile, {"Фамилия": "Ким", "Отчество": dash})
        assert mapped.outcome == "mapped"
        assert mapped.record is not None
        assert mapped.record.person.names[0].patronymic == ""
