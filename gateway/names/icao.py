"""Canonical Latin: the spelling that ICAO Doc 9303 part 3 section 6 prescribes for machine-readable zones.

The tables are those of gateway.names.alphabets; here stand the exceptions of single languages. Armenian and
Georgian have no table of ICAO's: BGN/PCGN 1981 and the Georgian national system stand in for it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from gateway.names import alphabets
from gateway.names.fold import readings
from gateway.names.latin import ascii_only
from gateway.names.script import lower, mend, script_of

_SERBIAN: Final = {"г": "h", "ж": "z", "х": "h", "ц": "c", "ч": "c", "ш": "s"}

EXCEPTIONS: Final[dict[str, alphabets.Table]] = {
    "be": {"г": "h", "ё": "io"},
    "uk": {"и": "y"},
    "sr": _SERBIAN,
    "mk": {"х": "h", "ц": "c", "џ": "dj", "ѓ": "gj", "ќ": "kj"},
    "bg": {"щ": "sht"},
}
"""ISO 639-1 code to the letters that the Cyrillic table reads otherwise in that language."""

_TURKIC: Final = {"ä": "a", "ö": "o", "ü": "u"}
PLAIN_UMLAUTS: Final = frozenset({"az", "kk", "ky", "tk", "tr", "tt", "uz"})
"""Languages whose passports print Ä, Ö and Ü without a second letter; the Latin table leaves the choice."""

_APOSTROPHES: Final = dict.fromkeys(map(ord, "'ʻʼ‘’`´ʹʺ″′\"“”"))
_WORD: Final = re.compile(r"[^\W\d_]+")


@lru_cache(1 << 14)
def icao(text: str, language: str = "") -> str:
    """A name in the capital letters A to Z; blanks and hyphens stay, apostrophes and all else are left out.

    `language` is an ISO 639-1 code; empty, the table is read without exceptions. Letters of other scripts
    than the four of this package are left out, so the result may be empty.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text)).translate(_APOSTROPHES)
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    found = _WORD.sub(lambda match: _word(lower(mend(match.group())), language), text)
    found = re.sub("[^a-z -]+", " ", found)
    return re.sub(" *- *", "-", " ".join(found.split())).strip("-").upper()


def _word(word: str, language: str) -> str:
    script = script_of(word)
    if script in {"Armn", "Geor"}:
        return next(iter(readings(word)), "")
    table = alphabets.ICAO | alphabets.LATIN_ICAO | EXCEPTIONS.get(language, {})
    if language in PLAIN_UMLAUTS:
        table |= _TURKIC
    return ascii_only("".join([table.get(letter, letter) for letter in word]))
