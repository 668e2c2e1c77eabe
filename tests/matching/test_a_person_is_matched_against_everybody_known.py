"""Matching one person end to end on a real database: candidates, links, reviews, the firewall."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.errors import NotFound
from gateway.matching.candidates import KEY_CAP, candidates, store_keys
from gateway.matching.identities import identity_of, members
from gateway.matching.judge import LARGEST_GROUP
from gateway.matching.keys import MOST_KEYS, keys
from gateway.matching.links import join, live_link, live_links, split
from gateway.matching.match import match_person
from gateway.matching.normalise import comparable
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Identifier, Name, Person
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.tables import Link, Membership, PersonKey, Review


def _snapshot(session: Session) -> list[list[tuple[object, ...]]]:
    wanted = (Link, Membership, PersonKey, Review, tables.Person)
    return [
        sorted(
            (
                tuple(getattr(row, column.key) for column in table.__table__.columns)
                for row in session.scalars(select(table))
            ),
            key=repr,
        )
        for table in wanted
    ]


def test_one_human_being_in_three_scripts_becomes_one_identity(session: Session, karimov: Person, match) -> None:
    spellings = [
        Name("Каримов", "Асан", "Бакирович", script="Cyrl", language="ru"),
        Name("Karimov", "Asan", "Bakir oʻgʻli", script="Latn", language="uz"),
        Name("Քարիմով", "Ասան", script="Armn", language="hy"),
    ]
    rows = [
        match(karimov, state=state, names=(name,))[0]
        for state, name in zip(("KGZ", "UZB", "ARM"), spellings, strict=True)
    ]
    assert members(session, identity_of(session, rows[0]) or "") == rows


def test_matching_the_same_person_twice_changes_nothing(session: Session, karimov: Person, match) -> None:
    match(karimov, state="KAZ")
    match(karimov, state="MDA", identifiers=(), documents=(), birth_place="", names=(Name("Karimov", "Asan"),))
    row, first = match(karimov, state="RUS")
    before = _snapshot(session)
    _, again = match(karimov, row=row)
    assert first.changed
    assert not again.changed
    assert _snapshot(session) == before
    assert (again.linked, again.for_review, again.identity_id) == (first.linked, first.for_review, first.identity_id)


def test_matching_everybody_again_keeps_every_identity(session: Session, karimov: Person, match) -> None:
    rows = [match(karimov, state=state)[0] for state in ("KAZ", "RUS", "BLR")]
    before = {row: identity_of(session, row) for row in rows}
    for row in reversed(rows):
        match(karimov, row=row)
    assert {row: identity_of(session, row) for row in rows} == before


def test_a_likely_pair_is_put_before_a_human_once(session: Session, karimov: Person, match) -> None:
    bare = replace(karimov, names=(Name("Karimov", "Asan"),), identifiers=(), documents=(), birth_place="")
    first, _ = match(karimov, state="KAZ")
    second, outcome = match(bare, state="MDA")
    match(karimov, row=first)
    assert outcome.for_review == (first,)
    review = session.scalars(select(Review)).one()
    assert (review.kind, review.subject, review.state) == ("link", f"{first}-{second}", "open")
    assert review.detail["reasons"] == ["name-and-date"]


def test_at_most_three_people_are_offered_for_one_and_never_more_on_a_second_look(
    session: Session, karimov: Person, match
) -> None:
    bare = replace(karimov, names=(Name("Karimov", "Asan"),), identifiers=(), documents=(), birth_place="")
    namesakes = [replace(bare, birth_place=place) for place in ("Ош", "Баткен", "Талас", "Нарын", "Бишкек")]
    for number, person in enumerate(namesakes):
        match(person, state=f"S{number}", sex=person.sex)
    session.query(Link).delete()
    session.query(Review).delete()
    row, outcome = match(bare, state="MDA")
    _, again = match(bare, row=row)
    assert len(outcome.for_review) == 3
    assert again.for_review == outcome.for_review
    assert not again.changed


def test_a_change_that_says_nothing_new_of_a_pair_leaves_its_judgement_and_its_question(
    session: Session, karimov: Person, match
) -> None:
    bare = replace(karimov, names=(Name("Karimov", "Asan"),), identifiers=(), documents=(), birth_place="")
    match(karimov, state="KAZ")
    row, _ = match(bare, state="MDA")
    before = session.scalars(select(Link.id)).all()
    _, outcome = match(bare, row=row, identifiers=(Identifier("MD-IDNP", "2004000000002", check=Check.VALID),))
    assert outcome.changed
    assert session.scalars(select(Link.id)).all() == before
    assert session.scalars(select(Review.state)).all() == ["open"]


def test_a_question_that_lost_its_ground_is_asked_again_when_the_ground_is_back(
    session: Session, karimov: Person, match
) -> None:
    bare = replace(karimov, names=(Name("Karimov", "Asan"),), identifiers=(), documents=(), birth_place="")
    match(karimov, state="KAZ")
    row, _ = match(bare, state="MDA")
    states = []
    for person in (replace(bare, birth_date=PartialDate(1951, 2, 3)), bare):
        match(person, row=row)
        states.append(session.scalars(select(Review.state)).one())
    assert states == ["closed", "open"]


def test_a_newcomer_whose_number_contradicts_another_of_the_group_goes_to_a_human(
    session: Session, karimov: Person, match
) -> None:
    first, _ = match(karimov, state="KAZ", identifiers=())
    match(karimov, state="RUS", birth_place="", names=(Name("Каримов", "Асан"),))
    number = (Identifier("UZ-PINFL", "60102030100025", check=Check.VALID),)
    third, outcome = match(karimov, state="BLR", identifiers=number, documents=())
    assert outcome.for_review == (first,)
    link = live_link(session, first, third)
    assert link is not None
    assert link.reason == "group-contradicts"


def test_a_question_is_closed_when_a_human_answers_it(session: Session, karimov: Person, match, now: datetime) -> None:
    first, _ = match(karimov, state="KAZ")
    bare = replace(karimov, names=(Name("Karimov", "Asan"),), identifiers=(), documents=(), birth_place="")
    second, _ = match(bare, state="MDA")
    join(session, first, second, actor="clerk", reason="Passport seen", now=now)
    review = session.scalars(select(Review)).one()
    assert (review.state, review.verdict, review.decided_by) == ("closed", "same", "clerk")
    match(bare, row=second)
    assert identity_of(session, first) == identity_of(session, second)


def test_a_correction_takes_back_the_link_it_contradicts(session: Session, karimov: Person, match) -> None:
    first, _ = match(karimov, state="KAZ")
    second, _ = match(karimov, state="RUS")
    corrected = replace(
        karimov, names=(Name("Цой", "Виктор"),), birth_date=PartialDate(1962, 6, 21), identifiers=(), documents=()
    )
    _, outcome = match(corrected, row=second)
    assert outcome.linked == ()
    assert live_link(session, first, second) is None
    assert identity_of(session, first) != identity_of(session, second)


def test_a_person_who_is_not_stored_cannot_be_matched(session: Session, karimov: Person, now: datetime) -> None:
    with pytest.raises(NotFound):
        match_person(session, 4711, karimov, protected=False, secret=b"x", now=now)


def test_a_person_without_name_or_number_is_alone_and_does_no_harm(session: Session, match) -> None:
    row, outcome = match(Person("1", (Name(),)))
    match(Person("2", ()))
    match(Person("3", (Name("李", "明"),)))
    assert outcome.linked == outcome.for_review == ()
    assert members(session, outcome.identity_id) == [row]


def test_an_identity_does_not_grow_beyond_reason_by_itself(session: Session, karimov: Person, match) -> None:
    for number in range(LARGEST_GROUP):
        match(karimov, state=f"S{number}")
    _, outcome = match(karimov, state="ONE")
    assert outcome.linked == ()
    assert len(outcome.for_review) == 1
    assert session.scalar(select(Link.reason).order_by(Link.id.desc()).limit(1)) == "group-too-large"


# --- The asylum firewall (domain.md 3.1, R6) -------------------------------------------------------------


def test_a_match_across_the_firewall_joins_nobody_and_is_for_the_owner_only(
    session: Session, karimov: Person, match
) -> None:
    first, before = match(karimov, state="KAZ")
    _, outcome = match(karimov, state="BLR", protected=True)
    assert outcome.linked == outcome.for_review == ()
    assert outcome.protected_links == (first,)
    assert identity_of(session, first) == before.identity_id != outcome.identity_id
    link, review = session.scalars(select(Link)).one(), session.scalars(select(Review)).one()
    assert (link.verdict, link.protected, review.kind, review.protected) == ("candidate", True, "protected-link", True)


def test_the_other_person_notices_nothing_when_matched_again(session: Session, karimov: Person, match) -> None:
    first, before = match(karimov, state="KAZ")
    match(karimov, state="BLR", protected=True)
    _, after = match(karimov, row=first)
    assert (after.identity_id, after.linked, after.for_review) == (before.identity_id, (), ())


def test_a_protected_rival_does_not_hold_back_a_link_of_others(session: Session, karimov: Person, match) -> None:
    plain = replace(karimov, identifiers=(), documents=())
    match(plain, state="BLR", protected=True)
    first, _ = match(plain, state="KAZ")
    _, outcome = match(plain, state="RUS")
    assert outcome.linked == (first,)


def test_protection_granted_later_takes_the_person_out_and_the_others_keep_their_identity(
    session: Session, karimov: Person, match
) -> None:
    first, _ = match(karimov, state="BLR")
    second, before = match(karimov, state="KAZ")
    _, outcome = match(karimov, row=first, protected=True)
    assert outcome.protected_links == (second,)
    assert identity_of(session, second) == before.identity_id != outcome.identity_id


def test_protection_that_the_row_already_shows_is_noticed_too(session: Session, karimov: Person, match) -> None:
    first, _ = match(karimov, state="BLR")
    second, _ = match(karimov, state="KAZ")
    session.get_one(tables.Person, first).protected = True
    _, outcome = match(karimov, row=first)
    assert outcome.protected_links == (second,)
    assert outcome.linked == ()


def test_a_person_whose_protection_has_ended_is_linked_like_anybody(session: Session, karimov: Person, match) -> None:
    first, _ = match(karimov, state="KAZ")
    second, _ = match(karimov, state="BLR", protected=True)
    session.get_one(tables.Person, second).protected = False
    _, outcome = match(karimov, row=second)
    assert (outcome.linked, outcome.protected_links) == ((first,), ())
    assert session.scalars(select(Review)).one().state == "closed"


def test_a_question_changes_sides_with_the_protection_and_is_never_open_on_both(
    session: Session, karimov: Person, match
) -> None:
    weaker = {"identifiers": (), "documents": (), "birth_place": "", "birth_country": ""}
    match(karimov, state="KAZ", **weaker)
    plain = {**weaker, "names": (Name("Каримов", "Асан", script="Cyrl", language="ru"),)}
    second, _ = match(karimov, state="BLR", **plain)

    def asked() -> list[tuple[str, bool]]:
        found = [(each.kind, each.detail["link"]) for each in session.scalars(select(Review)) if each.state == "open"]
        return [(kind, session.get_one(Link, link).retracted is None) for kind, link in found]

    assert asked() == [("link", True)]
    match(karimov, row=second, protected=True, **plain)
    assert asked() == [("protected-link", True)]
    session.get_one(tables.Person, second).protected = False
    match(karimov, row=second, **plain)
    assert asked() == [("link", True)]


def test_another_record_of_the_same_person_does_not_lower_protection(session: Session, karimov: Person, match) -> None:
    match(karimov, state="KAZ")
    row, _ = match(karimov, state="BLR", protected=True)
    _, outcome = match(karimov, row=row, protected=False)
    assert outcome.linked == ()


def test_a_human_link_across_the_firewall_joins_no_identity(
    session: Session, karimov: Person, match, now: datetime
) -> None:
    first, _ = match(karimov, state="KAZ")
    second, _ = match(karimov, state="BLR", protected=True)
    join(session, first, second, actor="clerk", reason="Consent recorded", now=now)
    assert identity_of(session, first) != identity_of(session, second)


def test_a_humans_word_follows_when_protection_begins_and_when_it_ends(
    session: Session, karimov: Person, match, now: datetime
) -> None:
    """Whatever a human said before: nobody under protection is part of an identity, and their word is not lost."""
    changed = {"identifiers": (), "documents": (), "birth_date": PartialDate(1950, 1, 2)}
    first, before = match(karimov, state="KAZ")
    second, _ = match(karimov, state="BLR", **changed)
    third, _ = match(karimov, state="UZB", identifiers=(), documents=(), names=(Name("Ли", "Виктор"),))
    bare = tables.Person(state="RUS", agency="MVD", system="r", ref="9", states=[], updated=now)
    session.add(bare)
    session.flush()
    for other, said in ((first, join), (third, split), (bare.id, join)):
        said(session, second, other, actor="clerk", reason="Seen in person", now=now)
    assert identity_of(session, first) == identity_of(session, second)

    _, outcome = match(karimov, row=second, protected=True, **changed)
    assert (outcome.linked, set(outcome.protected_links)) == ((), {first, third, bare.id})
    assert members(session, outcome.identity_id) == [second]
    assert before.identity_id == identity_of(session, first)
    assert all(link.protected for link in live_links(session, second).values())

    session.get_one(tables.Person, second).protected = False
    _, outcome = match(karimov, row=second, **changed)
    assert outcome.protected_links == ()
    assert {other: (link.verdict, link.actor, link.reason) for other, link in live_links(session, second).items()} == {
        first: ("positive", "clerk", "Seen in person"),
        third: ("negative", "clerk", "Seen in person"),
        bare.id: ("positive", "clerk", "Seen in person"),
    }
    assert identity_of(session, first) == identity_of(session, second) != identity_of(session, third)


# --- Keys and candidates --------------------------------------------------------------------------------


def test_keys_hide_behind_the_secret_and_fit_a_signed_column(karimov: Person) -> None:
    value = comparable(karimov)
    assert set(keys(value, b"one")).isdisjoint(keys(value, b"two"))
    assert all(-(2**63) <= key < 2**63 for key in keys(value, b"x" * 100))
    assert len(keys(value, b"one")) == len(set(keys(value, b"one"))) <= MOST_KEYS


@pytest.mark.parametrize(
    "changes",
    [
        {"names": (Name("Asan", "Karimov"),)},
        {"birth_date": PartialDate(1985, 6, 15), "names": (Name("Цой", "Асан"),)},
        {"names": (Name("Kerimow", "Hasan"),)},
        {"birth_date": PartialDate(1986, 6, 15)},
        {"birth_date": PartialDate(1985)},
        {"birth_date": None},
        {"names": (Name(full="KARIMOV ASAN"),)},
    ],
)
def test_a_changed_description_still_shares_a_key(karimov: Person, changes: dict[str, object]) -> None:
    one = replace(karimov, identifiers=(), documents=())
    assert set(keys(comparable(one), b"s")) & set(keys(comparable(replace(one, **changes)), b"s"))


def test_exchanged_day_and_month_share_a_key() -> None:
    one = Person("1", (Name("Каримов", "Асан"),), PartialDate(1985, 6, 5))
    other = Person("1", (Name("Каримов", "Цой"),), PartialDate(1985, 5, 6))
    assert set(keys(comparable(one), b"s")) & set(keys(comparable(other), b"s"))


def test_a_document_number_read_with_confused_characters_shares_a_key(karimov: Person) -> None:
    one = Person("1", (), documents=karimov.documents)
    other = replace(one, documents=(replace(karimov.documents[0], series="АС", number="I234S67"),))
    assert set(keys(comparable(one), b"s")) & set(keys(comparable(other), b"s"))


def test_a_number_that_means_none_is_no_key() -> None:
    assert keys(comparable(Person("1", (), identifiers=(Identifier("KZ-IIN", "000000000000"),))), b"s") == ()


def test_keys_are_replaced_when_the_person_changes(database: Database, now: datetime) -> None:
    with database.begin() as session:
        row = tables.Person(state="KAZ", agency="MVD", system="r", ref="1", updated=now)
        row.states = []
        session.add(row)
        session.flush()
        assert store_keys(session, row.id, (1, -2, 2**62))
        assert not store_keys(session, row.id, (2**62, 1, -2))
        assert store_keys(session, row.id, (1,))
        assert session.scalars(select(PersonKey.key)).all() == [1]


def test_a_key_that_too_many_share_is_left_out_and_counted(database: Database, now: datetime) -> None:
    with database.begin() as session:
        people = [
            tables.Person(state="KAZ", agency="MVD", system="r", ref=str(number)) for number in range(KEY_CAP + 1)
        ]
        for person in people:
            person.comparable, person.updated, person.states = comparable(Person("1", ())).to_json(), now, []
        session.add_all(people)
        session.flush()
        session.add_all(PersonKey(key=7, person_id=person.id) for person in people)
        session.add_all(PersonKey(key=8, person_id=person.id) for person in people[:3])
        session.flush()
        found, crowded = candidates(session, (7, 8), besides=people[0].id)
        assert found == [people[1].id, people[2].id]
        assert crowded == 1
        assert candidates(session, ()) == ([], 0)


def test_matching_works_on_either_database(database: Database, karimov: Person, now: datetime) -> None:
    with database.begin() as session:
        rows = []
        for state in ("KAZ", "RUS"):
            row = tables.Person(state=state, agency="MVD", system="r", ref="1", updated=now, states=[])
            session.add(row)
            session.flush()
            match_person(session, row.id, karimov, protected=False, secret=b"s", now=now)
            rows.append(row.id)
        assert identity_of(session, rows[0]) == identity_of(session, rows[1])
        assert session.scalar(select(func.count()).select_from(Membership)) == 3
