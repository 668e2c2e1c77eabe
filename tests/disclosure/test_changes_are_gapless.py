"""Every recipient has positions of its own, one after the other, whatever else happens on the node."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from gateway.disclosure import feed
from gateway.exchange import submit
from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Kind, body_of
from gateway.store import tables


def _page(world: Any, state: str, after: int, limit: int) -> Any:
    content = body.write_changes_request(ChangesRequest(after, limit))
    answer = world.receive(world.message(Kind.CHANGES_REQUEST, content, sender=state, purpose="STAY_CONTROL"))
    message = world.read(answer, state)
    assert message.header.kind is Kind.CHANGE_BATCH, answer.code
    return body.read_change_batch(body_of(message.root))


def _all(world: Any, state: str, limit: int, after: int = 0) -> list[Any]:
    """Every change from a position on, page by page; each page continues the one before."""
    changes: list[Any] = []
    while True:
        batch = _page(world, state, after, limit)
        assert batch.after == after
        assert [change.position for change in batch.changes] == list(range(after + 1, batch.last + 1))
        # A page that promises more and brings nothing would tell of what was withheld.
        assert batch.changes or not batch.more
        assert len(batch.changes) == limit or not batch.more
        changes += batch.changes
        after = batch.last
        if not batch.more:
            return changes


_STEPS = st.lists(
    st.tuples(st.sampled_from(["submit", "change", "retire", "protect", "release", "end", "resume", "pull"]),
              st.integers(1, 4)),
    min_size=4, max_size=14,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS, st.integers(1, 3))
def test_pages_are_gapless_for_everybody_and_each_holds_what_it_should(
    tmp_path_factory: Any, make_world: Any, make: Any, steps: list[tuple[str, int]], limit: int
) -> None:
    with make_world(tmp_path_factory.mktemp("feed") / "world") as world:
        seen: dict[str, list[Any]] = {"KAZ": [], "UZB": []}
        for word, number in steps:
            _step(world, make, word, number)
            if word == "pull":
                seen["KAZ"] += _all(world, "KAZ", limit, after=len(seen["KAZ"]))
        for state, early in seen.items():
            everything = _all(world, state, limit)
            assert [change.position for change in everything] == list(range(1, len(everything) + 1))
            # What was given before stands where it stood.
            assert [_name(change) for change in everything[: len(early)]] == [_name(change) for change in early]
            categories = {change.record.category for change in everything if change.record}
            assert not any(category.protected for category in categories)


def _name(change: Any) -> str:
    return str(change.record.record_id if change.record else change.withdrawal.record_id)


def _step(world: Any, make: Any, word: str, number: int) -> None:
    person = make.somebody(number, "KAZ")
    record = make.permit(number, person, state="BLR")
    if word in {"submit", "change"}:
        world.submit(record if word == "submit" else replace(record, status="SUSPENDED"))
    elif word in {"protect", "release"}:
        world.submit(make.asylum(number, person, status="REGISTERED" if word == "protect" else "DISCONTINUED"))
    elif word in {"end", "resume"}:
        until = date(2026, 3, 1) if word == "end" else None
        with world.database.begin() as session:
            session.execute(update(tables.Agreement).where(tables.Agreement.id == "KAZ-out").values(valid_to=until))
            feed.rescan(session, "KAZ")
    elif word == "retire":
        with world.database.begin() as session:
            submit.retire(session, record.record_id, state="BLR", now=world.clock())


def test_a_lost_answer_is_asked_for_again_and_is_the_same(either_world: Any, make: Any) -> None:
    world = either_world
    world.submit(*(make.permit(number, make.somebody(number, "UZB"), state="BLR") for number in range(5)))
    first = _page(world, "KAZ", 0, 2)
    assert _page(world, "KAZ", 0, 2) == first
    assert [change.position for change in _page(world, "KAZ", 1, 3).changes] == [2, 3, 4]


def test_a_position_that_was_never_given_is_refused(world: Any, make: Any) -> None:
    world.submit(make.permit(1, make.somebody(1, "UZB"), state="BLR"))
    content = body.write_changes_request(ChangesRequest(7, 10))
    answer = world.receive(world.message(Kind.CHANGES_REQUEST, content, purpose="STAY_CONTROL"))
    assert answer.code == "invalid-request"
    assert [change.position for change in _page(world, "KAZ", 0, 10).changes] == [1]


def test_a_version_overtaken_before_anybody_saw_it_is_not_news(world: Any, make: Any) -> None:
    record = make.permit(1, make.somebody(1, "UZB"), state="BLR")
    world.submit(record)
    world.submit(replace(record, status="SUSPENDED"))
    (change,) = _page(world, "KAZ", 0, 10).changes
    assert change.record.version == 2


def test_what_was_erased_since_stands_as_a_tombstone_at_its_position(world: Any, make: Any) -> None:
    record = make.permit(1, make.somebody(1, "UZB"), state="BLR")
    world.submit(record)
    _page(world, "KAZ", 0, 10)
    with world.database.begin() as session:
        submit.retire(session, record.record_id, state="BLR", now=world.clock())
    first, second = _page(world, "KAZ", 0, 10).changes
    assert (first.withdrawal.version, second.withdrawal.version) == (1, 2)


def test_records_of_other_states_are_not_passed_on(world: Any, make: Any) -> None:
    world.receipt(world.batch(make.permit(1)))
    assert _page(world, "UZB", 0, 10).changes == ()


def test_a_feed_that_has_seen_everything_says_so(world: Any, make: Any) -> None:
    world.submit(make.permit(1, make.somebody(1, "UZB"), state="BLR"))
    with world.database.read() as session:
        assert not feed.exhausted(session, "KAZ/GATE", state="BLR")
    _page(world, "KAZ", 0, 10)
    with world.database.read() as session:
        assert feed.exhausted(session, "KAZ/GATE", state="BLR")


def test_a_long_register_is_looked_through_a_part_at_a_time(world: Any, make: Any, monkeypatch: Any) -> None:
    person = make.somebody(1, "UZB")
    hidden = make.somebody(2, "KAZ")
    world.submit(make.asylum(2, hidden))
    world.submit(*(make.permit(number, hidden, state="BLR") for number in range(100, 350)))
    world.submit(*(make.permit(number, person, state="BLR") for number in range(3)))
    # As if many thousand rows were looked through at most: a part now, the rest the next time.
    monkeypatch.setattr(feed, "_MOST", 200)
    assert _page(world, "KAZ", 0, 10).changes == ()
    assert [change.position for change in _page(world, "KAZ", 0, 10).changes] == [1, 2, 3]
