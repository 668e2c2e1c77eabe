"""The small values that travel through receiving: the task, what came of it, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.exchange.node import Node
from gateway.message.bodies import RecordVerdict
from gateway.message.envelope import Kind
from gateway.message.signature import VerifiedMessage


@dataclass(frozen=True, slots=True)
class Task:
    """One verified message being processed within one transaction."""

    session: Session
    node: Node
    message: VerifiedMessage
    journal_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message."""

    verdict: str
    """`ACCEPTED`, `PARTLY` or `REFUSED`."""
    records: tuple[RecordVerdict, ...] = ()
    missing: tuple[tuple[int, int], ...] = ()
    code: str = ""
    reason: str = ""
    kind: Kind = Kind.RECEIPT
    """Kind of the answer: a receipt, or the answer to a query."""
    body: str = ""
    """The body of an answer to a query; receipts are written by receipt.issue."""

    @classmethod
    def refused(cls, refusal: Refusal) -> Outcome:
        """The message as a whole was refused."""
        return cls("REFUSED", code=refusal.code, reason=refusal.reason)

    @classmethod
    def of_records(cls, records: list[RecordVerdict], missing: tuple[tuple[int, int], ...] = ()) -> Outcome:
        """Each record has a verdict of its own."""
        partly = any(record.verdict == "REFUSED" for record in records)
        return cls("PARTLY" if partly else "ACCEPTED", tuple(records), missing)

    def count(self, verdict: str) -> int:
        """How many records got this verdict."""
        return sum(1 for record in self.records if record.verdict == verdict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A signed message that answers another, and how HTTP should say it."""

    content: bytes
    code: str = ""
    """Code of the refusal, empty when the message was accepted."""
