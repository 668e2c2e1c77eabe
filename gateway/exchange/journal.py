"""The journal: the original bytes of everything that came in, and the answer each got.

A message id is taken only by a proved sender, together with the effect of the message: marked as seen
before its processing is committed, a retry would be refused although nothing was done.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.exchange import refusals
from gateway.exchange.node import Node
from gateway.exchange.outcome import Answer
from gateway.message.signature import VerifiedMessage
from gateway.store import tables

TRACED = 64 * 1024
"""Bytes kept of a message that nobody is proved to have sent: enough to see what it was, too few to fill a disk."""


_BEFORE: Final = select(tables.Journal).where(
    tables.Journal.sender == bindparam("sender"), tables.Journal.message_id == bindparam("message")
)


def before(session: Session, message: VerifiedMessage) -> tables.Journal | None:
    """What came before under this sender and message id."""
    return session.scalar(_BEFORE, {"sender": message.signer.party, "message": message.header.message_id})


def known_answer(earlier: tables.Journal | None, message: VerifiedMessage) -> Answer | None:
    """The answer this very message got before, byte for byte; None for a new one."""
    if earlier is None or earlier.digest != content_digest(message) or earlier.receipt is None:
        return None
    return Answer(earlier.receipt, earlier.code)


def open_entry(
    session: Session,
    message: VerifiedMessage,
    raw: bytes,
    *,
    channel: str,
    now: datetime,
    earlier: tables.Journal | None = None,
) -> tables.Journal:
    """Keep the original bytes. An id that is taken by an `earlier` message stays with it."""
    header = message.header
    taken = earlier is not None
    entry = tables.Journal(
        sender=None if taken else message.signer.party,
        message_id=None if taken else header.message_id,
        claimed=f"{message.signer.party} {header.message_id}" if taken else "",
        kind=header.kind,
        channel=channel,
        digest=content_digest(message),
        raw=raw,
        received=now,
        kid=message.signer.kid,
        signed=message.signed_at,
        state="received",
        sequence=header.sequence,
    )
    session.add(entry)
    session.flush()
    return entry


def trace(node: Node, raw: bytes, refusal: Refusal, *, channel: str, now: datetime) -> None:
    """Leave a trace of bytes that no approved partner is proved to have signed."""
    kept = raw[:TRACED]
    with node.database.begin() as session:
        entry = tables.Journal(
            channel=channel,
            digest=hashlib.sha256(raw).hexdigest(),
            raw=kept,
            claimed="" if len(kept) == len(raw) else f"{refusals.CUT}{hashlib.sha256(kept).hexdigest()}",
            received=now,
            state="refused",
            code=refusal.code,
            reason=refusal.reason[:400],
        )
        session.add(entry)
        session.flush()
        refusals.traced(session, entry.id)


def content_digest(message: VerifiedMessage) -> str:
    """What makes a message the same: the content that was signed, not the signature round it.

    A sender may sign the same content again after a rotation of keys, and ECDSA never signs twice alike.
    """
    return hashlib.sha256(message.content).hexdigest()
