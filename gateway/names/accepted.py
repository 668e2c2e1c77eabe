"""Which Latin spellings a Cyrillic, Armenian or Georgian name may rightly bear, letter by letter.

One letter has had several renderings, by ICAO Doc 9303, GOST R 52535.1, the French passports of the USSR,
BGN/PCGN and each state's own rules, and one holder's name may mix them (a passport copied from an older one).
So every letter is accepted in every rendering; `reads_as` says whether a spelling is such a mixture.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from gateway.names.alphabets import ARMENIAN, GEORGIAN, ICAO
from gateway.names.fold import tokens
from gateway.names.latin import spellings
from gateway.names.script import script_of

_CYRILLIC: Final = {
    "а": "a", "б": "b", "в": "v w", "г": "g h gh gu q", "ґ": "g", "ѓ": "g gj", "д": "d", "ђ": "d dj",
    "е": "e ye ie je", "ё": "e yo ye io jo ie o", "є": "ie ye e je", "ж": "zh j dj dzh z", "ӂ": "j g gi zh",
    "җ": "j zh dzh", "ҷ": "j ch dzh dj", "ҹ": "j dzh c dj", "џ": "dz dj j", "з": "z", "ѕ": "dz", "ӡ": "dz",
    "и": "i y ii", "і": "i y", "ї": "i yi ji ii", "ӣ": "i ii y", "й": "i y j", "ј": "j y i", "к": "k c ch",
    "ќ": "k kj", "қ": "k q", "ҝ": "g", "ҡ": "k q", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj",
    "ң": "n ng", "ҥ": "n ng", "о": "o", "ө": "o oe", "ӧ": "o oe", "п": "p", "р": "r", "с": "s ss", "ҫ": "s",
    "т": "t", "у": "u ou w", "ў": "u v w o ou", "ұ": "u", "ү": "u ue", "ӯ": "u o", "ӱ": "u", "ѫ": "u", "ф": "f ph",
    "х": "kh h x ch", "ҳ": "h kh", "һ": "h", "ц": "ts tc c tz s", "ч": "ch tch tsch c q", "ш": "sh ch sch s",
    "щ": "shch chtch sc stch sch sht szcz shh", "ъ": "ie y ye", "ь": "y j i ", "ы": "y i", "э": "e a", "ә": "a e ae",
    "ғ": "g gh h", "ҙ": "z", "ю": "iu yu iou ju u", "я": "ia ya ja ea a",
}  # fmt: skip
"""Letter to its renderings; those of ъ and ь may be missing, as may their apostrophes in other schemes."""

_GROUPS: Final = (
    ("кс", "ks x"), ("ий", "ii iy y ij i yi yy yj"), ("ый", "yi yy y yj i iy"), ("дж", "dzh j dj c g"),
    ("ия", "iia iya ia ija"),
    ("зг", "zgh zh zg"), ("ин$", "in ine yn"), ("ау", "au aw ou"), ("ью", "iu yu ju"), ("ье", "e ie ye je"),
    ("ьё", "e yo ye io jo ie"), ("ья", "ia ya ja"), ("ъе", "e ie ye je iee"), ("ъя", "ia ya ieia ja"),
    ("йо", "io yo jo"),
)  # fmt: skip
"""Letters that are rendered together."""

_ARMENIAN: Final = {
    "ե": "e ye", "ո": "o vo", "հ": "h g ", "ղ": "gh g", "խ": "kh h x", "յ": "y i h", "ը": "y e", "ու": "u ou",
    "և": "ev yev", "եւ": "ev yev", "ծ": "ts tz", "ց": "ts c", "ձ": "dz", "ճ": "ch j", "չ": "ch", "ջ": "j",
    "վ": "v", "ւ": "v w u",
    "օ": "o", "ք": "k q", "փ": "p ph", "թ": "t th", "կ": "k g", "պ": "p b", "տ": "t d", "գ": "g k", "բ": "b p",
    "դ": "d t",
    "ժ": "zh j", "շ": "sh", "ռ": "r rr",
}  # fmt: skip
_GEORGIAN: Final = {
    "ჟ": "zh j z", "ღ": "gh g", "ყ": "q k", "შ": "sh s", "ჩ": "ch c", "ც": "ts c", "ძ": "dz j z", "წ": "ts c tz",
    "ჭ": "ch c tch", "ხ": "kh x h", "ჯ": "j dj dzh", "ქ": "k", "კ": "k", "თ": "t", "ტ": "t", "ფ": "p f",
    "პ": "p", "ჰ": "h ",
    "ჲ": "y i", "ჳ": "w v", "ჴ": "q h", "ჱ": "e ey ei", "ჵ": "o",
}  # fmt: skip


Renderings = tuple[re.Pattern[str], dict[str, tuple[str, ...]]]


def _table(renderings: dict[str, str]) -> Renderings:
    """What to look for in a native word, groups before letters, and the renderings each find stands for."""
    order = sorted(renderings, key=lambda source: -len(source))
    found = {source.rstrip("$"): tuple(targets.split(" ")) for source, targets in renderings.items()}
    return re.compile("|".join(order)), found


_BY_SCRIPT: Final[dict[str, Renderings]] = {
    "Cyrl": _table(ICAO | dict(_GROUPS) | _CYRILLIC),
    "Armn": _table(ARMENIAN | _ARMENIAN),
    "Geor": _table(GEORGIAN | _GEORGIAN),
}
_SILENT: Final = frozenset("ъь")


def reads_as(native: str, latin: str) -> bool:
    """Whether `latin` is a spelling that `native` may bear, word for word in the same order.

    Latin marks and apostrophes are free: Shchukin, Ščukin and Chtchoukine all read Щукин. A native name in
    Latin letters reads as whatever shares one of its ASCII spellings.
    """
    ours, theirs = tokens(native), tokens(latin)
    return len(ours) == len(theirs) > 0 and all(map(_word_reads_as, ours, theirs))


@lru_cache(1 << 14)
def _word_reads_as(native: str, latin: str) -> bool:
    renderings = _BY_SCRIPT.get(script_of(native))
    if renderings is None:
        return not set(spellings(native)).isdisjoint(spellings(latin))
    parts = _parts(native, renderings)
    return any(_fits(parts, spelling) for spelling in spellings(latin))


def _parts(word: str, renderings: Renderings) -> list[tuple[str, ...]]:
    pattern, table = renderings
    finds = [match.group() for match in pattern.finditer(word)]
    return [(*table[find], "") if find in _SILENT else table[find] for find in finds]


def _fits(parts: list[tuple[str, ...]], spelling: str) -> bool:
    """Whether some choice of one rendering a part makes the spelling: all places reached so far go on together."""
    reached = {0}
    for renderings in parts:
        reached = {
            place + len(rendering)
            for place in reached
            for rendering in renderings
            if spelling.startswith(rendering, place)
        }
    return len(spelling) in reached
