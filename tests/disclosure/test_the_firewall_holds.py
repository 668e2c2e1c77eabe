"""Nothing about a protected person reaches a state of the risk set, on any way out, whatever happened before.

The ways out are all there are: push, changes, person query, watchlist query. Each is asked as a partner asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.disclosure import feed
from gateway.exchange import send
from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Kind
from gateway.records.record import Category
from gateway.store import tables

RECIPIENTS = ("KAZ", "UZB", "RUS")
_CHANGING = re.compile(
    rb"<(MessageId|ConversationId|InReplyTo|RequestDigest|Created|Expires)>[^<]*</\1>|Id=\"m-[^\"]*\"|<ds:Signature.*</ds:Signature>"
    rb"|<Signature.*</Signature>",
    re.DOTALL,
)
_SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def _ask(world: Any, state: str, kind: Kind, content: str, purpose: str) -> bytes:
    answer = world.receive(world.message(kind, content, sender=state, purpose=purpose))
    assert answer.code == ""
    return bytes(_CHANGING.sub(b"", answer.content))


def _pull(world: Any, state: str) -> bytes:
    return _ask(world, state, Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 1000)), "STAY_CONTROL")


def _persons(world: Any, state: str, person: Any, purpose: str = "LABOUR_REGULATION") -> bytes:
    return _ask(world, state, Kind.PERSON_QUERY, body.write_query(replace(person, ref="")), purpose)


def _watchlist(world: Any, state: str, person: Any) -> bytes:
    world.node.watchlist.refresh()
    content = body.write_query(replace(person, ref=""), kind="WatchlistQuery")
    return _ask(world, state, Kind.WATCHLIST_QUERY, content, "ENTRY_BAN_ADMIN")


def _push(world: Any, state: str) -> bytes:
    with world.database.begin() as session:
        partner = session.get_one(tables.Partner, f"{state}/GATE")
        send.push_changes(session, world.node, partner, now=world.clock())
    return b"".join(row.raw for row in world.rows(tables.Outbox, tables.Outbox.partner == partner.id))


def _everything_told(world: Any, state: str, person: Any) -> bytes:
    return b"".join((
        _persons(world, state, person), _persons(world, state, person, "STAY_CONTROL"),
        _watchlist(world, state, person), _pull(world, state), _push(world, state),
    ))  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One applicant: what ties them to states, what else is known of them, and in which order it came."""

    citizenships: tuple[str, ...]
    former: tuple[str, ...]
    residence: str
    birth_country: str
    persecutors: tuple[str, ...]
    others: tuple[str, ...]
    """Families of the other records of the person."""
    before: tuple[bool, ...]
    """Which of them were handed in before the protection record."""
    family: Category
    """The family of the protection record."""

    @property
    def risk(self) -> set[str]:
        named = {*self.citizenships, *self.former, self.residence, self.birth_country, *self.persecutors} - {
            "", "BLR", "XXA", "XXB", "XXC", "XXX",
        }  # fmt: skip
        return set(RECIPIENTS) if not named or "SUN" in named else named


_CODES = st.sampled_from(["KAZ", "UZB", "RUS", "TJK", "XXA", "XXB", "SUN", "BLR"])
_CASES = st.builds(
    Case,
    citizenships=st.lists(_CODES, max_size=2, unique=True).map(tuple),
    former=st.lists(_CODES, max_size=1).map(tuple),
    residence=st.one_of(st.just(""), _CODES),
    birth_country=st.one_of(st.just(""), _CODES),
    persecutors=st.lists(st.sampled_from(["KAZ", "UZB", "RUS"]), max_size=1).map(tuple),
    others=st.lists(
        st.sampled_from(["permit", "stay", "ban", "expulsion", "refused_crossing"]), min_size=1, max_size=4, unique=True
    ).map(tuple),
    before=st.tuples(*[st.booleans()] * 4),
    family=st.sampled_from([each for each in Category if each.protected and each.about == "person"]),
)


def _person(make: Any, case: Case, number: int = 1) -> Any:
    # The number and the document are of our own state, so that they tie the person to no other one.
    person = make.somebody(number, "BLR")
    return replace(
        person,
        citizenships=case.citizenships,
        former_citizenships=case.former,
        former_habitual_residence=case.residence,
        birth_country=case.birth_country,
    )


