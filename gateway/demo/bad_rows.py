"""Rows that no register should hand over and every register does: the demo's forty, of many kinds.

Each way to spoil a row names the code of the finding it must bring about, so that the demo and its tests
can hold the mapping to the reason and not only to the number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spoiling:
    """One way to spoil a row."""

    code: str
    """Code of the finding that rejects it, see gateway.mapping.words."""
    spoil: Callable[[Row], Row | str]


def _with(**values: Any) -> Callable[[Row], Row]:
    """The row with other values; underscores in a name stand for the spaces of a column."""
    return lambda row: row | {name.replace("_", " "): value for name, value in values.items()}


def _json(**values: Any) -> Callable[[Row], Row]:
    """The row with other values, names as they stand."""
    return lambda row: row | values


def _one_cell_more(row: Row) -> str:
    """A semicolon typed into a cell and not quoted moves every later cell by one."""
    return ";".join([*map(_unquoted, list(row.values())[:15]), "ООО Ольха", *map(_unquoted, list(row.values())[15:])])


def _cut_off(row: Row) -> str:
    return ";".join(map(_unquoted, list(row.values())[:6]))


def _unquoted(value: str) -> str:
    return value.replace(";", ",").replace('"', "")


SPOILINGS: Final[dict[str, tuple[Spoiling, ...]]] = {
    "blr-permits": (
        Spoiling("MAP-COLUMNS", _one_cell_more),
        Spoiling("MAP-COLUMNS", _cut_off),
        Spoiling("MAP-NAME-MISSING", _with(Фамилия="")),
        Spoiling("MAP-RECORD-NUMBER-MISSING", lambda row: row | {"№ спецразрешения": ""}),
        Spoiling("MAP-BIRTH-DATE-MISSING", _with(Дата_рождения="не установлено")),
        Spoiling("MAP-DATE", _with(Дата_рождения="31.02.1985")),
        Spoiling("MAP-DATE", _with(Действует_с="скоро")),
        Spoiling("MAP-DATE-FUTURE", _with(Дата_рождения="12.05.2085")),
        Spoiling("MAP-COUNTRY", _with(Гражданство="Атлантида")),
        Spoiling("MAP-COUNTRY-REVIEW", _with(Гражданство="Абхазия")),
        Spoiling("MAP-SEX", _with(Пол="К")),
        Spoiling("MAP-CODE", _with(Вид_документа="справка")),
        Spoiling("MAP-ORDER", _with(Действует_по="01.01.2001")),
        Spoiling("MAP-NO-KEY", _with(Идентификационный_номер="", Серия="", Номер="", Вид_документа="")),
    ),
    "kaz-stays": (
        Spoiling("MAP-ROW-FORM", lambda _: "барлығы"),
        Spoiling("MAP-NESTED", lambda row: row | {"last_name": {"ru": row["last_name"]}}),
        Spoiling("MAP-SEX", _json(gender="7")),
        Spoiling("MAP-DATE", _json(birth_date="1985-13-45")),
        Spoiling("MAP-DATE", _json(reg_date_from="кеше")),
        Spoiling("MAP-DATE-FUTURE", _json(birth_date="2091-04-01")),
        Spoiling("MAP-NAME-MISSING", _json(last_name=None)),
        Spoiling("MAP-RECORD-NUMBER-MISSING", _json(reg_number=None)),
        Spoiling("MAP-COUNTRY", _json(citizenship_id="777", citizenship_ru_name="Гондвана")),
        Spoiling("MAP-ENCODING", lambda row: row | {"last_name": f"{row['last_name'][:3]}\x00"}),
        Spoiling("MAP-ORDER", _json(reg_date_to="2001-01-01")),
        Spoiling("MAP-LENGTH", _json(last_name="ұ" * 4000)),
        Spoiling("MAP-VALUE-MISSING", _json(reg_date_from="")),
    ),
    "uzb-crossings": (
        Spoiling("MAP-DIRECTION", _json(direction_type_code="X")),
        Spoiling("MAP-DIRECTION", _json(direction_type_code="KIRISH")),
        Spoiling("MAP-TIMESTAMP", _json(reg_date="2026-05-01T25:61:00+05:00")),
        Spoiling("MAP-TIMESTAMP", _json(reg_date="2026-05-01")),
        Spoiling("MAP-VALUE-MISSING", _json(point_code="")),
        Spoiling("MAP-COUNTRY", _json(citizenship="998")),
        Spoiling("MAP-BIRTH-DATE-MISSING", _json(birth_date=None)),
        Spoiling("MAP-DATE", _json(birth_date="1990-02-30")),
        Spoiling(
            "MAP-NAME-MISSING", _json(surnamelat=None, namelat=None, full_name=None, surname_cyr=None, name_cyr=None)
        ),
        Spoiling("MAP-RECORD-NUMBER-MISSING", _json(card_id="")),
        Spoiling("MAP-NO-KEY", _json(pinpp=None, document="-")),
        Spoiling("MAP-ROW-FORM", lambda row: "\t".join(str(value) for value in list(row.values())[:3])),
        Spoiling("MAP-SEX", _json(sex="3")),
    ),
}
"""Profile to the ways its rows are spoiled: forty rows, one for each."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A spoiled row in a file."""

    profile: str
    row: int
    """As the rejects file counts: the header of a CSV file is row 1, the first object of JSON is row 1."""
    code: str

    def as_dict(self) -> dict[str, str | int]:
        """Plain values, for the file of expectations."""
        return {"profile": self.profile, "row": self.row, "code": self.code}


def spoil(chance: Random, profile: str, id_column: str, rows: list[Row]) -> tuple[list[Row | str], list[BadRow]]:
    """The rows with spoiled copies strewn among them, and where those are."""
    mixed: list[Row | str] = list(rows)
    first = 2 if profile.startswith("blr") else 1
    # Places are drawn in ascending order, so that a later one does not move an earlier one.
    places = sorted(chance.sample(range(1, len(rows)), len(SPOILINGS[profile])))
    bad = []
    for moved, (place, spoiling) in enumerate(zip(places, SPOILINGS[profile], strict=True)):
        copy = dict(chance.choice(rows))
        copy[id_column] = f"{copy[id_column]}9"
        mixed.insert(place + moved, spoiling.spoil(copy))
        bad.append(BadRow(profile, place + moved + first, spoiling.code))
    return mixed, bad
