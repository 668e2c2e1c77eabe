"""How far each pull has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.store import tables


def bookmark(session: Session, name: str) -> str:
    """How far a pull has come; empty before the first."""
    row = session.get(tables.Bookmark, name)
    return row.value if row is not None else ""


def set_bookmark(session: Session, name: str, value: str, now: datetime) -> None:
    """Note how far a pull has come, in the transaction that keeps what it brought."""
    session.merge(tables.Bookmark(name=name, value=value, updated=now))
