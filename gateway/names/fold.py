"""Names folded for comparison: tokens, readings, light forms and consonant skeletons.

A name travels through three alphabets and a dozen romanisations, so no single transliteration is right.
A *reading* is a spelling that some passport may print; a *light* form is one letter a sound, for scoring;
a *skeleton* keeps the consonants, in classes that romanisations confuse, for finding candidates.
The sound letters are those of gateway.names.alphabets. Rules: names-and-watchlist notes, ICAO Doc 9303-3.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from gateway.names import alphabets, latin
from gateway.names.script import detect, of_letter

_CACHE: Final = 1 << 18
"""Tokens remembered: names repeat, and a population of millions has some hundred thousand of them."""

_APOSTROPHES: Final = dict.fromkeys(map(ord, "ʻʼ‘’'`´ʹʺ″′\"“”"), "'")
_SEPARATORS: Final = re.compile(r"[^\w']+|_|\d+")
_TO_CYRILLIC: Final = str.maketrans("aceopxyikhmtbəä", "асеорхуікһмтвәә")
_TO_LATIN: Final = str.maketrans("асеорхуікһмтвә", "aceopxyikhmtbə")
_ARMENIAN_DIGRAPHS: Final = (("ու", "u"), ("եւ", "ev"), ("ոյ", "uy"))


@lru_cache(_CACHE)
def tokens(text: str) -> tuple[str, ...]:
    """The lower-case words of a name in their own script, apostrophes unified to `'`.

    Hyphens, dots, commas and the filler `<` of machine-readable zones part words. A letter that strayed in
    from the keyboard's other alphabet is put back where the rest of the word tells which one is meant.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text.replace("İ", "i")))
    text = text.lower().replace("i\u0307", "i").replace("\u2019", "'").translate(_APOSTROPHES)
    words = (word.strip("'") for word in _SEPARATORS.split(text))
    return tuple(_one_script(word) for word in words if word)


def _one_script(word: str) -> str:
    if word.isascii() or detect(word) != "Zyyy":
        return word
    scripts = [of_letter(letter) for letter in word]
    cyrillic, roman = scripts.count("Cyrl"), scripts.count("Latn")
    if not cyrillic or not roman:
        return word
    return word.translate(_TO_CYRILLIC if cyrillic >= roman else _TO_LATIN)


@lru_cache(_CACHE)
def readings(token: str, language: str = "") -> tuple[str, ...]:
    """The Latin spellings a token may bear, lower-case ASCII, ICAO Doc 9303 first and without repeats.

    `token` is one of `tokens`; `language` (ISO 639-1) puts the national reading of Г, И and Ў right after
    the ICAO one, else it stands among the rest. Empty where the token has no letter of the four scripts.
    """
    script = detect(token)
    if script == "Cyrl":
        found = [_transliterate(token, table) for table in alphabets.CYRILLIC_SCHEMES.values()]
        if language in {"be", "uk"}:
            found.insert(1, found.pop(2))
        found[-1:] = [found[-1], _initial_ye(token, found[1])]
    elif script == "Armn":
        found = _armenian_readings(token)
    elif script == "Geor":
        plain = _transliterate(token, alphabets.GEORGIAN)
        found = [plain, plain.replace("q", "k"), plain.replace("j", "dj"), plain.replace("gh", "g")]
    else:
        found = latin.spellings(token)
    return tuple(dict.fromkeys(reading for reading in found if reading))


def _transliterate(token: str, table: alphabets.Table) -> str:
    return latin.ascii_only("".join([table.get(letter, letter) for letter in token]))


def _initial_ye(token: str, english: str) -> str:
    """English usage writes YE for Е at the beginning and after a vowel: Yelena, Sergeyev."""
    return re.sub(r"(^|(?<=[aeiouy]))e", "ye", english) if "е" in token else english


def _armenian(token: str, table: alphabets.Table) -> str:
    for digraph, sound in _ARMENIAN_DIGRAPHS:
        token = token.replace(digraph, sound)
    return latin.ascii_only("".join([table.get(letter, letter) for letter in token]))


def _armenian_readings(token: str) -> list[str]:
    """BGN/PCGN, with the glides of the word's beginning, and as it comes through Russian (Հ drops, ղ → g)."""
    plain = _armenian(token, alphabets.ARMENIAN)
    glide = re.sub("^o(?!v)", "vo", re.sub("^e", "ye", plain))
    russian = re.sub("^h(?=[aeiou])", "", plain.replace("gh", "g"))
    hard = re.sub("^h", "g", russian)
    return [plain, glide, russian, hard]


