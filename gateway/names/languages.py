"""The alphabets of the region's languages, and which of them a name can be written in.

Keys are ISO 639-1 codes with the script (ISO 15924), and a year where one language has had several: `kk-Cyrl`,
`kk-Latn-2021`. Letters that an alphabet keeps for foreign words are counted in.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from gateway.names.script import lower

_RUSSIAN: Final = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_ENGLISH: Final = "abcdefghijklmnopqrstuvwxyz"

ALPHABETS: Final[dict[str, frozenset[str]]] = {
    tag: frozenset(letters)
    for tag, letters in {
        "ru-Cyrl": _RUSSIAN,
        "be-Cyrl": "абвгдеёжзійклмнопрстуўфхцчшыьэюя'",
        "uk-Cyrl": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
        "kk-Cyrl": _RUSSIAN + "әғқңөұүһі",
        "ky-Cyrl": _RUSSIAN + "ңөү",
        "tg-Cyrl": _RUSSIAN + "ғӣқӯҳҷ",
        "uz-Cyrl": _RUSSIAN + "ўқғҳ",
        "tk-Cyrl": _RUSSIAN + "җңөүә",
        "az-Cyrl": "абвгғдеәжзиыјкҝлмноөпрстуүфхһчҹш'",
        "mo-Cyrl": _RUSSIAN + "ӂ",
        "az-Latn": "abcçdeəfgğhxıijkqlmnoöprsştuüvyz",
        "uz-Latn-1995": "abdefghijklmnopqrstuvxyz'",
        "uz-Latn-2026": "abçdefgğhijklmnoöpqrsştuvxyz'",
        "tk-Latn": "abçdeäfghijžklmnňoöprsştuüwyýz",
        "kk-Latn-2018": "aábdefgǵhiıjklmnńoóprstuúvyýz",
        "kk-Latn-2021": "aäbdefgğhiıjklmnñoöpqrsştuūüvyz",
        "ro-Latn": "aăâbcdefghiîjklmnopqrsștțuvwxyzşţ",
        "hy-Armn": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
        "ka-Geor": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        "en-Latn": _ENGLISH,
    }.items()
}
"""Language and script to its small letters, the apostrophe being one where it is a letter or a sign of spelling.
The Uzbek alphabet of 2026 is the announced one; the Romanian one counts in the cedillas of old code pages."""

_APOSTROPHES: Final = dict.fromkeys(map(ord, "ʻʼ‘’`´ʹ"), "'")


@lru_cache(1 << 14)
def alphabets_of(text: str) -> frozenset[str]:
    """The alphabets that hold every letter of a text; empty where none does or the text has no letter.

    It rules languages out and never proves one: Иванов is written alike in five of them.
    """
    small = lower(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))))
    letters = {letter for letter in small if letter.isalpha()}
    if not letters:
        return frozenset()
    return frozenset(tag for tag, alphabet in ALPHABETS.items() if letters <= alphabet)
