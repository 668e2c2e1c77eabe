"""Latin spellings: whose orthography a Latin name follows is unknown, so it is read in several."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from gateway.names import alphabets


def ascii_only(text: str) -> str:
    """The text with its marks taken off and everything but the letters a to z left out."""
    if text.isascii():
        return text if text.isalpha() else re.sub("[^a-z]+", "", text)
    bare = unicodedata.normalize("NFD", text.translate(_LAST_RESORT))
    return re.sub("[^a-z]+", "", bare)


_LAST_RESORT: Final = str.maketrans({"ı": "i", "ə": "e", "đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae"})
_ICAO: Final = str.maketrans(alphabets.LATIN_ICAO)
_MARKED: Final = str.maketrans(alphabets.LATIN_MARKED)


def _unmarked(token: str, table: dict[int, str]) -> str:
    return ascii_only(token.translate(table))


def spellings(token: str) -> list[str]:
    """The ASCII spellings of a Latin token: ICAO, without marks, and by the sound of its marked letters."""
    if token.isascii():
        return [ascii_only(token)]
    bare = ascii_only(token)
    return [_unmarked(token, _ICAO), bare, _unmarked(token, _MARKED), bare.replace("x", "kh")]


@dataclass(frozen=True)
class Orthography:
    """How one tradition writes the sounds of our names."""

    trigger: re.Pattern[str]
    """What a spelling must contain for this reading to differ from the first one."""
    graphs: dict[str, str]
    """Letters to sound letters; the longest match wins."""

    def __post_init__(self) -> None:
        # Patterns (an ending) come before plain graphs, longer graphs before shorter ones.
        longest = sorted(self.graphs, key=lambda graph: (graph.isalpha(), -len(graph)))
        object.__setattr__(self, "_pattern", re.compile("|".join(longest)))

    def sound(self, text: str) -> str:
        """The text with every graph replaced by its sound letter."""
        pattern: re.Pattern[str] = self._pattern  # type: ignore[attr-defined]
        graphs = self.graphs
        return pattern.sub(lambda match: graphs.get(match.group(), ""), text)


_ENGLISH: Final = {
    "shch": "xq", "stch": "xq", "chtch": "xq", "schtsch": "xq", "szcz": "xq", "sch": "x", "sh": "x",
    "tsch": "q", "tch": "q", "ch": "q", "cz": "q", "kh": "h", "zh": "j", "dzh": "j", "dj": "j", "dsch": "j",
    "dsh": "j", "sz": "x", "ph": "f", "gh": "g", "th": "t", "ck": "k", "ts": "c", "tz": "c",
    "tc": "c", "ce": "ce", "ci": "ci", "cy": "ci", "c": "k", "q": "k", "w": "v", "x": "ks", "j": "i", "y": "i",
    "ou": "u", "oo": "u", "tx": "q",
}  # fmt: skip
"""ICAO Doc 9303 and English usage, with the graphs of neighbours that mean nothing else in it.
`ph` must be tried before `h`, and every longer graph before its parts."""

_FIRST: Final = Orthography(re.compile(""), _ENGLISH)

_REGION: Final = (
    # J as in English, Turkmen and Azerbaijani: ж or дж.
    Orthography(re.compile("j"), _ENGLISH | {"j": "j", "x": "h"}),
    # French, as in passports of the USSR: ch is ш.
    Orthography(re.compile("ch"), _ENGLISH | {"ch": "x", "j": "j"}),
    # Turkic Latin: x is х, c is дж, q is г.
    Orthography(re.compile("[xcq]"), _ENGLISH | {"x": "h", "c": "j", "ce": "je", "ci": "ji", "q": "g", "j": "j"}),
    # Scholarly Slavic without marks, and GOST: c is ц, x is х.
    Orthography(re.compile("c(?!h)|x"), _ENGLISH | {"c": "c", "x": "h"}),
    # Belarusian short u at the end of a syllable: Ivanou, Lauryk.
    Orthography(re.compile("[aeo]u(?![aeiouy])"), _ENGLISH | {"au": "av", "ou": "ov", "eu": "ev"}),
)  # fmt: skip
"""Habits of the region's own passports and registers."""