@lru_cache(_CACHE)
def lights(token: str, language: str = "") -> tuple[str, ...]:
    """The light forms of a token, one letter a sound, the likeliest first.

    Cyrillic, Armenian and Georgian letters say their sound, so there is one form or two; a Latin spelling
    leaves open whose orthography it follows (CH is ч, х or ш), so there may be several.
    """
    script = detect(token)
    if script == "Cyrl":
        found = _cyrillic_lights(token, language)
    elif script == "Armn":
        sound = _armenian(token, alphabets.ARMENIAN_SOUNDS)
        found = [sound, sound[1:], f"g{sound[1:]}"] if sound.startswith("h") else [sound]
    elif script == "Geor":
        sound = _transliterate(token, alphabets.GEORGIAN_SOUNDS)
        found = [sound, sound.replace("h", "")] if "ჰ" in token else [sound]
    else:
        found = latin.sounds(token)
    return tuple(dict.fromkeys(latin.settle(form) for form in found if form))


def _cyrillic_lights(token: str, language: str) -> list[str]:
    sound = _transliterate(token, alphabets.CYRILLIC_SOUNDS)
    found = [sound]
    if language in {"be", "uk"} and "г" in token:
        found.insert(0, _transliterate(token.replace("г", "һ"), alphabets.CYRILLIC_SOUNDS))
    if "ў" in token:
        found.append(_transliterate(token.replace("ў", "о"), alphabets.CYRILLIC_SOUNDS))
        if language == "uz":
            found.reverse()
    return found


def light(token: str) -> str:
    """The likeliest light form, for scoring by string distance; empty where there is no letter."""
    return next(iter(lights(token)), "")


_CLASSES: Final = str.maketrans({"g": "h", "q": "x", "j": "x", "w": "v"} | dict.fromkeys("aeiouy'", ""))
"""Sounds that romanisations confuse fall together: g and h, and the hushing sh, ch and zh."""

_SUFFIXES: Final = re.compile(
    r"(?<=[a-z]{3})(?:oglu|ogli|ogly|oglo|ugli|uglu|kizi|kiz|gizi|kzi|uli|ulu|uulu|uuli|zoda|zade|zada)$"
)
"""Patronymic endings in their light form: оглы, oğlu, oʻgʻli, кызы, qızı, ұлы, уулу, зода, zadə."""


@lru_cache(_CACHE)
def skeletons(token: str, language: str = "") -> tuple[str, ...]:
    """The consonant skeletons of a token, upper-case, the likeliest first, at most one per light form."""
    return tuple(dict.fromkeys(filter(None, map(bone, lights(token, language)))))


def skeleton(token: str) -> str:
    """The likeliest skeleton, for blocking; empty where the token is a patronymic particle or no word."""
    return next(iter(skeletons(token)), "")


@lru_cache(_CACHE)
def bone(form: str) -> str:
    """The skeleton of a light form; empty for a particle."""
    form = _SUFFIXES.sub("", form)
    vowel = form[:1] if form[:1] in "aeiouy" else ""
    form = re.sub("(?<=[aeiou])f+$", "v", form)
    bare = re.sub(r"(.)\1+", r"\1", form.translate(_CLASSES))
    if len(bare) < 2:
        # A name of one consonant or none (Ли, Юн, Ая) would meet everything: its vowels must speak too.
        return re.sub(r"(.)\1+", r"\1", form).upper()
    return ("A" + bare if vowel else bare).upper()


_GENDERED: Final = (
    (re.compile("(?<=..)(ov|ev|in)a$"), r"\1"),
    (re.compile("(?<=..)(sk|ck)(?:a|aia|oi)$"), r"\1i"),
    (re.compile("(?<=.o)f$"), "v"),
)
"""Feminine and older endings of family names: Иванова, Ивановская, Ivanoff."""


@lru_cache(_CACHE)
def stem(form: str) -> str:
    """The light form of a family name without its gendered ending and its patronymic particle."""
    form = _SUFFIXES.sub("", form)
    for pattern, replacement in _GENDERED:
        form = pattern.sub(replacement, form)
    return form
