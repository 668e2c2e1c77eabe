"""A lot of records ends as if each had been kept by itself: rows, persons, links, questions and watchlist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gateway.exchange import lots
from gateway.exchange.keep import keep
from gateway.records.record import Record
from gateway.store import tables

LEFT_OUT = {
    "record": {"id", "person_id"},
    "person": {"id"},
    "watchlist_entry": {"changed", "person_id"},
    "review": {"id", "detail", "subject"},
}


@pytest.fixture
def mixed(make: Any) -> list[Record]:
    """New records and every sort of record that is special in some way."""
    twice = make.permit(1, state="BLR")
    return [
        twice,
        replace(twice, version=2, status="EXPIRED"),
        *(make.permit(number, state="BLR") for number in range(2, 8)),
        # One human being in two registers, and two records of one register about one person.
        make.stay(3, state="BLR"),
        make.permit(20, make.somebody(8), state="BLR"),
        make.permit(21, make.somebody(8), state="BLR"),
        make.ban(9, state="BLR"),
        make.asylum(4, persecutors=("KAZ",)),
        make.asylum(10),
        *make.about_nobody(1),
    ]


def _rows(world: Any, name: str) -> list[dict[str, Any]]:
    table = tables.Table.metadata.tables[name]
    with world.database.read() as session:
        rows = session.execute(table.select()).mappings().all()
    kept = [{key: value for key, value in row.items() if key not in LEFT_OUT[name]} for row in rows]
    return sorted(kept, key=lambda row: (str(row.get("record_id")), str(row.get("version")), str(row)))


def _people_of_links(world: Any) -> set[tuple[Any, ...]]:
    people = {row.id: (row.system, row.ref) for row in world.rows(tables.Person)}
    return {
        (frozenset((people[row.left_id], people[row.right_id])), row.verdict, row.protected)
        for row in world.rows(tables.Link)
    }


def _one_by_one(world: Any, session: Session, records: list[Record]) -> None:
    for record in records:
        keep(session, world.node, record, journal_id=None, now=world.clock())


def _at_once(world: Any, session: Session, records: list[Record]) -> None:
    prepared = [lots.prepare(record, world.node.search_secret) for record in records]
    kept = lots.keep_new(session, world.node, prepared, lots.Terms(None, world.clock()))
    assert len(kept) >= 6
    _one_by_one(world, session, [record for place, record in enumerate(records) if place not in kept])


def test_everything_that_is_stored_is_the_same(
    make_world: Any, mixed: list[Record], tmp_path: Any, request: pytest.FixtureRequest, database_url: str
) -> None:
    ways: list[Callable[[Any, Session, list[Record]], None]] = [_one_by_one, _at_once]
    found = []
    for number, way in enumerate(ways):
        with make_world(tmp_path / str(number), database_url if way is _at_once else "") as world:
            with world.database.begin() as session:
                way(world, session, mixed)
            found.append([_people_of_links(world), *(_rows(world, name) for name in LEFT_OUT)])
    assert found[1] == found[0]
    assert found[0][0]


def test_numbers_of_records_have_no_gap_and_lead_to_their_persons(either_world: Any, make: Any) -> None:
    records = [make.permit(number, state="BLR") for number in range(1, 6)] + make.about_nobody(1)
    done = either_world.submit(*records)
    assert (done.stored, done.refused) == (len(records), 0)
    rows = either_world.rows(tables.Record)
    assert [row.id for row in rows] == list(range(1, len(records) + 1))
    people = {row.id: row.ref for row in either_world.rows(tables.Person)}
    assert [people.get(row.person_id) for row in rows] == [
        record.person.ref if record.person else None for record in records
    ]


def test_the_next_record_finds_everybody_of_a_lot(either_world: Any, make: Any) -> None:
    either_world.submit(*(make.permit(number, state="BLR") for number in range(1, 6)))
    either_world.submit(make.stay(3, state="BLR"))
    assert len(either_world.rows(tables.Link)) == 1
    assert len(either_world.rows(tables.Person)) == 6


def test_handing_in_twice_changes_nothing(either_world: Any, mixed: list[Record]) -> None:
    first = either_world.submit(*mixed)
    before = [_rows(either_world, name) for name in LEFT_OUT]
    again = either_world.submit(*mixed[2:])
    assert again.stored == 0
    assert again.unchanged == len(mixed) - 2
    assert first.refused == again.refused == 0
    assert [_rows(either_world, name) for name in LEFT_OUT] == before


def test_a_record_that_xml_cannot_carry_is_refused_alone(world: Any, make: Any) -> None:
    bad = make.permit(2, state="BLR")
    bad = replace(bad, legal_basis="\x00")
    done = world.submit(make.permit(1, state="BLR"), bad, make.permit(3, state="BLR"))
    assert (done.stored, done.refused) == (2, 1)
