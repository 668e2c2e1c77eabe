"""The answer to a message: written into the log, signed, and kept with what it answers."""

from __future__ import annotations

import base64
import uuid
from datetime import datetime, timedelta

from gateway.exchange.node import Node
from gateway.exchange.outcome import Answer, Outcome, Task
from gateway.ledger import log, rowleaf
from gateway.ledger.log import OpenEnd
from gateway.message.bodies import ReceiptBody
from gateway.message.body import write_receipt
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.profile import sha256_base64
from gateway.message.signature import VerifiedMessage, sign
from gateway.store import tables


def issue(task: Task, entry: tables.Journal, outcome: Outcome) -> Answer:
    """Log what happened, sign the answer and note both in the journal; the caller commits."""
    message = task.message
    question = outcome.kind is not Kind.RECEIPT
    # 1. The leaf: digest and verdict only, so that retention can erase what the message said.
    end = OpenEnd(task.session, "exchange", 3 if question else 2)
    place = end.add(log.message_entry(message.header.message_id, message.digest, outcome.verdict))
    # 2. The answer. A receipt needs no leaf of its own: all that it says is the leaf it proves.
    answer_id = str(uuid.uuid4())
    body = outcome.body if question else write_receipt(_of(message, outcome, place))
    content = _reply(task.node, message, outcome.kind, body, message_id=answer_id, now=task.now)
    signed = sign(content, task.node.keyring.signer(task.session), task.now)
    # 3. The journal knows what became of the message and what was answered; a second leaf covers the whole row.
    entry.state = {"ACCEPTED": "accepted", "PARTLY": "partly", "REFUSED": "refused"}[outcome.verdict]
    entry.code, entry.reason = outcome.code, outcome.reason[:400]
    entry.stored, entry.unchanged = outcome.count("STORED"), outcome.count("UNCHANGED")
    entry.refused, entry.withheld = outcome.count("REFUSED"), outcome.count("WITHHELD")
    entry.log_index = place.index
    entry.receipt = signed
    end.add(rowleaf.of_journal(task.session, entry))
    if question:
        # 4. The answer to a question is one more leaf, whether anything was found or not.
        end.add(log.message_entry(answer_id, sha256_base64(content), "ANSWER", direction="out"))
    end.write()
    return Answer(signed, outcome.code)


def _of(message: VerifiedMessage, outcome: Outcome, place: log.Appended) -> ReceiptBody:
    return ReceiptBody(
        message_id=message.header.message_id,
        digest=message.digest,
        verdict=outcome.verdict,
        code=outcome.code,
        log_index=place.index,
        log_size=place.size,
        log_root=base64.b64encode(place.root).decode(),
        log_proof=tuple(base64.b64encode(step).decode() for step in place.proof),
        records=outcome.records,
        missing=outcome.missing,
    )


def _reply(node: Node, message: VerifiedMessage, kind: Kind, body: str, *, message_id: str, now: datetime) -> bytes:
    header = message.header
    return write_message(
        Header(
            message_id=message_id,
            conversation_id=header.conversation_id or header.message_id,
            in_reply_to=header.message_id,
            request_digest=message.digest,
            kind=kind,
            sender=Party.of(node.settings.node),
            receiver=header.sender,
            created=now,
            expires=now + timedelta(seconds=node.settings.message_lifetime),
            purpose=header.purpose,
            agreement=header.agreement,
            priority=header.priority,
        ),
        body,
    )
