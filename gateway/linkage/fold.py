"""One value of a register made comparable, whatever script it is written in."""

from __future__ import annotations

import re
from typing import Final

from gateway.linkage.dates import Order, read_day
from gateway.names.equivalents import name_sets
from gateway.names.fold import lights, readings, skeletons, tokens

LONGEST: Final = 200
"""Signs of a value that take part; more is a mistake of the source, and would make comparing slow."""
_MOST_WORDS: Final = 8
_MOST_FORMS: Final = 4
_WORD: Final = re.compile(r"[^\W\d_]+")
_APART: Final = re.compile(r"[\W_]+")

Name = tuple[str | None, list[str] | None, list[str] | None, list[int] | None]
FullName = tuple[str | None, list[str] | None, list[str] | None, list[str] | None]
Day = tuple[str | None, int | None, int | None, int | None]


def name(value: str) -> Name:
    """A name as plain Latin letters, its sound forms, its skeletons, and the given names that it spells.

    Plain is the ICAO reading of every word, which for a word of ASCII letters is the word itself.
    """
    words = _words(value)
    if not words:
        return None, None, None, None
    plain = " ".join(_plain(word) for word in words)
    if len(words) == 1:
        sounds = list(lights(words[0])[:_MOST_FORMS])
        bones = list(skeletons(words[0])[:_MOST_FORMS])
    else:
        sounds = list(dict.fromkeys(["".join(lights(word)[:1][0] for word in words if lights(word))]))
        bones = list(dict.fromkeys(bone for word in words for bone in skeletons(word)[:1]))
    sets = sorted({number for word in words for form in lights(word) for number in name_sets(form)})
    return plain, sounds or None, bones or None, sets or None


def full_name(value: str) -> FullName:
    """Several names: the plain words in alphabetical order, as a text and as a list, with sound and skeleton each."""
    words = _words(value)
    if not words:
        return None, None, None, None
    plain = sorted({_plain(word) for word in words})
    sounds = sorted({form for word in words for form in lights(word)[:1]})
    bones = sorted({bone for word in words for bone in skeletons(word)[:1]})
    return " ".join(plain), plain, sounds, bones


def plain_words(value: str) -> list[str]:
    """The words of a name as plain Latin letters, in their order."""
    return [_plain(word) for word in _words(value)]


def day(value: str, order: Order) -> Day:
    """A date as YYYYMMDD, 00 where unknown, and as numbers, NULL where unknown."""
    found = read_day(value, order)
    if found is None:
        return None, None, None, None
    year, month, number = found
    return f"{year:04d}{month:02d}{number:02d}", year, month or None, number or None


def text(value: str) -> str | None:
    """Words and numbers in small Latin letters, parted by single blanks."""
    small = value[:LONGEST].casefold()
    if not small.isascii():
        small = _WORD.sub(lambda match: _plain(match.group()), small)
    return _APART.sub(" ", small).strip() or None


_MEN: Final = frozenset({"m", "male", "man", "м", "муж", "мужской", "мужчина", "erkek", "kişi"})
_WOMEN: Final = frozenset({"f", "female", "w", "woman", "ж", "жен", "женский", "женщина", "qadın", "ayol"})


def sex(value: str) -> str | None:
    """`m`, `f`, or the folded text where it is neither."""
    small = value.casefold().strip(" .")
    return "m" if small in _MEN else "f" if small in _WOMEN else text(value)


def _words(value: str) -> tuple[str, ...]:
    return tokens(value[:LONGEST])[:_MOST_WORDS]


def _plain(word: str) -> str:
    if word.isascii() and word.isalpha():
        return word
    return next(iter(readings(word)), word)
