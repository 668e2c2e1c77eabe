"""Rows that a foreign register marks as deleted withdraw what they were about, and count as no refusal."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.mapping.declaration import Condition, Deletion
from gateway.mapping.profile import load
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import foreign

PROFILE = replace(load("blr-permits"), deleted=Deletion(Condition("УНП", ("удалено",))))


def permit(number: int, **changes: str) -> dict[str, str]:
    return dict.fromkeys(PROFILE.columns, "") | {
        "Фамилия": "Кашафова", "Дата рождения": "02.04.1988", "Пол": "Ж", "Гражданство": "Узбекистан",
        "Серия": "AA", "Номер": f"{number:07d}", "№ спецразрешения": f"СР-{number}", "Действует с": "01.02.2026",
    } | changes  # fmt: skip


def keep(world, *rows):
    world.clock.advance(seconds=1)
    with world.kaz.database.begin() as session:
        foreign.keep_rows(session, world.kaz, directory.get(session, "BLR/GATE"), PROFILE, list(rows))


def test_a_deleted_row_withdraws_the_record_of_an_earlier_one(either_world):
    world = either_world
    keep(world, permit(1), permit(2))
    keep(world, permit(1, УНП="удалено"), permit(3))
    last = world.rows(world.kaz, tables.Journal)[-1]
    assert (last.stored, last.refused, last.state) == (1, 0, "accepted")
    current = world.rows(world.kaz, tables.Record, tables.Record.current)
    assert sorted(row.status for row in current) == ["ISSUED", "ISSUED", "WITHDRAWN"]


def test_a_deleted_row_of_a_record_that_nobody_had_changes_nothing(world):
    keep(world, permit(9, УНП="удалено"))
    assert world.rows(world.kaz, tables.Record) == []
    assert world.rows(world.kaz, tables.Journal)[-1].state == "accepted"


@pytest.mark.parametrize("field", ["Фамилия", "Номер", "№ спецразрешения", "Наниматель"])
def test_half_of_a_character_in_one_row_costs_no_other_row_its_place(either_world, field: str) -> None:
    """JSON can hold it as an escape; the register's every later pull would have begun with that page."""
    world = either_world
    keep(world, permit(1), permit(2, **{field: "A\ud800"}), permit(3))
    entry = world.rows(world.kaz, tables.Journal)[-1]
    assert entry.stored >= 2
    assert [row[field] for row in json.loads(entry.raw)["rows"]][1] == "A\ud800"
    kept = world.rows(world.kaz, tables.Record)
    assert not any("\ud800" in row.payload for row in kept)
