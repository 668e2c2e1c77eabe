"""Which word of a person's names is the given one and which the family's, told from all name columns together.

A register that keeps whole names ("Sir Thomas Clifford, 3rd baronet") often has columns of parts beside them that a
program has cut ("Sir", "baronet"). Titles and ordinals name nobody, so they are dropped; what is left of the parts
says which word is which, and where they say nothing, the first word is the given name and the last the family's.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.linkage import fold
from gateway.names.equivalents import name_sets
from gateway.names.fold import lights, skeletons

GIVEN: Final = "whole_given"
FAMILY: Final = "whole_family"
REST: Final = "whole_rest"
WORDS: Final = "whole_words"
COLUMNS: Final = (
    (GIVEN, "VARCHAR"),
    (f"{GIVEN}_light", "VARCHAR[]"),
    (f"{GIVEN}_bones", "VARCHAR[]"),
    (f"{GIVEN}_sets", "INTEGER[]"),
    (FAMILY, "VARCHAR"),
    (f"{FAMILY}_light", "VARCHAR[]"),
    (f"{FAMILY}_bones", "VARCHAR[]"),
    (REST, "VARCHAR[]"),
    (f"{WORDS}_bones", "VARCHAR[]"),
)
"""Columns of `records` that a register with whole names has besides its own, and their types."""

_TITLE_WORDS: Final = """
sir lady mr mrs miss dr rev reverend revd hon honourable prof professor esq esquire
capt captain col colonel gen maj lt lieutenant adm admiral commander sergeant
baroness baronet bart bt countess duchess viscount viscountess marquess
of de la von van der den du le and jr sr junior senior phd md kc qc kt kbe kcb obe mbe cbe
first second third fourth fifth herr frau monsieur gospodin gospozha grazhdanin grazhdanka pan pani hanim
"""
_NAMES_TOO: Final = """
ms lord dame doctor general major baron earl count duke marquis prince princess king queen saint st
bishop archbishop cardinal canon madame don dona bey
"""
_TITLES: Final = frozenset(_TITLE_WORDS.split())
_ALSO_NAMES: Final = frozenset(_NAMES_TOO.split())
"""Titles that are names too: Martin King is no king."""
_ORDINAL: Final = re.compile(r"\d*(?:st|nd|rd|th)?")

Roles = tuple[
    str | None,
    list[str] | None,
    list[str] | None,
    list[int] | None,
    str | None,
    list[str] | None,
    list[str] | None,
    list[str] | None,
    list[str] | None,
]


def roles(whole: str, given: str, family: str) -> Roles:
    """The values of COLUMNS for the three cells, each of which may be empty."""
    every, first, last = (_names(cell) for cell in (whole, given, family))
    words = list(dict.fromkeys([*every, *first, *last]))
    if len(words) == 1:
        first, last = [], words
    elif len(every) > 1:
        first = first or every[:1]
        last = last or [word for word in every[1:] if word not in first][-1:]
    one, other = (first[0] if first else None), (last[-1] if last else None)
    rest = [word for word in words if word not in {one, other}]
    bones = list(dict.fromkeys(bone for word in words for bone in skeletons(word)[:1]))
    sets = sorted({number for form in lights(one) for number in name_sets(form)}) if one else []
    return (*_forms(one), sets or None, *_forms(other), rest or None, bones or None)


def _names(cell: str) -> list[str]:
    words = [word for word in fold.plain_words(cell) if word not in _TITLES and not _ORDINAL.fullmatch(word)]
    surely = [word for word in words if word not in _ALSO_NAMES]
    return surely if len(surely) > 1 else words


def _forms(word: str | None) -> tuple[str | None, list[str] | None, list[str] | None]:
    if word is None:
        return None, None, None
    return word, list(lights(word)) or None, list(skeletons(word)) or None
