"""`gateway profiles`: one profile told in full, for people and for machines, and the schema for editors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.commands import main
from gateway.mapping import profile, profile_schema


@pytest.mark.parametrize("name", profile.names())
def test_a_profile_is_told_in_full(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["profiles", "show", name]) == 0
    shown = "".join(capsys.readouterr().out.split())
    chosen = profile.load(name)
    for word in (chosen.category.value, *chosen.id_columns, *chosen.dropped, *(item.column for item in chosen.fields)):
        assert "".join(word.split())[:6] in shown


def test_what_the_form_cannot_carry_and_what_is_dropped_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["profiles", "show", "kaz-stays", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"former_citizenship", "document.authority"} <= set(told["losses"])
    assert "name.family" not in told["losses"]
    assert "document.number" not in told["losses"]
    assert {"column": "nationality_id", "reason": {
        "ru": "этническая принадлежность не передаётся", "en": "ethnicity is never exchanged",
    }} in told["dropped"]  # fmt: skip
    assert told["rows"] == {"only": [], "delivery": "delta", "absence": "nothing", "deleted": None}
    [sex] = [column for column in told["columns"] if column["to"] == "sex"]
    assert sex["codes"]["female"] == "2"


OWN = """
name: own
version: 1
title: {ru: Свой, en: Own}
state: BLR
agency: MVD
system: own
source: {format: csv, encoding: utf-8, delimiter: ";"}
category: STAY_REGISTRATION
status: REGISTERED
id: номер
ref: [identifier.BY-IDN, name]
zone: "+03:00"
placeholder: "01.01"
names: {name: {script: Cyrl, language: ru}}
joined: {адрес: {columns: [город, улица], by: ","}}
deleted: {column: снято, is: [да], otherwise: нет}
fields:
  номер: number
  с: stay_from
  фио: {to: name.full, split: family-given, single: given}
  фамилия: {to: name.family, brackets: birth}
  адрес: {to: place.text, nulls: [не указан]}
  гражданство: {to: citizenship, separator: "/"}
  число: {to: identifier.BY-IDN, restore_zeros: "yes", when: {column: схема, not: [KZ, KG]}}
defaults: {birth_country: citizenship}
optional: [улица]
headings: {нумар: номер}
"""


@pytest.mark.parametrize("tongue", ["en", "ru"])
def test_whatever_a_profile_says_of_a_column_is_shown(
    tongue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_LANG", tongue)
    monkeypatch.setenv("COLUMNS", "400")
    path = tmp_path / "own.yaml"
    path.write_text(OWN, "utf-8")
    assert main.run(["profiles", "show", str(path)]) == 0
    shown = "".join(sign for sign in capsys.readouterr().out if not sign.isspace())
    sentences = {
        "en": ("схема≠KZ|KG", "leadingzerosareputback", "город+«,»+улица", "separatedby«/»",
               "onewordisgiven", "nothing:неуказан", "bracketsholdthenameatbirth", "anunknownday",
               "birth_country=citizenship",
               "снято=да", "нумар=номер", "nameCyrlruprimary", "+03:00"),
        "ru": ("толькоеслисхема≠KZ|KG", "ведущиенуливозвращаются", "город+«,»+улица", "несколькочерез«/»",
               "однослово—given", "пусто:неуказан", "вскобкахимяприрождении", "деньнеизвестен",
               "снято=да", "столбцовможетнебыть"),
    }  # fmt: skip
    for said in sentences[tongue]:
        assert said in shown, said


def test_the_json_of_a_profile_tells_as_much(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, "utf-8")
    assert main.run(["profiles", "show", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    columns = {column["column"]: column for column in told["columns"]}
    assert (columns["адрес"]["of"], columns["адрес"]["by"]) == (["город", "улица"], ",")
    assert columns["фио"]["single"] == "given"
    assert columns["фамилия"]["single"] == ""
    assert columns["фамилия"]["brackets"] == "birth"
    assert columns["число"]["restore_zeros"] is True
    assert columns["число"]["when"] == {"column": "схема", "not": ["KZ", "KG"]}
    assert told["rows"]["deleted"] == {"column": "снято", "is": ["да"], "otherwise": "нет"}
    assert (told["zone"], told["placeholder"], told["optional"]) == ("+03:00", "01.01", ["улица"])
    assert told["headings"] == {"нумар": "номер"}


def test_the_schema_is_printed_as_the_file_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["profiles", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == profile_schema.schema()


def test_a_mistake_is_told_with_line_and_column(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path_factory.mktemp("profiles") / "mine.yaml"
    text = (profile.SHIPPED / "blr-permits.yaml").read_text("utf-8").replace("name.family", "name.familly")
    wrong.write_text(text, "utf-8")
    assert main.run(["profiles", "check", str(wrong)]) == 1
    line = 1 + [row.startswith("  Фамилия:") for row in text.splitlines()].index(True)
    told = capsys.readouterr().err
    assert f"mine.yaml:{line}: error MAP-PROFILE" in told
    assert "column 12" in told
