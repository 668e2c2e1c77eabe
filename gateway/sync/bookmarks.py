"""How far each pull has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.store import tables


def bookmark(session: Session, name: str) -> str:
    """How far a pull has come; empty before the first."""
    row = session.get(tables.Bookmark, name)
    return row.value if row is not None else ""


def move_bookmark(session: Session, name: str, *, before: str, after: str, now: datetime) -> bool:
    """Move on by compare-and-set, in the transaction that keeps what was pulled; False where another came first.

    Call it before anything is kept: it makes a second puller wait until the first has committed.
    """
    moved = session.execute(
        update(tables.Bookmark)
        .where(tables.Bookmark.name == name, tables.Bookmark.value == before)
        .values(value=after, updated=now)
        .returning(tables.Bookmark.name)
    ).first()
    if moved is not None or before:
        return moved is not None
    try:
        with session.begin_nested():
            session.add(tables.Bookmark(name=name, value=after, updated=now))
    except IntegrityError:
        return False
    return True
