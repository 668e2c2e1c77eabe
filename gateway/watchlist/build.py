"""Building an index: entries pass by once and leave numbers in columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.watchlist import birth, postings
from gateway.watchlist.entries import Entry
from gateway.watchlist.index import (
    DOCUMENT,
    FIELD,
    IDENTIFIER,
    ITEM,
    PAIR,
    RECORD,
    Index,
    Text,
)
from gateway.watchlist.numbers import LONGEST, SHORTEST_FOR_SLIPS, confused
from gateway.watchlist.people import plain_numbers
from gateway.watchlist.postings import Rows, bounded
from gateway.watchlist.vocabulary import ROLE_BITS, WordCollector

_EVERYWHERE: Final = "ALL_PARTIES"


def build(entries: Iterable[Entry]) -> Index:
    """Index the active entries (any order, each record id once); at most 16.7 million."""
    builder = _Builder()
    for entry in entries:
        if entry.active:
            builder.add(entry)
    return builder.finish()


class _Builder:
    """Gathers columns while entries pass by; nothing of an entry itself is kept."""

    def __init__(self) -> None:
        self.words = WordCollector()
        self.flat, self.word_bounds, self.name_bounds = array("I"), array("I", (0,)), array("I", (0,))
        self.dates, self.person = array("I"), array("q")
        self.sex, self.owner, self.everywhere = array("B"), array("H"), array("B")
        self.first_day, self.last_day = array("i"), array("i")
        self.owners: dict[str, int] = {}
        self.blob, self.bounds = bytearray(), array("Q", (0,))
        self.records: list[bytes] = []
        self.documents: list[bytes] = []
        self.document_rows = array("I")
        self.identifiers: list[bytes] = []
        self.identifier_rows = array("I")

    def add(self, entry: Entry) -> None:
        """Take one entry in."""
        subject = entry.subject
        for name in subject.names:
            for role, text in enumerate((name.family, name.given, name.patronymic, name.full)):
                if text:
                    self.flat.extend(self.words.ids(text, name.language, role))
            self.word_bounds.append(len(self.flat))
        row = len(self.sex)
        self.name_bounds.append(len(self.word_bounds) - 1)
        self.dates.append(birth.pack(subject.birth_date))
        self.person.append(entry.person_id)
        self.records.append(entry.record_id.encode()[:LONGEST])
        self.sex.append(int(subject.sex))
        self.owner.append(self.owners.setdefault(entry.owner_state, len(self.owners)))
        self.everywhere.append(entry.territory == _EVERYWHERE)
        self.first_day.append(entry.ban_from.toordinal())
        self.last_day.append((entry.ban_to or date.max).toordinal())
        documents, identifiers = plain_numbers(subject.documents), plain_numbers(subject.identifiers)
        for _, number in documents:
            self.documents.append(confused(number).encode()[:LONGEST])
            self.document_rows.append(row)
        for _, value in identifiers:
            self.identifiers.append(value.encode()[:LONGEST])
            self.identifier_rows.append(row)
        fields = (
            *map(_safe, (entry.record_id, entry.owner_state, entry.action, entry.reference, entry.contact)),
            ITEM.join(map(_safe, subject.citizenships)),
            ITEM.join(_safe(country) + PAIR + number for country, number in documents),
            ITEM.join(_safe(scheme) + PAIR + value for scheme, value in identifiers),
        )
        self.blob += FIELD.join(fields).encode()
        self.bounds.append(len(self.blob))

    def finish(self) -> Index:
        """The index of everything taken in."""
        size = len(self.sex)
        if size > postings.MOST_ROWS:
            raise ValueError("more entries than one index can number")
        records = postings.build(self.records, np.arange(size, dtype=np.uint32), RECORD, shortest_for_slips=LONGEST + 1)
        documents = postings.build(
            self.documents, _column(self.document_rows), DOCUMENT, shortest_for_slips=SHORTEST_FOR_SLIPS
        )
        identifiers = postings.build(
            self.identifiers, _column(self.identifier_rows), IDENTIFIER, shortest_for_slips=LONGEST + 1
        )
        vocabulary = self.words.finish()
        dates, date_of = np.unique(_column(self.dates), return_inverse=True)
        words, word_bounds, name_bounds = _column(self.flat), _column(self.word_bounds), _column(self.name_bounds)
        owner_of_word = np.repeat(np.arange(len(word_bounds) - 1, dtype=np.uint32), np.diff(word_bounds))
        name_entry = np.repeat(np.arange(size, dtype=np.uint32), np.diff(name_bounds))
        word_names, word_name_bounds = _grouped(words >> ROLE_BITS, len(vocabulary.spellings))
        date_entries, date_bounds = _grouped(date_of, len(dates))
        return Index(
            size=size,
            vocabulary=vocabulary,
            numbers=postings.finish([records, documents, identifiers]),
            dates=dates,
            date_of=date_of.astype(np.uint32),
            date_entries=date_entries,
            date_bounds=date_bounds,
            words=words,
            word_bounds=word_bounds,
            name_bounds=name_bounds,
            name_entry=name_entry,
            name_date=date_of.astype(np.uint32)[name_entry],
            word_names=owner_of_word[word_names],
            word_name_bounds=word_name_bounds,
            text=Text(bytes(self.blob), _column(self.bounds)),
            person=_column(self.person),
            sex=_column(self.sex),
            owner=_column(self.owner),
            owners=tuple(self.owners),
            everywhere=_column(self.everywhere).astype(np.bool_),
            first_day=_column(self.first_day),
            last_day=_column(self.last_day),
        )


def _safe(text: str) -> str:
    """The text without the separators of the packed form, which no field of a record has any use for."""
    return text if text.isprintable() else "".join(letter for letter in text if letter not in FIELD + ITEM + PAIR)


def _column(values: array[int]) -> npt.NDArray[Any]:
    """A gathered column as an array of the same width, without a copy."""
    return np.frombuffer(values, dtype=values.typecode) if len(values) else np.empty(0, dtype=values.typecode)


def _grouped(groups: npt.NDArray[np.integer], count: int) -> tuple[Rows, Rows]:
    """Rows in the order of their group, and the bounds of each group."""
    order = np.argsort(groups, kind="stable").astype(np.uint32)
    return order, bounded(np.bincount(groups, minlength=count))
