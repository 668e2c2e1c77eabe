"""What the last attempt says of a partner: for the console and the metrics."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from gateway.exchange.node import Node
from gateway.store import tables

_NEWS: Final = timedelta(minutes=1)
"""That a partner still answers is written down at most this often; that it answers again, at once."""


def answered(session: Session, partner: str, now: datetime) -> None:
    """The partner answered."""
    session.execute(update(tables.Partner).where(tables.Partner.id == partner).values(seen=now, trouble=""))


def failed(session: Session, partner: str, code: str) -> None:
    """The partner could not be reached, or answered what cannot be right."""
    session.execute(update(tables.Partner).where(tables.Partner.id == partner).values(trouble=code[:200]))


def note_answer(node: Node, partner: str) -> None:
    """The partner answered and had nothing for us; costs a write only where that is news."""
    now = node.clock()
    with node.database.read() as session:
        row = tables.Partner
        stale = or_(row.trouble != "", row.seen.is_(None), row.seen <= now - _NEWS)
        news = session.scalar(select(row.id).where(row.id == partner, stale))
    if news is not None:
        with node.database.begin() as session:
            answered(session, partner, now)
