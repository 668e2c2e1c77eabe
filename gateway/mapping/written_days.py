"""Dates in words and in rarer figures, each of which can mean one thing only, in the languages of the region."""

from __future__ import annotations

import re
from typing import Final

from gateway.records.dates import PartialDate

_MONTH_YEAR = re.compile(r"(\d{1,2})[./](\d{4})")
_WORDY = re.compile(r"[«\"“]?(?P<day>\d{1,2})[»\"”]?[ .-]+(?P<month>[^\W\d_]{1,12})\.?[ ,.-]+(?P<year>\d{4})")
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[ -]?(?:жыл|жылы|жылғы|жылдың|жылдын|ж\.|йил|йилнинг|yil|yilning),?"
    r"[ -](?P<day>\d{1,2})[ -](?P<month>[^\W\d_]{3,12})",
    re.IGNORECASE,
)
"""Kazakh, Kyrgyz and Uzbek put the year in front: 1985 жылғы 15 маусым, 1985-жылдын 15-июну, 1985-yil 15-iyun."""
_UNSPECIFIED = re.compile(r"(\d{4})-(\d{2}|[XxХх]{2})-[XxХх]{2}")
"""ISO 8601-2 marks the digits that nobody knows: 1975-XX-XX, 1975-06-XX."""
_YEAR_IN_FRONT = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})")
_MONTH_OF_YEAR = re.compile(r"([^\W\d_]{3,12})\.?,? (\d{4})")
_MONTHS: Final = {
    word: number
    for names in (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
        "қаңтары ақпаны наурызы сәуірі мамыры маусымы шілдесі тамызы қыркүйегі қазаны қарашасы желтоқсаны",
        "январы февралы марты апрели майы июну июлу августу сентябры октябры ноябры декабры",
        "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
        "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
        "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр",
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
        "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
        "ýanwar fewral mart aprel maý iýun iýul awgust sentýabr oktýabr noýabr dekabr",
        "հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի դեկտեմբերի",
        "იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი",
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for number, word in enumerate(names.split(), start=1)
}
"""Months as registers of the region write them in words; no word means two different months."""
_ROMANS: Final = {
    numeral: month
    for month, numeral in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), start=1)
}


def read(text: str) -> PartialDate:
    """The day, month or year that a text means; ValueError where it means none."""
    if match := _WORDY.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        return PartialDate(int(match["year"]), _month(match["month"]), int(match["day"]))
    if match := _MONTH_YEAR.fullmatch(text):
        return partial(int(match[2]), int(match[1]))
    if match := _MONTH_OF_YEAR.fullmatch(text):
        return PartialDate(int(match[2]), _month(match[1]))
    if match := _UNSPECIFIED.fullmatch(text):
        return partial(int(match[1]), int(match[2]) if match[2].isdigit() else 0)
    if match := _YEAR_IN_FRONT.fullmatch(text):
        return partial(*(int(part) for part in match.groups()))
    raise ValueError("not a date")


def _month(word: str) -> int:
    plain = word.casefold()
    number = _MONTHS.get(plain) or _ROMANS.get(plain)
    if number is None:
        raise ValueError("not a month")
    return number


def partial(year: int, month: int, day: int = 0) -> PartialDate:
    """A date of which month or day may be 0 for unknown; ValueError for what no calendar has."""
    # A day whose month is unknown says nothing that a partial date could hold: only the year is kept.
    return PartialDate(year, month, day if month else 0)