_ABROAD: Final = (
    # German and Polish: ch is х, c is ц, rz is ж, j always a glide.
    Orthography(
        re.compile("ch|ck|rz|[dt]j|ds"),
        _ENGLISH | {"ch": "h", "c": "c", "ck": "ck", "rz": "j", "dj": "di", "ds": "z"},
    ),
    # Greek names in English, Romanian, Italian: ch is к, g is soft before e and i.
    Orthography(re.compile("ch|g[eiy]"), _ENGLISH | {"ch": "k", "ge": "je", "gi": "ji", "gy": "ji"}),
    # Dutch, Swedish, Norwegian, Catalan.
    Orthography(
        re.compile("[stzx]j|oe|x"),
        _ENGLISH | {"tsj": "q", "tj": "q", "sj": "x", "zj": "j", "dzj": "j", "oe": "u", "ch": "h", "x": "x"},
    ),
    # An h that only lengthens a vowel, or stands after r.
    Orthography(
        re.compile("(?<=[aeou])h(?=[bcdfgjklmnpqrstvz])|rh"), _ENGLISH | {"(?<=[aeour])h(?=[bcdfgjklmnpqrstvzei])": ""}
    ),
    # Hungarian.
    Orthography(
        re.compile("gy|sz|cs|zs|ty"),
        _ENGLISH | {"gy": "d", "sz": "s", "cs": "q", "zs": "j", "ty": "t", "ny": "n", "ly": "i", "s": "x"},
    ),
    # Indian and Persian names in English, an h that only marks the consonant; French and Italian gn.
    Orthography(
        re.compile("[bdjw]h|gn"), _ENGLISH | {"bh": "b", "dh": "d", "jh": "j", "wh": "v", "gn": "n", "gh": "g"}
    ),
    # Latvian, Lithuanian and Latin put an ending after the name: Ivanovs, Tarasovas, Sergejus.
    Orthography(re.compile("(?<=...)s$"), _ENGLISH | {"(?:ju|iu|[aiu])?s$": ""}),
    # Spanish.
    Orthography(re.compile("j"), _ENGLISH | {"j": "h", "ll": "i"}),
)  # fmt: skip
"""Habits of other countries' papers: too rare to be scored as the person's own spelling, yet a candidate
must not be lost by them."""


def sounds(token: str) -> list[str]:
    """The sound forms of a Latin token by the region's habits, the likeliest first; see `settle`."""
    text = ascii_only(token) if token.isascii() else _unmarked(token, _MARKED)
    found = [reading.sound(text) for reading in (_FIRST, *_REGION) if reading.trigger.search(text)]
    if "j" in text and "y" in text:
        # Whoever writes Y for the glide means another sound by J: Hajiyev, Xoʻjayev.
        found[0], found[1] = found[1], found[0]
    # Marks are lost on many ways: the bare letters then say what they say in ASCII.
    return found if token.isascii() else [*found, _FIRST.sound(ascii_only(token))]


def sounds_abroad(token: str) -> list[str]:
    """Further sound forms of a Latin token, by other countries' habits."""
    text = ascii_only(token) if token.isascii() else _unmarked(token, _MARKED)
    return [reading.sound(text) for reading in _ABROAD if reading.trigger.search(text)]


_SETTLE: Final = (
    (re.compile("[iy]+"), "i"),
    # Ё is E in ICAO and YO, IO, JO elsewhere; Е is E, YE or IE.
    (re.compile("(?<=.)i[eo]|^ie|^io"), "e"),
    # One sound, written with or without its first half: дж, дз, тч, тц.
    (re.compile("d(?=[jz])|t(?=[qc])"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def settle(form: str) -> str:
    """A sound form with glides and doubled letters evened out: Sergeyev and Sergeev, Yuliya and Iuliia."""
    for pattern, replacement in _SETTLE:
        form = pattern.sub(replacement, form)
    return form
