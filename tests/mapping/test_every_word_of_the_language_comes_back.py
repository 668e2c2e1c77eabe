"""Map → unmap → map is the identity for a profile that uses every word of the language, or the loss is told."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import back, convert
from gateway.mapping.declaration import Profile
from gateway.mapping.profile import load
from gateway.records.identifiers import synthesise
from gateway.records.person import Sex

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GUIDE = (Path(__file__).parents[2] / "docs" / "how-to-add-a-profile.md").read_text("utf-8")


def example() -> Profile:
    """The profile of the guide, which uses every word but a few."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "example.yaml"
        [text] = re.findall(r"```yaml\n(?!# yaml-language)(.*?)```", GUIDE, re.DOTALL)
        path.write_text(text, "utf-8")
        return load(path)


EXAMPLE = example()
WORDS = ["Каримов", "Жасур", "Али", "угли", "Иванова", "Анна-Мария", "Петровна", "ибн", "Лопес", "Раҳмон", "Бахтиёр"]
LATIN = ["KARIMOV", "JASUR", "van", "Berg", "Mary Ann", "O'Neil", "Lopez"]
DAYS = st.sampled_from(["", "-", "01.02.2026", "1.2.26", "15 июня 2026", "2026-06-15", "бессрочно", "31.12.9999"])
BORN = st.sampled_from(["01.01.1985", "00.00.1975", "1975 г.", "15.06.1985", "15.06.85", "..1990", "00.06.1985"])
TEXT = st.text(alphabet="абвГД 1,./-\u00a0'=+", max_size=12)
IDS = [synthesise("BY-IDN", date(1985, 6, 15), Sex.MALE, 5), synthesise("KZ-IIN", date(2005, 6, 15), Sex.MALE, 7)]


def words(of: list[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(of), min_size=1, max_size=most).map(" ".join)


ROW = st.fixed_dictionaries(
    {
        "Вид строки": st.sampled_from(["регистрация", "Регистрация "]),
        "Удалено": st.sampled_from(["0", "", "нет"]),
        "Серия рег": st.sampled_from(["АА", "А/Б", "ПА 1"]),
        "Номер рег": st.from_regex(r"[0-9]{1,6}(/[0-9])?", fullmatch=True),
        "Состояние": st.sampled_from(["действует", "Продлена", "снят", ""]),
        "ФИО": words(WORDS, 5) | st.sampled_from(["ИВАНОВА<<АННА<МАРИЯ", "Гарсия Лопес, Ана"]),
        "Имя латиницей": st.just("") | words(LATIN, 3),
        "Другие имена": st.just("") | st.lists(words(WORDS + LATIN, 2), min_size=1, max_size=3).map(", ".join),
        "Дата рождения": BORN,
        "Пол": st.sampled_from(["М", "Ж", ""]),
        "Гражданство": st.sampled_from(["Узбекистан", "ЛБГ", "Узбекистан/Россия", "Англия", "Сирия"]),
        "Страна рождения": st.sampled_from(["", "СССР", "Англия", "ГДР"]),
        "Схема": st.sampled_from(["", "BY", "KZ", "kz", "UZ"]),
        "Личный номер": st.sampled_from(["", *IDS, IDS[1].lstrip("0"), "не имеется"]),
        "Вид документа": st.sampled_from(["", "паспорт", "Паспорт", "иной"]),
        "Документ": st.sampled_from(["", "AA1234567", "AA 1234567", "7654321", "МР № 123456"]),
        "Выдан": DAYS,
        "Годен до": DAYS,
        "Пребывание с": st.sampled_from(["01.02.2026", "1 февраля 2026"]),
        "Пребывание по": st.sampled_from(["", "бессрочно", "14.04.2026", "9999-12-31"]),
        "Прибыл": DAYS,
        "Город": st.sampled_from(["", "Минск", "не указан", "г. Минск, центр"]),
        "Улица": TEXT,
        "Цель": st.sampled_from(["", "туризм", "TOURISM"]),
    }
)


@given(ROW)
def test_what_is_mapped_comes_back_as_it_was_or_the_loss_is_told(row: dict[str, str]) -> None:
    [first] = convert.map_rows(EXAMPLE, [row], now=NOW, flat=True)
    if first.record is None:
        assert any(finding.severity == "error" for finding in first.findings)
        return
    rows, losses = back.unmap(EXAMPLE, [first.record])
    [again] = convert.map_rows(EXAMPLE, rows, now=NOW, flat=True)
    assert again.record is not None, again.findings
    if not losses:
        assert again.record.person == first.record.person
        assert again.record.detail == first.record.detail
        assert (again.record.status, again.record.source) == (first.record.status, first.record.source)
        assert back.unmap(EXAMPLE, [again.record]) == (rows, [])
