"""The words of all names on the list, each once, and which of them a word of a query may stand for.

A million entries share some hundred thousand words. Comparing words first and people afterwards is what
makes a query cheap: the near words are found once, and everything after that is arithmetic on numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist

from gateway.names.fold import tokens
from gateway.watchlist import postings
from gateway.watchlist.numbers import LONGEST
from gateway.watchlist.postings import Postings, Rows
from gateway.watchlist.spelling import NEAR_SIMILARITY, Spelling, spelling

_SKELETON: Final = 1
_EQUIVALENT: Final = 2
_SHORTEST_FOR_SLIPS: Final = 3
"""A skeleton of two consonants less one would be a single consonant and meet everything."""


@dataclass(slots=True)
class WordCollector:
    """Gathers words while an index is built."""

    spellings: list[Spelling] = field(default_factory=list)
    _ids: dict[Spelling, int] = field(default_factory=dict)
    _parts: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    def ids(self, text: str, language: str) -> tuple[int, ...]:
        """The numbers of the words of one part of a name."""
        found = self._parts.get((text, language))
        if found is None:
            found = tuple(self._id(spelling(word, language)) for word in tokens(text))
            self._parts[text, language] = found
        return found

    def _id(self, word: Spelling) -> int:
        known = self._ids.setdefault(word, len(self.spellings))
        if known == len(self.spellings):
            self.spellings.append(word)
        return known

    def finish(self) -> Vocabulary:
        """The vocabulary of everything gathered."""
        bones, bone_rows, groups, group_rows = [], [], [], []
        for row, word in enumerate(self.spellings):
            for bone in word.skeletons:
                bones.append(bone.encode())
                bone_rows.append(row)
            for number in word.equivalents:
                groups.append(str(number).encode())
                group_rows.append(row)
        parts = [
            postings.build(bones, bone_rows, _SKELETON, shortest_for_slips=_SHORTEST_FOR_SLIPS),
            postings.build(groups, group_rows, _EQUIVALENT, shortest_for_slips=LONGEST + 1),
        ]
        return Vocabulary(self.spellings, postings.finish(parts))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Immutable: words by number, and their neighbours."""

    spellings: Sequence[Spelling]
    _neighbours: Postings

    def near(self, word: Spelling) -> Rows:
        """The words `word` may stand for: by consonants, one of them wrong or missing, or by another language."""
        keys = {postings.key(str(number).encode(), _EQUIVALENT) for number in word.equivalents}
        for bone in word.skeletons:
            text = bone.encode()[:LONGEST]
            keys.add(postings.key(text, _SKELETON))
            if len(text) >= _SHORTEST_FOR_SLIPS:
                keys.update(postings.key(shorter, _SKELETON) for shorter in postings.slips(text))
        rows = self._neighbours.find(keys)
        return rows[self.similarity(word, rows) >= NEAR_SIMILARITY]

    def similarity(self, word: Spelling, rows: Rows) -> npt.NDArray[np.float32]:
        """Similarity (0 to 1) of a word with each of some words of the list."""
        if not len(rows):
            return np.empty(0, dtype=np.float32)
        words = [self.spellings[row] for row in rows.tolist()]
        forms: list[str] = []
        firsts: list[int] = []
        for other in words:
            firsts.append(len(forms))
            forms.extend(other.lights or ("",))
        table = cdist(word.lights or ("",), forms, scorer=JaroWinkler.similarity, dtype=np.float32)
        best: npt.NDArray[np.float32] = np.maximum.reduceat(table.max(axis=0), firsts)
        if word.equivalents:
            same = [bool(other.equivalents) and not word.equivalents.isdisjoint(other.equivalents) for other in words]
            best[same] = 1.0
        return best
