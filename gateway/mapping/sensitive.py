"""Columns that must never pass: ethnicity, religion, opinion, health, grounds, in the region's languages.

They are told by their heading, also where a profile does not mention them. Some headings can mean both
citizenship and ethnicity (`nationality`, `naționalitate`): whoever maps such a column has to say that it is the
citizenship, and it is dropped where nobody does.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKS: Final[dict[str, re.Pattern[str]]] = {
    "ethnicity": re.compile(
        r"национальност|национальн\w+ принадлежн|нацыянальнасц|національн[іо]ст|этнич|этнас|етніч|ethnic|nationality_"
        r"|milliyy?[əeәä]t|mill[əeәä]ti|millat|миллат|миллати|ұлт|улут|улту|azgut|ազգութ|ეროვნებ|etnie|etnic"
        r"|naționalit|naţionalit|nationalit|\bnationality\b|\bраса\b|расов|\brace\b"
        r"|na(?:ts|tz|cz|c|z)ional(?:nost|naja|naya)|\bulty\b|\buluty\b",
        re.IGNORECASE,
    ),
    "religion": re.compile(
        r"religi|вероиспов|религи|веравызн|віросп|\bвера\b|\bдін\b|\bдін[іи]\b|\bдин\b|\bдини\b|կրոն|რელიგი"
        r"|\bdini?\b|\bdiny\b|veroispoved",
        re.IGNORECASE,
    ),
    "health": re.compile(
        r"диагноз|здоров|здароў|health|diagnos|medical|медицин|болезн|инвалидн|денсаулы|ден соолу|саломат"
        r"|salomat|sağlam|saglyk|sănătat|sanatat|առողջ|ჯანმრთ",
        re.IGNORECASE,
    ),
    "opinion": re.compile(
        r"политическ|палітычн|політичн|партийн|political|politic[ăe]\b|siyasi|siyosiy|сиёси|саяси", re.IGNORECASE
    ),
    "grounds": re.compile(
        r"причин[аы] (?:обращ|бегств|преслед)|прычын[аы] зварот|мотив[ыа]? обращ|asylum.?grounds|\bgrounds_of\b",
        re.IGNORECASE,
    ),
}
_AMBIGUOUS: Final = re.compile(r"nationalit|naționalit|naţionalit", re.IGNORECASE)
_DOCUMENT: Final = re.compile(r"national_?id|национальн\w+ (?:паспорт|документ|номер|код)", re.IGNORECASE)
"""Words of headings that sound alike and mean a document or its number."""
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_HYPHENATED: Final = re.compile(r"(?<=\w)[-\u2010]\s+(?=\w)")
"""Where a heading of a spreadsheet is broken into two lines."""
_LOOK_ALIKES: Final = str.maketrans("aceopxykAEOPCXYKMTHB", "асеорхукАЕОРСХУКМТНВ")


def why_sensitive(column: str) -> str:
    """Which key of DROPPED a heading falls under; empty where there is nothing sensitive about it."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", column))
    text = _DOCUMENT.sub("", _HYPHENATED.sub("", text))
    # A heading in Cyrillic with a Latin letter in it reads the same to everybody but a program.
    forms = (text, text.translate(_LOOK_ALIKES))
    return next((reason for reason, marks in _MARKS.items() if any(map(marks.search, forms))), "")


def ambiguous(column: str) -> bool:
    """Whether the heading may mean the citizenship after all, if its author says so."""
    return _AMBIGUOUS.search(column) is not None
