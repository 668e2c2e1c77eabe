"""The index in memory: from a person at a border to the few entries that may mean them.

Candidates are the union of three ways (names-and-watchlist notes, design 2):

1. by number: a document or identifier, read as a scanner or a tired clerk may have read it;
2. by birth date: everybody born that day, whose names then only have to be somewhat alike;
3. by name: two words of the name near two words of the entry's, in any order, where the birth dates do not
   contradict each other (a slip apart, known to the year only, or not known).

An index never changes once built, so any number of threads may read it. All that is kept per entry are
numbers in arrays and one packed text, about 400 bytes an entry.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from gateway.records.person import Sex
from gateway.watchlist import birth, postings
from gateway.watchlist.birth import Birth
from gateway.watchlist.numbers import LONGEST, SHORTEST_FOR_SLIPS, confused
from gateway.watchlist.people import Comparable, SpelledName
from gateway.watchlist.postings import Postings, Rows, distinct, lengths, spread
from gateway.watchlist.spelling import Spelling
from gateway.watchlist.vocabulary import ROLE_BITS, Vocabulary

Bytes = npt.NDArray[np.uint8]
Days = npt.NDArray[np.int32]

DOCUMENT: Final = 11
IDENTIFIER: Final = 12
RECORD: Final = 13
"""Salts of the kinds of number: of documents, of persons, and of the records that entries are kept of."""
FIELD, ITEM, PAIR = "\x1d", "\x1e", "\x1f"
"""Separators of the packed text: the group, record and unit separators of ISO 646."""
_WORDS_COMPARED: Final = 8
"""Words of one name that take part in finding candidates: one bit each of a byte."""


class Candidate(NamedTuple):
    """An entry that may mean the person of a query, ready to be compared."""

    record_id: str
    owner_state: str
    person_id: int
    action: str
    reference: str
    contact: str
    person: Comparable


@dataclass(frozen=True, slots=True)
class Text:
    """Many short texts in one."""

    blob: bytes
    bounds: npt.NDArray[np.uint64]

    def of(self, row: int) -> str:
        """One of them."""
        return self.blob[int(self.bounds[row]) : int(self.bounds[row + 1])].decode()


@dataclass(frozen=True, slots=True)
class Index:
    """An immutable index; gateway.watchlist.build makes one."""

    size: int
    vocabulary: Vocabulary
    numbers: Postings
    dates: Rows
    """Every birth date once, packed, ascending."""
    date_of: Rows
    """Entry to place in `dates`."""
    date_entries: Rows
    """Entries in the order of their birth dates."""
    date_bounds: Rows
    """Birth date `d` belongs to `date_entries[date_bounds[d] : date_bounds[d + 1]]`; so all bounds below."""
    words: Rows
    """Words of all names one after the other, each with its role in the low bits."""
    word_bounds: Rows
    """Name to its words."""
    name_bounds: Rows
    """Entry to its names."""
    name_entry: Rows
    name_date: Rows
    """Name to place in `dates`."""
    word_names: Rows
    """Names in the order of the words they hold."""
    word_name_bounds: Rows
    text: Text
    person: npt.NDArray[np.int64]
    sex: Bytes
    owner: npt.NDArray[np.uint16]
    owners: tuple[str, ...]
    everywhere: npt.NDArray[np.bool_]
    first_day: Days
    last_day: Days

    def find(self, person: Comparable, *, today: date, state: str, hidden: Rows | None = None) -> list[int]:
        """Entries in force that may mean the person, ascending; `hidden` entries are left out as if absent."""
        found = [self._by_number(person)]
        classes = birth.classify(person.born, self.dates)
        for name in person.names:
            found.append(self._by_date(name, classes))
            found.append(self._by_name(name, classes))
        entries = distinct(np.concatenate(found))
        entries = entries[self._in_force(entries, today, state)]
        if hidden is not None and len(hidden):
            entries = entries[~np.isin(entries, hidden)]
        result: list[int] = entries.tolist()
        return result

    def entries_of(self, record_ids: Collection[str]) -> Rows:
        """The entries of these records, ascending; a dictionary of them would take as much memory as half the index."""
        found = self.numbers.find(postings.key(each.encode()[:LONGEST], RECORD) for each in record_ids)
        meant = [row for row in found.tolist() if self.text.of(row).partition(FIELD)[0] in record_ids]
        return np.array(meant, dtype=np.uint32)

    def candidate(self, entry: int) -> Candidate:
        """An entry with everything that is compared and answered."""
        fields = self.text.of(entry).split(FIELD)
        record_id, owner, action, reference, contact, citizenships, documents, identifiers = fields
        return Candidate(
            record_id,
            owner,
            int(self.person[entry]),
            action,
            reference,
            contact,
            Comparable(
                names=tuple(
                    self._name(row) for row in range(int(self.name_bounds[entry]), int(self.name_bounds[entry + 1]))
                ),
                born=int(self.dates[self.date_of[entry]]),
                sex=Sex(str(self.sex[entry])),
                citizenships=tuple(filter(None, citizenships.split(ITEM))),
                documents=_unpack(documents),
                identifiers=_unpack(identifiers),
            ),
        )

    def _name(self, row: int) -> SpelledName:
        parts: tuple[list[Spelling], ...] = ([], [], [], [])
        for word in self.words[self.word_bounds[row] : self.word_bounds[row + 1]].tolist():
            parts[word & 3].append(self.vocabulary.spellings[word >> ROLE_BITS])
        return SpelledName(*map(tuple, parts))

    def _in_force(self, entries: Rows, today: date, state: str) -> npt.NDArray[np.bool_]:
        day = today.toordinal()
        bound = self.everywhere[entries]
        if state in self.owners:
            bound = bound | (self.owner[entries] == self.owners.index(state))
        result: npt.NDArray[np.bool_] = (self.first_day[entries] <= day) & (day <= self.last_day[entries]) & bound
        return result

    def _by_number(self, person: Comparable) -> Rows:
        keys: set[int] = set()
        for _, number in person.documents:
            text = confused(number).encode()[:LONGEST]
            keys.add(postings.key(text, DOCUMENT))
            if len(text) >= SHORTEST_FOR_SLIPS:
                keys.update(postings.key(slip, DOCUMENT) for slip in postings.slips(text))
        for _, value in person.identifiers:
            keys.add(postings.key(value.encode()[:LONGEST], IDENTIFIER))
        return self.numbers.find(keys)

    def _by_date(self, name: SpelledName, classes: Bytes) -> Rows:
        """Entries born on the very day with two words, or the only one, somewhat alike."""
        places = (classes >= Birth.NEW_YEAR).nonzero()[0]
        words = name.all_words()[:_WORDS_COMPARED]
        if not len(places) or not words:
            return _NOBODY
        entries = spread(self.date_bounds, places, self.date_entries)
        names = spread(self.name_bounds, entries, None)
        rows, starts = self._words_of(names)
        if not len(rows):
            return _NOBODY
        rows >>= ROLE_BITS
        different = distinct(rows)
        bits = self.vocabulary.resembling(words, different)[different.searchsorted(rows)]
        agreeing = np.bitwise_count(np.bitwise_or.reduceat(bits, starts))
        widths = lengths(self.word_bounds, names)
        enough = np.minimum(min(2, len(words)), widths[widths > 0])
        found: Rows = self.name_entry[names[widths > 0][agreeing >= enough]]
        return found

    def _by_name(self, name: SpelledName, classes: Bytes) -> Rows:
        """Entries with two words near two words of the name and no contradicting birth date."""
        words = name.main_words()[:_WORDS_COMPARED]
        if len(words) < 2:
            return _NOBODY
        near = [self.vocabulary.near(word) for word in words]
        cost = [int(lengths(self.word_name_bounds, rows).sum()) for rows in near]
        bits = np.zeros(len(self.vocabulary.spellings), dtype=np.uint8)
        for bit, rows in enumerate(near):
            bits[rows] |= 1 << bit
        # Of two words that agree at most one can be the commonest, so that one need not be followed.
        commonest = cost.index(max(cost))
        followed = np.concatenate([rows for place, rows in enumerate(near) if place != commonest])
        names = spread(self.word_name_bounds, followed, self.word_names)
        names = names[classes[self.name_date[names]] > Birth.DIFFERENT]
        rows, starts = self._words_of(names)
        if not len(rows):
            return _NOBODY
        agreeing = np.bitwise_count(np.bitwise_or.reduceat(bits[rows >> ROLE_BITS], starts))
        found: Rows = self.name_entry[names[agreeing >= 2]]
        return found

    def _words_of(self, names: Rows) -> tuple[Rows, npt.NDArray[np.int64]]:
        """Words of some names one after the other, and where each name that has any begins."""
        widths = lengths(self.word_bounds, names)
        starts = widths.cumsum() - widths
        return spread(self.word_bounds, names, self.words), starts[widths > 0]


_NOBODY: Final = np.empty(0, dtype=np.uint32)


def _unpack(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (item.partition(PAIR) for item in text.split(ITEM) if item)
    return tuple((kind, value) for kind, _, value in pairs)
