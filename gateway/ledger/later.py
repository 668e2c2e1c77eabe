"""What may happen to a row after its leaf was written, as the audit trail tells it: flagged, and erased on its day.

An act names the rows as closed ranges of their numbers, `[[first, last], …]`, so that a thousand rows take no more
room in the trail than a few.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime


def spans(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers as closed ranges, in order."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number <= found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


class Acts:
    """For each row the time of the act that names it."""

    def __init__(self, told: Iterable[tuple[datetime, list[list[int]]]]) -> None:
        self._spans = list(_apart(sorted((first, last, at) for at, ranges in told for first, last in ranges)))
        self._firsts = [first for first, _, _ in self._spans]

    def at(self, number: int) -> datetime | None:
        """When the row was named; None where it never was."""
        place = bisect_right(self._firsts, number) - 1
        if place < 0 or number > self._spans[place][1]:
            return None
        return self._spans[place][2]


def _apart(found: list[tuple[int, int, datetime]]) -> Iterator[tuple[int, int, datetime]]:
    """Ranges that do not overlap; a row that was named twice counts as named by the range that begins first."""
    end: int | None = None
    for first, last, at in found:
        start = first if end is None else max(first, end + 1)
        if start <= last:
            yield start, last, at
            end = last
