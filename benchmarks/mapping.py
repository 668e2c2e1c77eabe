"""National CSV to records: rows a second on one core, beside reading the same CSV and doing nothing."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.report import interleaved
from gateway.mapping import convert, profile
from gateway.records.identifiers import synthesise
from gateway.records.person import Sex

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROWS = 100_000
FAMILIES = ("Каримов", "Рахимов", "Иванов", "Асанов", "Петренко", "Мамедов", "Ковалёв", "Сейтов", "Лука")
GIVEN = ("Жасур", "Алексей", "Бакыт", "Вагиф", "Ерлан", "Олег", "Рустам", "Пётр", "Ион", "Тимур")
COUNTRIES = ("Узбекистан", "Казахстан", "Азербайджан", "Респ. Молдова", "Украина", "ЛБГ")


def permits(rows: int) -> bytes:
    """A windows-1251 export of blr-permits: 17 columns, every person and document another one."""
    draw = Random(2026)
    columns = list(profile.load("blr-permits").columns)
    lines = [";".join(columns)]
    for serial in range(rows):
        born = date(1950, 1, 1) + timedelta(days=draw.randrange(20_000))
        start = date(2025, 1, 1) + timedelta(days=draw.randrange(400))
        cells = {
            "Фамилия": draw.choice(FAMILIES) + draw.choice(("", "ов", "ский", "енко")),
            "Имя": draw.choice(GIVEN),
            "Отчество": draw.choice(GIVEN) + "ович",
            "Дата рождения": f"{born:%d.%m.%Y}",
            "Пол": "М",
            "Гражданство": draw.choice(COUNTRIES),
            "Идентификационный номер": synthesise("BY-IDN", born, Sex.MALE, serial),
            "Серия": draw.choice(("AA", "AB", "FA")),
            "Номер": f"{serial:07d}",
            "Дата выдачи": "01.02.2020",
            "Срок действия": "01.02.2030",
            "Вид документа": "паспорт",
            "№ спецразрешения": f"СР-{serial:08d}",
            "Действует с": f"{start:%d.%m.%Y}",
            "Действует по": f"{start + timedelta(days=365):%d.%m.%Y}",
            "Наниматель": f"ООО «Ольха-{draw.randrange(2_000)}»",
            "УНП": f"1{draw.randrange(2_000):08d}",
        }
        lines.append(";".join(cells[column] for column in columns))
    return "\r\n".join(lines).encode("windows-1251")


def measure(scale: float = 1.0) -> list[dict[str, Any]]:
    """`ratio` is how many times longer a row takes than csv reading alone; value and floor are rows a second."""
    rows = max(1_000, int(ROWS * scale))
    data = permits(rows)
    chosen = profile.load("blr-permits")

    def read() -> None:
        text = io.TextIOWrapper(io.BytesIO(data), encoding="windows-1251", newline="")
        for _ in csv.reader(text, delimiter=";"):
            pass

    def convert_all() -> None:
        mapped = sum(1 for item in convert.map_file(chosen, data, now=NOW) if item.record is not None)
        assert mapped == rows

    seconds = interleaved({"map": convert_all, "csv": read}, rounds=5)
    value, floor = rows / seconds["map"], rows / seconds["csv"]
    return [
        {
            "name": "map-csv",
            "unit": "rows/s",
            "value": round(value),
            "floor": round(floor),
            "ratio": round(floor / value, 2),
            "peers": {},
        }
    ]
