"""Licences, quotas, statistics, lost documents: kept, sent, corrected and withdrawn without a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from gateway.exchange import send, submit
from gateway.exchange.incoming import examine
from gateway.message import body
from gateway.message.bodies import Withdrawal
from gateway.message.envelope import Kind, body_of
from gateway.message.signature import verify
from gateway.records.category import FIGURES
from gateway.records.record import Category
from gateway.store import tables
from gateway.sync import reconcile

NAMES = ["RECRUITMENT_LICENCE", "QUOTA", "STATISTIC", "DOCUMENT_STATUS"]


@pytest.fixture
def agreed(either_world: Any) -> Any:
    """A world whose agreements also cover statistics and the validation of documents."""
    with either_world.database.begin() as session:
        purposes = ["LABOUR_REGULATION", "STATISTICS", "DOCUMENT_VALIDATION", "PROTECTION"]
        session.execute(
            update(tables.Agreement).values(purposes=purposes, categories=[each.value for each in Category])
        )
    return either_world


def _push(world: Any) -> list[Any]:
    with world.database.begin() as session:
        partner = session.get_one(tables.Partner, "KAZ/GATE")
        send.push_changes(session, world.node, partner, now=world.clock())
    return [
        verify(row.raw, world.nodes["KAZ"].trusted, limit=10_000_000)
        for row in world.rows(tables.Outbox, tables.Outbox.partner == "KAZ/GATE")
    ]


def test_they_are_kept_without_a_person_and_sent(agreed: Any, make: Any) -> None:
    records = make.about_nobody(1)
    assert agreed.submit(*records).stored == 4
    assert agreed.submit(*records).unchanged == 4
    assert [row.person_id for row in agreed.rows(tables.Record)] == [None] * 4
    assert agreed.rows(tables.Person) == []
    sent = [record for message in _push(agreed) for record in body.read_records(body_of(message.root))]
    assert {record.category.value for record in sent} == set(NAMES)
    assert all(record.person is None for record in sent)


def test_figures_leave_in_a_report_and_never_beside_other_records(agreed: Any, make: Any) -> None:
    # A licence, a quota, a statistic, a lost document; then a quota between two permits of persons.
    permits = [make.permit(number, state="BLR") for number in (1, 2)]
    agreed.submit(*make.about_nobody(1), permits[0], make.about_nobody(2)[1], permits[1])
    sent = _push(agreed)
    assert [message.header.sequence for message in sent] == list(range(1, len(sent) + 1))
    carried: dict[Kind, set[Category]] = {}
    for message in sent:
        records = body.read_records(body_of(message.root))
        carried.setdefault(message.header.kind, set()).update(record.category for record in records)
    assert carried[Kind.STATISTICS_REPORT] == FIGURES
    assert carried[Kind.RECORD_BATCH] == {
        Category.RECRUITMENT_LICENCE,
        Category.DOCUMENT_STATUS,
        Category.LABOUR_PERMIT,
    }
    assert all(examine(message.root) == [] for message in sent)


def test_a_figure_is_withdrawn_as_any_record_is(agreed: Any, make: Any) -> None:
    statistic = make.about_nobody(1)[2]
    agreed.submit(statistic)
    _push(agreed)
    with agreed.database.begin() as session:
        submit.retire(session, statistic.record_id, state="BLR", now=agreed.clock())
    assert [message.header.kind for message in _push(agreed)] == [Kind.STATISTICS_REPORT, Kind.WITHDRAWAL]


def test_those_of_a_partner_are_kept_and_withdrawn(agreed: Any, make: Any) -> None:
    records = make.about_nobody(1, state="KAZ")
    assert [each.verdict for each in agreed.receipt(agreed.batch(*records)).records] == ["STORED"] * 4
    revised = replace(records[1], version=2, status="REVISED")
    assert [each.verdict for each in agreed.receipt(agreed.batch(revised, kind=Kind.CORRECTION)).records] == ["STORED"]
    content = body.write_withdrawal([Withdrawal(record.record_id, 3) for record in records])
    receipt = agreed.receipt(agreed.message(Kind.WITHDRAWAL, content))
    assert [each.verdict for each in receipt.records] == ["STORED"] * 4
    assert {row.erasure for row in agreed.rows(tables.Record)} == {"WITHDRAWN"}
    with agreed.database.read() as session:
        assert reconcile.books(session, "KAZ/GATE").balanced


def test_a_question_about_a_person_never_gives_them(agreed: Any, make: Any) -> None:
    agreed.submit(*make.about_nobody(1), make.permit(1, state="BLR"))
    query = body.write_query(replace(make.somebody(1), ref=""))
    answer = agreed.receive(agreed.message(Kind.PERSON_QUERY, query, purpose="LABOUR_REGULATION"))
    assert b"LP-1" in answer.content
    assert not any(name.encode() in answer.content for name in NAMES)


def test_a_withdrawal_of_one_reaches_who_had_it(agreed: Any, make: Any) -> None:
    licence = make.about_nobody(1)[0]
    agreed.submit(licence)
    _push(agreed)
    with agreed.database.begin() as session:
        submit.retire(session, licence.record_id, state="BLR", now=agreed.clock())
    assert [message.header.kind for message in _push(agreed)] == [Kind.RECORD_BATCH, Kind.WITHDRAWAL]
    with agreed.database.begin() as session:
        assert reconcile.books(session, "KAZ/GATE").withdrawals_open == 1
        session.execute(update(tables.Outbox).values(state="delivered"))
        assert reconcile.books(session, "KAZ/GATE").withdrawals_open == 0


def test_the_decision_on_a_group_leaves_under_no_agreement(agreed: Any, make: Any) -> None:
    agreed.submit(make.group(1, ["UZB"]))
    assert _push(agreed) == []
    with agreed.database.begin() as session:
        submit.retire(session, make.group(1, ["UZB"]).record_id, state="BLR", now=agreed.clock())
    assert _push(agreed) == []
