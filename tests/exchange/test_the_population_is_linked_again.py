"""A new model beside the old one: weighed, compared, accepted by others, and switched to while work goes on."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from gateway.errors import ApprovalRequired, InvalidRequest
from gateway.exchange import relinking
from gateway.exchange.relink_worker import HOLD, Worker
from gateway.exchange.relinking import ModelUnfit, RelinkBusy
from gateway.founding import open_node
from gateway.matching.links import join, live_links, split
from gateway.matching.model import standard
from gateway.matching.relink import resolve, score
from gateway.matching.yardstick import yardstick
from gateway.records.person import Name
from gateway.settings import load
from gateway.store import tables
from tests.exchange.relinked import Population, deaf, model


@pytest.fixture
def population(world: Any, make: Any) -> Population:
    made = Population(world, make)
    made.arrive(1, 2, 3)
    return made


def test_the_same_weights_under_another_name_change_no_identity_and_give_the_same_bits(population) -> None:
    before, links = population.identities(), population.links()
    population.start(model("same-again"))
    assert population.run() == "ready"
    run = population.latest()
    assert (run.counts["splits"], run.counts["merges"]) == (0, 0)
    online = {(row.left_id, row.right_id): row.weight for row in population.world.rows(tables.Link)}
    beside = {(row.left_id, row.right_id): row.weight for row in population.world.rows(tables.RelinkPair)}
    assert online.keys() <= beside.keys()
    assert all(abs(beside[pair] - weight) < 1e-9 for pair, weight in online.items())
    population.accept()
    assert population.run() == "done"
    assert population.identities() == before
    assert population.links() == links
    live = population.world.rows(tables.Link, tables.Link.retracted.is_(None))
    assert {row.model for row in live} == {"same-again"}
    assert population.world.rows(tables.RelinkPair) == population.world.rows(tables.RelinkChange) == []


def test_a_stricter_model_splits_after_others_have_accepted_and_not_before(population) -> None:
    before = population.identities()
    assert len(set(before.values())) == 3
    population.start(deaf("strict"))
    assert population.run() == "ready"
    run = population.latest()
    assert (run.counts["splits"], run.counts["merges"]) == (3, 0)
    assert run.counts["split_sizes"] == {"2": 3}
    assert population.identities() == before
    with pytest.raises(ApprovalRequired):
        population.accept("anna")
    assert population.run() == "ready"
    population.accept("boris")
    assert population.run() == "done"
    after = population.identities()
    assert len(set(after.values())) == 6
    # Each identity keeps its id with its oldest description.
    assert set(before.values()) < set(after.values())
    acts = [row.action for row in population.world.rows(tables.Audit) if row.action.startswith("relink")]
    assert acts == ["relink-started", "relink-ready", "relink-accepted", "relink-done"]
    with population.world.database.read() as session:
        assert yardstick(session).model.name == "strict"


def test_it_is_the_same_on_either_database(either_world, make) -> None:
    population = Population(either_world, make)
    population.arrive(1, 2)
    world = either_world
    world.submit(make.asylum(1))
    with world.database.begin() as session:
        split(session, 3, 4, actor="clerk", reason="Twins", now=world.clock())
    before, links = population.identities(), population.links()
    population.start(model("same-again"))
    assert population.run() == "ready"
    population.arrive(3)
    population.accept()
    assert population.run() == "done"
    after = population.identities()
    assert {person: after[person] for person in before} == before
    assert links < population.links()
    population.start(deaf("deaf"))
    assert population.run() == "ready"
    assert population.latest().counts["splits"] == 2
    population.accept()
    assert population.run() == "done"


def test_human_words_override_the_new_model(population) -> None:
    with population.world.database.begin() as session:
        split(session, 1, 2, actor="clerk", reason="Twins", now=population.world.clock())
        join(session, 3, 5, actor="clerk", reason="Seen", now=population.world.clock())
    before = population.identities()
    population.start(model("same-again"))
    population.run()
    assert population.latest().counts["merges"] == 0
    population.accept()
    assert population.run() == "done"
    assert population.identities() == before
    with population.world.database.read() as session:
        assert live_links(session, 1)[2].actor == "clerk"


def test_who_comes_or_changes_during_the_run_is_matched_under_the_new_model_before_it_is_done(population) -> None:
    population.start(model("same-again"))
    assert population.run() == "ready"
    population.arrive(4)
    # Number 1 becomes somebody else altogether.
    changed = replace(population.make.somebody(1), names=(Name("Цой", "Виктор"),), identifiers=(), documents=())
    population.world.submit(population.make.permit(1, changed, state="BLR", version=2))
    population.accept()
    assert population.run() == "done"
    found = population.identities()
    assert found[7] == found[8]
    assert found[1] != found[2]
    live = population.world.rows(tables.Link, tables.Link.retracted.is_(None))
    assert {row.model for row in live} == {"same-again"}
    assert population.latest().counts["matched_anew"] == 3


def test_whoever_arrives_after_the_switch_is_judged_by_the_new_model(population) -> None:
    population.start(model("same-again"))
    population.run()
    population.accept()
    population.run()
    population.arrive(9)
    assert population.world.rows(tables.Link)[-1].model == "same-again"


def test_a_rejected_run_leaves_everything_as_it_was_and_the_next_may_begin(population) -> None:
    before, links = population.identities(), population.links()
    population.start(model("strict", identifier_agree=0.999))
    population.run()
    population.reject()
    assert population.run() == "rejected"
    assert (population.identities(), population.links()) == (before, links)
    assert population.world.rows(tables.RelinkPair) == population.world.rows(tables.RelinkChange) == []
    with population.world.database.read() as session:
        assert yardstick(session).model.name != "strict"
    population.start(model("another"))


def test_an_approval_that_is_refused_or_forgotten_ends_the_run(population) -> None:
    population.start(model("same-again"))
    population.run()
    population.world.clock.advance(days=8)
    assert population.run() == "rejected"


def test_two_runs_at_once_and_a_known_or_unfit_model_are_refused(population) -> None:
    with pytest.raises(ModelUnfit):
        population.start(model(standard().name))
    for bad in (
        "{",
        "{}",
        "[]",
        "null",
        model("a b"),
        model("x" * 41),
        '{"model": "x", "fields": {}, "floor_bits": -1}',
        model("x", identifier_agree=10**400),
        model("x", identifier_agree=float("nan")),
        model("x", identifier_agree=5e-324),
        model("x").replace('"slope": ', '"slope": -'),
        model("x").replace('"false_links": 1.0', '"false_links": "one"'),
    ):
        with pytest.raises(ModelUnfit):
            population.start(bad)
    population.start(model("one"))
    with pytest.raises(RelinkBusy):
        population.start(model("two"))
    with pytest.raises(InvalidRequest), population.world.database.begin() as session:
        relinking.reject(session, actor="boris", reason=" ", now=population.world.clock())


def test_another_process_waits_until_the_first_has_fallen_silent(population) -> None:
    population.start(model("same-again"))
    other = Worker(population.world.node, "another process", stopping=iter([False, True, True, True]).__next__)
    other.carry_on()
    with pytest.raises(RelinkBusy):
        population.run()
    population.world.clock.advance(seconds=HOLD.total_seconds() + 1)
    assert population.run() == "ready"


def test_a_run_that_is_stopped_anywhere_goes_on_and_ends_the_same(population, monkeypatch) -> None:
    monkeypatch.setattr("gateway.matching.relink.score.TOGETHER", 2)
    before, links = population.identities(), population.links()
    population.start(model("same-again"))
    for steps in range(1, 60):
        # Each time a little further: stopping is what a crash between two units of work leaves behind.
        answers = iter([False] * steps + [True] * 1_000)
        state = Worker(population.world.node, "this process", stopping=answers.__next__).carry_on()
        if state == "ready":
            population.accept()
        if state == "done":
            break
    assert population.latest().state == "done"
    assert (population.identities(), population.links()) == (before, links)


def test_nothing_about_protected_people_is_in_the_diff_and_their_links_stay_across_the_firewall(population) -> None:
    make, world = population.make, population.world
    world.submit(make.asylum(1))
    plain = [(row.left_id, row.right_id) for row in world.rows(tables.Link, tables.Link.protected)]
    assert plain
    before = population.identities()
    population.start(model("same-again"))
    population.run()
    counts = population.latest().counts
    assert (counts["splits"], counts["merges"]) == (0, 0)
    population.accept()
    assert population.run() == "done"
    assert population.identities() == before
    live = world.rows(tables.Link, tables.Link.protected, tables.Link.retracted.is_(None))
    assert {row.verdict for row in live} == {"candidate"}


def killed_after(population: Population, steps: int, holder: str) -> int:
    """Carry the run on in a process of its own that is killed at a step; the signal that ended it, or 0."""
    config, at = population.world.directory / "blr" / "gateway.toml", population.world.clock.advance(minutes=1)
    child = os.fork()
    if child:
        return os.WTERMSIG(os.waitpid(child, 0)[1])
    try:
        left = count(1)

        def progress(*_: object) -> None:
            if next(left) == steps:
                os.kill(os.getpid(), signal.SIGKILL)

        Worker(open_node(load(config), lambda: at), holder, progress).carry_on()
    finally:
        os._exit(0)


def test_a_run_that_is_killed_at_any_step_goes_on_in_another_process(population, monkeypatch) -> None:
    for module in (score, resolve):
        monkeypatch.setattr(module, "TOGETHER", 2)
    before, links = population.identities(), population.links()
    population.start(model("same-again"))
    ended = []
    for attempt in range(40):
        ended.append(killed_after(population, 2 + attempt // 3, f"process {attempt}"))
        state = population.latest().state
        if state == "ready":
            population.accept()
        if state == "done":
            break
    assert ended.count(signal.SIGKILL) >= 6
    assert population.latest().state == "done"
    assert (population.identities(), population.links()) == (before, links)
    assert population.run() == "done"
    assert population.world.rows(tables.RelinkPair) == population.world.rows(tables.RelinkChange) == []


def test_records_arrive_all_the_while_and_everybody_is_in_one_identity(either_world, make, monkeypatch) -> None:
    monkeypatch.setattr(score, "TOGETHER", 2)
    population = Population(either_world, make)
    population.arrive(*range(1, 7))
    population.start(model("same-again"))
    wrong: list[BaseException] = []

    def arrive() -> None:
        try:
            for number in range(20, 28):
                population.arrive(number)
        except BaseException as error:  # noqa: BLE001 - told by the test below
            wrong.append(error)

    arriving = threading.Thread(target=arrive)
    arriving.start()
    while (state := population.run()) != "done":
        assert state == "ready"
        population.accept()
    arriving.join()
    assert wrong == []
    memberships = either_world.rows(tables.Membership, tables.Membership.until.is_(None))
    people = [row.id for row in either_world.rows(tables.Person)]
    assert sorted(row.person_id for row in memberships) == people
    found = population.identities()
    assert all(found[one] == found[one + 1] for one in people[::2])
    assert len(set(found.values())) == len(people) // 2
    live = either_world.rows(tables.Link, tables.Link.retracted.is_(None))
    assert {row.model for row in live} == {"same-again"}
