"""Reviewers see who is taken for whom and why, and decide; what is protected is there for its owner alone (R6)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from gateway import audit
from gateway.errors import InvalidRequest, NotFound, NotPermitted, Refusal
from gateway.exchange.linking import Desk
from gateway.exchange.sight import Viewer
from gateway.matching import handles
from gateway.matching.links import live_link
from gateway.matching.waterfall import draw
from gateway.store import tables

INTERIOR = Viewer("BLR/MVD", "INT", "STAY_CONTROL")
OWNER = Viewer("BLR/DGM", "REF", "PROTECTION")


class Office:
    """Asks the desk as a reviewer would, each time in a unit of work of its own."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def name(self, ref: str, *, state: str = "BLR", kind: str = "labour-permit") -> str:
        with self.world.database.read() as session:
            query = select(tables.Person.id).where(tables.Person.ref == ref, tables.Person.state == state)
            row = session.scalar(query.where(tables.Person.system == kind))
        return handles.handle(row or 0, self.world.node.search_secret)

    def __getattr__(self, act: str) -> Any:
        def ask(*arguments: Any, viewer: Viewer = INTERIOR, **options: Any) -> Any:
            with audit.keeping_traces(self.world.database) as session:
                return getattr(Desk(session, self.world.node, viewer), act)(*arguments, **options)

        return ask


@pytest.fixture
def office(world: Any) -> Office:
    return Office(world)


@pytest.fixture
def linked(world: Any, make: Any, office: Office) -> tuple[str, str]:
    """One human being in two registers of BLR, linked by the matcher."""
    world.submit(make.permit(1, state="BLR"), make.stay(1, state="BLR"))
    return office.name("P1"), office.name("P1", kind="stay-registration")


def last_audit(world: Any) -> tuple[str, ...]:
    row = world.rows(tables.Audit)[-1]
    return row.actor, row.action, row.subject, row.purpose, row.outcome


def test_a_person_is_shown_with_identity_members_and_judgements(world, office, linked) -> None:
    shown = office.show(linked[0], "en")
    assert [member["person"] for member in shown["members"]] == list(linked)
    assert shown["register"] == "BLR/MVD/labour-permit"
    assert [(link["one"], link["other"], link["verdict"], link["actor"]) for link in shown["links"]] == [
        (*linked, "positive", "matcher")
    ]
    assert last_audit(world) == ("BLR/MVD", "link-read", linked[0], "STAY_CONTROL", "2 members")


def test_a_person_is_found_by_record_and_by_the_registers_own_reference(office, make, linked) -> None:
    shown = office.show(linked[0], "ru")
    assert office.show(make.permit(1, state="BLR").record_id, "ru") == shown
    assert office.show("BLR/MVD/labour-permit/P1", "ru") == shown


@pytest.mark.parametrize("asked", ["", "p-0000000000000", "BLR/MVD/labour-permit/P9", "12", "\0", "p-zzzzzzzzzzzzz"])
def test_whoever_does_not_exist_is_not_found_and_the_attempt_is_audited(world, office, asked) -> None:
    with pytest.raises(NotFound):
        office.show(asked, "en")
    assert last_audit(world) == ("BLR/MVD", "link-read", "person", "STAY_CONTROL", "not-found")


@pytest.mark.parametrize("asked", ["", "\0", "\ud800", "p-0000000000000", "6b0c3ab4-5f8e-4d0a-9a53-1f0d4f0e4c11"])
def test_nothing_ever_happened_to_whoever_does_not_exist(either_world: Any, asked: str) -> None:
    with pytest.raises(NotFound):
        Office(either_world).history(asked, "en")


def test_splitting_and_joining_by_a_reviewer_restores_the_identities_and_keeps_the_history(office, linked) -> None:
    before = office.show(linked[0], "en")["identity"]
    parted = office.decide(*linked, "different", "Two photographs")
    assert parted["identities"][0] == before
    assert parted["identities"][1] != before
    assert office.decide(*linked, "same", "The photographs were exchanged")["identities"] == [before, before]
    told = office.history(linked[0], "en")
    judged = [(e["event"], e["verdict"], e["actor"]) for e in told["events"] if e["event"] in {"judged", "retracted"}]
    assert sorted(judged) == sorted([
        ("judged", "positive", "matcher"), ("retracted", "positive", "matcher"), ("judged", "negative", "BLR/MVD"),
        ("retracted", "negative", "BLR/MVD"), ("judged", "positive", "BLR/MVD"),
    ])  # fmt: skip
    moves = [(e["event"], e["person"]) for e in told["events"] if e["event"] in {"joined", "left"}]
    assert moves.count(("joined", linked[1])) == moves.count(("left", linked[1])) + 1
    assert office.history(before, "en")["identities"] == [before]


