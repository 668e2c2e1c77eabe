"""What our own state's registers hand in: mapped rows become records of our own, ready to be disclosed.

The register numbers nothing: a row that says the same as before is unchanged, one that says something else
is the next version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.errors import NotPermitted, Refusal
from gateway.exchange import lots
from gateway.exchange.keep import WITHDRAWN, Kept, is_tombstone, keep, out_of_step, withdraw
from gateway.exchange.node import Node
from gateway.message.bodies import Withdrawal
from gateway.message.body import write_withdraw
from gateway.message.rules import check_record
from gateway.records.record import Record
from gateway.store import numbers, tables


@dataclass(slots=True)
class Submitted:
    """What became of the records of one submission."""

    stored: int = 0
    unchanged: int = 0
    refused: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    """How many were refused under which code."""

    def refuse(self, code: str) -> None:
        """Count one refused record."""
        self.refused += 1
        self.codes[code] += 1

    def add(self, other: Submitted) -> None:
        """Count what became of further records."""
        self.stored += other.stored
        self.unchanged += other.unchanged
        self.refused += other.refused
        self.codes += other.codes


@dataclass(frozen=True, slots=True)
class HandingIn:
    """On what terms records are handed in."""

    state: str
    """Whose registers they come from."""
    journal_id: int | None
    now: datetime
    correction: bool = False
    """A correction may set any state; what is not one follows the lifecycle of its family."""
    agreed_days: Callable[[Record], int | None] = lambda _record: None
    """How long an agreement lets us keep a record of another state."""


def submit(
    session: Session,
    node: Node,
    records: Iterable[Record],
    *,
    state: str,
    journal_id: int | None,
    now: datetime,
    correction: bool = False,
    agreed_days: Callable[[Record], int | None] = lambda _record: None,
) -> Submitted:
    """Store records of registers of `state`; each is judged on its own, and handing in twice changes nothing.

    A `correction` may set any state; what is not one follows the lifecycle of its family.
    """
    result, terms = Submitted(), HandingIn(state, journal_id, now, correction, agreed_days)
    rest = iter(records)
    while lot := list(islice(rest, lots.LOT)):
        _keep_lot(session, node, lot, terms, result)
    return result


def _keep_lot(session: Session, node: Node, records: list[Record], terms: HandingIn, result: Submitted) -> None:
    prepared = []
    for record in records:
        try:
            permit(record, terms.state)
            prepared.append(lots.prepare(record, node.search_secret))
        except Refusal as refusal:
            result.refuse(refusal.code)
    keep_prepared(session, node, prepared, terms, result)


def keep_prepared(
    session: Session, node: Node, prepared: Sequence[lots.Prepared], terms: HandingIn, result: Submitted
) -> None:
    """Store records that are permitted: what is new in every respect at once, everything else one by one."""
    stored = lots.keep_new(session, node, prepared, lots.Terms(terms.journal_id, terms.now, terms.agreed_days))
    result.stored += len(stored)
    for place, item in enumerate(prepared):
        if place in stored:
            continue
        try:
            kept = _keep_one(session, node, item, terms)
        except Refusal as refusal:
            result.refuse(refusal.code)
            continue
        if kept.verdict == "STORED":
            result.stored += 1
        else:
            result.unchanged += 1


def retire(session: Session, record_id: str, *, reason: str = "RECTIFIED", state: str, now: datetime) -> Kept | None:
    """Withdraw a record of our own register, as its next version; None when `state` has no such record.

    `reason` is a key of WITHDRAWAL_REASONS. Every recipient that was given the record is told.
    """
    # Whoever keeps records queues here, before it is asked which version is the last.
    numbers.hold(session, "record")
    known = session.execute(
        select(tables.Record.version, tables.Record.payload, tables.Record.id).where(
            tables.Record.record_id == record_id, tables.Record.owner_state == state, tables.Record.current
        )
    ).first()
    if known is None:
        return None
    if is_tombstone(known.payload):
        return Kept("UNCHANGED", known.id)
    version = known.version + 1
    payload = write_withdraw(Withdrawal(record_id, version, reason))
    return withdraw(session, record_id, version, payload, journal_id=None, now=now)


class RuleBroken(Refusal):
    """A record that breaks a business rule."""

    code = "rule-broken"
    status = 422
    title_en = "The record breaks a rule of the exchange format."
    title_ru = "Запись нарушает правило формата обмена."


_LATEST: Final = (
    select(tables.Record.id, tables.Record.version, tables.Record.digest, tables.Record.status, tables.Record.erasure)
    .where(tables.Record.record_id == bindparam("record"))
    .order_by(tables.Record.version.desc())
    .limit(1)
)


def permit(record: Record, state: str) -> None:
    """Refuse a record that breaks a rule, or is not of a register of this state."""
    if record.source.state != state:
        raise NotPermitted("A register hands in records of its own state only.", where="Source/State")
    for finding in check_record(record):
        if finding.severity == "error":
            raise RuleBroken(finding.message_en, where=finding.path)


def _keep_one(session: Session, node: Node, item: lots.Prepared, terms: HandingIn) -> Kept:
    record = item.record
    known = session.execute(_LATEST, {"record": record.record_id}).first()
    if known is not None:
        if known.digest == item.digest:
            return Kept("UNCHANGED", known.id)
        # A foreign register owns its records: a step nobody expected is kept, and a human looks at it.
        own = terms.state == node.settings.state and not terms.correction and known.erasure != WITHDRAWN
        if own and out_of_step(record.category, known.status, record.status):
            raise RuleBroken(
                "The lifecycle of its category knows no way to this status; hand the record in as a correction.",
                where="/Status",
            )
        record = replace(record, version=known.version + 1)
    return keep(
        session,
        node,
        record,
        journal_id=terms.journal_id,
        now=terms.now,
        correction=terms.correction,
        agreed_days=terms.agreed_days(record),
    )
