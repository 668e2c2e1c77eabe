"""What is wrong with a row is said with a code and a column, and the other rows go on."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from gateway.mapping import convert
from gateway.mapping.profile import load
from gateway.mapping.rejects import Rejects
from gateway.mapping.words import SENTENCES

BAD: list[tuple[str, str, Any, str]] = [
    ("blr-permits", "Фамилия", "", "MAP-NAME-MISSING"),
    ("blr-permits", "Фамилия", "Иванов2", "MAP-NAME-CHARACTERS"),
    ("blr-permits", "Дата рождения", "31.02.1985", "MAP-DATE"),
    ("blr-permits", "Дата рождения", "15.06.2085", "MAP-DATE-FUTURE"),
    ("blr-permits", "Дата рождения", "-", "MAP-BIRTH-DATE-MISSING"),
    ("blr-permits", "Действует по", "01.13.2027", "MAP-DATE"),
    ("blr-permits", "Действует по", "01.01.2026", "MAP-ORDER"),
    ("blr-permits", "Гражданство", "Атлантида", "MAP-COUNTRY"),
    ("blr-permits", "Гражданство", "Абхазия", "MAP-COUNTRY-REVIEW"),
    ("blr-permits", "Пол", "Х", "MAP-SEX"),
    ("blr-permits", "Вид документа", "справка", "MAP-CODE"),
    ("blr-permits", "№ спецразрешения", "", "MAP-RECORD-NUMBER-MISSING"),
    ("blr-permits", "Наниматель", "\x00ООО", "MAP-ENCODING"),
    ("blr-permits", "№ спецразрешения", "9" * 600, "MAP-LENGTH"),
    ("blr-asylum", "Состояние", "неясно", "MAP-STATUS"),
    ("blr-bans", "Орган", "", "MAP-VALUE-MISSING"),
    ("uzb-crossings", "direction_type_code", "X", "MAP-DIRECTION"),
    ("uzb-crossings", "reg_date", "yesterday", "MAP-TIMESTAMP"),
    ("uzb-crossings", "reg_date", "2026-03-01", "MAP-TIMESTAMP"),
    ("kaz-stays", "reg_date_to", "2026-02-01", "MAP-ORDER"),
    ("kaz-stays", "reg_number", None, "MAP-RECORD-NUMBER-MISSING"),
    ("kaz-stays", "last_name", {"ru": "Иванов"}, "MAP-NESTED"),
]


@pytest.mark.parametrize(("name", "column", "cell", "code"), BAD)
def test_a_bad_cell_rejects_the_row_with_code_and_column(
    name: str, column: str, cell: Any, code: str, mapped: Callable[..., convert.Mapped]
) -> None:
    result = mapped(name, {column: cell})
    assert result.outcome == "rejected"
    errors = {(remark.code, remark.path) for remark in result.findings if remark.severity == "error"}
    assert (code, column) in errors


def test_a_person_without_document_and_number_cannot_be_told_apart(
    mapped: Callable[..., convert.Mapped],
) -> None:
    result = mapped("blr-permits", {"Идентификационный номер": "не имеется", "Серия": "", "Номер": ""})
    assert [remark.code for remark in result.findings] == ["MAP-NO-KEY"]


def test_no_finding_carries_the_value(mapped: Callable[..., convert.Mapped]) -> None:
    for name, column, cell, _ in BAD:
        if isinstance(cell, str) and len(cell) > 3:
            assert cell not in repr(mapped(name, {column: cell}).findings)


def test_every_sentence_is_in_both_languages() -> None:
    for russian, english in SENTENCES.values():
        assert english.isascii()
        assert any("а" <= sign <= "я" for sign in russian)


def test_good_rows_between_bad_ones_are_kept(
    good: dict[str, Any], make_file: Callable[..., bytes], now: datetime
) -> None:
    profile = load("blr-permits")
    row = good["blr-permits"]
    data = make_file(profile, [row, row | {"Пол": "Х"}, row | {"№ спецразрешения": "СР-000124"}])
    lines = data.split(b"\r\n")
    lines[2:2] = [b"a;b", b"", b";".join([b"x"] * 10_000)]
    results = list(convert.map_file(profile, b"\r\n".join(lines), now=now))
    assert [result.outcome for result in results] == ["mapped", "rejected", "rejected", "rejected", "mapped"]
    assert [result.row for result in results] == [2, 3, 5, 6, 7]
    assert [result.findings[0].code for result in results[1:4]] == ["MAP-COLUMNS", "MAP-COLUMNS", "MAP-SEX"]


def test_the_rejects_file_lists_the_errors_of_rejected_rows_only(
    mapped: Callable[..., convert.Mapped],
) -> None:
    stream = io.StringIO()
    rejects, tally = Rejects(stream), convert.Tally()
    for result in (
        mapped("blr-permits"),
        mapped("blr-permits", {"Пол": "Х"}),
        mapped("blr-permits", {"Идентификационный номер": "3150685A001PB6"}),
    ):
        rejects.add(result)
        tally.add(result)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "row,column,code,message_en,message_ru"
    assert len(lines) == 2
    assert lines[1].startswith("1,Пол,MAP-SEX,")
    assert tally.as_dict() == {"rows": 3, "mapped": 1, "warned": 1, "rejected": 1}


def test_a_failed_check_digit_flags_the_record_and_never_rejects_it(
    mapped: Callable[..., convert.Mapped],
) -> None:
    for name, column, number in (
        ("blr-permits", "Идентификационный номер", "3150685A001PB6"),
        ("kaz-stays", "iin", "850615300108"),
        ("uzb-crossings", "pinpp", "31506852600018"),
    ):
        result = mapped(name, {column: number})
        assert result.outcome == "warned"
        assert result.record.flags == ("MAP-CHECK-DIGIT",)


def test_a_number_that_contradicts_sex_or_birth_date_is_a_warning(
    mapped: Callable[..., convert.Mapped],
) -> None:
    for changes in ({"Пол": "Ж"}, {"Дата рождения": "16.06.1985"}):
        result = mapped("blr-permits", changes)
        assert [remark.code for remark in result.findings] == ["MAP-EMBEDDED"]
        assert result.outcome == "warned"
    assert mapped("blr-permits", {"Дата рождения": "00.00.1985"}).findings == ()


def test_look_alike_letters_are_folded_and_mixed_names_are_told(
    mapped: Callable[..., convert.Mapped],
) -> None:
    cyrillic = mapped("blr-permits", {"Идентификационный номер": "3150685А001РВ5"})
    assert cyrillic.record.person.identifiers[0].value == "3150685A001PB5"
    mixed = mapped("blr-permits", {"Фамилия": "Кaримов"})
    assert [remark.code for remark in mixed.findings] == ["MAP-NAME-SCRIPT"]
    assert mixed.record.person.names[0].script == "Zyyy"


def test_two_columns_that_contradict_each_other_are_told(mapped: Callable[..., convert.Mapped]) -> None:
    result = mapped("kaz-stays", {"citizenship_ru_name": "Россия"})
    assert [remark.code for remark in result.findings] == ["MAP-DISAGREE"]
    assert result.record.person.citizenships == ("UZB",)


def test_an_unknown_column_is_told_once(good: dict[str, Any], now: datetime) -> None:
    row = good["kaz-stays"] | {"favourite_colour": "green"}
    results = list(convert.map_rows(load("kaz-stays"), [row, row], now=now))
    assert [[remark.path for remark in result.findings] for result in results] == [["favourite_colour"], []]


def test_a_value_of_no_weight_that_cannot_be_read_is_left_out_with_a_warning(
    mapped: Callable[..., convert.Mapped],
) -> None:
    result = mapped("kaz-stays", {"visit_purpose_code": "77"})
    assert result.outcome == "warned"
    assert result.record.detail.purpose == ""


def test_the_rejects_file_tells_the_class_of_a_value_in_both_languages_and_never_the_value(
    mapped: Callable[..., convert.Mapped],
) -> None:
    text = io.StringIO()
    Rejects(text).add(mapped("blr-permits", {"Дата рождения": "31.02.1980"}))
    assert "[10 characters: digits, other signs]" in text.getvalue()
    assert "[10 знаков: цифры, иные знаки]" in text.getvalue()
    assert "31.02" not in text.getvalue()
