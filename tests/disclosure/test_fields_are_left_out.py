"""Fields an agreement does not cover, and fields that give a protection away, do not pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, update

from gateway.disclosure.agreements import OPTIONAL, Terms
from gateway.disclosure.fields import disclosed
from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Kind, body_of
from gateway.message.parse import NS, parse
from gateway.message.read import read_record
from gateway.message.schema import validate
from gateway.message.signature import verify
from gateway.message.write import write_record
from gateway.records.movement import StayRegistration
from gateway.records.person import Document, Identifier, Party, Place
from gateway.store import tables


def _read(payload: str) -> Any:
    return read_record(parse(f'<Body xmlns="{NS}">{payload}</Body>'.encode(), limit=1_000_000)[0])


def _full(make: Any) -> Any:
    person = replace(
        make.somebody(1, "UZB"),
        former_citizenships=("TJK",),
        former_habitual_residence="TJK",
        birth_country="TJK",
        birth_place="Худжанд",
        documents=(Document("UZB", "PASSPORT", "N1", authority="ОВД"),),
    )
    return make.permit(1, person, state="BLR", legal_basis="Закон 225-З, ст. 1")


@pytest.mark.parametrize("path", sorted(OPTIONAL))
def test_a_field_the_agreement_leaves_out_is_gone_and_nothing_else(make: Any, path: str) -> None:
    payload = write_record(_full(make))
    tag = path.rsplit("/", 1)[-1]
    kept = disclosed(payload, Terms("A", "P", frozenset({path})))
    assert f"<{tag}>" in payload or f"<{tag} " in payload
    assert f"<{tag}>" not in kept
    assert f"<{tag} " not in kept
    again = _read(kept)
    assert again.record_id == _read(payload).record_id
    assert again.person.names == _read(payload).person.names


def test_what_no_agreement_may_leave_out_stays(make: Any) -> None:
    payload = write_record(_full(make))
    assert disclosed(payload, Terms("A", "P", frozenset({"Person/Name", "Nothing"}))) == payload


def test_a_record_without_anything_to_hide_passes_byte_for_byte(make: Any) -> None:
    payload = write_record(_full(make))
    assert disclosed(payload, Terms("A", "P", frozenset())) is payload


def test_what_tells_of_protection_is_left_out_for_everybody(world: Any, make: Any) -> None:
    person = replace(
        make.somebody(1, "UZB"),
        citizenships=("XXB", "UZB"),
        former_citizenships=("XXA",),
        former_habitual_residence="XXC",
        identifiers=(Identifier("UN-ID", "1", "XXB"), make.somebody(1, "UZB").identifiers[0]),
        documents=(
            Document("UZB", "PASSPORT", "N1", authority="Отдел по делам беженцев"),
            Document("BLR", "TRAVEL_DOCUMENT", "N2"),
            Document("XXB", "OTHER", "N3"),
        ),
    )
    stay = StayRegistration(
        "SR1", date(2026, 1, 1), place=Place("BLR", text="Reception centre 2"), host=Party("UNHCR Minsk"),
        authority="Управление по вопросам убежища",
    )  # fmt: skip
    record = replace(make.stay(1, person, state="BLR"), detail=stay, legal_basis="Convention of 1951, Art. 31")
    payload = disclosed(write_record(record), Terms("A", "P", frozenset()))
    for mark in ("XXA", "XXB", "XXC", "TRAVEL_DOCUMENT", "N2", "N3", "1951", "беженц", "убежищ", "Reception", "UNHCR"):
        assert mark not in payload
    shown = _read(payload)
    assert shown.person.citizenships == ("UZB",)
    assert [document.number for document in shown.person.documents] == ["N1"]
    assert [identifier.scheme for identifier in shown.person.identifiers] == ["UZ-PINFL"]
    # What is left is a valid record still.
    raw = world.message(Kind.RECORD_BATCH, body.write_records([payload]), sender="KAZ")
    root = verify(raw, world.node.trusted, limit=1_000_000).root
    assert [finding for finding in validate(root, protection=True) if finding.severity == "error"] == []


def _asked(world: Any, record: Any) -> tuple[str, str]:
    """The record as a person query and as a pull give it."""
    query = body.write_query(replace(record.person, ref=""))
    answer = world.receive(world.message(Kind.PERSON_QUERY, query))
    request = body.write_changes_request(ChangesRequest(0, 10))
    batch = world.receive(world.message(Kind.CHANGES_REQUEST, request))
    return answer.content.decode(), batch.content.decode()


@pytest.mark.parametrize("end", ["in force", "ended", "gone"])
def test_withheld_fields_stay_withheld_in_every_answer_and_after_the_end(world: Any, make: Any, end: str) -> None:
    record = _full(make)
    with world.database.begin() as session:
        session.execute(update(tables.Agreement).values(withheld_fields=["Person/Identifier", "LegalBasis"]))
    world.submit(record)
    answers = [*_asked(world, record)]
    assert all("LP-1" in answer for answer in answers)
    with world.database.begin() as session:
        if end == "ended":
            session.execute(update(tables.Agreement).values(valid_to=date(2026, 3, 1)))
        if end == "gone":
            session.execute(delete(tables.Agreement))
    request = body.write_changes_request(ChangesRequest(0, 10))
    answers.append(world.receive(world.message(Kind.CHANGES_REQUEST, request)).content.decode())
    for answer in (*answers, _asked(world, record)[0]):
        assert "<Identifier" not in answer
        # Only the body: ids, digests and the signature are random and may hold any three letters.
        assert "225" not in answer[answer.index("<Body>") : answer.index("<ds:Signature")]


def test_what_was_given_for_one_purpose_is_not_shown_for_another(world: Any, make: Any) -> None:
    record = make.permit(1, make.somebody(1, "UZB"), state="BLR")
    world.submit(record)
    world.receive(world.message(Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 10))))
    query = body.write_query(replace(record.person, ref=""))
    shown = world.read(world.receive(world.message(Kind.PERSON_QUERY, query, purpose="LABOUR_REGULATION")))
    other = world.read(world.receive(world.message(Kind.PERSON_QUERY, query, purpose="FAMILY_UNITY")))
    assert len(body.read_person_answer(body_of(shown.root)).matches) == 1
    assert body.read_person_answer(body_of(other.root)).matches == ()
