"""Signed anew: content of ours whose key is accepted no more leaves under the key that is.

A message is its content; the signature round it may change. So nothing that waits for a partner is lost when a
key retires or is revoked, and a partner that asks again for an answer gets the same one, in a form it believes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.exchange import notices
from gateway.exchange.node import Node
from gateway.exchange.outcome import Answer
from gateway.ledger import log, rowleaf
from gateway.message.envelope import Kind
from gateway.message.profile import cut_signature
from gateway.message.signature import sign
from gateway.store import tables


def before_leaving(session: Session, node: Node, row: tables.Outbox, now: datetime) -> None:
    """Make sure that a message which is about to leave is signed with a key that is accepted."""
    if not row.kid or _accepted(session, node, row.kid, now):
        return
    if row.kind == Kind.KEY_NOTICE and notices.is_last_word(row.raw, row.kid):
        # With these words a key revokes itself: partners know it still, and the next one not yet.
        return
    signer = node.keyring.signer(session)
    row.raw, row.kid = sign(_content(row.raw)[1], signer, now), signer.kid
    _note(session, row)


def answer_again(session: Session, node: Node, entry: tables.Journal, known: Answer, now: datetime) -> Answer:
    """The answer a message got before: the very same, unless its key is accepted no more."""
    kid, content = _content(known.content)
    if not kid or _accepted(session, node, kid, now):
        return known
    entry.receipt = sign(content, node.keyring.signer(session), now)
    _note(session, entry)
    return Answer(entry.receipt, known.code)


def _note(session: Session, row: tables.Journal | tables.Outbox) -> None:
    """The log covers what is kept from now on."""
    leaf = rowleaf.of_resigned(session, row)
    log.append(session, "exchange", leaf.subject, leaf.content)


def _accepted(session: Session, node: Node, kid: str, now: datetime) -> bool:
    return any(own == kid for own, _ in node.keyring.verifiers(node.settings.node, now, session))


def _content(raw: bytes) -> tuple[str, bytes]:
    """The key that has signed a message of ours, and the content without the signature."""
    cut = cut_signature(raw)
    if cut is None:
        return "", raw
    parts, start, end = cut
    return parts.kid, raw[:start] + raw[end:]
