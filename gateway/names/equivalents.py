"""Which given names are one name in several languages, and what a patronymic says about the father."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from gateway.names.fold import lights, tokens
from gateway.names.given_names import EQUIVALENTS


def _table() -> dict[str, frozenset[int]]:
    """Light form to the numbers of the names it spells; a spelling may belong to two names (Юрий)."""
    table: dict[str, set[int]] = {}
    for number, line in enumerate(EQUIVALENTS.strip().splitlines()):
        for spelling in line.split():
            for token in tokens(spelling):
                for form in lights(token):
                    table.setdefault(form, set()).add(number)
    return {form: frozenset(numbers) for form, numbers in table.items()}


_NUMBERS: Final = _table()


def name_sets(form: str) -> frozenset[int]:
    """The numbers of the given names that a light form spells; empty where the table does not know it."""
    return _NUMBERS.get(form, frozenset())


def equivalent(left: str, right: str) -> bool:
    """Whether two light forms spell one given name in two languages."""
    return not name_sets(left).isdisjoint(name_sets(right))


_PARTICLES: Final = re.compile(r"(?:o|u|a)?g[uh]?l[ui]|kizi|kiz|gizi|kzi|ul[ui]|uul[ui]|zoda|zade|zada|ibn|bek")
_RUSSIAN: Final = re.compile(r"(?<=.)(?:[aeio]?vi[qxhcj]i?|[aeio]?vna|iniqna|iqna|i[qxh])$")
_SUFFIXED: Final = re.compile(r"(?<=.{3})(?:ogl[uio]|ugl[ui]|kizi|gizi|uul[ui]|ul[ui]|zoda|zade|zada)$")


def is_particle(token: str) -> bool:
    """Whether a word of `tokens` only says whose child somebody is: оглы, qızı, уулу, zoda."""
    return any(_PARTICLES.fullmatch(form) for form in lights(token)[:2])


_ENDING: Final = re.compile(r"(?<=.{2})[aeiou]+$")
"""Endings that a father's name drops or takes on in his child's: Никита, Никитич; Հակոբ, Հակոբի."""


def father_stem(form: str) -> str:
    """The part of a father's light name that his children's patronymics keep."""
    return _ENDING.sub("", form)


_FATHERS: Final = {
    stem: numbers
    for form, numbers in sorted(_NUMBERS.items(), key=lambda item: len(item[0]))
    if (stem := father_stem(form))
}


def same_father(left: str, right: str) -> bool:
    """Whether two stems of `fathers` belong to one name in two languages: Мікалаевіч, Николаевич."""
    return not _FATHERS.get(left, frozenset()).isdisjoint(_FATHERS.get(right, frozenset()))


@lru_cache(1 << 16)
def fathers(patronymic: str) -> tuple[str, ...]:
    """The father's given name behind a patronymic, as light stems, the likeliest first.

    Асанович, Асан уулу, Asan oʻgʻli and Asan oğlu all give `asan`; Armenian writes the genitive (Հակոբի).
    Empty where the patronymic holds no name at all.
    """
    stems: list[str] = []
    for token in tokens(patronymic):
        for form in lights(token):
            if _PARTICLES.fullmatch(form):
                break
            stems.append(father_stem(_SUFFIXED.sub("", _RUSSIAN.sub("", form))))
    return tuple(dict.fromkeys(stem for stem in stems if len(stem) > 1))
