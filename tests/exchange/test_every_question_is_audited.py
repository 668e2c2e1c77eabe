"""Every read leaves a row: who asked, for which purpose, with which result, no-hits and refusals included."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Kind, body_of
from gateway.store import tables


def _audited(world: Any, *actions: str) -> list[tuple[str, str, str, str]]:
    rows = world.rows(tables.Audit, tables.Audit.action.in_(actions))
    return [(row.action, row.actor, row.purpose, row.outcome) for row in rows]


_READS = ("person-query", "watchlist-query", "changes-read")


def test_a_person_query_is_audited_with_and_without_a_match(either_world: Any, make: Any) -> None:
    world = either_world
    world.submit(make.permit(1, make.somebody(1, "UZB"), state="BLR"))
    for number in (1, 2):
        query = body.write_query(replace(make.somebody(number, "UZB"), ref=""))
        world.receive(world.message(Kind.PERSON_QUERY, query))
    assert _audited(world, *_READS) == [
        ("person-query", "KAZ/GATE", "LABOUR_REGULATION", "1 persons"),
        ("person-query", "KAZ/GATE", "LABOUR_REGULATION", "0 persons"),
    ]


def test_a_watchlist_query_is_audited_with_and_without_a_hit(either_world: Any, make: Any) -> None:
    world = either_world
    world.submit(make.ban(1, make.somebody(1, "UZB"), state="BLR"))
    world.node.watchlist.refresh()
    for number, band in ((1, "HIT"), (2, "NO_HIT")):
        query = body.write_query(replace(make.somebody(number, "UZB"), ref=""), kind="WatchlistQuery")
        answer = world.read(world.receive(world.message(Kind.WATCHLIST_QUERY, query, purpose="BORDER_CHECK")))
        given = body.read_watchlist_answer(body_of(answer.root))
        assert (given.band, len(given.hits)) == (band, 2 - number)
    assert [row[3] for row in _audited(world, *_READS)] == ["HIT", "NO_HIT"]


def test_a_pull_is_audited_even_when_there_is_nothing_new(world: Any) -> None:
    world.receive(world.message(Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 10))))
    assert _audited(world, *_READS) == [("changes-read", "KAZ/GATE", "LABOUR_REGULATION", "0 disclosed")]


@pytest.mark.parametrize("kind", [Kind.PERSON_QUERY, Kind.WATCHLIST_QUERY])
def test_a_question_nobody_may_ask_is_refused_alike_for_everybody_and_audited(
    world: Any, make: Any, kind: Kind
) -> None:
    world.submit(make.permit(1, make.somebody(1, "UZB"), state="BLR"))
    receipts = []
    for number in (1, 2):
        query = body.write_query(replace(make.somebody(number, "UZB"), ref=""), kind=kind)
        receipts.append(world.receipt(world.message(kind, query, purpose="STATISTICS")))
    assert [(each.verdict, each.code) for each in receipts] == [("REFUSED", "not-permitted")] * 2
    assert [row[3] for row in _audited(world, *_READS)] == ["not-permitted"] * 2


def test_an_agency_of_the_wrong_class_gets_the_answer_about_nobody(world: Any, make: Any) -> None:
    world.submit(make.ban(1, make.somebody(1, "UZB"), state="BLR"))
    world.node.watchlist.refresh()
    with world.database.begin() as session:
        session.get_one(tables.Partner, "KAZ/GATE").agency_class = "LAB"
    query = body.write_query(replace(make.somebody(1, "UZB"), ref=""), kind="WatchlistQuery")
    answer = world.read(world.receive(world.message(Kind.WATCHLIST_QUERY, query, purpose="BORDER_CHECK")))
    assert body.read_watchlist_answer(body_of(answer.root)).band == "NO_HIT"


def test_the_size_of_an_answer_does_not_tell_none_from_one(world: Any, make: Any) -> None:
    world.submit(make.permit(1, make.somebody(1, "UZB"), state="BLR"))
    sizes = set()
    for number in (1, 2):
        query = body.write_query(replace(make.somebody(number, "UZB"), ref=""))
        sizes.add(len(world.read(world.receive(world.message(Kind.PERSON_QUERY, query))).content))
    assert len(sizes) == 1
