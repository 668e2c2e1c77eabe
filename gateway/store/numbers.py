"""Numbers that grow in commit order, for everything a reader follows with "give me what came after N".

A sequence of the database is handed out before the commit, so a later number can become visible first and
a reader that has passed it never comes back. Here the counter's row stays locked until the commit.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from gateway.store.tables import Counter


def take(session: Session, name: str, count: int = 1) -> int:
    """Take `count` successive numbers and return the first; the first ever is 1."""
    last = session.execute(
        update(Counter).where(Counter.name == name).values(value=Counter.value + count).returning(Counter.value)
    ).scalar_one_or_none()
    if last is None:
        session.add(Counter(name=name, value=count))
        session.flush()
        last = count
    return last - count + 1
