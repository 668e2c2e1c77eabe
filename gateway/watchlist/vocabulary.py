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
from gateway.watchlist.letters import Letters
from gateway.watchlist.numbers import LONGEST
from gateway.watchlist.postings import Postings, Rows, bounded, distinct, lengths, spread
from gateway.watchlist.spelling import NEAR_SIMILARITY, Spelling, spelling

ROLE_BITS: Final = 2
"""Low bits of a word of a name that tell its role: family name, given name, patronymic, or of an unsplit name."""
_SKELETON: Final = 1
_EQUIVALENT: Final = 2
_SHORTEST_FOR_SLIPS: Final = 3
"""A skeleton of two consonants less one would be a single consonant and meet everything."""

_MANY: Final = 400
"""Forms from which on it pays to look at their letters first."""

_REMEMBERED: Final = 1 << 14
"""Words whose neighbours are remembered: given names and common family names."""


@dataclass(slots=True)
class WordCollector:
    """Gathers words while an index is built."""

    spellings: list[Spelling] = field(default_factory=list)
    _ids: dict[Spelling, int] = field(default_factory=dict)
    _parts: dict[tuple[str, str, int], tuple[int, ...]] = field(default_factory=dict)

    def ids(self, text: str, language: str, role: int) -> tuple[int, ...]:
        """The numbers of the words of one part of a name, each with the role of the part in its low bits."""
        found = self._parts.get((text, language, role))
        if found is None:
            found = tuple(self._id(spelling(word, language)) << ROLE_BITS | role for word in tokens(text))
            self._parts[text, language, role] = found
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
        forms = [form for word in self.spellings for form in _forms(word)]
        return Vocabulary(
            spellings=self.spellings,
            _neighbours=postings.finish(parts),
            _forms=np.array(forms, dtype=object),
            _letters=Letters.of(forms),
            _bounds=bounded(np.array([len(_forms(word)) for word in self.spellings], dtype=np.uint32)),
        )


def _forms(word: Spelling) -> tuple[str, ...]:
    """The light forms by which a word is found; words without any are alike, as far as this can tell."""
    return word.lights or ("",)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Immutable but for a memory of what was asked: words by number, and their neighbours."""

    spellings: Sequence[Spelling]
    _neighbours: Postings
    _forms: npt.NDArray[np.object_]
    """Light forms of all words one after the other."""
    _letters: Letters
    _bounds: Rows
    _asked: dict[Spelling, Rows] = field(default_factory=dict)
    """Neighbours found before: names repeat. A dictionary is safe under threads; at worst a word is done twice."""

    def near(self, word: Spelling) -> Rows:
        """The words `word` may stand for: by consonants, one of them wrong or missing, or by another language."""
        known = self._asked.get(word)
        if known is None:
            if len(self._asked) >= _REMEMBERED:
                self._asked.clear()
            known = self._asked[word] = self._near(word)
        return known

    def _near(self, word: Spelling) -> Rows:
        keys: set[int] = set()
        for bone in word.skeletons:
            text = bone.encode()[:LONGEST]
            keys.add(postings.key(text, _SKELETON))
            if len(text) >= _SHORTEST_FOR_SLIPS:
                keys.update(postings.key(shorter, _SKELETON) for shorter in postings.slips(text))
        rows = self._neighbours.find(keys)
        return distinct(np.concatenate((rows[self.resembling((word,), rows) > 0], self._kin(word))))

    def _kin(self, word: Spelling) -> Rows:
        """The words that are the same given name in another language."""
        return self._neighbours.find(postings.key(str(number).encode(), _EQUIVALENT) for number in word.equivalents)

    def resembling(self, words: Sequence[Spelling], rows: Rows) -> npt.NDArray[np.uint8]:
        """For each of some words of the list, one bit for every word (of at most eight) that it resembles."""
        bits = np.zeros(len(rows), dtype=np.uint8)
        if not len(rows):
            return bits
        ours = [form for word in words for form in _forms(word)]
        firsts = np.cumsum([0, *(len(_forms(word)) for word in words[:-1])])
        places = spread(self._bounds, rows, None)
        owners = np.arange(len(rows)).repeat(lengths(self._bounds, rows))
        if len(places) > _MANY:
            likely = self._letters.at(places).may_resemble(Letters.of(ours))
            places, owners = places[likely], owners[likely]
        forms = self._forms[places].tolist()
        table = cdist(ours, forms, scorer=JaroWinkler.similarity, score_cutoff=NEAR_SIMILARITY, dtype=np.float32) > 0
        alike = np.logical_or.reduceat(table, firsts, axis=0)
        for bit, word in enumerate(words):
            bits[owners[alike[bit]]] |= 1 << bit
            if word.equivalents:
                bits[np.isin(rows, self._kin(word))] |= 1 << bit
        return bits
