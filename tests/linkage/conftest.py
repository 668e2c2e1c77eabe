"""Registers made from a seed: persons, some of them several times with the mistakes that clerks make."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

FAMILY = (
    "Ivanov", "Petrov", "Karimov", "Shchukin", "Nazarov", "Kuznetsov", "Sidorov", "Aliyev", "Melnik", "Popescu",
    "Grigoryan", "Beridze", "Rakhimov", "Saparov", "Orlov", "Zaitsev", "Sokolov", "Tkachenko", "Bondar", "Hasanov",
    "Yusupov", "Volkov", "Lebedev", "Novik", "Kovalenko",
)  # fmt: skip
GIVEN = (
    "Ivan", "Pyotr", "Jasur", "Yuri", "Bakhtiyor", "Sergei", "Rustam", "Elena", "Olga", "Maria", "Nino", "Anahit",
    "Dilfuza", "Gulnara", "Tamara", "Oksana", "Aziz", "Timur", "Andrei", "Natalia",
)  # fmt: skip
STREETS = (
    "Lenina", "Sadovaya", "Navoi", "Abovyan", "Rustaveli", "Pushkina", "Mira", "Gagarina",
)  # fmt: skip
COLUMNS = ("id", "family_name", "given_name", "birth_date", "postcode", "address", "person")

Rows = list[dict[str, str]]


def population(persons: int, *, again: float = 0.4, seed: int = 5) -> Rows:
    """Rows of so many persons, a share of whom stand there twice with one mistake; `person` is the truth."""
    draw = random.Random(seed)  # noqa: S311 - a population that is the same every time.
    rows: Rows = []
    for number in range(persons):
        row = {
            "family_name": draw.choice(FAMILY) + draw.choice(("", "", "a", "ich", "enko")),
            "given_name": draw.choice(GIVEN),
            "birth_date": f"{draw.randint(1940, 2005)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            "postcode": str(draw.randint(200_000, 200_400)),
            "address": f"{draw.choice(STREETS)} {draw.randint(1, 90)}",
            "person": str(number),
        }
        rows.append(row)
        if draw.random() < again:
            rows.append(_mistaken(row, draw))
    draw.shuffle(rows)
    return [{"id": f"r{place}", **row} for place, row in enumerate(rows)]


def _mistaken(row: Mapping[str, str], draw: random.Random) -> dict[str, str]:
    made = dict(row)
    field = draw.choice(("family_name", "given_name", "birth_date", "postcode", "address"))
    text = made[field]
    place = draw.randrange(len(text) - 1)
    if field == "birth_date":
        made[field] = f"{text[:8]}{draw.randint(1, 28):02d}"
    else:
        made[field] = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return made


def write(
    path: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS, delimiter: str = ","
) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def register(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes rows as a register."""
    return lambda rows, **options: write(tmp_path / "register.csv", rows, **options)