@settings(max_examples=20, deadline=None, suppress_health_check=_SLOW)
@given(_CASES)
def test_nothing_new_reaches_a_state_of_the_risk_set_on_any_way(
    tmp_path_factory: Any, make_world: Any, make: Any, case: Case
) -> None:
    with make_world(tmp_path_factory.mktemp("case") / "world") as world:
        person = _person(make, case)
        records = [getattr(make, word)(1, person, state="BLR") for word in case.others]
        # Somebody else, so that the answers and feeds are not simply empty.
        world.submit(make.permit(50, make.somebody(50, "TJK"), state="BLR"))
        early = [record for record, first in zip(records, case.before, strict=False) if first]
        late = [record for record in records if record not in early]
        world.submit(*early)
        assert world.submit(make.protection(case.family, 1, person, case.persecutors)).stored == 1
        assert world.submit(*late).refused == 0
        hidden = [record.source.record.encode() for record in records] + [b"D-1<", b"LP1<", b"SR1<", b"X-1<"]
        for state in RECIPIENTS:
            told = _everything_told(world, state, person)
            assert b"AA-1" not in told
            assert b"AA1<" not in told, "a signature may hold the letters, but no element ends with them"
            assert not any(each.value.encode() in told for each in Category if each.protected)
            if state in case.risk:
                assert not any(mark in told for mark in hidden)
                positions = [row.position for row in world.rows(tables.Disclosure) if row.recipient == f"{state}/GATE"]
                assert positions == [1]
            else:
                assert all(record.record_id.encode() in told for record in records)


@settings(max_examples=8, deadline=None, suppress_health_check=_SLOW)
@given(
    st.sampled_from(RECIPIENTS),
    st.tuples(
        st.sampled_from(["permit", "stay", "ban"]),
        st.sampled_from([each for each in Category if each.protected and each.about == "person"]),
    ),
)
def test_answers_about_a_hidden_person_equal_those_about_nobody(
    tmp_path_factory: Any, make_world: Any, make: Any, state: str, families: tuple[str, Category]
) -> None:
    word, family = families
    with make_world(tmp_path_factory.mktemp("nobody") / "world") as world:
        hidden, nobody = make.somebody(1, state), make.somebody(2, state)
        world.submit(make.protection(family, 1, hidden))
        makers = {"permit": make.permit, "stay": make.stay, "ban": make.ban}
        world.submit(makers[word](1, hidden, state="BLR"))
        _push(world, state)
        for ask in (_persons, _watchlist):
            assert ask(world, state, hidden) == ask(world, state, nobody)
        for purpose in ("STAY_CONTROL", "FAMILY_UNITY", "BORDER_CHECK"):
            assert _persons(world, state, hidden, purpose) == _persons(world, state, nobody, purpose)


def test_what_was_given_before_the_protection_stays_and_nothing_new_is_added(either_world: Any, make: Any) -> None:
    world, person = either_world, make.somebody(1)
    world.submit(make.permit(1, person, state="BLR"), make.ban(1, person, state="BLR"))
    before = [_pull(world, "KAZ"), _persons(world, "KAZ", person), _watchlist(world, "KAZ", person)]
    assert b"LP-1" in before[0]
    assert b"D-1" in before[2]
    world.submit(make.asylum(1, person))
    world.submit(make.stay(1, person, state="BLR"), make.permit(1, person, state="BLR", status="SUSPENDED"))
    after = [_pull(world, "KAZ"), _persons(world, "KAZ", person), _watchlist(world, "KAZ", person)]
    assert after == before


def test_an_answer_is_a_disclosure_too_and_stays(world: Any, make: Any) -> None:
    """A partner that only asks must not see its answer turn empty on the day somebody asks for protection."""
    person = make.somebody(1)
    world.submit(make.permit(1, person, state="BLR"), make.ban(1, person, state="BLR"))
    asked = [_persons(world, "KAZ", person), _watchlist(world, "KAZ", person)]
    world.submit(make.asylum(1, person))
    assert [_persons(world, "KAZ", person), _watchlist(world, "KAZ", person)] == asked


