"""Signed anew: content of ours whose key is accepted no more, or whose time is over, leaves as it is accepted.

A message is its content; the signature round it may change. So nothing that waits for a partner is lost when a
key retires or is revoked, and a partner that asks again for an answer gets the same one, in a form it believes.
What was refused for its time alone is said again, in a message of its own.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.exchange import notices
from gateway.exchange.node import Node
from gateway.exchange.outcome import Answer
from gateway.ledger import log, rowleaf
from gateway.message.envelope import Kind, read_header, write_message
from gateway.message.profile import cut_signature, sha256_base64
from gateway.message.signature import sign
from gateway.store import tables

_BODY: Final = b"<Body>"
_END: Final = b"</Body></Message>"
_KEPT: Final = (
    "partner", "kind", "priority", "sequence", "records", "attempts", "attempted", "first_position", "last_position",
)  # fmt: skip
"""What a message that is said again has of the one before."""


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


def with_new_times(session: Session, node: Node, row: tables.Outbox, now: datetime) -> tables.Outbox:
    """What a message said that was refused for its time, as another one, at the same place of the stream.

    The partner has had it in hand, so nothing in it is decided or changed (exchange.recall).
    """
    content = _content(row.raw)[1]
    body = content[content.index(_BODY) + len(_BODY) : -len(_END)].decode()
    name, lifetime = str(uuid.uuid4()), timedelta(seconds=node.settings.message_lifetime)
    header = replace(read_header(content), message_id=name, created=now, expires=now + lifetime)
    content = write_message(header, body)
    digest, signer = sha256_base64(content), node.keyring.signer(session)
    values = {each: getattr(row, each) for each in _KEPT}
    fresh = tables.Outbox(
        **values, message_id=name, raw=sign(content, signer, now), kid=signer.kid, digest=digest, created=now,
        state="waiting", next_at=now,
    )  # fmt: skip
    session.add(fresh)
    session.flush()
    leaf = log.message_entry(name, digest, "SENT", direction="out")
    log.append_all(session, "exchange", [leaf, rowleaf.of_outbox(session, fresh)])
    return fresh


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
