"""`gateway load` on the command line: its books, its rejects, its statuses."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

HEAD = (
    "Фамилия;Имя;Отчество;Дата рождения;Пол;Гражданство;Идентификационный номер;Серия;Номер;Дата выдачи;"
    "Срок действия;Вид документа;№ спецразрешения;Действует с;Действует по;Наниматель;УНП"
)
ROWS = [
    "Кашафова;Ленина;Роматовна;02.04.1988;Ж;УЗБЕКИСТАН;;AA;1234501;;;паспорт;СР-001;01.02.2026;31.01.2027;;",
    "Судатеев;Химаро;Лесуевич;17.11.1979;М;ГДЕ-ТО;;AA;1234502;;;паспорт;СР-002;01.02.2026;31.01.2027;;",
]


@pytest.fixture
def config(gateway: Any, tmp_path: Path) -> Path:
    assert gateway("init", "--state", "BLR", "--dir", tmp_path / "node").status == 0
    return tmp_path / "node" / "gateway.toml"


def _file(place: Path, rows: list[str]) -> Path:
    place.write_bytes(("\r\n".join((HEAD, *rows)) + "\r\n").encode("windows-1251"))
    return place


def test_the_books_balance_and_rejected_rows_are_written(gateway: Any, config: Path, tmp_path: Path) -> None:
    source, rejects = _file(tmp_path / "file.csv", ROWS), tmp_path / "rejects.csv"
    done = gateway("load", "blr-permits", source, "--config", config, "--as", "anna", "--rejects", rejects, "--json")
    assert done.status == 1
    assert {name: done.json[name] for name in ("rows", "stored", "rejected", "skipped")} == {
        "rows": 2, "stored": 1, "rejected": 1, "skipped": 0,
    }  # fmt: skip
    told = list(csv.DictReader(rejects.read_text(encoding="utf-8").splitlines()))
    assert {row["row"] for row in told} == {"3"}


def test_a_clean_file_ends_with_nothing_to_say_against_it(gateway: Any, config: Path, tmp_path: Path) -> None:
    done = gateway("load", "blr-permits", _file(tmp_path / "file.csv", ROWS[:1]), "--config", config, "--as", "anna")
    assert (done.status, done.out.split(":")[0]) == (0, "1 rows")


def test_a_pipe_is_refused_since_it_cannot_be_read_twice(gateway: Any, config: Path) -> None:
    done = gateway("load", "blr-permits", "/dev/null", "--config", config, "--as", "anna")
    assert done.status == 2
    assert "Traceback" not in done.err
