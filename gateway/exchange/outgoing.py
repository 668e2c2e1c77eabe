"""A message written by hand: its records are kept as ours, and what the receiver may see goes out."""

from __future__ import annotations

from gateway.disclosure.permit import Kernel, Recipient, Withheld
from gateway.errors import SchemaInvalid
from gateway.exchange import send, submit
from gateway.exchange.incoming import examine, refuse_invalid
from gateway.exchange.node import Node
from gateway.message.body import read_records
from gateway.message.envelope import body_of
from gateway.message.parse import local, parse
from gateway.partners import directory
from gateway.store import tables


def send_records(node: Node, raw: bytes, receiver: str) -> dict[str, int]:
    """Keep the records of a RecordBatch and queue for one partner what it may see.

    Nothing passes the kernel unseen: what is withheld is counted here, for the sender's eyes only.
    """
    root = parse(raw, limit=node.settings.limits.message_bytes)
    refuse_invalid(examine(root))
    body = body_of(root)
    kind = local(body)
    if kind not in ("RecordBatch", "Correction", "StatisticsReport"):
        raise SchemaInvalid("Only messages with records are sent by hand.", where="/Message/Body")
    records = read_records(body)
    now = node.clock()
    with node.database.begin() as session:
        partner = directory.get(session, receiver)
        result = submit.submit(
            session, node, records, state=node.settings.state, journal_id=None, now=now,
            correction=kind == "Correction",
        )  # fmt: skip
        kernel = Kernel(session, state=node.settings.state, now=now)
        rows = session.query(tables.Record).filter(
            tables.Record.record_id.in_([record.record_id for record in records]), tables.Record.current
        )
        withheld = sum(isinstance(kernel.decide(row, Recipient.of(partner)), Withheld) for row in rows)
        queued = 0
        while count := send.push_changes(session, node, partner, now=now):
            queued += count
    return {
        "records": len(records),
        "stored": result.stored,
        "unchanged": result.unchanged,
        "refused": result.refused,
        "queued": queued,
        "withheld": withheld,
    }