def test_the_desk_works_on_either_database(either_world, make) -> None:
    office = Office(either_world)
    either_world.submit(make.permit(1, state="BLR"), make.stay(1, state="BLR"), make.asylum(1))
    pair = office.name("P1"), office.name("P1", kind="stay-registration")
    office.decide(*pair, "different", "x")
    office.decide(*pair, "ask", "y")
    assert [(each["one"], each["other"]) for each in office.questions("en")] == [pair]
    assert len(office.questions("en", viewer=OWNER)) >= 2
    assert len(set(office.decide(*pair, "same", "z")["identities"])) == 1
    assert len(office.history(pair[0], "en")["events"]) >= 8
    assert office.show("BLR/MVD/labour-permit/P1", "en")["person"] == pair[0]


def test_a_word_needs_a_reason_a_known_verdict_and_two_people(world, office, linked) -> None:
    for pair, answer, reason in ((linked, "same", " "), (linked, "same", "a\nb"), (linked, "perhaps", "x"),
                                 ((linked[0], linked[0]), "same", "x")):  # fmt: skip
        with pytest.raises(InvalidRequest):
            office.decide(*pair, answer, reason)
        assert last_audit(world)[1::3] == ("link-judged", "invalid-request")


def test_unsure_closes_the_question_and_the_matcher_leaves_it_alone(world, make, office, linked) -> None:
    office.decide(*linked, "ask", "Look at the photographs")
    (waiting,) = office.questions("en")
    assert (waiting["one"], waiting["other"]) == linked
    assert waiting["reasons"] == ["Look at the photographs"]
    assert office.decide(*linked, "unsure", "No photograph on file")["verdict"] == "unsure"
    assert office.questions("en") == []
    assert world.rows(tables.Review)[-1].verdict == "unsure"
    world.submit(make.permit(1, make.somebody(1, birth_place="Ош"), state="BLR", version=2))
    with world.database.read() as session:
        ids = [row.id for row in session.scalars(select(tables.Person))]
        link = live_link(session, *ids)
        assert link is not None
        assert (link.verdict, link.actor) == ("unsure", "BLR/MVD")


def test_words_that_contradict_each_other_are_reported_the_newest_holds_and_the_older_is_asked_about(
    world, make, office, linked
) -> None:
    world.submit(make.ban(1, state="BLR"))
    one, two = linked
    three = office.name("P1", kind="entry-ban")
    office.decide(one, two, "same", "a")
    office.decide(one, three, "different", "b")
    told = office.decide(two, three, "same", "c")
    assert told["conflicts"] == [[one, two]]
    assert told["identities"][0] == told["identities"][1] != office.show(one, "en")["identity"]
    assert [(each["one"], each["other"]) for each in office.questions("en")] == [(one, two)]
    again = office.decide(one, two, "same", "d")
    assert again["conflicts"] == []
    newer = office.decide(one, two, "ask", "e")
    assert newer["conflicts"] == []


def test_questions_come_page_by_page(world, make, office) -> None:
    for number in (1, 2, 3):
        world.submit(make.permit(number, state="BLR"), make.stay(number, state="BLR"))
        office.decide(office.name(f"P{number}"), office.name(f"P{number}", kind="stay-registration"), "ask", "x")
    first = office.questions("en", limit=2)
    after = f"{first[-1]['one']},{first[-1]['other']}"
    assert len(first) == 2
    assert first + office.questions("en", after=after, limit=2) == office.questions("en")


# --- The firewall ------------------------------------------------------------------------------------------


def everything(office: Office, viewer: Viewer, people: tuple[str, ...]) -> str:
    """All that a reviewer can get to know of these people, as bytes on the way out."""
    told: list[Any] = [office.questions("en", viewer=viewer)]
    told += [_answer(ask, each, "en", viewer=viewer) for each in people for ask in (office.show, office.history)]
    told += [_answer(_explained, office, one, other, viewer) for one in people for other in people]
    return json.dumps(told, default=str)


