"""Words of a register made comparable: how a code or a word for "nothing" is typed says nothing about its meaning.

Case, spaces, composed letters, the dotted İ and dotless ı of Turkic alphabets (Python's own casing splits İ in two)
and the signs typed for the Uzbek apostrophe are put aside. Look-alike letters of two scripts are not: a Cyrillic К
in an Azerbaijani column is a slip that a human should see.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_APOSTROPHES: Final = "\u02bb\u02bc\u2018\u2019`\u00b4'"
"""U+02BB is the one that Uzbek spelling asks for; the others are what keyboards give."""
_SAME: Final = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | {"\u0307": None, "ı": "i"})
_DASHES: Final = "\u2013\u2014\u2212"
_ONE_KEY: Final = tuple(str.maketrans(dict.fromkeys(_APOSTROPHES, sign)) for sign in _APOSTROPHES)
"""For each of these signs, all of them turned into it."""


def folded(text: str) -> str:
    """A code as it is compared."""
    # The grave accent is the one of these signs that is ASCII and not the one that is kept.
    if text.isascii() and "`" not in text:
        return " ".join(text.casefold().split())
    return " ".join(unicodedata.normalize("NFC", text).casefold().translate(_SAME).split())


def variants(words: tuple[str, ...]) -> frozenset[str]:
    """Words as people type them: as they stand, capitalised, in capitals of both Turkic kinds, with any apostrophe."""
    # An office program makes a long dash of a short one by itself.
    words += tuple(dash for dash in _DASHES if "-" in words)
    cased = {
        form for word in words for form in (word, word.lower(), word.capitalize(), word.upper(), _turkic_capitals(word))
    }
    # Whoever has one key types it for both signs of "maʼlumot yoʻq".
    return frozenset(cased | {word.translate(signs) for word in cased for signs in _ONE_KEY})


def _turkic_capitals(word: str) -> str:
    return word.replace("i", "İ").upper()
