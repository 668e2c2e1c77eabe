"""Step 7: a citizen of KAZ has asked BLR for asylum, and KAZ learns nothing of it in any way."""

from __future__ import annotations

import re

from sqlalchemy import select

from gateway.demo.caller import ask, person
from gateway.demo.stage import Stage, expect
from gateway.message.bodies import ChangesRequest
from gateway.message.body import read_change_batch, write_changes_request, write_query
from gateway.message.envelope import Kind, body_of
from gateway.records.record import RECORD_NAMESPACE, Source, record_id
from gateway.store import tables

_CHANGING = re.compile(
    rb"<(MessageId|ConversationId|InReplyTo|RequestDigest|Created|Expires)>[^<]*</\1>|Id=\"m-[^\"]*\""
)
"""Ids and times, which differ in any two messages."""


def run(stage: Stage) -> str:
    """Look for a trace on every way out; the same records do reach a state that is no danger."""
    hidden = _records(stage)
    _not_pushed(stage, hidden)
    pulled = _not_pulled(stage, hidden)
    compared = _same_answers(stage)
    _no_gaps(stage)
    _not_in_bytes(stage)
    expect(_held_by(stage, "UZB", hidden), "UZB, which is no danger, did not get the labour permit either")
    return (
        f"nothing by push, by pull ({pulled} changes looked through), in {compared} pairs of answers "
        "(byte for byte those about a person nobody knows), in sequences, positions or counts; "
        "his labour permit reached UZB"
    )


def _records(stage: Stage) -> list[str]:
    """Record ids of everything BLR holds about the applicant."""
    case = stage.population.expectations["asylum"]
    agencies = {"dgm-asylum": "DGM", "mvd-permits": "MVD"}
    found = []
    for key in (case["record"], *case["others"]):
        state, system, number = key.split("/", 2)
        if state == "BLR":
            found.append(record_id(Source(state, agencies[system], system, number)))
    with stage.nodes["BLR"].database.read() as session:
        known = session.scalars(select(tables.Record.record_id).where(tables.Record.record_id.in_(found))).all()
    expect(len(set(known)) == len(found) >= 2, f"BLR holds {known} of {found} in {RECORD_NAMESPACE}")
    return found


def _held_by(stage: Stage, state: str, records: list[str]) -> bool:
    with stage.nodes[state].database.read() as session:
        return session.scalar(select(tables.Record.id).where(tables.Record.record_id.in_(records)).limit(1)) is not None


def _not_pushed(stage: Stage, hidden: list[str]) -> None:
    expect(not _held_by(stage, "KAZ", hidden), "KAZ holds a record of the applicant")
    with stage.nodes["BLR"].database.read() as session:
        leaked = session.scalar(
            select(tables.Disclosure.position)
            .join(tables.Record, tables.Record.id == tables.Disclosure.record_row)
            .where(tables.Disclosure.recipient.startswith("KAZ/"), tables.Record.record_id.in_(hidden))
        )
    expect(leaked is None, "BLR disclosed a record of the applicant to KAZ")


def _not_pulled(stage: Stage, hidden: list[str]) -> int:
    after, seen = 0, 0
    while True:
        request = write_changes_request(ChangesRequest(after, 500))
        _, answer = ask(stage.nodes["KAZ"], "BLR/GATE", Kind.CHANGES_REQUEST, request, "LABOUR_REGULATION")
        expect(answer.header.kind is Kind.CHANGE_BATCH, f"BLR answers a pull with {answer.header.kind}")
        batch = read_change_batch(body_of(answer.root))
        for change in batch.changes:
            seen += 1
            expect(change.position == seen, f"position {change.position} where {seen} was due: a gap tells")
            expect(change.record is None or change.record.record_id not in hidden, "a pull gave the applicant away")
        after = batch.last
        if not batch.more:
            return seen


def _same_answers(stage: Stage) -> int:
    """Answers about the applicant and about a person nobody knows differ in ids and times only."""
    expected = stage.population.expectations
    compared = 0
    for kind, purpose in (
        (Kind.PERSON_QUERY, "LABOUR_REGULATION"),
        (Kind.PERSON_QUERY, "STAY_CONTROL"),
        (Kind.WATCHLIST_QUERY, "ENTRY_BAN_ADMIN"),
    ):
        answers = []
        for query in (expected["asylum"]["query"], expected["unknown"]):
            body = write_query(person(query), kind=kind)
            _, answer = ask(stage.nodes["KAZ"], "BLR/GATE", kind, body, purpose)
            expect(answer.header.kind is not Kind.RECEIPT, f"BLR declines {kind}: {answer.content[:600]!r}")
            answers.append(_CHANGING.sub(b"", answer.content))
        expect(answers[0] == answers[1], f"the answers to {kind} differ: {answers}")
        compared += 1
    return compared


def _no_gaps(stage: Stage) -> None:
    with stage.nodes["BLR"].database.read() as session:
        numbers = session.scalars(
            select(tables.Outbox.sequence)
            .where(tables.Outbox.partner == "KAZ/GATE", tables.Outbox.sequence.is_not(None))
            .order_by(tables.Outbox.sequence)
        ).all()
        leaves = session.scalar(
            select(tables.LogLeaf.index).where(
                tables.LogLeaf.log == "exchange", tables.LogLeaf.content.contains("asylum")
            )
        )
    expect(list(numbers) == list(range(1, len(numbers) + 1)), "the stream to KAZ has a gap")
    expect(leaves is None, "the log that partners see speaks of asylum")


def _not_in_bytes(stage: Stage) -> None:
    """Not one byte string that KAZ ever received holds the number of his application or permit."""
    marks = [
        key.split("/", 2)[2].encode()
        for key in (
            stage.population.expectations["asylum"]["record"],
            *stage.population.expectations["asylum"]["others"],
        )
        if key.startswith("BLR/")
    ]
    with stage.nodes["KAZ"].database.read() as session:
        for raw in session.scalars(select(tables.Journal.raw).where(tables.Journal.sender == "BLR/GATE")):
            expect(not any(mark in raw for mark in marks), "a message KAZ received names the applicant's papers")
