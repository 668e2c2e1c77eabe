"""The stream of numbered messages from one sender: a gap is seen, and asked for in the receipt."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.exchange.outcome import Task
from gateway.store import tables

_ASKED = 20
"""Most gaps named in one receipt; the rest is asked for when these are filled."""


def next_sequence(session: Session, partner: str) -> int:
    """The next number of our stream to a partner; held until the commit, so that there is no gap."""
    number = session.execute(
        update(tables.Stream)
        .where(tables.Stream.partner == partner, tables.Stream.direction == "out")
        .values(last=tables.Stream.last + 1)
        .returning(tables.Stream.last)
    ).scalar_one_or_none()
    if number is None:
        session.add(tables.Stream(partner=partner, direction="out", last=1, missing=[]))
        session.flush()
        return 1
    return number


def last_sequence(session: Session, partner: str) -> int:
    """The highest number that came in from a partner; 0 before the first."""
    query = select(tables.Stream.last).where(tables.Stream.partner == partner, tables.Stream.direction == "in")
    return session.scalar(query) or 0


def note_sequence(task: Task, partner: str) -> tuple[tuple[int, int], ...]:
    """Note the number of a message that came in; return the closed ranges that have not arrived."""
    number = task.message.header.sequence
    stream = task.session.scalar(
        select(tables.Stream).where(tables.Stream.partner == partner, tables.Stream.direction == "in").with_for_update()
    )
    if stream is None:
        stream = tables.Stream(partner=partner, direction="in", last=0, missing=[])
        task.session.add(stream)
    missing = [(int(first), int(last)) for first, last in stream.missing]
    if number is not None:
        if number > stream.last + 1:
            missing.append((stream.last + 1, number - 1))
        missing = [part for gap in missing for part in _without(gap, number)]
        stream.last = max(stream.last, number)
        stream.missing = [list(gap) for gap in missing]
    return tuple(missing[:_ASKED])


def _without(gap: tuple[int, int], number: int) -> list[tuple[int, int]]:
    """A range without one number: nothing, one or two ranges."""
    first, last = gap
    if not first <= number <= last:
        return [gap]
    return [(start, end) for start, end in ((first, number - 1), (number + 1, last)) if start <= end]
