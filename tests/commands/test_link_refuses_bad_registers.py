"""Whatever is wrong with a register, its labels or its model: a code, a sentence, no traceback, nothing left behind."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from gateway.commands.main import run
from tests.linkage.conftest import population, read, write

GOOD = (
    "id,family_name,given_name,birth_date\n1,Щукин,Юрий,1985-06-15\n2,Shchukin,Yuri,15.06.1985\n3,Каримов,Жасур,1990\n"
)


@pytest.fixture
def refused(gateway, tmp_path: Path):
    """A function that links a register and returns code and sentence of the refusal; no output may be left."""

    def call(content: bytes | str | None, *options: object, name: str = "in.csv") -> tuple[str, str]:
        source = tmp_path / name
        if content is not None:
            source.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = gateway("link", source, "-o", tmp_path / "out.csv", *options)
        assert done.status in (1, 2), done
        assert "Traceback" not in done.err + done.out
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(("out", ".out"))]
        code, _, sentence = done.err.strip().splitlines()[-1].partition(": ")
        assert re.fullmatch("[a-z-]+", code), done.err
        assert code != "internal-error", done.err
        return code, sentence

    return call


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (None, "misuse", "cannot be read"),
        (b"", "unreadable", "is empty"),
        (b"\n\n", "unreadable", "no names of columns"),
        ("1,Ivanov,1985-06-15\n2,Petrov,1990-01-01\n", "misuse", "no column id"),
        ("1,2,1985-06-15\n", "unreadable", "names of columns"),
        ("number,family_name\n1,Ivanov\n", "misuse", "It has: number, family_name"),
        ("id,id,family_name\n1,2,Ivanov\n", "misuse", "2 columns id"),
        ("id,surname,surname\n1,Ivanov,Petrov\n", "misuse", "2 columns surname"),
        ("id,shoe\n1,44\n", "misuse", "known by its name"),
        (GOOD.replace("\n2,", "\n1,"), "misuse", "does not identify"),
        (GOOD.replace("\n2,", "\n,"), "misuse", "no identifier"),
        (GOOD + "4,Orlov\n", "unreadable", "another number of cells"),
        (GOOD + "4,Orlov,Ivan,1985-06-15,x,,\n", "unreadable", "another number of cells"),
        (GOOD + '4,"Orlov,Ivan,1985-06-15\n', "unreadable", ""),
        (GOOD.encode("windows-1251"), "unreadable", "--encoding windows-1251"),
        (GOOD.encode("cp866"), "unreadable", "--encoding cp866"),
        (b"id,family_name\n1," + "Иванов".encode() + b"\n2,\xff\xfe\xfa\n", "unreadable", "UTF-8"),
        (GOOD.encode() + "4,Иванов,Иван,1985-06-15\n".encode("windows-1251"), "unreadable", "UTF-8"),
        (bytes(range(256)) * 20, "unreadable", ""),
        (b"PK\x03\x04" + b"\0" * 100, "unreadable", "XLSX"),
        (b"PAR1" + b"\0" * 500, "unreadable", "Parquet"),
        (b"id,family_name\n1," + b"x" * 3_000_000 + b"\n", "too-large", "longer than"),
        (b'id,family_name\n1,"' + b"x\n" * 2_000_000, "unreadable", "quotation mark"),
        (b"id," + b"x" * 3_000_000, "unreadable", ""),
    ],
)  # fmt: skip
def test_a_bad_register_is_refused(refused, content, code, said) -> None:
    found, sentence = refused(content)
    assert (found, said in sentence) == (code, True), (found, sentence)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--columns", "family_name=nachname"), "no column nachname"),
        (("--columns", "famly_name=family_name"), "did you mean family_name"),
        (("--columns", "family_name=family_name,family_name=given_name"), "named twice"),
        (("--columns", "family_name=family_name,place=family_name"), "used twice"),
        (("--columns", "family_name"), "logical=header"),
        (("--columns", "probability=family_name"), "word of the program's own"),
        (("--columns", "whole_given=family_name"), "word of the program's own"),
        (("--columns", "left=family_name"), "word of the program's own"),
        (("--columns", "drop table raw=family_name"), "logical=header"),
        (("--id", "number"), "It has: id, family_name, given_name, birth_date"),
        (("--engine", "abacus"), "no engine abacus"),
        (("--encoding", "klingon"), "no encoding klingon"),
        (("--threshold", "0.9", "--sure", "0.5"), "less sure"),
        (("--threshold", "2"), "--threshold"),
        (("--memory", "plenty"), "--memory"),
        (("--memory", "1KB"), "1KB does not suffice"),
        (("--memory", "1MB"), "1MB does not suffice"),
        (("--save-model", "no/such/model.json"), "cannot be written"),
        (("--model", "missing.json"), "model cannot be read"),
        (("--labels", "missing.csv"), "cannot be read"),
    ],
)
def test_a_wrong_option_is_refused(refused, options, said) -> None:
    code, sentence = refused(GOOD, *options)
    assert (code, said in sentence) == ("misuse", True), (code, sentence)


def test_a_truncated_parquet_is_refused(refused, tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    duckdb.sql("SELECT range AS id, 'Ivanov' AS surname FROM range(5000)").write_parquet(str(whole))
    code, sentence = refused(whole.read_bytes()[:-40], name="cut.parquet")
    assert (code, "truncated" in sentence) == ("unreadable", True)


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("id_l,id_r,label\n1,99,1\n", "misuse", "1 identifiers that the register does not have, such as 99"),
        ("id,cluster\n1,a\n98,a\n99,a\n", "misuse", "2 identifiers"),
        ("id_l,id_r,label\n1,2,perhaps\n", "misuse", "perhaps"),
        ("one,two\n1,2\n", "misuse", "and not one, two"),
        ("", "unreadable", "empty"),
    ],
)
def test_bad_labels_are_refused(refused, tmp_path: Path, content, code, said) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(content)
    found, sentence = refused(GOOD, "--labels", labels)
    assert (found, said in sentence) == (code, True), (found, sentence)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    """A model as the command keeps it."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "in.csv").write_text(GOOD)
    run(["link", str(folder / "in.csv"), "-o", str(folder / "out.csv"), "--save-model", str(folder / "model.json")])
    return (folder / "model.json").read_text()


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"version": 99}, "misuse", "version 99; this program reads version 1"),
        ({"rivals": {"twins": {"share": 0.1, "levels": {"family_name": [1.0]}}}}, "unreadable", "damaged"),
        ({"format": "other"}, "unreadable", "no model"),
        ({"prior": -1}, "unreadable", "damaged"),
        ({"prior": 1}, "unreadable", "damaged"),
        ({"prior": 7}, "unreadable", "damaged"),
        ({"comparisons": [1]}, "unreadable", "damaged"),
        ({"frequencies": {}}, "unreadable", "damaged"),
        ({"frequencies": []}, "unreadable", "damaged"),
        ({"comparisons": {"shoe": {}}}, "misuse", "shoe"),
    ],
)
def test_a_model_of_another_version_or_damaged_is_refused(
    refused, tmp_path: Path, *, model, change, code, said
) -> None:
    (tmp_path / "model.json").write_text(json.dumps(json.loads(model) | change))
    found, sentence = refused(GOOD, "--model", tmp_path / "model.json")
    assert (found, said in sentence) == (code, True), (found, sentence)


