"""Whatever happens beside a run of re-linking: a rejection, another process, a protection, a diff of a whole state."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from gateway.exchange import relinking
from gateway.exchange.relink_worker import HOLD, Worker
from gateway.matching.model import standard
from gateway.matching.relink import learn
from gateway.matching.yardstick import yardstick
from gateway.store import tables
from tests.exchange.relinked import Population, deaf, model


@pytest.fixture
def population(world: Any, make: Any) -> Population:
    made = Population(world, make)
    made.arrive(1, 2, 3)
    return made


@pytest.mark.parametrize("state", ["learning", "scoring", "resolving", "accepted"])
def test_a_run_that_is_rejected_just_as_its_next_step_begins_is_over(population, monkeypatch, state: str) -> None:
    before, links = population.identities(), population.links()
    population.start("" if state == "learning" else deaf("strict"))
    if state == "accepted":
        population.run()
        population.accept()
    claimed = Worker._claimed

    def then_rejected(worker: Worker) -> Any:
        run = claimed(worker)
        if run is not None and run.state == state:
            population.reject()
        return run

    monkeypatch.setattr(Worker, "_claimed", then_rejected)
    assert population.run() == "rejected"
    assert (population.identities(), population.links()) == (before, links)
    assert population.world.rows(tables.RelinkPair) == population.world.rows(tables.RelinkChange) == []
    with population.world.database.read() as session:
        assert yardstick(session).model.name == standard().name


def test_who_learned_so_long_that_another_took_over_changes_nothing_that_people_have_seen(
    population, monkeypatch
) -> None:
    learned = learn.learn
    slow = [True]

    def slowly(*asked: Any) -> Any:
        if slow.pop():
            slow.append(False)
            population.world.clock.advance(seconds=HOLD.total_seconds() + 1)
            assert Worker(population.world.node, "another process").carry_on() == "ready"
            return model("of the slow one"), {}
        slow.append(False)
        return learned(*asked)

    monkeypatch.setattr(learn, "learn", slowly)
    population.start("")
    assert population.run() == "ready"
    (row,) = population.world.rows(tables.LinkModel)
    assert "of the slow one" not in row.content


def test_whose_protection_is_open_begins_or_has_ended_is_in_no_figure_of_the_diff(population) -> None:
    make, world = population.make, population.world
    names = iter(["open", "ended", "begins"])

    def counts(progress: Any = lambda *_: None) -> Any:
        population.start(model(next(names)))
        assert Worker(world.node, "this process", progress).carry_on() == "ready"
        population.reject()
        return population.latest().counts

    world.submit(make.asylum(1))
    plain = counts()
    assert (plain["links"], plain["questions"]) == (3, 0)
    world.submit(make.asylum(1, version=2, status="WITHDRAWN"))
    assert counts() == plain
    begun: list[str] = []

    def applies(_done: int, _of: int, stage: str) -> None:
        if stage == "resolving" and not begun:
            begun.append(stage)
            world.submit(make.asylum(2, make.somebody(1)))

    assert counts(applies) == plain
    assert begun


def test_who_came_under_protection_meanwhile_is_not_among_those_who_were_matched_anew(population) -> None:
    population.start(model("same-again"))
    assert population.run() == "ready"
    population.world.submit(population.make.asylum(7))
    population.arrive(8)
    population.accept()
    assert population.run() == "done"
    assert population.latest().counts["matched_anew"] == 2


@pytest.mark.postgres
def test_a_diff_of_very_many_people_is_shown_whole(make_world: Any, make: Any, tmp_path: Any, postgres_url: str,
                                                   monkeypatch) -> None:  # fmt: skip
    monkeypatch.setattr(relinking, "visible", lambda _session, _viewer, people: set(people))
    with make_world(tmp_path / "world", postgres_url) as world:
        population = Population(world, make)
        population.start(model("same-again"))
        people = list(range(1, 70_001))
        with world.database.begin() as session:
            session.execute(
                text(
                    "INSERT INTO person (state, agency, system, ref, comparable, protected, states, updated) "
                    "SELECT 'BLR', 'MVD', 'permits', number::text::bytea, '', false, '', now() "
                    "FROM generate_series(1, 70000) number"
                )
            )
            session.add(
                tables.RelinkChange(
                    relink_id=relinking.latest(session).id, kind="split", size=70_000,
                    groups=[people[:35_000], people[35_000:]],
                )
            )  # fmt: skip
        with world.database.read() as session:
            (shown,) = relinking.changes(session, world.node, relinking.latest(session))
        assert [len(part) for part in shown["parts"]] == [35_000, 35_000]
        with world.database.begin() as session:
            # Nobody has guarded them.
            session.execute(text("DELETE FROM person"))
