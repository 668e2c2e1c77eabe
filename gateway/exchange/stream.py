"""The stream of numbered messages from one sender: a gap is seen, and asked for in the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select, update
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


def give_back(session: Session, partner: str, number: int) -> None:
    """The numbers from this one on were never used on the wire: the next message takes it again."""
    session.execute(
        update(tables.Stream)
        .where(tables.Stream.partner == partner, tables.Stream.direction == "out", tables.Stream.last >= number)
        .values(last=number - 1)
    )


_INCOMING: Final = (
    select(tables.Stream)
    .where(tables.Stream.partner == bindparam("partner"), tables.Stream.direction == "in")
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands in the stream of its sender."""

    missing: tuple[tuple[int, int], ...]
    """Closed ranges of numbers that have not arrived."""
    late: bool
    """Messages with higher numbers came before it."""


def note_sequence(task: Task, partner: str) -> Place:
    """Note the number of a message that came in."""
    number = task.message.header.sequence
    stream = task.session.scalar(_INCOMING, {"partner": partner})
    if stream is None:
        stream = tables.Stream(partner=partner, direction="in", last=0, missing=[])
        task.session.add(stream)
    missing = [(int(first), int(last)) for first, last in stream.missing]
    late = number is not None and number <= stream.last
    if number is not None:
        if number > stream.last + 1:
            missing.append((stream.last + 1, number - 1))
        missing = [part for gap in missing for part in _without(gap, number)]
        stream.last = max(stream.last, number)
        if missing or stream.missing:
            stream.missing = [list(gap) for gap in missing]
    return Place(tuple(missing[:_ASKED]), late)


def _without(gap: tuple[int, int], number: int) -> list[tuple[int, int]]:
    """A range without one number: nothing, one or two ranges."""
    first, last = gap
    if not first <= number <= last:
        return [gap]
    return [(start, end) for start, end in ((first, number - 1), (number + 1, last)) if start <= end]
