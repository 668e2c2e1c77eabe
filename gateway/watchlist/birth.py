"""Birth dates compared with their precision: a year is never taken for a date.

Dates are packed as YYYYMMDD with zeros for what is unknown; 0 is a date of which nothing is known.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gateway.records.dates import PartialDate


class Birth(IntEnum):
    """How two birth dates stand to each other."""

    DIFFERENT = 0
    UNKNOWN = 1
    """One of the two is not known at all."""
    CONSISTENT = 2
    """As far as both are known they agree; 1 January counts as a year (linkage notes: it stands for "unknown")."""
    VARIANT = 3
    """Both are complete and one slip apart: day and month swapped, one digit wrong, two neighbours swapped."""
    NEW_YEAR = 4
    """The same 1 January: possibly true, possibly twice "unknown"."""
    EXACT = 5


def pack(value: PartialDate | None) -> int:
    """A date as one number; a date the source marks as assumed keeps its year only."""
    if value is None:
        return 0
    if value.assumed:
        return value.year * 10000
    return value.year * 10000 + value.month * 100 + value.day


def compare(left: int, right: int) -> Birth:
    """How two packed dates stand to each other; symmetric."""
    if not left or not right:
        return Birth.UNKNOWN
    if left == right:
        return Birth.CONSISTENT if left % 100 == 0 else Birth.NEW_YEAR if left % 10000 == 101 else Birth.EXACT
    if left // 10000 == right // 10000 and (_vague(left, right) or _vague(right, left)):
        return Birth.CONSISTENT
    return Birth.VARIANT if right in variants(left) else Birth.DIFFERENT


def _vague(vague: int, other: int) -> bool:
    """Whether `vague`, of the same year as `other`, says too little to contradict it."""
    month = vague // 100 % 100
    if not month or vague % 10000 == 101:
        return True
    return vague % 100 == 0 and other // 100 % 100 in {0, month}


@lru_cache(1 << 12)
def variants(packed: int) -> frozenset[int]:
    """The numbers one slip away from a complete date, whether or not they are dates; empty for a partial one."""
    if packed % 100 == 0:
        return frozenset()
    text = f"{packed:08d}"
    found = {int(text[:4] + text[6:] + text[4:6])}
    for place in range(8):
        power = 10 ** (7 - place)
        digit = packed // power % 10
        found.update(range(packed - digit * power, packed + (10 - digit) * power, power))
        if place < 7:
            found.add(packed + (int(text[place + 1]) - digit) * (power - power // 10))
    found.discard(packed)
    return frozenset(found)


def classify(query: int, dates: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """`compare` of one date with a sorted array of different dates, touching only those that agree."""
    if not query or not len(dates):
        return np.full(len(dates), Birth.UNKNOWN, dtype=np.uint8)
    found = np.zeros(len(dates), dtype=np.uint8)
    year, month = query // 10000 * 10000, query // 100 * 100
    if not query // 100 % 100 or query % 10000 == 101:
        first, last = dates.searchsorted([year, year + 10000]).tolist()
        found[first:last] = Birth.CONSISTENT
    elif not query % 100:
        first, last = dates.searchsorted([month, month + 100]).tolist()
        found[first:last] = Birth.CONSISTENT
    # A 1 January may mean its whole year, so that no day of it is a slip.
    slips = (each for each in variants(query) if query % 10000 != 101 or each // 10000 != query // 10000)
    single: dict[int, Birth] = dict.fromkeys(slips, Birth.VARIANT)
    single |= {year: Birth.CONSISTENT, year + 101: Birth.CONSISTENT, month: Birth.CONSISTENT}
    single |= {query: compare(query, query), 0: Birth.UNKNOWN}
    values = np.fromiter(single, dtype=np.uint32, count=len(single))
    classes = np.fromiter(single.values(), dtype=np.uint8, count=len(single))
    places = dates.searchsorted(values)
    places[places == len(dates)] = 0
    there = dates[places] == values
    found[places[there]] = classes[there]
    return found
