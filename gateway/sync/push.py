"""Push: what is new for a partner becomes signed messages, or rows in the partner's own words."""

from __future__ import annotations

from gateway.exchange import send
from gateway.exchange.node import Node
from gateway.partners import directory
from gateway.sync import foreign
from gateway.sync.deliver import deliver_due


def push(node: Node, partner_id: str) -> int:
    """Put everything new for the partner into the outbox and deliver it; return the number of records."""
    pushed = 0
    while True:
        with node.database.begin() as session:
            partner = directory.get(session, partner_id)
            now = node.clock()
            if partner.kind == "node":
                count = send.push_changes(session, node, partner, now=now)
            else:
                count = foreign.push_changes(session, node, partner, now=now)
        pushed += count
        if not count:
            break
    deliver_due(node, partner=partner_id)
    return pushed
