"""A person of a query or of an entry, made comparable: words spelled out, the birth date packed, numbers plain."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from gateway.names.fold import tokens
from gateway.records.person import Sex
from gateway.watchlist import birth, numbers
from gateway.watchlist.entries import Subject, WrittenName
from gateway.watchlist.spelling import Spelling, spelling


@dataclass(frozen=True, slots=True)
class SpelledName:
    """One name in comparable words."""

    family: tuple[Spelling, ...] = ()
    given: tuple[Spelling, ...] = ()
    patronymic: tuple[Spelling, ...] = ()
    full: tuple[Spelling, ...] = ()
    """All words of a name that came unsplit, in the order they came."""

    def main_words(self) -> tuple[Spelling, ...]:
        """The words by which people are found: all but a patronymic known as one."""
        return tuple(dict.fromkeys((*self.family, *self.given, *self.full)))

    def all_words(self) -> tuple[Spelling, ...]:
        """Every word."""
        return tuple(dict.fromkeys(chain(self.family, self.given, self.patronymic, self.full)))


@dataclass(frozen=True, slots=True)
class Comparable:
    """What is compared of a person."""

    names: tuple[SpelledName, ...]
    born: int
    """Packed as gateway.watchlist.birth says."""
    sex: Sex
    citizenships: tuple[str, ...]
    documents: tuple[tuple[str, str], ...]
    """Issuing state and plain number."""
    identifiers: tuple[tuple[str, str], ...]
    """Scheme and plain value."""


def comparable(subject: Subject) -> Comparable:
    """A subject as it is compared."""
    return Comparable(
        names=tuple(map(_spelled, subject.names)),
        born=birth.pack(subject.birth_date),
        sex=subject.sex,
        citizenships=subject.citizenships,
        documents=plain_numbers(subject.documents),
        identifiers=plain_numbers(subject.identifiers),
    )


def plain_numbers(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Documents or identifiers with their numbers plain; those of which nothing is left are dropped."""
    found = ((kind, numbers.plain(value)) for kind, value in pairs)
    return tuple((kind, value) for kind, value in found if value)


def _spelled(name: WrittenName) -> SpelledName:
    language = name.language

    def words(text: str) -> tuple[Spelling, ...]:
        return tuple(spelling(word, language) for word in tokens(text))

    return SpelledName(words(name.family), words(name.given), words(name.patronymic), words(name.full))
