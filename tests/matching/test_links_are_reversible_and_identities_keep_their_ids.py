"""Judgements are appended and retracted; identities follow them and keep their ids."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.errors import InvalidRequest, NotFound
from gateway.matching.explain import explain_link
from gateway.matching.identities import forget, identities_of, identity_of, members, partition
from gateway.matching.links import join, live_link, retract, split
from gateway.matching.match import MatchOutcome
from gateway.records.person import Name, Person
from gateway.store.tables import Link, Membership, Review

Linked = tuple[int, int]


@pytest.fixture
def linked(karimov: Person, match) -> Linked:
    """Two descriptions that the matcher has linked."""
    first, _ = match(karimov, state="KAZ")
    second, outcome = match(karimov, state="RUS")
    assert outcome.linked == (first,)
    return first, second


def test_a_split_parts_two_people_and_a_join_restores_the_same_identities(
    session: Session, linked: Linked, now: datetime
) -> None:
    before = identities_of(session, linked)
    split(session, *linked, actor="clerk", reason="Different photographs", now=now)
    apart = identities_of(session, linked)
    assert len(set(apart.values())) == 2
    assert apart[linked[0]] == before[linked[0]]
    join(session, *linked, actor="clerk", reason="The photographs were exchanged", now=now)
    assert identities_of(session, linked) == before


def test_nothing_is_deleted_when_people_are_parted_and_joined(session: Session, linked: Linked, now: datetime) -> None:
    split(session, *linked, actor="clerk", reason="Different photographs", now=now)
    join(session, *linked, actor="clerk", reason="A mistake", now=now)
    links = session.scalars(select(Link).order_by(Link.id)).all()
    assert [(link.verdict, link.actor, link.retracted is None) for link in links] == [
        ("positive", "matcher", False),
        ("negative", "clerk", False),
        ("positive", "clerk", True),
    ]
    history = session.scalars(select(Membership).where(Membership.person_id == linked[1])).all()
    assert [row.until is None for row in history].count(True) == 1


def test_a_human_who_parts_two_people_is_not_overruled_by_the_matcher(
    session: Session, karimov: Person, linked: Linked, match, now: datetime
) -> None:
    split(session, *linked, actor="clerk", reason="Twins", now=now)
    _, outcome = match(karimov, row=linked[1])
    assert outcome.linked == ()
    assert len(set(identities_of(session, linked).values())) == 2


def test_a_newcomer_who_would_bridge_separated_people_goes_to_a_human(
    session: Session, karimov: Person, linked: Linked, match, now: datetime
) -> None:
    split(session, *linked, actor="clerk", reason="Twins", now=now)
    third, outcome = match(karimov, state="BLR")
    assert outcome.linked == (linked[0],)
    assert outcome.for_review == (linked[1],)
    link = live_link(session, third, linked[1])
    assert link is not None
    assert link.reason == "separated"


def test_parting_two_ends_of_a_chain_asks_again_about_the_link_that_gives_way(
    session: Session, karimov: Person, linked: Linked, match, now: datetime
) -> None:
    third, outcome = match(karimov, state="BLR")
    assert outcome.linked == linked[:1]
    join(session, third, linked[1], actor="clerk", reason="Seen together", now=now)
    split(session, linked[0], linked[1], actor="clerk", reason="Twins", now=now)
    assert len({identity_of(session, linked[0]), identity_of(session, linked[1])}) == 2
    assert identity_of(session, third) == identity_of(session, linked[1])
    assert session.scalar(select(func.count()).select_from(Review).where(Review.state == "open")) == 1


def test_a_link_that_gave_way_is_followed_again_when_the_separation_is_taken_back(
    session: Session, karimov: Person, linked: Linked, match, now: datetime
) -> None:
    third, _ = match(karimov, state="BLR")
    join(session, third, linked[1], actor="clerk", reason="Seen together", now=now)
    negative = split(session, linked[0], linked[1], actor="clerk", reason="Twins", now=now)
    stranger, _ = match(Person("9", (Name("Цой", "Виктор"),)))
    split(session, linked[0], stranger, actor="clerk", reason="Not the same at all", now=now)
    assert identity_of(session, linked[0]) != identity_of(session, third)
    retract(session, negative, "clerk", now)
    assert len(set(identities_of(session, (*linked, third)).values())) == 1


def test_a_humans_link_outlives_a_correction_that_contradicts_it(
    session: Session, karimov: Person, match, now: datetime
) -> None:
    rows = [match(karimov, state=state, ref=state)[0] for state in ("KAZ", "RUS")]
    join(session, *rows, actor="clerk", reason="Change of name recorded", now=now)
    match(Person("2", (Name("Цой", "Виктор"),)), row=rows[1])
    assert identity_of(session, rows[0]) == identity_of(session, rows[1])


def test_a_retracted_link_lets_its_people_go_and_twice_is_once(session: Session, linked: Linked, now: datetime) -> None:
    link = live_link(session, *linked)
    assert link is not None
    retract(session, link, "clerk", now)
    retract(session, link, "clerk", now)
    assert live_link(session, *linked) is None
    assert members(session, identity_of(session, linked[0]) or "") == [linked[0]]


def test_the_same_word_twice_is_one_judgement(session: Session, linked: Linked, now: datetime) -> None:
    first = split(session, *linked, actor="clerk", reason="Twins", now=now)
    assert split(session, linked[1], linked[0], actor="clerk", reason="Twins", now=now) is first


@pytest.mark.parametrize(("actor", "reason"), [("matcher", "x"), ("", "x"), ("clerk", "  ")])
def test_a_judgement_without_a_person_or_a_reason_is_refused(
    session: Session, linked: Linked, now: datetime, actor: str, reason: str
) -> None:
    with pytest.raises(InvalidRequest):
        split(session, *linked, actor=actor, reason=reason, now=now)


def test_a_judgement_on_somebody_unknown_is_refused(session: Session, linked: Linked, now: datetime) -> None:
    with pytest.raises(NotFound):
        join(session, linked[0], 4711, actor="clerk", reason="x", now=now)


def test_a_forgotten_person_leaves_and_the_others_keep_their_identity(
    session: Session, linked: Linked, now: datetime
) -> None:
    identity = identity_of(session, linked[0])
    forget(session, linked[0], now)
    assert members(session, identity or "") == [linked[1]]


def test_a_link_explains_itself_in_both_languages_without_naming_anybody(session: Session, linked: Linked) -> None:
    link = live_link(session, *linked)
    assert link is not None
    english, russian = explain_link(link, "en"), explain_link(link, "ru")
    assert "check digit holds" in english["text"]
    assert "личные номера совпадают" in russian["text"].lower()
    assert {row["field"] for row in english["evidence"]} >= {"family", "given", "birth", "identifier", "document"}
    for text in (english["text"], russian["text"]):
        assert not any(value in text for value in ("Каримов", "karimov", "1985", "31506852600019", "1234567"))


def test_a_humans_link_is_explained_by_the_reason_given(session: Session, match, now: datetime) -> None:
    rows = [match(Person("1", (Name(family, "А"),)))[0] for family in ("Цой", "Ким")]
    link = join(session, rows[0], rows[1], actor="clerk", reason="Marriage certificate seen", now=now)
    assert explain_link(link)["text"].startswith("Marriage certificate seen.")


def _link(number: int, left: int, right: int, verdict: str, weight: float) -> Link:
    return Link(id=number, left_id=left, right_id=right, verdict=verdict, weight=weight, actor="matcher")


pairs = st.sampled_from(list(combinations(range(1, 7), 2)))
judgements = st.lists(st.tuples(pairs, st.sampled_from(("positive", "negative")), st.integers(1, 50)), max_size=12)


@given(judgements)
def test_no_identity_ever_holds_a_separated_pair(found: list[tuple[tuple[int, int], str, int]]) -> None:
    links = [_link(number, *pair, verdict, weight) for number, (pair, verdict, weight) in enumerate(found)]
    blocks, overruled = partition(range(1, 7), links)
    assert sorted(person for block in blocks for person in block) == list(range(1, 7))
    home = {person: block for block in blocks for person in block}
    for link in links:
        together = home[link.left_id] == home[link.right_id]
        assert not (link.verdict == "negative" and together)
        assert together or link.verdict == "negative" or link in overruled


@given(judgements, st.randoms())
def test_the_order_in_which_links_are_read_does_not_matter(found, random) -> None:
    links = [_link(number, *pair, verdict, weight) for number, (pair, verdict, weight) in enumerate(found)]
    shuffled = random.sample(links, len(links))
    assert partition(range(1, 7), links)[0] == partition(range(1, 7), shuffled)[0]


def test_an_outcome_is_a_plain_value() -> None:
    assert MatchOutcome("a", (), (), (), 0, changed=False) == MatchOutcome("a", (), (), (), 0, changed=False)
