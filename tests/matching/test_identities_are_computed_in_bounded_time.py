"""However many descriptions hang together and whatever humans say of them, identities come quickly and plainly."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from gateway.errors import TooLarge
from gateway.matching import links
from gateway.matching.identities import begin, identities_of, members, partition, recompute
from gateway.store import tables
from gateway.store.tables import Link, Membership, Review


def people(session: Session, count: int, now: datetime) -> list[int]:
    """Descriptions of nobody in particular, each an identity of its own."""
    last = session.scalar(select(func.max(tables.Person.id))) or 0
    rows = [
        {"state": "BLR", "agency": "MVD", "system": "s", "ref": str(last + number), "comparable": "",
         "protected": False, "states": [], "updated": now}
        for number in range(count)
    ]  # fmt: skip
    session.execute(insert(tables.Person), rows)
    found = list(session.scalars(select(tables.Person.id).where(tables.Person.id > last).order_by(tables.Person.id)))
    for person in found:
        begin(session, person, now)
    return found


def link_up(session: Session, pairs: Sequence[tuple[int, int]], now: datetime, verdict: str = "positive") -> None:
    """Links of the matcher, all at once, as a change of the model may leave them."""
    rows = [
        {"left_id": min(pair), "right_id": max(pair), "verdict": verdict, "colour": "white", "weight": 40.0,
         "evidence": [], "model": "x", "actor": "matcher", "reason": "", "protected": False, "created": now}
        for pair in pairs
    ]  # fmt: skip
    session.execute(insert(Link), rows)


def cpu(function: object) -> float:
    before = time.process_time()
    function()  # type: ignore[operator]
    return time.process_time() - before


def test_a_person_with_500_records_is_one_identity_and_a_split_takes_out_one(session: Session, now: datetime) -> None:
    crowd = people(session, 500, now)
    link_up(session, list(pairwise(crowd)), now)
    recompute(session, crowd[:1], now)
    (identity,) = set(identities_of(session, crowd).values())
    links.split(session, crowd[0], crowd[-1], actor="clerk", reason="Two people", now=now)
    found = identities_of(session, crowd)
    assert [list(found.values()).count(each) for each in dict.fromkeys(found.values())] == [499, 1]
    assert members(session, identity) == crowd[:-1]


def test_a_long_chain_costs_as_much_as_its_length_and_no_more(session: Session, now: datetime) -> None:
    crowd = people(session, 4_000, now)
    link_up(session, list(pairwise(crowd[:400])), now)
    small = cpu(lambda: recompute(session, crowd[:1], now))
    link_up(session, list(pairwise(crowd[400:])), now)
    large = cpu(lambda: recompute(session, crowd[-1:], now))
    assert len(set(identities_of(session, crowd).values())) == 2
    # Nine times as long; a square would be eighty-one times as much.
    assert large < 45 * max(small, 0.02)


def test_what_hangs_together_beyond_all_bounds_is_cut_off_and_not_waited_for(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.matching.identities.MOST_PEOPLE", 50)
    crowd = people(session, 200, now)
    link_up(session, list(pairwise(crowd)), now)
    recompute(session, crowd[:1], now)
    found = identities_of(session, crowd)
    assert 50 <= list(found.values()).count(found[crowd[0]]) <= 52


def test_thousands_of_separations_do_not_slow_a_partition_down() -> None:
    crowd = range(3_000)
    apart = [(0, other) for other in crowd[1_500:]]
    together = [*pairwise(crowd[:1_500]), *pairwise(crowd[1_500:])]
    found = [
        Link(id=n, left_id=a, right_id=b, verdict="negative", weight=0, actor="clerk") for n, (a, b) in enumerate(apart)
    ]
    found += [Link(id=n, left_id=a, right_id=b, verdict="positive", weight=1, actor="matcher")
              for n, (a, b) in enumerate([*together, (1, 2_000)])]  # fmt: skip
    taken = cpu(lambda: partition(crowd, found))
    blocks, overruled = partition(crowd, found)
    assert [len(block) for block in blocks] == [1_500, 1_500]
    assert [(link.left_id, link.right_id) for link in overruled] == [(1, 2_000)]
    assert taken < 5


def test_a_human_cannot_build_a_group_that_no_human_being_is(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "LARGEST_BY_HAND", 3)
    one, two, three, four = people(session, 4, now)
    for pair in ((one, two), (three, four)):
        links.join(session, *pair, actor="clerk", reason="x", now=now)
    with pytest.raises(TooLarge):
        links.join(session, one, four, actor="clerk", reason="x", now=now)
    assert session.scalars(select(Link).where(Link.left_id == one, Link.right_id == four)).all() == []


def test_of_words_that_contradict_each_other_the_newest_holds_and_separations_always_do(
    session: Session, now: datetime
) -> None:
    one, two, three = people(session, 3, now)
    links.join(session, one, two, actor="clerk", reason="x", now=now)
    links.join(session, two, three, actor="clerk", reason="x", now=now)
    word = links.judge(session, (one, three), "negative", actor="chief", reason="x", now=now)
    assert [(link.left_id, link.right_id) for link in word.overruled] == [(one, two)]
    found = identities_of(session, (one, two, three))
    assert found[two] == found[three] != found[one]
    asked = session.scalars(select(Review).where(Review.state == "open")).all()
    assert [(row.detail["left"], row.detail["right"]) for row in asked] == [(one, two)]


pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] != p[1]), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(before=pairs, pair=pairs.filter(bool))
def test_a_split_and_a_join_give_everybody_the_identity_they_had(session: Session, now: datetime, before, pair) -> None:
    """Whatever humans joined before, parting any two who were together and joining them again changes nothing."""
    crowd = people(session, 7, now)
    for left, right in before:
        links.join(session, crowd[left], crowd[right], actor="clerk", reason="x", now=now)
    held = identities_of(session, crowd)
    left, right = (crowd[place] for place in pair[0])
    if held[left] == held[right]:
        links.split(session, left, right, actor="clerk", reason="x", now=now)
        links.join(session, left, right, actor="clerk", reason="x", now=now)
        assert identities_of(session, crowd) == held
    _history_is_whole(session, crowd)


def _history_is_whole(session: Session, crowd: Sequence[int]) -> None:
    """Everybody is in exactly one identity at any time, and every end is somebody's next beginning."""
    for person in crowd:
        rows = session.scalars(select(Membership).where(Membership.person_id == person).order_by(Membership.id)).all()
        assert [row.until for row in rows][-1] is None
        assert all(earlier.until == later.since for earlier, later in pairwise(rows))


def test_only_the_component_is_touched(session: Session, now: datetime) -> None:
    crowd = people(session, 30, now)
    link_up(session, [pair for start in (0, 10, 20) for pair in pairwise(crowd[start : start + 10])], now)
    for start in (0, 10, 20):
        recompute(session, crowd[start : start + 1], now)
    others = select(Membership.id, Membership.until).where(Membership.person_id.in_(crowd[10:]))
    before = session.execute(others).all()
    links.split(session, crowd[0], crowd[5], actor="clerk", reason="x", now=now)
    assert session.execute(others).all() == before
