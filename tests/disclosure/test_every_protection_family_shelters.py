"""Groups and their members, bans that lose their ground, documents and tables that would tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from gateway.disclosure import firewall
from gateway.disclosure.agreements import Terms
from gateway.disclosure.fields import disclosed
from gateway.exchange import expiry, send, submit
from gateway.message import body
from gateway.message.envelope import body_of
from gateway.message.parse import NS, parse
from gateway.message.read import read_record
from gateway.message.signature import verify
from gateway.message.write import write_record
from gateway.records.aggregate import Statistic
from gateway.records.documents import DocumentStatus
from gateway.records.lifecycle import STATES
from gateway.records.movement import ResidencePermit
from gateway.records.person import Place
from gateway.records.record import Category, record_id
from gateway.store import tables

PROTECTED = [category for category in Category if category.protected]


def _push(world: Any, state: str) -> bytes:
    with world.database.begin() as session:
        partner = session.get_one(tables.Partner, f"{state}/GATE")
        send.push_changes(session, world.node, partner, now=world.clock())
    return b"".join(row.raw for row in world.rows(tables.Outbox, tables.Outbox.partner == f"{state}/GATE"))


def _reviews(world: Any, kind: str) -> list[Any]:
    return [row for row in world.rows(tables.Review) if row.kind == kind]


@pytest.mark.parametrize("category", PROTECTED)
def test_every_state_of_a_family_protects_unless_it_is_named_as_its_end(category: Category) -> None:
    ended = firewall.ENDED[category]
    assert ended < STATES[category]
    assert {status for status in STATES[category] if not firewall.active(category, status)} == ended
    assert firewall.GRANTED.get(category, frozenset()) <= STATES[category] - ended
    assert firewall.active(category, "A-STATE-NOBODY-KNOWS")


def test_no_other_family_protects() -> None:
    assert not any(firewall.active(each, "ACTIVE") for each in Category if not each.protected)


@pytest.mark.parametrize("category", [each for each in PROTECTED if each.about == "person"])
def test_a_person_is_sheltered_until_the_record_of_any_family_ends(world: Any, make: Any, category: Category) -> None:
    person = make.somebody(1)
    world.submit(make.protection(category, 1, person))
    assert world.submit(make.permit(1, person, state="BLR")).stored == 1
    assert b"LP-1" not in _push(world, "KAZ")
    with world.database.begin() as session:
        end = min(firewall.ENDED[category])
        last = make.protection(category, 1, person, status=end)
        submit.submit(session, world.node, [last], state="BLR", journal_id=None, now=world.clock(), correction=True)
    assert b"LP-1" in _push(world, "KAZ")
    assert b"AA1<" not in _push(world, "KAZ")


@pytest.mark.parametrize("category", [each for each in PROTECTED if each.about == "person"])
def test_a_case_entered_by_mistake_ends_with_its_withdrawal_and_tells_nobody(
    world: Any, make: Any, category: Category
) -> None:
    person = make.somebody(1)
    case = make.protection(category, 1, person)
    world.submit(case, make.permit(1, person, state="BLR"))
    _push(world, "KAZ")
    with world.database.begin() as session:
        assert submit.retire(session, case.record_id, state="BLR", now=world.clock()).verdict == "STORED"
    told = _push(world, "KAZ")
    assert b"LP-1" in told
    assert case.record_id.encode() not in told


@pytest.mark.parametrize("first", ["group", "member"])
def test_members_are_at_risk_from_all_states_their_group_fled(either_world: Any, make: Any, first: str) -> None:
    world, person = either_world, make.somebody(1, "BLR", citizenships=("RUS",))
    member = make.protection(Category.TEMPORARY_PROTECTION, 1, person)
    decision = make.group(1, ["UZB", "TJK"])
    world.submit(*((decision, member) if first == "group" else (member, decision)))
    world.submit(make.permit(1, person, state="BLR"))
    assert b"LP-1" not in _push(world, "UZB")
    assert b"LP-1" not in _push(world, "RUS")
    assert b"LP-1" in _push(world, "KAZ")


def test_bans_expulsions_illegal_stays_and_refused_crossings_that_are_stopped_go_to_a_human(
    world: Any, make: Any
) -> None:
    person = make.somebody(1)
    world.submit(make.protection(Category.NON_REMOVAL, 1, person))
    world.submit(
        make.ban(1, person, state="BLR"), make.expulsion(1, person), make.refused_crossing(1, person),
        make.stay(1, person, state="BLR", status="OVERSTAY"), make.permit(1, person, state="BLR"),
    )  # fmt: skip
    assert b"X-1<" not in _push(world, "KAZ")
    assert sorted(row.detail["category"] for row in _reviews(world, "interlock")) == [
        "BORDER_CROSSING", "ENTRY_BAN", "EXPULSION", "STAY_REGISTRATION",
    ]  # fmt: skip


def test_a_grant_withdraws_an_illegal_stay_later_and_leaves_bans_to_a_human(either_world: Any, make: Any) -> None:
    world, person = either_world, make.somebody(1)
    overstay = make.stay(1, person, state="BLR", status="OVERSTAY")
    # One register knows both: elsewhere a doubt would leave the withdrawal to a human.
    case = make.protection(Category.REFUGEE_STATUS, 1, person)
    case = replace(case, source=replace(case.source, agency="MVD", system=overstay.source.system))
    case = replace(case, record_id=_id(case))
    world.submit(overstay, make.ban(1, person, state="BLR"), make.permit(1, person, state="BLR"))
    for state in ("KAZ", "UZB"):
        _push(world, state)
    world.submit(case)
    tasks = {row.detail["category"]: row for row in _reviews(world, "rectify")}
    assert set(tasks) == {"STAY_REGISTRATION", "ENTRY_BAN"}
    assert tasks["ENTRY_BAN"].due is None
    days = (tasks["STAY_REGISTRATION"].due - world.clock().date()).days
    assert 1 <= days <= 28
    assert expiry.run(world.node).withdrawn == 0
    world.clock.advance(days=days)
    assert expiry.run(world.node).withdrawn == 1
    for state in ("KAZ", "UZB"):
        last = world.rows(tables.Outbox, tables.Outbox.partner == f"{state}/GATE")
        _push(world, state)
        (fresh,) = world.rows(tables.Outbox, tables.Outbox.partner == f"{state}/GATE")[len(last) :]
        (told,) = body.read_withdrawal(body_of(verify(fresh.raw, world.nodes[state].trusted, limit=10**7).root))
        # The very words of an ordinary withdrawal.
        assert (told.record_id, told.reason) == (overstay.record_id, "RECTIFIED")
    assert b"RECTIFIED" not in _push(world, "RUS"), "it had never been told"


def _id(record: Any) -> str:
    return record_id(record.source)


def test_a_grant_that_ended_before_the_day_withdraws_nothing(world: Any, make: Any) -> None:
    person = make.somebody(1)
    world.submit(make.stay(1, person, state="BLR", status="OVERSTAY"))
    _push(world, "KAZ")
    case = make.protection(Category.NON_REMOVAL, 1, person)
    case = replace(case, source=replace(case.source, agency="MVD", system="stay-registration"))
    case = replace(case, record_id=_id(case))
    world.submit(case)
    world.submit(replace(case, status="LIFTED"))
    world.clock.advance(days=40)
    expiry.run(world.node)
    assert [(row.state, row.verdict) for row in _reviews(world, "rectify")] == [("closed", "outdated")]
    assert all(row.erasure == "" for row in world.rows(tables.Record))


def _everything_agreed(world: Any) -> None:
    with world.database.begin() as session:
        session.execute(
            update(tables.Agreement).values(purposes=["LABOUR_REGULATION", "STATISTICS", "DOCUMENT_VALIDATION"])
        )


def test_a_lost_travel_document_of_a_refugee_and_a_table_of_applicants_leave_for_nobody(world: Any, make: Any) -> None:
    _everything_agreed(world)
    lost = DocumentStatus("BLR", "TRAVEL_DOCUMENT", "T1", date(2026, 2, 1))
    foreign = DocumentStatus("XXB", "PASSPORT", "T2", date(2026, 2, 1))
    cell = Statistic("R", date(2025, 1, 1), date(2025, 12, 31), "DECISIONS", "FLOW", "D", 120, subject="REFUGEE_STATUS")
    plain = replace(cell, table="S", subject="LABOUR_PERMIT")
    world.submit(
        make.other(Category.DOCUMENT_STATUS, lost, "LOST", 1), make.other(Category.DOCUMENT_STATUS, foreign, "LOST", 2),
        make.other(Category.STATISTIC, cell, "FINAL", 1), make.other(Category.STATISTIC, plain, "FINAL", 2),
    )  # fmt: skip
    told = _push(world, "UZB")
    assert told.count(b"<RecordId>") == 1
    assert b"<Table>S</Table>" in told


def test_free_texts_of_the_newer_families_that_name_asylum_do_not_pass(make: Any) -> None:
    permit = ResidencePermit(
        "TEMPORARY", "1", place=Place("BLR", "", "Reception centre 1"), authority="Отдел по вопросам убежища"
    )
    record = make.other(Category.RESIDENCE_PERMIT, permit, "ISSUED", 1, person=make.somebody(1))
    kept = _read(disclosed(write_record(record), Terms("A", "P", frozenset()))).detail
    assert (kept.authority, kept.place, kept.number) == ("", None, "1")
    order = make.expulsion(1)
    order = replace(order, detail=replace(order.detail, authority="Управление по делам беженцев", court="Суд"))
    kept = _read(disclosed(write_record(order), Terms("A", "P", frozenset()))).detail
    assert (kept.authority, kept.court) == ("MVD", "Суд")


def _read(payload: str) -> Any:
    return read_record(parse(f'<Body xmlns="{NS}">{payload}</Body>'.encode(), limit=1_000_000)[0])


def test_deadlines_of_a_protection_are_questions_to_a_human_and_change_nothing(world: Any, make: Any) -> None:
    absent = make.protection(Category.REFUGEE_STATUS, 1, status="TEMP_ABSENT")
    absent = replace(absent, detail=replace(absent.detail, granted=date(2020, 1, 1), absent_since=date(2026, 1, 15)))
    yearly = make.protection(Category.SUBSIDIARY_PROTECTION, 2)
    world.submit(absent, yearly)
    due = {row.subject.split(":")[1]: row.due for row in _reviews(world, "deadline")}
    assert due == {"absence": date(2027, 1, 15), "extension": date(2027, 1, 31) - timedelta(days=60)}
    assert all(row.protected and row.state == "open" for row in _reviews(world, "deadline"))
    world.clock.advance(days=400)
    expiry.run(world.node)
    assert [row.status for row in world.rows(tables.Record)] == ["TEMP_ABSENT", "GRANTED"]
    with world.database.read() as session:
        assert expiry.waiting(session, world.clock().date()).tasks == {"deadline": 2}
    world.submit(replace(absent, status="ACTIVE", detail=replace(absent.detail, returned=date(2026, 3, 1))))
    assert [row.verdict for row in _reviews(world, "deadline")] == ["outdated", ""]
