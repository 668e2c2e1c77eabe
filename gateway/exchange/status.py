"""How the node stands, on one page: keys and their ends, partners, alarms, what waits, and the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.exchange.node import Node
from gateway.ledger import checkpoint, log
from gateway.store import tables
from gateway.trust import alarms, approvals, expiry_warnings


def status(session: Session, node: Node) -> dict[str, Any]:
    """Plain values; nothing in them counts records, persons or protection."""
    now, own = node.clock(), node.settings.node
    keys = [
        {
            "subject": term.subject,
            "party": term.party,
            "kind": term.kind,
            "ends": term.ends,
            "days_left": term.days_left(now),
            "step": term.step(now),
        }
        for term in expiry_warnings.terms(session, node.settings)
    ]
    partners = session.scalars(select(tables.Partner).order_by(tables.Partner.id)).all()
    waiting = session.execute(
        select(tables.Outbox.state, func.count()).group_by(tables.Outbox.state).order_by(tables.Outbox.state)
    ).all()
    point = checkpoint.latest(session, own)
    return {
        "node": own,
        "time": now,
        "keys": keys,
        "partners": [{"id": p.id, "status": p.status, "seen": p.seen, "trouble": p.trouble} for p in partners],
        "alarms": [alarms.shown(row) for row in alarms.open_alarms(session)],
        "approvals": len(approvals.waiting(session, now)),
        "outbox": {str(state): count for state, count in waiting},
        "log": {"size": log.size(session, "exchange"), "signed": point.size if point else 0},
    }