def test_an_output_that_cannot_be_written_is_said_before_the_work_and_an_old_one_stays(gateway, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(GOOD)
    done = gateway("link", source, "-o", tmp_path / "no" / "such" / "out.csv")
    assert (done.status, done.err.partition(":")[0]) == (2, "misuse")
    kept = tmp_path / "out.csv"
    kept.write_text("as it was")
    source.write_text(GOOD + "4,Orlov\n")
    assert gateway("link", source, "-o", kept).status == 1
    assert kept.read_text() == "as it was"


def test_the_register_is_not_overwritten_and_is_no_pipe(gateway, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(GOOD)
    learned = tmp_path / "model.json"
    assert gateway("link", source, "-o", tmp_path / "first", "--save-model", learned).status == 0
    for options in (
        ("-o", source),
        ("-o", tmp_path / "out", "--save-model", tmp_path / "out"),
        ("-o", learned, "--model", learned),
    ):
        assert (done := gateway("link", source, *options)).status == 2
        assert "a file each" in done.err
    assert source.read_text() == GOOD
    assert json.loads(learned.read_text())["version"] == 1
    assert "A register is a file" in gateway("link", tmp_path, "-o", tmp_path / "out.csv").err


def test_a_refusal_is_said_in_russian_too(gateway, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    (tmp_path / "in.csv").write_text("")
    assert re.search("[а-я]{5}", gateway("link", tmp_path / "in.csv", "-o", tmp_path / "out.csv").err)
    (tmp_path / "in.csv").write_text(GOOD)
    assert "Строк: 3" in gateway("link", tmp_path / "in.csv", "-o", tmp_path / "out.csv").out


def test_registers_in_utf_16_and_in_the_encoding_that_is_named_are_read(tmp_path: Path) -> None:
    for encoding, options in (("utf-16", ()), ("windows-1251", ("--encoding", "windows-1251"))):
        (tmp_path / "in.csv").write_bytes(GOOD.encode(encoding))
        assert run(["link", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv"), *options]) == 0
        assert [row["id"] for row in read(tmp_path / "out.csv")] == ["1", "2", "3"]


def test_labels_are_counted_and_calibrate(gateway, tmp_path: Path) -> None:
    rows = population(150)
    write(tmp_path / "in.csv", rows)
    write(tmp_path / "labels.csv", rows, columns=("id", "person"))
    done = gateway(
        "link", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--labels", tmp_path / "labels.csv", "--json"
    )
    assert done.json["labels"] > 150
    assert done.json["calibration"][-1]["right"] > 0.95
    assert done.json["calibration"][0]["right"] < 0.05
