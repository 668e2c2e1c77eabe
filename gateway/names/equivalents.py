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


_PARTICLES: Final = re.compile(
    r"(?:o|u|a)?g[uhi]?l[uiy]|ogl[oiu]|ugl[iu]|kizi|kiz|gizi|kzi|uli|ulu|uuli|uulu|zoda|zade|zada|bei|bek|ben"
)
_RUSSIAN: Final = re.compile(
    r"(?<=.{2})(?:(?:o|e|a)vi[qx]|(?:o|e|a)vna|(?:i|e)vi[qx]|(?:i|e)vna|ieviq|ievna|i[qx]na|iniqna|i[qx])$"
)
_SUFFIXED: Final = re.compile(r"(?<=.{3})(?:ogl[uio]|ugl[ui]|kizi|gizi|uul[ui]|ul[ui]|zoda|zade|zada)$")
_GENITIVE: Final = re.compile(r"(?<=[bcdfghjklmnpqrstvxz])(?:i|a|u)$|(?<=.{2})a$")


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
            stem = _SUFFIXED.sub("", _RUSSIAN.sub("", form))
            stems += [stem, _GENITIVE.sub("", stem)]
    return tuple(dict.fromkeys(stem for stem in stems if len(stem) > 1))
