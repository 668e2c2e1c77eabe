"""The place in the receiver's log that a receipt names: checked at once, and against the next checkpoint.

A receipt is a small checkpoint: the partner signs the size and the root of its tree. A node that showed us
one tree in its receipts and another one in its checkpoints would be caught here.
"""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from gateway.errors import LogInconsistent
from gateway.exchange.node import Node
from gateway.ledger import log, merkle
from gateway.ledger.checkpoint import Checkpoint
from gateway.ledger.log import Entry
from gateway.message.bodies import ReceiptBody
from gateway.message.signature import VerifiedMessage
from gateway.store import tables
from gateway.trust import alarms
from gateway.trust.alarms import Code

_CHECKED: Final = 20
"""Receipts of one partner that are proved against a checkpoint in one visit: the newest, and others by lot."""

Alarm = Callable[[Session, Node, str, str, Mapping[str, Any]], None]


def keep(
    session: Session,
    node: Node,
    partner: str,
    receipt: ReceiptBody,
    answer: VerifiedMessage,
    *,
    and_then: Sequence[Entry] = (),
) -> None:
    """A receipt that came in: its leaf in our log, others behind it, and what it says of the partner's log."""
    # The exchange tree first, because an alarm is written into the audit tree.
    leaf = log.receipt_entry(receipt.message_id, answer.digest, receipt.verdict)
    log.append_all(session, "exchange", [leaf, *and_then])
    note(session, node, partner, receipt)


def note(session: Session, node: Node, partner: str, receipt: ReceiptBody) -> bool:
    """Check the proof in a receipt and keep its root for the next checkpoint; False where it does not hold.

    The message is delivered all the same, for the partner has signed for it; but there is an alarm.
    """
    if receipt.log_index is None or receipt.log_size is None:
        return True
    try:
        root = base64.b64decode(receipt.log_root, validate=True)
        proof = [base64.b64decode(step, validate=True) for step in receipt.log_proof]
    except (binascii.Error, ValueError):
        root, proof = b"", []
    leaf = merkle.leaf_hash(log.message_entry(receipt.message_id, receipt.digest, receipt.verdict).content)
    holds = merkle.verify_inclusion(leaf, receipt.log_index, receipt.log_size, proof, root)
    known = session.get(tables.LogCheckpoint, (_keeper(partner), receipt.log_size))
    told = session.get(tables.LogCheckpoint, (partner, receipt.log_size))
    if not holds or any(row is not None and row.root != root.hex() for row in (known, told)):
        reason = "two roots of one size" if holds else "the proof in a receipt does not hold"
        evidence = {"reason": reason, "receipt": receipt.message_id, "size": receipt.log_size, "root": root.hex()}
        alarms.raise_alarm(session, Code.LOG_FORK, partner, node.clock(), evidence)
        return False
    if known is None and told is None:
        session.add(
            tables.LogCheckpoint(
                party=_keeper(partner),
                size=receipt.log_size,
                root=root.hex(),
                at=node.clock(),
                signed=receipt.message_id,
            )
        )
    return True


def largest(session: Session, partner: str) -> int:
    """Leaves of the largest tree that a receipt of this partner was signed over, of those not proved yet; else 0."""
    rows = tables.LogCheckpoint
    return session.scalar(select(func.max(rows.size)).where(rows.party == _keeper(partner))) or 0


def check(
    node: Node, partner: str, point: Checkpoint, proof: Callable[[int, int], list[bytes]], forked: Alarm, *, least: int
) -> int:
    """Prove receipts that came since the last visit against a checkpoint, then forget them; return how many.

    With more than twenty between two visits it is a sample: a node that lies to us now and then does not know
    which of its lies we shall look at. `least` is the `largest` tree of a receipt that was here before we asked for
    the checkpoint, which is of no smaller one.
    """
    rows = tables.LogCheckpoint
    with node.database.read() as session:
        receipts = select(rows.size, rows.root, rows.signed).where(rows.party == _keeper(partner))
        waiting = session.execute(receipts.where(rows.size <= point.size).order_by(rows.size)).all()
        larger = session.execute(receipts.where(rows.size == least, rows.size > point.size)).first()
    if larger is not None:
        reason = f"a receipt's tree of {larger.size} leaves is larger than that of {point.size} shown after it"
        evidence = {"receipt": larger.signed, "size": larger.size, "root": larger.root, "shown": point.document}
        with node.database.begin() as session:
            forked(session, node, partner, reason, evidence)
        raise LogInconsistent(reason=reason)
    others = list(waiting[:-1])
    chosen = [*waiting[-1:], *random.SystemRandom().sample(others, min(len(others), _CHECKED - 1))]
    for size, root, message_id in chosen:
        try:
            _prove(size, bytes.fromhex(root), point, proof(size, point.size))
        except LogInconsistent as fork:
            evidence = {"receipt": message_id, "size": size, "root": root, "shown": point.document}
            with node.database.begin() as session:
                forked(session, node, partner, fork.reason, evidence)
            raise
    if waiting:
        with node.database.begin() as session:
            session.execute(delete(rows).where(rows.party == _keeper(partner), rows.size <= point.size))
    return len(chosen)


def _prove(size: int, root: bytes, point: Checkpoint, steps: list[bytes]) -> None:
    if not merkle.verify_consistency(size, root, point.size, point.root, steps):
        raise LogInconsistent(reason=f"a receipt's tree of {size} leaves is not in that of {point.size}")


def _keeper(partner: str) -> str:
    return f"{partner}#receipt"
