"""Letters as data: how each alphabet of the region is read in Latin letters.

Two kinds of table stand here. A *scheme* gives the spelling that a passport or a register of some time
and place would print (ICAO Doc 9303 part 3 section 6 and the older practices). A *sound* table gives the
scheme-neutral form of gateway.names.fold, in which one letter stands for one consonant:
`x` = sh, `q` = ch, `c` = ts, `j` = zh or dzh, `h` = kh or h.
"""

from __future__ import annotations

from typing import Final

Table = dict[str, str]


def _row(letters: str, latin: str) -> Table:
    """A table from a row of letters and, parted by blanks, the Latin letters below them."""
    return dict(zip(letters, latin.split(), strict=True))


_COMMON: Final = _row("абвгдезийклмнопрстуфыэ", "a b v g d e z i i k l m n o p r s t u f y e")

ICAO: Final[Table] = _COMMON | {
    "ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ь": "",
    "ю": "iu", "я": "ia",
    # Belarusian, Ukrainian and the South Slavic letters of the same table.
    "ґ": "g", "ў": "u", "і": "i", "є": "ie", "ї": "i", "ј": "j", "ђ": "d", "љ": "lj", "њ": "nj", "џ": "dz",
    "ѓ": "g", "ќ": "k", "ѕ": "dz", "ѫ": "u", "ћ": "c",
    # The table has no Kazakh, Kyrgyz, Tajik or Azerbaijani letters: these are what passports print.
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "ӣ": "i", "ӯ": "u",
    "ҳ": "h", "ҷ": "j", "ҹ": "j", "ҝ": "g", "ҥ": "n", "җ": "j", "ӡ": "dz", "ӧ": "o", "ӱ": "u", "ѝ": "i",
    "ӂ": "j", "ҡ": "k", "ҙ": "z", "ҫ": "s",
}  # fmt: skip
"""ICAO Doc 9303 part 3, Cyrillic table; the canonical reading."""

CYRILLIC_SCHEMES: Final[dict[str, Table]] = {
    "icao": ICAO,
    "english": ICAO | {
        "ё": "yo", "й": "y", "ъ": "", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi", "ғ": "gh", "қ": "q",
        "ө": "o", "ҳ": "h", "ў": "w", "ң": "ng",
    },
    "national": ICAO | {
        "г": "h", "и": "y", "ё": "io", "й": "i", "ъ": "", "ў": "o", "ғ": "g", "х": "kh", "қ": "q",
    },
    "soviet": ICAO | {
        "ё": "io", "ж": "j", "у": "ou", "ч": "tch", "ш": "ch", "щ": "chtch", "ъ": "", "ю": "iou", "ў": "ou",
    },
    "gost": ICAO | {"ц": "tc", "й": "i", "ъ": ""},
    "slavic": ICAO | {
        "ё": "jo", "й": "j", "ж": "z", "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "sc", "ъ": "", "ю": "ju",
        "я": "ja", "є": "je", "ї": "ji",
    },
    "turkic": ICAO | {
        "ё": "yo", "й": "y", "ж": "j", "х": "x", "ц": "s", "ъ": "", "ю": "yu", "я": "ya", "ў": "o", "қ": "q",
        "ғ": "g", "ә": "e", "ы": "i",
    },
}  # fmt: skip
"""The spellings one Cyrillic name may bear: ICAO first, then English usage (BGN/PCGN), the Belarusian and
Ukrainian habit, the French-based passports of the USSR, GOST R 52535.1 (until 2014), scholarly Slavic
without its marks, and the Turkic alphabets without theirs."""

CYRILLIC_SOUNDS: Final[Table] = _COMMON | {
    "ё": "e", "ж": "j", "х": "h", "ц": "c", "ч": "q", "ш": "x", "щ": "xq", "ъ": "", "ь": "", "ы": "i",
    "ю": "iu", "я": "ia", "ґ": "g", "ў": "v", "і": "i", "є": "e", "ї": "i", "ј": "i", "ђ": "d", "љ": "l",
    "њ": "n", "џ": "j", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
    "ӣ": "i", "ӯ": "u", "ҳ": "h", "ҷ": "j", "ҹ": "j", "ҝ": "g", "ҥ": "n", "җ": "j", "ӡ": "dz", "ӧ": "o",
    "ӱ": "u", "ѝ": "i", "ѓ": "g", "ќ": "k", "ѕ": "dz", "ѫ": "u", "ћ": "q", "ӂ": "j", "ҡ": "k", "ҙ": "z", "ҫ": "s",
}  # fmt: skip

ARMENIAN: Final[Table] = _row(
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
    "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f",
) | {"և": "ev"}
"""Armenian has no ICAO table; BGN/PCGN 1981 without its marks."""

ARMENIAN_SOUNDS: Final[Table] = ARMENIAN | {
    "ժ": "j", "խ": "h", "ծ": "c", "ղ": "g", "ճ": "q", "յ": "i", "շ": "x", "չ": "q", "ց": "c", "ը": "i",
}  # fmt: skip

GEORGIAN: Final[Table] = _row(
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h",
)
"""The Georgian national system of 2002 without its apostrophes."""

GEORGIAN_SOUNDS: Final[Table] = GEORGIAN | {
    "ჟ": "j", "ღ": "g", "ყ": "k", "შ": "x", "ჩ": "q", "ც": "c", "წ": "c", "ჭ": "q", "ხ": "h",
}  # fmt: skip

LATIN_ICAO: Final[Table] = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th",
    "ı": "i", "ə": "e", "đ": "d", "ð": "d", "ł": "l", "ħ": "h",
}  # fmt: skip
"""ICAO Doc 9303 part 3, Latin table; every other marked letter loses its mark."""

LATIN_MARKED: Final[Table] = {
    "ş": "sh", "ș": "sh", "š": "sh", "ś": "sh", "ç": "ch", "č": "ch", "ć": "ch", "ğ": "gh", "ž": "zh",
    "ż": "zh", "ź": "zh", "ț": "ts", "ţ": "ts", "ə": "a", "ä": "a", "ö": "o", "ü": "u", "ø": "o", "å": "o",
    "æ": "e", "œ": "o", "ı": "y", "ß": "ss", "þ": "th", "đ": "dj", "ð": "d", "ł": "l", "ħ": "h", "ŭ": "w",
    "ŝ": "shch",
}  # fmt: skip
"""The same letters by their sound in the alphabets of the region."""
