"""`gateway profiles`: one profile told in full, for people and for machines, and the schema for editors."""

from __future__ import annotations

import json

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