def _explained(office: Office, one: str, other: str, viewer: Viewer) -> Any:
    told, names, _ = office.explain(one, other, "en", viewer=viewer)
    return [told.as_dict(), draw(told, names)]


def _answer(ask: Any, *arguments: Any, **options: Any) -> Any:
    try:
        return ask(*arguments, **options)
    except Refusal as refusal:
        return [refusal.code, refusal.detail, refusal.where]


def without_identities(world: Any, told: str) -> str:
    """Identities have random ids; the same place in the order of their coming is the same identity."""
    rows = sorted(world.rows(tables.Membership), key=lambda row: row.id)
    for place, identity in enumerate(dict.fromkeys(row.identity_id for row in rows)):
        told = told.replace(identity, f"identity {place}")
    return told


def test_with_and_without_a_link_across_the_firewall_every_answer_is_the_same_to_the_byte(
    world, make, office, make_world, tmp_path
) -> None:
    with make_world(tmp_path / "other") as other:
        told = []
        for each, protected in ((world, True), (other, False)):
            desk = Office(each)
            each.submit(make.permit(1, state="BLR"), make.stay(1, state="BLR"), make.permit(2, state="BLR"))
            if protected:
                each.submit(make.asylum(1))
            people = desk.name("P1"), desk.name("P1", kind="stay-registration"), desk.name("P2")
            # The name that the applicant has in the one world names nobody in the other.
            applicant = handles.handle(4, each.node.search_secret)
            told.append(without_identities(each, everything(desk, INTERIOR, (*people, applicant))))
        assert world.rows(tables.Link, tables.Link.protected)
        assert told[0] == told[1]
    owner = everything(office, OWNER, (*people, applicant))
    assert "protected" in owner or "protection" in owner


def test_the_owner_sees_and_decides_on_a_link_across_the_firewall_and_nobody_is_merged(world, make, office) -> None:
    world.submit(make.permit(1, state="BLR"))
    before = office.show(office.name("P1"), "en")
    world.submit(make.asylum(1))
    applicant = office.name("P1", kind="asylum-application")
    waiting = office.questions("en", viewer=OWNER)
    assert [(each["one"], each["other"]) for each in waiting] == [(office.name("P1"), applicant)]
    told = office.decide(office.name("P1"), applicant, "same", "The applicant said so", viewer=OWNER)
    assert len(set(told["identities"])) == 2
    assert office.questions("en", viewer=OWNER) == []
    assert office.show(office.name("P1"), "en") == before
    with pytest.raises(NotFound):
        office.decide(office.name("P1"), applicant, "different", "x")


def test_an_applicant_whose_case_has_ended_stays_out_of_sight(world, make, office) -> None:
    world.submit(make.permit(1, state="BLR"), make.asylum(1))
    world.submit(make.asylum(1, version=2, status="REFUSED_FINAL"))
    assert world.rows(tables.Person, tables.Person.protected) == []
    with pytest.raises(NotFound):
        office.show(office.name("P1", kind="asylum-application"), "en")
    assert office.show(office.name("P1", kind="asylum-application"), "en", viewer=OWNER)["members"]


@pytest.mark.parametrize(
    ("viewer", "kind"),
    [
        (Viewer("BLR/MVD", "INT", "PROTECTION"), NotPermitted),
        (Viewer("BLR/MVD", "INT", "CURIOSITY"), InvalidRequest),
        (Viewer("BLR/MVD", "INT", ""), InvalidRequest),
        (Viewer("BLR/GPK", "BOR", "FAMILY_UNITY"), NotPermitted),
    ],
)
def test_a_purpose_that_is_none_or_that_the_class_does_not_have_is_declined(world, office, viewer, kind) -> None:
    with pytest.raises(kind):
        office.questions("en", viewer=viewer)
    assert last_audit(world)[1] == "reviews-read"


def test_values_are_shown_to_a_class_that_may_read_the_records_and_to_nobody_else(world, office, linked) -> None:
    told, _, pair = office.explain(*linked, "en")
    assert told.rows
    seen = office.values(pair)
    assert seen["birth"][0] == seen["birth"][1] != ""
    assert last_audit(world)[1] == "record-read"
    # Labour sees permits, and no registrations of stays.
    labour = office.values(pair, viewer=Viewer("BLR/LAB", "LAB", "LABOUR_REGULATION"))
    assert labour["birth"] == (seen["birth"][0], "")
    assert office.values(pair, viewer=Viewer("anna", "", "STAY_CONTROL")) == {}
