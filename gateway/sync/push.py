"""Push: what is new for a partner becomes signed messages, or rows in the partner's own words."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from gateway.disclosure import feed
from gateway.exchange import send
from gateway.exchange.node import Node
from gateway.partners import directory
from gateway.sync import foreign
from gateway.sync.deliver import deliver_due, never


def push(node: Node, partner_id: str, *, stopping: Callable[[], bool] = never) -> int:
    """Put everything new for the partner into the outbox and deliver it; return the number of records."""
    pushed = 0
    while not stopping():
        # Looking first leaves a node with nothing to say without a write, and its readers without a lock.
        with node.database.read() as session:
            partner = directory.get(session, partner_id)
            if _nothing_new(session, node, partner_id):
                break
        with node.database.begin() as session:
            now = node.clock()
            if partner.kind == "node":
                pushed += send.push_changes(session, node, partner, now=now)
            else:
                pushed += foreign.push_changes(session, node, partner, now=now)
    deliver_due(node, partner=partner_id, stopping=stopping)
    return pushed


def _nothing_new(session: Session, node: Node, partner_id: str) -> bool:
    """Whether all was looked through for the partner, and all it may see is in the outbox."""
    pushed = feed.position(session, partner_id) == feed.pushed(session, partner_id)
    return pushed and feed.exhausted(session, partner_id, state=node.settings.state)
