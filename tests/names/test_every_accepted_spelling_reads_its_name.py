"""Spellings that passports and registers have had for a name, letter by letter."""

import csv
from pathlib import Path

import pytest

from gateway.names.accepted import reads_as

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "data" / "names"


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("Юлия", "Iuliia"),
        ("Юлия", "Yuliya"),
        ("Юлия", "Iouliia"),
        ("Цой", "Tcoi"),
        ("Щукин", "Chtchoukine"),
        ("Щукин", "Ščukin"),
        ("Соловьёв", "Solov'ev"),
        ("Соловьёв", "Solovyov"),
        ("Оксана Снегирёва", "Oxana Sneguireva"),
        ("Ходжаев", "Khojaev"),
        ("Ўткир", "O‘tkir"),
        ("Հովհաննիսյան", "Hovhannisyan"),
        ("Եղիազարյան", "Yeghiazaryan"),
        ("ძნელაძე", "Dzneladze"),
        ("Нагірний", "Nahirnyy"),
        ("Əliyev", "Aliyev"),
    ],
)
def test_a_known_spelling_is_accepted(native: str, latin: str) -> None:
    assert reads_as(native, latin)


@pytest.mark.parametrize(
    ("native", "latin"), [("Юлия", "Irina"), ("Цой Анна", "Tsoi"), ("Ли", "Lin"), ("", ""), ("Щукин", "Shchukins")]
)
def test_another_name_is_not(native: str, latin: str) -> None:
    assert not reads_as(native, latin)


def test_a_letter_repeated_a_thousand_times_is_judged_at_once() -> None:
    assert not reads_as("и" * 1000, "i" * 1500 + "z")


@pytest.mark.shared_data
@pytest.mark.skipif(not FOLDER.exists(), reason="the published transliterations are not beside the project")
def test_published_transliterations_of_twelve_languages_are_read() -> None:
    with (FOLDER / "transliteration_cases.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if "-Arab-" not in row["map_file"]]
    read = sum(reads_as(row["source"], row["expected"]) for row in rows)
    assert read / len(rows) >= 0.98
    with (FOLDER / "cyrillic_schemes_samples.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert sum(reads_as(row["source"], row["expected"]) for row in rows) / len(rows) >= 0.97
