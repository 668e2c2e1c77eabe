"""How alike two words can be at the most, told from their letters alone: most pairs need no closer look.

With m letters in common, Jaro's similarity of two words of lengths a and b is at most (m/a + m/b + 1) / 3, and
Winkler's bonus, for words that begin alike, is given only above 0.7 (rapidfuzz.distance.JaroWinkler).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.watchlist.postings import Packed, Rows
from gateway.watchlist.spelling import NEAR_SIMILARITY

_BITS: Final = {letter: 1 << 2 * place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
"""Two bits a letter: it is there, and it is there twice."""
_OTHER: Final = 1 << 60
"""Whatever else a light form may hold, and the nothing that an empty one holds."""
_ROUNDING: Final = 1e-4
_SHARE: Final = 3 * NEAR_SIMILARITY - 1 - _ROUNDING
"""m/a + m/b that words have to reach, and those that begin alike."""
_SHARE_BEGUN_ALIKE: Final = 3 * 0.7 - 1 - _ROUNDING


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of many forms: what they hold, how many they are, and with which they begin."""

    held: Packed
    lengths: npt.NDArray[np.float32]
    firsts: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, forms: Sequence[str]) -> Letters:
        """The letters of these forms."""
        return cls(
            np.array([_held(form) for form in forms], dtype=np.uint64),
            np.array([len(form) or 1 for form in forms], dtype=np.float32),
            np.array([ord(form[0]) if form else 0 for form in forms], dtype=np.uint32),
        )

    def at(self, places: Rows) -> Letters:
        """The letters of some of the forms."""
        return Letters(self.held[places], self.lengths[places], self.firsts[places])

    def may_resemble(self, others: Letters) -> npt.NDArray[np.bool_]:
        """For each of these forms, whether one of the others may be alike by NEAR_SIMILARITY."""
        others = Letters(others.held[:, None], others.lengths[:, None], others.firsts[:, None])
        common = np.minimum(_in_both(self, others), _in_both(others, self))
        share = common / self.lengths + common / others.lengths
        enough = np.where(self.firsts == others.firsts, _SHARE_BEGUN_ALIKE, _SHARE)
        found: npt.NDArray[np.bool_] = np.logical_or.reduce(share >= enough, axis=0)
        return found


def _in_both(forms: Letters, others: Letters) -> npt.NDArray[np.float32]:
    """The letters of a form less those that the other has not at all, or not twice."""
    alone: npt.NDArray[np.uint8] = np.bitwise_count(forms.held & ~others.held)
    return forms.lengths - alone


def _held(form: str) -> int:
    bits = 0 if form else _OTHER
    for letter in form:
        bit = _BITS.get(letter, _OTHER)
        bits |= bit << 1 if bits & bit else bit
    return bits
