"""No setting, role or price: the firewall cannot be switched off, and what it costs tells nothing."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event

from gateway.disclosure import feed, firewall, permit
from gateway.disclosure.agreements import Agreements
from gateway.disclosure.firewall import EVERY
from gateway.matching import links
from gateway.message import body
from gateway.message.envelope import Kind
from gateway.records.record import Category
from gateway.settings import Limits, Settings
from gateway.store import tables
from gateway.web.watchlist import post_query

_WORDS = ("firewall", "protect", "override", "break", "risk", "bypass", "force", "asylum")


def test_no_option_of_a_node_speaks_of_the_firewall() -> None:
    for name in (*Settings.model_fields, *Limits.model_fields):
        assert not any(word in name for word in _WORDS)


def test_no_function_of_the_firewall_or_the_kernel_takes_a_switch() -> None:
    own = (firewall, permit, feed)
    functions = [member for module in own for _, member in inspect.getmembers(module)]
    functions += [member for _, member in inspect.getmembers(permit.Kernel)]
    functions = [each for each in functions if getattr(each, "__module__", "") in {module.__name__ for module in own}]
    seen = 0
    for function in filter(inspect.isfunction, functions):
        for name, parameter in inspect.signature(function).parameters.items():
            assert not any(word in name for word in _WORDS if word != "protect")
            assert "bool" not in str(parameter.annotation)
            seen += 1
    assert seen > 30


def test_a_protection_record_is_permitted_to_nobody_by_any_agreement(world: Any, make: Any) -> None:
    every = [category.value for category in Category]
    with world.database.begin() as session:
        for row in session.query(tables.Agreement):
            row.categories, row.purposes = every, [*row.purposes, "PROTECTION"]
            row.agency_classes = [*row.agency_classes, "REF", "COURT"]
        session.get_one(tables.Partner, "UZB/GATE").agency_class = "REF"
    world.submit(make.asylum(1))
    query = body.write_query(replace(make.somebody(1), ref=""))
    answer = world.receive(world.message(Kind.PERSON_QUERY, query, sender="UZB", purpose="PROTECTION"))
    assert b"AA-1" not in answer.content
    with world.database.begin() as session:
        kernel = permit.Kernel(session, state="BLR", now=world.clock())
        recipient = permit.Recipient.of(session.get_one(tables.Partner, "UZB/GATE"))
        (row,) = session.query(tables.Record)
        assert kernel.decide(row, recipient, "PROTECTION") == permit.Withheld("protected-category")


def test_the_kernel_and_the_border_see_the_same_protection(either_world: Any, make: Any) -> None:
    """One looks from one description, the other from all applicants; they must never differ."""
    world = either_world
    for number in range(4):
        person = make.somebody(number, "BLR", citizenships=(("KAZ",), (), ("UZB", "TJK"), ("SUN",))[number])
        if number != 2:
            world.submit(make.asylum(number, person))
        world.submit(make.permit(number, replace(person, citizenships=("RUS",)), state="BLR"))
        world.submit(make.ban(number, person, state="BLR"))
    with world.database.read() as session:
        covered = firewall.shielded(session)
        people = [person.id for person in session.query(tables.Person)]
        assert firewall.protections(session, people) == {person_id: covered.get(person_id) for person_id in people}
        assert firewall.forbidden(session, "KAZ") == {
            person_id for person_id in people if firewall.shields(covered, person_id, "KAZ")
        }
        assert {risk for each in covered.values() for risk in each.risk_set} == {"KAZ", "RUS", EVERY}


def test_a_human_who_separates_two_people_ends_the_doubt(world: Any, make: Any) -> None:
    person = make.somebody(1)
    world.submit(make.asylum(1, person), make.permit(1, person, state="BLR"))
    with world.database.begin() as session:
        applicant, other = sorted(session.query(tables.Person), key=lambda row: not row.protected)
        assert firewall.protection_of(session, other.id) is not None
        links.split(session, applicant.id, other.id, actor="anna", reason="two people", now=world.clock())
        assert firewall.protection_of(session, other.id) is None


@pytest.mark.parametrize(("state", "band"), [("KAZ", "NO_HIT"), ("RUS", "HIT")])
def test_a_ban_by_the_state_somebody_fled_from_does_not_turn_them_back_at_our_border(
    world: Any, make: Any, state: str, band: str
) -> None:
    person = make.somebody(1)
    world.receive(world.batch(make.ban(1, person, state=state), sender=state))
    world.submit(make.asylum(1, person))
    world.node.watchlist.refresh()
    document = person.documents[0]
    values = {
        "names": [{"family": person.names[0].family, "given": person.names[0].given}],
        "birth_date": str(person.birth_date),
        "documents": [{"country": document.country, "number": document.number}],
    }
    client: Any = SimpleNamespace(id="BLR/GPK", agency_class="BOR", state="BLR")
    assert post_query(world.node, client, values)["band"] == band


@contextmanager
def _statements(world: Any) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(world.database.engine, "before_cursor_execute", note)


def test_what_an_answer_costs_is_of_the_same_order_for_a_hidden_person_and_for_nobody(world: Any, make: Any) -> None:
    hidden, nobody = make.somebody(1), make.somebody(2)
    world.submit(make.asylum(1, hidden), make.permit(1, hidden, state="BLR"), make.ban(1, hidden, state="BLR"))
    world.submit(*(make.asylum(number) for number in range(10, 40)))
    world.node.watchlist.refresh()
    for kind, purpose in ((Kind.PERSON_QUERY, "LABOUR_REGULATION"), (Kind.WATCHLIST_QUERY, "ENTRY_BAN_ADMIN")):
        counts = []
        for person in (nobody, hidden, nobody):
            query = body.write_query(replace(person, ref=""), kind=kind)
            raw = world.message(kind, query, purpose=purpose)
            with _statements(world) as seen:
                world.receive(raw)
            counts.append(len(seen))
        assert counts[1] < 2 * counts[2]


def test_looking_for_the_protection_of_many_costs_no_more_statements_than_of_few(world: Any, make: Any) -> None:
    counts = []
    for first, last in ((0, 2), (2, 30)):
        world.submit(*(make.asylum(number) for number in range(first, last)))
        with world.database.read() as session, _statements(world) as seen:
            assert len(firewall.shielded(session)) == last
        counts.append(len(seen))
    assert counts[0] == counts[1] < 10


def test_what_another_state_entrusted_to_us_is_not_ours_to_disclose(world: Any, make: Any) -> None:
    world.receive(world.batch(make.permit(1)))
    with world.database.begin() as session:
        kernel = permit.Kernel(session, state="BLR", now=world.clock())
        recipient = permit.Recipient.of(session.get_one(tables.Partner, "UZB/GATE"))
        (row,) = session.query(tables.Record)
        assert kernel.decide(row, recipient) == permit.Withheld("third-party")


def test_a_message_names_an_agreement_in_force_or_none_is_sent(world: Any) -> None:
    with world.database.begin() as session:
        agreements = Agreements(session, world.clock().date())
        assert agreements.any_of("in", "KAZ") == ("KAZ-in", "LABOUR_REGULATION")
        assert agreements.any_of("in", "TJK") is None
        assert agreements.exists("out", "KAZ", [Category.ENTRY_BAN], "BORDER_CHECK")
        assert not agreements.exists("out", "KAZ", [Category.ASYLUM_APPLICATION], "BORDER_CHECK")
