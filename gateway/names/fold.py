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
from gateway.names.script import detect, lower, mend

_CACHE: Final = 1 << 18
"""Tokens remembered: names repeat, and a population of millions has some hundred thousand of them."""

_APOSTROPHES: Final = dict.fromkeys(map(ord, "ʻʼ‘’'`´ʹʺ″′\"“”·"), "'")
_STRESS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7]+")
"""Marks that combine into no letter, such as a dictionary's stress; they must not tear a word apart."""
_SEPARATORS: Final = re.compile(r"[^\w']+|_|\d+")
_CHURCH: Final = {0x10A0 + place: 0x10D0 + place for place in range(38)} | {
    0x2D00 + place: 0x10D0 + place for place in range(38)
}
"""Georgian ecclesiastical capitals and small letters to the letters of today."""
_ARMENIAN_DIGRAPHS: Final = (("ու", "u"), ("եւ", "ev"), ("ոյ", "uy"))


@lru_cache(_CACHE)
def tokens(text: str) -> tuple[str, ...]:
    """The lower-case words of a name in their own script, apostrophes unified to `'`.

    Hyphens, dots, commas and the filler `<` of machine-readable zones part words. A letter that strayed in
    from the keyboard's other alphabet is put back where the rest of the word tells which one is meant.
    """
    # Apostrophes come first: NFKC tears the acute accent that some type for one into a blank and a mark.
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)))
    text = _STRESS.sub("", text.replace("İ", "i")).translate(_CHURCH)
    words = (word.strip("'") for word in _SEPARATORS.split(text))
    return tuple(lower(mend(word)) for word in words if word)


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
    hard = re.sub("^h", "g", plain.replace("gh", "g"))
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
        found = _armenian_lights(token)
    elif script == "Geor":
        sound = _transliterate(token, alphabets.GEORGIAN_SOUNDS)
        found = [sound, sound.replace("h", "")] if "ჰ" in token else [sound]
    else:
        found = latin.sounds(token)
    return tuple(dict.fromkeys(latin.settle(form) for form in found if form))


def _armenian_lights(token: str) -> list[str]:
    sound = _armenian(token, alphabets.ARMENIAN_SOUNDS)
    if sound.startswith("h"):
        # Հ is dropped or becomes Г on the way through Russian: Հարություն, Арутюн; Հրանտ, Грант.
        return [sound, sound[1:], f"g{sound[1:]}"]
    if token.startswith("ո") and not sound.startswith(("u", "ov")):
        return [f"v{sound}", sound]
    return [sound]


def _cyrillic_lights(token: str, language: str) -> list[str]:
    found = [token]
    if language in {"be", "uk"} and "г" in token:
        found = [token.replace("г", "һ"), token]
    if "ў" in token:
        # Belarusian Ў sounds V; Uzbek Ў is O.
        found += [form.replace("ў", "о") for form in found]
        if language == "uz":
            found.reverse()
    return [_transliterate(form, alphabets.CYRILLIC_SOUNDS) for form in found]


_ENGLISH_W: Final = re.compile("[уў](?=[аеиоэі])")
_BELARUSIAN: Final = (
    (re.compile("сьц|сц(?=[іея])"), "ст"), (re.compile("дз(?=[еіюяёь])"), "д"), (re.compile("ц(?=[іеяюёьв])"), "т"),
    (re.compile("^во"), "о"), (re.compile("^[уў](?=[бвгджзклмнпрстфхцчш])"), "в"),
)  # fmt: skip
"""Belarusian letters that Russian spellings of the same name do not have: Сцяпанаў, Гардзееў, Восіпаў."""


def _skeletal_lights(token: str, language: str) -> list[str]:
    """Further light forms, good enough to find a candidate by, too loose to score with."""
    script = detect(token)
    if script == "Latn":
        return latin.sounds_abroad(token)
    if script == "Cyrl":
        # English W before a vowel is written У: Уилсон, Гоуард.
        found = [_ENGLISH_W.sub("в", token)]
        if language == "be" or "ў" in token or "і" in token:
            other = token
            for pattern, replacement in _BELARUSIAN:
                other = pattern.sub(replacement, other)
            found.append(other)
        # As it stands the token is among the light forms to score with.
        return [_transliterate(form, alphabets.CYRILLIC_SOUNDS) for form in found if form != token]
    if script == "Armn":
        return [_armenian(re.sub("ու(?=[աեէիոօ])", "վ", token), alphabets.ARMENIAN_SOUNDS)]
    if script == "Geor":
        # Foreign F is written with the letter of P.
        return [_transliterate(token.replace("ფ", "f"), alphabets.GEORGIAN_SOUNDS)]
    return []


def light(token: str) -> str:
    """The likeliest light form, for scoring by string distance; empty where there is no letter."""
    return next(iter(lights(token)), "")


MOST_SKELETONS: Final = 6

_CLASSES: Final = str.maketrans(
    {"g": "h", "w": "v", "d": "t", "b": "p", "'": ""} | dict.fromkeys("czxqj", "s")
    | {"a": "A", "e": "I", "i": "I", "y": "I", "o": "U", "u": "U"}
)  # fmt: skip
"""Sounds that romanisations confuse fall together: g and h, all that hisses or hushes, voiced and voiceless
stops (Western and Eastern Armenian, Tajik and Uzbek finals). Vowels become capitals of three kinds."""

_SUFFIXES: Final = re.compile(
    r"(?<=[a-z]{3})(?:oglu|ogli|ogly|oglo|ugli|uglu|kizi|kiz|gizi|kzi|uli|ulu|uulu|uuli|zoda|zade|zada)$"
)
"""Patronymic endings in their light form: оглы, oğlu, oʻgʻli, кызы, qızı, ұлы, уулу, зода, zadə."""


@lru_cache(_CACHE)
def skeletons(token: str, language: str = "") -> tuple[str, ...]:
    """The consonant skeletons of a token, upper-case, the likeliest first and not more than MOST_SKELETONS."""
    return tuple(dict.fromkeys(filter(None, map(bone, all_lights(token, language)))))[:MOST_SKELETONS]


@lru_cache(_CACHE)
def all_lights(token: str, language: str = "") -> tuple[str, ...]:
    """The light forms of a token and, after them, those by foreign habits, good enough to find it by."""
    further = map(latin.settle, _skeletal_lights(token, language))
    # Without a language it is asked as everybody asks: the memory tells `lights(t)` and `lights(t, "")` apart.
    said = lights(token, language) if language else lights(token)
    return tuple(dict.fromkeys([*said, *filter(None, further)]))


def skeleton(token: str) -> str:
    """The likeliest skeleton, for blocking; empty where the token is a patronymic particle or no word."""
    return next(iter(skeletons(token)), "")


@lru_cache(_CACHE)
def bone(form: str) -> str:
    """The skeleton of a light form; empty for a particle."""
    form = re.sub("(?<=..)(?<=[aeiou])f+$", "v", _SUFFIXES.sub("", form)).replace("ng", "n")
    form = re.sub("(?<=..)(?<=[aeiou])h$", "", form)
    coarse = re.sub(r"(.)\1+", r"\1", form.translate(_CLASSES))
    bare = re.sub("[AIU]", "", coarse)
    if len(bare) < 2:
        # A name of one consonant or none (Ли, Юн, Ая) would meet everything: its vowels must speak too.
        return coarse.upper()
    return ("A" + bare if coarse[0] in "AIU" else bare).upper()


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
