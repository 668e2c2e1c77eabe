"""How registers of the region spell one name: the generator's own rules.

They are written apart from gateway.names on purpose. A population that is spelled by the very tables that
later recognise it would prove nothing.
"""

from __future__ import annotations

from random import Random
from typing import Final

from gateway.demo.given_names import Pair

_PASSPORT_COMMON: Final = dict(zip("абвгдезиклмнопрстуфыэ", "abvgdeziklmnoprstufye", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ъ": "", "'": "",
}  # fmt: skip
_ICAO: Final = _PASSPORT_COMMON | {"ё": "e", "й": "i", "ъ": "ie", "ю": "iu", "я": "ia"}
_ENGLISH: Final = _PASSPORT_COMMON | {"ё": "yo", "й": "y", "ю": "yu", "я": "ya"}
_FRENCH: Final = _ENGLISH | {"ж": "j", "у": "ou", "ч": "tch", "ш": "ch", "щ": "chtch", "ё": "io", "й": "i", "ю": "iou"}
_GOST: Final = _ICAO | {"ц": "tc", "ё": "e", "ъ": ""}
_BELARUSIAN: Final = _ICAO | {"г": "h", "і": "i", "ў": "u", "ё": "io"}
_KAZAKH: Final = _ICAO | {
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
}  # fmt: skip
_KYRGYZ: Final = _ENGLISH | {"ң": "n", "ө": "o", "ү": "u", "ж": "j"}
_TAJIK: Final = _ENGLISH | {"ғ": "gh", "қ": "q", "ҳ": "h", "ҷ": "j", "ӯ": "u", "ӣ": "i"}
_UZBEK: Final = {"ʻ": "", "ʼ": ""}
_AZERBAIJANI: Final = {
    "ə": "a", "ç": "ch", "ş": "sh", "ğ": "gh", "ı": "i", "ö": "o", "ü": "u", "x": "kh", "c": "j", "q": "g",
    "i̇": "i",
}  # fmt: skip
_TURKMEN: Final = {
    "ý": "y", "ş": "sh", "ç": "ch", "ž": "zh", "ň": "n", "ä": "a", "ö": "o", "ü": "u", "w": "v", "j": "j",
}  # fmt: skip
_ROMANIAN: Final = {"ș": "s", "ț": "t", "ă": "a", "â": "a", "î": "i"}

NATIVE_PASSPORT: Final = {
    "be": _BELARUSIAN, "ru": _ICAO, "kk": _KAZAKH, "uz": _UZBEK, "ky": _KYRGYZ, "az": _AZERBAIJANI,
    "tg": _TAJIK, "hy": {}, "tk": _TURKMEN, "ro": _ROMANIAN,
}  # fmt: skip
"""Home spelling to the Latin line of the present passports."""
OLDER_PASSPORTS: Final = {"english": _ENGLISH, "french": _FRENCH, "gost": _GOST, "icao": _ICAO}
"""Russian spelling to the Latin line of passports that were made from Russian papers."""

_TO_UZBEK: Final = _ENGLISH | {"х": "x", "ж": "j", "ы": "i", "щ": "sh", "ц": "s"}
_TO_AZERBAIJANI: Final = _ENGLISH | {
    "г": "q", "ж": "j", "х": "x", "ч": "ç", "ш": "ş", "щ": "ş", "ы": "ı", "ц": "s",
}  # fmt: skip
_UZBEK_CYRILLIC: Final = {
    "oʻ": "ў", "gʻ": "ғ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е", "a": "а", "b": "б",
    "d": "д", "e": "е", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж", "k": "к", "l": "л", "m": "м",
    "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "x": "х",
    "y": "й", "z": "з", "ʼ": "ъ",
}  # fmt: skip


def respell(text: str, table: dict[str, str]) -> str:
    """Replace letters, two-letter graphs first; every word keeps its capital."""
    return " ".join(_respell_word(word, table) for word in text.split())


def _respell_word(word: str, table: dict[str, str]) -> str:
    small, spelled, at = word.lower(), "", 0
    while at < len(small):
        size = 2 if small[at : at + 2] in table else 1
        spelled += table.get(small[at : at + size], small[at : at + size])
        at += size
    return spelled[:1].upper() + spelled[1:] if word[:1].isupper() else spelled


def uzbek_cyrillic(latin: str) -> str:
    """Uzbek Latin in the Cyrillic that many papers still use; an initial E is Э."""
    text = respell(latin, _UZBEK_CYRILLIC)
    return f"Э{text[1:]}" if latin.startswith("E") else text


def uzbek(russian: str) -> str:
    """A foreigner's Russian name as an Uzbek clerk writes it in Latin letters."""
    return respell(russian, _TO_UZBEK)


def azerbaijani(russian: str) -> str:
    """A foreigner's Russian name as an Azerbaijani clerk writes it."""
    return respell(russian, _TO_AZERBAIJANI)


def feminine(pair: Pair) -> Pair:
    """The family name as a woman bears it, in both spellings."""
    return _feminine(pair[0]), _feminine(pair[1])


_FEMININE_ENDINGS: Final = (
    ("ский", "ская"), ("цкий", "цкая"), ("скі", "ская"), ("цкі", "цкая"), ("аў", "ава"), ("еў", "ева"),
    ("оў", "ова"), ("ёў", "ёва"), ("ов", "ова"), ("ев", "ева"), ("ёв", "ёва"), ("ин", "ина"), ("ін", "іна"),
    ("ov", "ova"), ("ev", "eva"), ("ow", "owa"), ("ew", "ewa"),
)  # fmt: skip


def _feminine(family: str) -> str:
    for masculine, ending in _FEMININE_ENDINGS:
        if family.endswith(masculine):
            return family.removesuffix(masculine) + ending
    return family


_IRREGULAR: Final = {
    "Илья": "Ильич", "Никита": "Никитич", "Павел": "Павлович", "Лев": "Львович", "Пётр": "Петрович",
    "Михаил": "Михайлович", "Даниил": "Даниилович",
}  # fmt: skip


def russian_patronymic(father: str, *, woman: bool) -> str:
    """Father's Russian given name to Асанович or Асановна."""
    if father in _IRREGULAR:
        son = _IRREGULAR[father]
    elif father.endswith("ий"):
        son = f"{father[:-2]}ьевич"
    elif father.endswith(("й", "ь")):
        son = f"{father[:-1]}евич"
    elif father.endswith(("а", "о", "и", "ы")):
        son = f"{father}евич" if father.endswith(("и", "о")) else f"{father[:-1]}ович"
    else:
        son = f"{father}ович"
    return f"{son[:-2]}на" if woman and son.endswith(("ович", "евич")) else f"{son}на" if woman else son


def native_patronymic(tradition: str, father: str, *, woman: bool) -> str:
    """Father's given name to the form of the home language; empty where the tradition has none."""
    endings = {
        "kk": ("ұлы", "қызы"), "uz": (" oʻgʻli", " qizi"), "ky": (" уулу", " кызы"), "az": (" oğlu", " qızı"),
        "tg": ("зода", "зода"), "tk": (" ogly", " gyzy"),
    }  # fmt: skip
    if tradition in endings:
        return father + endings[tradition][woman]
    if tradition == "be":
        stem, soft = (father[:-1], True) if father.endswith(("й", "ь")) else (father, False)
        return stem + (("еўна" if soft else "аўна") if woman else ("евіч" if soft else "авіч"))
    return russian_patronymic(father, woman=woman) if tradition == "ru" else ""


def russian_turkic_patronymic(tradition: str, father: str, *, woman: bool) -> str:
    """The home form as Russian papers write it: `Али оглы`, `Асан уулу`, `Асан угли`; empty elsewhere."""
    endings = {"az": (" оглы", " кызы"), "uz": (" угли", " кизи"), "ky": (" уулу", " кызы"), "kk": ("улы", "кызы")}
    return father + endings[tradition][woman] if tradition in endings else ""


def slip(text: str, chance: Random) -> str:
    """The text with one slip of a typist: a letter left out, doubled, or two exchanged. Never the first."""
    if len(text) < 4:
        return text
    at = chance.randrange(1, len(text) - 2)
    kind = chance.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[: at + 1] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