def test_what_was_not_fetched_before_the_protection_is_not_fetched_after_it(world: Any, make: Any) -> None:
    people = [make.somebody(number) for number in range(3)]
    world.submit(*(make.permit(number, person, state="BLR") for number, person in enumerate(people)))
    one = body.write_changes_request(ChangesRequest(0, 1))
    first = _ask(world, "KAZ", Kind.CHANGES_REQUEST, one, "STAY_CONTROL")
    assert b"LP-0" in first
    assert b"<More>true</More>" in first
    world.submit(make.asylum(1, people[1]))
    rest = body.write_changes_request(ChangesRequest(1, 10))
    second = _ask(world, "KAZ", Kind.CHANGES_REQUEST, rest, "STAY_CONTROL")
    assert b"LP-1" not in second
    assert b"<Position>2</Position>" in second
    assert b"LP-2" in second


def test_more_is_not_said_for_what_is_withheld(world: Any, make: Any) -> None:
    world.submit(make.permit(1, make.somebody(1, "UZB"), state="BLR"))
    world.submit(make.asylum(2))
    world.submit(make.permit(2, state="BLR"), make.stay(2, state="BLR"))
    one = body.write_changes_request(ChangesRequest(0, 1))
    assert b"<More>false</More>" in _ask(world, "KAZ", Kind.CHANGES_REQUEST, one, "STAY_CONTROL")


def test_two_applicants_who_may_be_one_are_hidden_from_the_states_of_both(world: Any, make: Any) -> None:
    """Descriptions of several registers that a doubt ties together share the risk of all."""
    person = make.somebody(1, "BLR", citizenships=("KAZ",))
    second = replace(person, ref="Q1", citizenships=("UZB",), names=person.names)
    world.submit(make.asylum(1, person), make.asylum(2, second))
    world.submit(make.ban(1, replace(person, ref="R1", citizenships=("TJK",)), state="BLR"))
    for state in ("KAZ", "UZB"):
        told = _everything_told(world, state, person)
        assert b"D-1" not in told
    assert b"D-1" in _everything_told(world, "RUS", person)


def test_the_end_of_one_application_does_not_end_the_protection_by_another(either_world: Any, make: Any) -> None:
    world, person = either_world, make.somebody(1)
    world.submit(make.asylum(1, person, status="GRANTED_REFUGEE"), make.asylum(2, person))
    world.submit(make.asylum(2, person, status="DISCONTINUED"), make.permit(1, person, state="BLR"))
    assert b"LP-1" not in _everything_told(world, "KAZ", person)


def test_after_the_last_application_has_ended_records_flow_again_also_from_an_unknown_risk(
    either_world: Any, make: Any
) -> None:
    world, person = either_world, make.somebody(1, "BLR", citizenships=())
    world.submit(make.asylum(1, person), make.permit(1, person, state="BLR"))
    assert b"LP-1" not in _everything_told(world, "KAZ", person)
    world.submit(make.asylum(1, person, status="REFUSED_FINAL"))
    told = _everything_told(world, "KAZ", person)
    assert b"LP-1" in told
    assert b"AA-1" not in told


def test_a_ban_or_an_illegal_stay_that_is_stopped_goes_to_a_human(either_world: Any, make: Any) -> None:
    world, person = either_world, make.somebody(1)
    world.submit(make.asylum(1, person))
    world.submit(
        make.ban(1, person, state="BLR"),
        make.stay(1, person, state="BLR", status="OVERSTAY"),
        make.permit(1, person, state="BLR"),
    )
    for _ in range(2):
        _push(world, "KAZ")
        _pull(world, "KAZ")
        # An agreement changes, and everything is looked through again.
        with world.database.begin() as session:
            feed.rescan(session, "KAZ")
    _push(world, "UZB")
    reviews = [row for row in world.rows(tables.Review) if row.kind == "interlock"]
    assert {row.detail["category"] for row in reviews} == {"ENTRY_BAN", "STAY_REGISTRATION"}
    assert [row.detail["recipient"] for row in reviews] == ["KAZ", "KAZ"]
    assert all(row.protected for row in reviews)


def _exchange(world: Any) -> list[str]:
    return [leaf.content for leaf in world.rows(tables.LogLeaf) if leaf.log == "exchange"]


def test_lodging_a_case_leaves_nothing_in_the_tree_and_the_stream_that_partners_see(world: Any, make: Any) -> None:
    world.submit(make.permit(2, make.somebody(2, "UZB"), state="BLR"))
    _push(world, "KAZ")
    tree, sent = _exchange(world), world.rows(tables.Outbox)
    world.submit(make.asylum(1))
    world.submit(make.asylum(1, status="UNDER_REVIEW"))
    _push(world, "KAZ")
    assert _exchange(world) == tree
    assert len(world.rows(tables.Outbox)) == len(sent)
