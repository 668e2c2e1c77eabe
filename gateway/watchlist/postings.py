"""Sorted arrays that answer "which rows carry this key" without an object per key.

A posting is one 64-bit number: 40 bits of a hash and 24 bits of a row. Sorting them once is the whole
index; two binary searches find a key. Different kinds of key live in one array, told apart by a salt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.watchlist.numbers import LONGEST

Rows = npt.NDArray[np.uint32]
Packed = npt.NDArray[np.uint64]

ROW_BITS: Final = 24
MOST_ROWS: Final = 1 << ROW_BITS
"""Rows one array can hold (16.7 million)."""

_MASK: Final = (1 << 64) - 1
_FACTOR: Final = 0x9E3779B97F4A7C15
_STIR: Final = 0xBF58476D1CE4E5B9
"""Multipliers of splitmix64 (Steele, Lea and Flood, OOPSLA 2014)."""


def key(text: bytes, salt: int) -> int:
    """The 40-bit key of a short text; `_keys` gives the same for a whole column."""
    value = salt
    for letter in text:
        value = (value * _FACTOR + letter) & _MASK
    value = ((value ^ (value >> 31)) * _STIR) & _MASK
    return value >> ROW_BITS


def slips(text: bytes) -> list[bytes]:
    """The text with each of its letters left out in turn: two texts one slip apart share one of these."""
    return [text[:place] + text[place + 1 :] for place in range(len(text))]


def lengths(bounds: Rows, rows: Rows | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many values each row has; row `r` owns the values from `bounds[r]` up to `bounds[r + 1]`."""
    width: npt.NDArray[np.int64] = (bounds[rows + 1] - bounds[rows]).astype(np.int64)
    return width


def spread(bounds: Rows, rows: Rows | npt.NDArray[np.int64], values: npt.NDArray[Any] | None) -> npt.NDArray[Any]:
    """The values of some rows one after the other; their places where no values are given."""
    width = lengths(bounds, rows)
    ends = width.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    places = (bounds[rows] - (ends - width)).repeat(width) + np.arange(total)
    return places.astype(np.uint32) if values is None else values[places]


def distinct(rows: Rows) -> Rows:
    """The rows sorted and without repeats; for a few hundred of them much quicker than numpy.unique."""
    rows = np.sort(rows)
    if len(rows) < 2:
        return rows
    first = np.empty(len(rows), dtype=np.bool_)
    first[0] = True
    np.not_equal(rows[1:], rows[:-1], out=first[1:])
    return rows[first]


def bounded(widths: npt.NDArray[np.integer[Any]]) -> Rows:
    """The bounds of rows of the given widths."""
    bounds = np.zeros(len(widths) + 1, dtype=np.uint32)
    np.cumsum(widths, out=bounds[1:])
    return bounds


@dataclass(frozen=True, slots=True)
class Postings:
    """An immutable multimap from key to rows."""

    packed: Packed

    def find(self, keys: Iterable[int]) -> Rows:
        """The rows of any of the keys, sorted and without repeats."""
        low = np.fromiter(keys, dtype=np.uint64) << np.uint64(ROW_BITS)
        low.sort()
        starts = self.packed.searchsorted(low)
        ends = self.packed.searchsorted(low | np.uint64(MOST_ROWS - 1), side="right")
        parts = [
            self.packed[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True) if end > start
        ]
        if not parts:
            return np.empty(0, dtype=np.uint32)
        return distinct((np.concatenate(parts) & np.uint64(MOST_ROWS - 1)).astype(np.uint32))


def build(texts: Sequence[bytes], rows: Sequence[int] | Rows, salt: int, *, shortest_for_slips: int) -> Packed:
    """Unsorted postings of a column of texts: each text itself and, from a length on, all its slips."""
    letters = np.array(texts, dtype=f"S{LONGEST}").view(np.uint8).reshape(len(texts), LONGEST) if texts else None
    if letters is None:
        return np.empty(0, dtype=np.uint64)
    lengths = np.count_nonzero(letters, axis=1)
    letters = np.asfortranarray(letters[:, : max(1, int(lengths.max()))])
    places = np.asarray(rows, dtype=np.uint64)
    parts = [_keys(letters, salt) << np.uint64(ROW_BITS) | places]
    for place in range(letters.shape[1]):
        long = (lengths > place) & (lengths >= shortest_for_slips)
        if long.any():
            shorter = np.delete(letters[long], place, axis=1)
            parts.append(_keys(shorter, salt) << np.uint64(ROW_BITS) | places[long])
    return np.concatenate(parts)


def finish(parts: Sequence[Packed]) -> Postings:
    """Sort what `build` gave into one searchable array."""
    packed = np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)
    packed.sort()
    return Postings(packed)


def _keys(letters: npt.NDArray[np.uint8], salt: int) -> Packed:
    value = np.full(len(letters), salt, dtype=np.uint64)
    for place in range(letters.shape[1]):
        column = letters[:, place]
        stepped = value * np.uint64(_FACTOR) + column
        value = np.where(column > 0, stepped, value)
    value = (value ^ (value >> np.uint64(31))) * np.uint64(_STIR)
    return value >> np.uint64(ROW_BITS)
