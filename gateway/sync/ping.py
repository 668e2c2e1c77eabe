"""An end-to-end test of one partner: a signed message there and back, through every step a record takes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from time import perf_counter

from gateway.errors import Refusal
from gateway.exchange.node import Node
from gateway.message.bodies import Ping
from gateway.message.body import read_receipt, write_ping
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.signature import sign
from gateway.partners import directory
from gateway.sync.transport import exchange


def test(node: Node, partner_id: str) -> dict[str, object]:
    """Ping a partner; `ok`, and the code of what failed where it did. A port that listens proves nothing."""
    now = node.clock()
    with node.database.read() as session:
        partner = directory.get(session, partner_id)
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
    started = perf_counter()
    try:
        raw = sign(write_message(header, write_ping(Ping("test"))), node.keyring.signer(), now)
        _, answer = exchange(node, partner, Kind.PING, raw)
        receipt = read_receipt(body_of(answer.root))
    except Refusal as refusal:
        return {"ok": False, "code": refusal.code, "detail": refusal.detail or refusal.reason}
    return {
        "ok": receipt.verdict == "ACCEPTED",
        "code": receipt.code,
        "signer": answer.signer.party,
        "clock_off_seconds": round((answer.header.created - now).total_seconds(), 1),
        "milliseconds": round((perf_counter() - started) * 1000, 1),
    }
