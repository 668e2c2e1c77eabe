"""Records that come in: each is judged on its own, so that a bad one does not hold back the good ones."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from sqlalchemy import select

from gateway.disclosure.agreements import Agreements
from gateway.errors import NotPermitted, Refusal, SchemaInvalid
from gateway.exchange.keep import keep, withdraw
from gateway.exchange.outcome import Outcome, Task
from gateway.exchange.stream import note_sequence
from gateway.findings import Finding
from gateway.message import body
from gateway.message.bodies import RecordVerdict, Withdrawal
from gateway.message.envelope import body_of
from gateway.message.parse import NS
from gateway.message.read import read_record
from gateway.message.rules import check_message, check_record, split
from gateway.message.schema import validate
from gateway.records.record import Record
from gateway.store import tables

_RECORD = f"{{{NS}}}Record"


def take_records(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """A RecordBatch or a Correction."""
    # 1. What is wrong with the message as a whole refuses it as a whole.
    whole, by_record = split(findings)
    refuse_invalid(whole)
    # 2. Every record on its own.
    agreements = Agreements(task.session, task.now.date())
    verdicts = list(
        judge_records(task, partner, agreements, body_of(task.message.root).iterchildren(_RECORD), by_record)
    )
    # 3. The place of the message in its stream; a gap is asked for in the receipt.
    return Outcome.of_records(verdicts, note_sequence(task, partner.id))


def take_withdrawals(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """A Withdrawal: acknowledged for every record it names, known here or not."""
    refuse_invalid(findings)
    verdicts = [
        take_withdrawal(task, partner, withdrawal) for withdrawal in body.read_withdrawal(body_of(task.message.root))
    ]
    return Outcome.of_records(verdicts, note_sequence(task, partner.id))


def take_withdrawal(task: Task, partner: tables.Partner, withdrawal: Withdrawal) -> RecordVerdict:
    """Only the owner's state withdraws a record."""
    known = task.session.scalar(
        select(tables.Record.owner_state).where(tables.Record.record_id == withdrawal.record_id).limit(1)
    )
    if known is not None and known != partner.state:
        return RecordVerdict(withdrawal.record_id, withdrawal.version, "REFUSED", NotPermitted.code)
    kept = withdraw(
        task.session,
        withdrawal.record_id,
        withdrawal.version,
        body.write_withdraw(withdrawal),
        journal_id=task.journal_id,
        now=task.now,
    )
    return RecordVerdict(withdrawal.record_id, withdrawal.version, kept.verdict if kept else "UNCHANGED")


def examine(root: etree._Element) -> list[Finding]:
    """What schema and message rules say; what breaks the message as a whole refuses it here."""
    findings = validate(root, protection=True)
    refuse_invalid(split(findings)[0])
    return findings + check_message(root)


def refuse_invalid(findings: list[Finding]) -> None:
    """Refuse the message for its first error; the receipt names the rule and the place."""
    for finding in findings:
        if finding.severity == "error":
            raise SchemaInvalid(finding.message_en, where=finding.path, reason=f"{finding.code} at {finding.path}")


def judge_records(
    task: Task,
    partner: tables.Partner,
    agreements: Agreements,
    elements: Iterator[etree._Element],
    by_record: dict[int, list[Finding]],
) -> Iterator[RecordVerdict]:
    """A verdict per Record element, in order; `by_record` holds the schema's findings by index from 0."""
    for index, element in enumerate(elements):
        error = _first_error(by_record.get(index, ()))
        if error is not None:
            # What breaks the schema may lack even its id, so it is named as well as it can be.
            yield RecordVerdict(
                element.findtext(f"{{{NS}}}RecordId") or "",
                _number(element.findtext(f"{{{NS}}}Version")),
                "REFUSED",
                error.code,
                error.path,
            )
        else:
            yield judge_record(task, partner, agreements, read_record(element))


def judge_record(task: Task, partner: tables.Partner, agreements: Agreements, record: Record) -> RecordVerdict:
    """Rules, agreement, storing; a refusal undoes this record and nothing else."""

    def verdict(word: str, code: str = "", path: str = "") -> RecordVerdict:
        return RecordVerdict(record.record_id, record.version, word, code, path)

    error = _first_error(check_record(record))
    if error is not None:
        return verdict("REFUSED", error.code, error.path)
    # A state speaks for its own registers only, and only about what was agreed.
    if record.source.state != partner.state or record.category.protected:
        return verdict("REFUSED", NotPermitted.code)
    if agreements.terms("in", partner.state, partner.agency_class, record.category) is None:
        return verdict("REFUSED", NotPermitted.code)
    try:
        with task.session.begin_nested():
            kept = keep(task.session, task.node, record, journal_id=task.journal_id, now=task.now)
    except Refusal as refusal:
        return verdict("REFUSED", refusal.code)
    return verdict(kept.verdict)


def _first_error(findings: object) -> Finding | None:
    return next((finding for finding in findings if finding.severity == "error"), None)  # type: ignore[attr-defined]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
