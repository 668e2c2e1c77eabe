"""Rows that occur twice in one file, found in bounded memory.

A table of eight bytes a place: the upper 44 bits tell the record's number, the lower 20 its cells. A million and a
half rows fit; a longer file is looked at in stretches of that many. That two different numbers are taken for one has a
chance of about one in a million a file.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from typing import Final, Literal

ROWS: Final = 1_500_000
"""Rows that are remembered at once: 16 MB."""
_FIRST: Final = 1 << 12
_TAG: Final = ~((1 << 20) - 1) & ((1 << 64) - 1)
_CELLS: Final = (1 << 20) - 1

Seen = Literal["new", "same", "other"]


class Duplicates:
    """The records of one file by the register's own number."""

    __slots__ = ("_count", "_limit", "_places", "_table")

    def __init__(self, limit: int = ROWS) -> None:
        self._limit = limit
        self._begin()

    def _begin(self) -> None:
        self._count = 0
        self._places = _FIRST
        self._table = array("Q", bytes(8 * _FIRST))

    def seen(self, number: str, cells: Hashable) -> Seen:
        """`new`, or whether the same row or another row of this number was met before; it is remembered."""
        mixed = hash(number) & 0xFFFFFFFFFFFFFFFF
        # Zero marks an empty place, so that no entry may be zero.
        entry = (mixed & _TAG) | (hash(cells) & _CELLS) or 1
        place = self._free(entry, mixed)
        if self._table[place]:
            return "same" if self._table[place] == entry else "other"
        self._table[place] = entry
        self._count += 1
        if self._count >= self._limit:
            self._begin()
        elif 4 * self._count > 3 * self._places:
            self._grow()
        return "new"

    def _free(self, entry: int, mixed: int) -> int:
        """The place of this number, or an empty one for it."""
        table, last = self._table, self._places - 1
        # The upper bits are those that growing still knows.
        place = (mixed >> 20) & last
        while (found := table[place]) and (found ^ entry) & _TAG:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        old = self._table
        self._places *= 2
        self._table = array("Q", bytes(8 * self._places))
        for entry in old:
            if entry:
                self._table[self._free(entry, entry)] = entry
