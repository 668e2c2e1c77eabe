"""An end-to-end test of one partner: a signed message there and back, through every step a record takes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from time import perf_counter

from gateway.errors import Refusal
from gateway.exchange.node import Node
from gateway.ledger import log
from gateway.message.bodies import Ping
from gateway.message.body import write_ping
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.profile import sha256_base64
from gateway.message.signature import sign
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import foreign, receipts
from gateway.sync.transport import exchange, receipt_of

PARTS = {
    "key-unusable": "own key",
    "misuse": "own settings",
    "unavailable": "connection",
    "partner-refused": "partner",
}
"""Which part a refusal accuses; every other one is about the partner's answer."""


def test(node: Node, partner_id: str) -> dict[str, object]:
    """Ping a partner; `ok`, or the `part` that failed with its code. A port that listens proves nothing.

    A node gets a signed message and has to acknowledge it; a foreign service is asked for one row.
    """
    with node.database.read() as session:
        partner = directory.get(session, partner_id)
    started = perf_counter()
    try:
        said = _ping(node, partner) if partner.kind == "node" else _ask(node, partner)
    except Refusal as refusal:
        part = PARTS.get(refusal.code, "answer")
        return {"ok": False, "part": part, "code": refusal.code, "detail": refusal.detail or refusal.reason}
    return {**said, "milliseconds": round((perf_counter() - started) * 1000, 1)}


def _ping(node: Node, partner: tables.Partner) -> dict[str, object]:
    now = node.clock()
    message_id = str(uuid.uuid4())
    header = Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=Kind.PING,
        sender=Party.of(node.settings.node),
        receiver=Party.of(partner.id),
        created=now,
        expires=now + timedelta(seconds=300),
        purpose="KEY_ADMIN",
        agreement="ping",
    )
    content = write_message(header, write_ping(Ping("test")))
    raw = sign(content, node.keyring.signer(), now)
    digest = sha256_base64(content)
    leaf = log.message_entry(message_id, digest, "ASKED", direction="out")
    with node.database.begin() as session:
        log.append(session, "exchange", leaf.subject, leaf.content, now)
    _, answer = exchange(node, partner, Kind.PING, raw)
    receipt = receipt_of(answer, message_id=message_id, digest=digest)
    with node.database.begin() as session:
        receipts.keep(session, node, partner.id, receipt, answer)
    return {
        "ok": receipt.verdict == "ACCEPTED",
        "part": "" if receipt.verdict == "ACCEPTED" else "partner",
        "code": receipt.code,
        "signer": answer.signer.party,
        "clock_off_seconds": round((answer.header.created - now).total_seconds(), 1),
    }


def _ask(node: Node, partner: tables.Partner) -> dict[str, object]:
    foreign.ask(node, partner)
    return {"ok": True, "part": "", "code": ""}
