"""Numbers that grow in commit order, for everything a reader follows with "give me what came after N".

A sequence of the database is handed out before the commit, so a later number can become visible first and
a reader that has passed it never comes back. Here the counter's row stays locked until the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gateway.store.tables import Counter


def take(session: Session, name: str, count: int = 1) -> int:
    """Take `count` successive numbers and return the first; the first ever is 1."""
    connection = session.connection()
    upsert = _UPSERTS[connection.dialect.name]
    last: int = connection.execute(upsert, {"name": name, "count": count}).scalar_one()
    return last - count + 1


def hold(session: Session, name: str) -> None:
    """Keep everybody else from taking numbers until the commit, without taking one."""
    take(session, name, 0)


def reach(session: Session, name: str, value: int) -> None:
    """Let the counter say at least this."""
    connection = session.connection()
    connection.execute(_REACHED[connection.dialect.name], {"name": name, "count": value})


def reached(session: Session, name: str) -> int:
    """What the counter says; 0 where there is none."""
    return session.connection().scalar(_VALUE, {"name": name}) or 0


def _upsert(dialect: ModuleType) -> Any:
    """One statement makes the counter or moves it on, so that two first takers wait for each other."""
    fresh = dialect.insert(Counter).values(name=bindparam("name"), value=bindparam("count"))
    moved = {"value": Counter.value + fresh.excluded.value}
    return fresh.on_conflict_do_update(index_elements=[Counter.name], set_=moved).returning(Counter.value)


def _highest(dialect: ModuleType, greatest: Callable[..., Any]) -> Any:
    fresh = dialect.insert(Counter).values(name=bindparam("name"), value=bindparam("count"))
    moved = {"value": greatest(Counter.value, fresh.excluded.value)}
    return fresh.on_conflict_do_update(index_elements=[Counter.name], set_=moved)


_VALUE: Final = select(Counter.value).where(Counter.name == bindparam("name"))
_REACHED: Final = {"sqlite": _highest(sqlite, func.max), "postgresql": _highest(postgresql, func.greatest)}
_UPSERTS: Final = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}
