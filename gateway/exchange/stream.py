"""The stream of numbered messages from one sender: a gap is seen, and asked for in the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gateway.exchange.outcome import Task
from gateway.store import tables

_ASKED = 20
"""Most gaps named in one receipt; the rest is asked for when these are filled."""
MOST_GAPS: Final = 200
"""Most gaps told apart. Messages are delivered in order, so that only what was given up on leaves one: nobody who does
not leave them on purpose comes near, and each message writes all of them anew."""


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
        missing = joined(missing, MOST_GAPS)
        if missing or stream.missing:
            stream.missing = [list(gap) for gap in missing]
    return Place(tuple(missing[:_ASKED]), late)


def missing(session: Session, partner: str) -> int:
    """How many numbers of a partner's stream are asked for."""
    gaps = session.scalar(
        select(tables.Stream.missing).where(tables.Stream.partner == partner, tables.Stream.direction == "in")
    )
    return sum(last - first + 1 for first, last in gaps or ())


def joined(gaps: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """The gaps as at most so many. Whatever is missing stays asked for; of those that came, as few as may be with it.

    Of gaps that lie equally near the last are joined: the oldest are asked for first. A message that came and is
    asked for again does no harm: its sender sends again only what it gave up on, and gets the answer it got before.
    """
    gaps = list(gaps)
    while len(gaps) > most:
        between = [after[0] - before[1] for before, after in pairwise(gaps)]
        place = max(range(len(between)), key=lambda each: (-between[each], each))
        gaps[place : place + 2] = [(gaps[place][0], gaps[place + 1][1])]
    return gaps


def _without(gap: tuple[int, int], number: int) -> list[tuple[int, int]]:
    """A range without one number: nothing, one or two ranges."""
    first, last = gap
    if not first <= number <= last:
        return [gap]
    return [(start, end) for start, end in ((first, number - 1), (number + 1, last)) if start <= end]
