"""Records that come in: each is judged on its own, so that a bad one does not hold back the good ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from lxml import etree
from sqlalchemy import select

from gateway.disclosure.agreements import Agreements
from gateway.errors import NotPermitted, Refusal, SchemaInvalid
from gateway.exchange import lots
from gateway.exchange.keep import VersionConflict, keep, withdraw
from gateway.exchange.outcome import Outcome, Task
from gateway.exchange.stream import note_sequence
from gateway.findings import Finding
from gateway.message import body
from gateway.message.bodies import RecordVerdict, Withdrawal
from gateway.message.envelope import Kind, body_of
from gateway.message.parse import NS, parse
from gateway.message.read import read_record
from gateway.message.rules import check_message, check_record, split
from gateway.message.schema import validate
from gateway.records.record import Category, Record
from gateway.store import numbers, tables

_RECORD = f"{{{NS}}}Record"
HIGHEST_VERSION = 2**31 - 1
"""What the databases' column holds; a register that counts further numbers something else."""


def take_records(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """A RecordBatch, a Correction or a StatisticsReport."""
    # 1. What is wrong with the message as a whole refuses it as a whole.
    whole, by_record = split(findings)
    refuse_invalid(whole)
    # 2. Every record on its own.
    agreements = Agreements(task.session, task.now.date())
    elements = body_of(task.message.root).iterchildren(_RECORD)
    verdicts = list(judge_records(task, partner, agreements, elements, by_record))
    # 3. The place of the message in its stream; a gap is asked for in the receipt.
    place = note_sequence(task, partner.id)
    # 4. What fills a gap is older than what came before it: withdrawals that overtook it hold.
    if place.late:
        for withdrawal in _overtaking(task, partner, {verdict.record_id for verdict in verdicts}):
            take_withdrawal(task, partner, withdrawal)
    return Outcome.of_records(verdicts, place.missing)


def take_withdrawals(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """A Withdrawal: acknowledged for every record it names, known here or not."""
    refuse_invalid(findings)
    # Whoever keeps records queues here: a version that is being kept at this moment has to be seen, and covered.
    numbers.hold(task.session, "record")
    verdicts = [
        take_withdrawal(task, partner, withdrawal) for withdrawal in body.read_withdrawal(body_of(task.message.root))
    ]
    return Outcome.of_records(verdicts, note_sequence(task, partner.id).missing)


def take_withdrawal(task: Task, partner: tables.Partner, withdrawal: Withdrawal) -> RecordVerdict:
    """Only the owner's state withdraws a record. The caller has queued with those who keep records (numbers.hold).

    A record that is not the partner's own is answered like one that nobody knows: record ids can be computed
    from the numbers of foreign registers, and a refusal would tell that the record exists (R4).
    """

    def verdict(word: str, code: str = "") -> RecordVerdict:
        return RecordVerdict(withdrawal.record_id, withdrawal.version, word, code)

    if withdrawal.version > HIGHEST_VERSION:
        return verdict("REFUSED", SchemaInvalid.code)
    known = task.session.execute(
        select(tables.Record.owner_state, tables.Record.category)
        .where(tables.Record.record_id == withdrawal.record_id)
        .limit(1)
    ).first()
    if known is None or known.owner_state != partner.state or Category(known.category).protected:
        return verdict("UNCHANGED")
    kept = withdraw(
        task.session,
        withdrawal.record_id,
        withdrawal.version,
        body.write_withdraw(withdrawal),
        journal_id=task.journal_id,
        now=task.now,
    )
    return verdict(kept.verdict if kept else "UNCHANGED")


def _overtaking(task: Task, partner: tables.Partner, record_ids: set[str]) -> list[Withdrawal]:
    """Withdrawals of these records in later messages of the stream that came before this one."""
    earlier = task.session.scalars(
        select(tables.Journal.raw)
        .where(
            tables.Journal.sender == partner.id,
            tables.Journal.kind == Kind.WITHDRAWAL,
            tables.Journal.sequence > task.message.header.sequence,
            tables.Journal.state.in_(("accepted", "partly")),
            tables.Journal.erased.is_(None),
        )
        .order_by(tables.Journal.sequence)
    )
    return [
        withdrawal
        for raw in earlier
        for withdrawal in body.read_withdrawal(body_of(parse(raw, limit=len(raw))))
        if withdrawal.record_id in record_ids
    ]


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
    numbered, body_path = enumerate(elements), f"/Message/Body/{task.message.header.kind}"
    while lot := list(islice(numbered, lots.LOT)):
        judged = []
        for index, element in lot:
            error = _first_error(by_record.get(index, ()))
            path = f"{body_path}/Record[{index + 1}]"
            content = (
                _unread(element, error.code, error.path)
                if error
                else _prepared(task, partner, agreements, element, path)
            )
            judged.append(_Judged(path, content))
        yield from _keep_lot(task, partner, agreements, judged)


def judge_record(
    task: Task, partner: tables.Partner, agreements: Agreements, record: Record, *, path: str = "/Record"
) -> RecordVerdict:
    """Rules, agreement, storing; nothing is written before it is sure. `path` is the record's place.

    The caller has queued with those who keep records (numbers.hold).
    """
    refused = _refusal(partner, agreements, record, path)
    return refused or _keep(task, record, path, _days(partner, agreements, record))


@dataclass(frozen=True, slots=True)
class _Judged:
    """A record that may be kept, or the verdict that it may not."""

    path: str
    content: lots.Prepared | RecordVerdict


def _unread(element: etree._Element, code: str, path: str) -> RecordVerdict:
    """What breaks the schema may lack even its id, so it is named as well as it can be."""
    name, number = element.findtext(f"{{{NS}}}RecordId") or "", _number(element.findtext(f"{{{NS}}}Version"))
    return RecordVerdict(name, number, "REFUSED", code, path)


def _prepared(
    task: Task, partner: tables.Partner, agreements: Agreements, element: etree._Element, path: str
) -> lots.Prepared | RecordVerdict:
    try:
        record = read_record(element)
    except Refusal as refusal:
        return _unread(element, refusal.code, path)
    if refused := _refusal(partner, agreements, record, path):
        return refused
    try:
        return lots.prepare(record, task.node.search_secret)
    except Refusal as refusal:
        return RecordVerdict(record.record_id, record.version, "REFUSED", refusal.code, path)


def _keep_lot(
    task: Task, partner: tables.Partner, agreements: Agreements, judged: list[_Judged]
) -> Iterator[RecordVerdict]:
    """Keep what may be kept: what is new in every respect at once, and then everything else one by one."""
    permitted = [each.content for each in judged if isinstance(each.content, lots.Prepared)]
    terms = lots.Terms(task.journal_id, task.now, lambda record: _days(partner, agreements, record))
    kept = lots.keep_new(task.session, task.node, permitted, terms)
    places = count()
    for each in judged:
        if isinstance(each.content, RecordVerdict):
            yield each.content
            continue
        record, done = each.content.record, kept.get(next(places))
        if done is not None:
            yield RecordVerdict(record.record_id, record.version, done.verdict)
        else:
            yield _keep(task, record, each.path, terms.agreed_days(record))


def _refusal(partner: tables.Partner, agreements: Agreements, record: Record, path: str) -> RecordVerdict | None:
    """Why a record may not be kept, with its place; None where it may."""

    def refused(code: str, place: str) -> RecordVerdict:
        return RecordVerdict(record.record_id, record.version, "REFUSED", code, place)

    error = _first_error(check_record(record, path=path))
    if error is not None:
        return refused(error.code, error.path)
    if record.version > HIGHEST_VERSION:
        return refused(SchemaInvalid.code, f"{path}/Version")
    # A state speaks for its own registers only, and only about what was agreed.
    if record.source.state != partner.state:
        return refused(NotPermitted.code, f"{path}/Source/State")
    terms = agreements.terms("in", partner.state, partner.agency_class, record.category)
    if terms is None or record.category.protected:
        return refused(NotPermitted.code, f"{path}/Category")
    return None


def _days(partner: tables.Partner, agreements: Agreements, record: Record) -> int | None:
    """How long the agreement lets us keep a record that came under it."""
    terms = agreements.terms("in", partner.state, partner.agency_class, record.category)
    return None if terms is None else agreements.retention_days(terms.agreement)


def _keep(task: Task, record: Record, path: str, days: int | None) -> RecordVerdict:
    """Keep one record that may be kept."""
    try:
        kept = keep(
            task.session,
            task.node,
            record,
            journal_id=task.journal_id,
            now=task.now,
            correction=task.message.header.kind is Kind.CORRECTION,
            agreed_days=days,
        )
    except Refusal as refusal:
        place = f"{path}/Version" if refusal.code == VersionConflict.code else path
        return RecordVerdict(record.record_id, record.version, "REFUSED", refusal.code, place)
    return RecordVerdict(record.record_id, record.version, kept.verdict)


def _first_error(findings: object) -> Finding | None:
    return next((finding for finding in findings if finding.severity == "error"), None)  # type: ignore[attr-defined]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
