"""A person made comparable: names as sounds, dates with their precision, numbers in one form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gateway.names.equivalents import fathers
from gateway.names.fold import lights, stem, tokens
from gateway.records.dates import PartialDate
from gateway.records.identifiers import is_null, verdict
from gateway.records.person import Name, Person
from gateway.records.value import quick

Words = tuple[tuple[str, ...], ...]
"""One entry a word: its light forms, the likeliest first."""


FORM: Final = 3
"""Raised whenever folding or keys change, so that every person is made comparable anew when next seen."""


MOST_IN_PART: Final = 12
"""Words of one part of a name, or of a birthplace, that take part: longer ones are no names but filled fields."""
MOST_WORDS: Final = 64
"""Words of all spellings of a person together: twenty names of three words. Every word is compared with every one of
somebody else, so that a record of what the schema allows, two thousand words, would hold up all others for minutes."""


@quick
@dataclass(frozen=True, slots=True)
class SpelledName:
    """One spelling of a person's name, word by word."""

    family: Words
    given: Words
    fathers: tuple[str, ...]
    """What the patronymic says of the father, empty where there is none."""
    unsplit: Words = ()
    """All words of a name that the source gives without telling its parts."""


@quick
@dataclass(frozen=True, slots=True)
class Comparable:
    """What of a person takes part in matching. Holds personal values: it stays inside the node."""

    names: tuple[SpelledName, ...]
    birth: PartialDate | None
    sex: str
    """ISO/IEC 5218 `1` or `2`, empty where it says nothing."""
    citizenships: tuple[str, ...]
    birth_country: str
    birth_place: tuple[str, ...]
    """Light words of the place's name, sorted."""
    identifiers: tuple[tuple[str, str, str], ...]
    """Scheme, value without separators, result of the scheme's own check."""
    documents: tuple[tuple[str, str], ...]
    """Issuing state (may be empty) and series with number, without separators."""

    def to_json(self, *, protected: bool = False) -> str:
        """Compact JSON for the person's row.

        It also says whether the person was matched as a protected one, so that a change of protection is
        seen as a change of the person.
        """
        birth = self.birth and [self.birth.year, self.birth.month, self.birth.day, int(self.birth.assumed)]
        names = [[name.family, name.given, name.fathers, name.unsplit] for name in self.names]
        rest = [self.sex, self.citizenships, self.birth_country, self.birth_place]
        return json.dumps(
            [[FORM, int(protected)], names, birth, *rest, self.identifiers, self.documents],
            ensure_ascii=False,
            separators=(",", ":"),
        )


@lru_cache(1 << 14)
def is_current(text: str) -> bool:
    """Whether what `Comparable.to_json` wrote has the form in which people are made comparable now."""
    return text.startswith(f"[[{FORM},")


def from_json(text: str) -> Comparable:
    """The comparable that `Comparable.to_json` wrote."""
    _, names, birth, sex, citizenships, country, place, identifiers, documents = json.loads(text)
    return Comparable(
        tuple(
            SpelledName(_words(family), _words(given), tuple(stems), _words(unsplit))
            for family, given, stems, unsplit in names
        ),
        PartialDate(birth[0], birth[1], birth[2], bool(birth[3])) if birth else None,
        sex,
        tuple(citizenships),
        country,
        tuple(place),
        tuple((scheme, value, check) for scheme, value, check in identifiers),
        tuple((issuer, number) for issuer, number in documents),
    )


def _words(value: list[list[str]]) -> Words:
    return tuple(tuple(word) for word in value)


_SEPARATORS: Final = re.compile(r"[^0-9A-Z]")
_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS")
"""Cyrillic capitals that are typed for Latin ones in numbers (domain.md 1.4)."""
_CONFUSED: Final = str.maketrans("OIBSZ", "01852")
"""Characters that eyes and scanners confuse: O/0, I/1, B/8, S/5, Z/2."""
_NOTHING: Final = frozenset({"", "0", "-", "НЕТ", "NET", "NONE"})


def plain_number(text: str) -> str:
    """A number in upper-case Latin letters and digits; empty where it stands for "none"."""
    number = _SEPARATORS.sub("", text.upper().translate(_LOOKALIKES))
    return "" if number in _NOTHING or not number.strip("0") else number


def folded_number(number: str) -> str:
    """A plain number with confusable characters evened out."""
    return number.translate(_CONFUSED)


def comparable(person: Person) -> Comparable:
    """The part of a person that takes part in matching, in the one form that everything else reads."""
    identifiers = {(item.scheme, plain_number(item.value), str(verdict(item))) for item in person.identifiers}
    documents = {(item.country, plain_number(item.series + item.number)) for item in person.documents}
    names = dict.fromkeys(_spelled(name) for name in person.names)
    return Comparable(
        names=tuple(_first(names)),
        birth=person.birth_date,
        sex=person.sex.value if person.sex.value in {"1", "2"} else "",
        citizenships=tuple(sorted(set(person.citizenships))),
        birth_country=person.birth_country,
        birth_place=_place(person.birth_place),
        identifiers=tuple(sorted(item for item in identifiers if item[1])),
        documents=tuple(sorted(item for item in documents if item[1])),
    )


def _first(names: Iterable[SpelledName]) -> Iterator[SpelledName]:
    """The names that say something, the first of them where they are too many words together."""
    left = MOST_WORDS
    for name in names:
        words = len(name.family) + len(name.given) + len(name.unsplit)
        if 0 < words <= left:
            left -= words
            yield name


def _spelled(name: Name) -> SpelledName:
    family = _light_words(name.family, name.language, family=True)
    given = _light_words(name.given, name.language)
    unsplit = () if family or given else _light_words(name.full, name.language, family=True)
    told = fathers(name.patronymic) if name.patronymic and not is_null(name.patronymic) else ()
    return SpelledName(family, given, told[:MOST_IN_PART], unsplit)


def _light_words(text: str, language: str, *, family: bool = False) -> Words:
    found = []
    for token in tokens(text)[:MOST_IN_PART]:
        forms = lights(token, language)
        if forms:
            found.append(tuple(dict.fromkeys(stem(form) for form in forms)) if family else forms)
    return tuple(found)


_PLACE_WORDS: Final = frozenset(
    {"g", "gor", "gorod", "s", "selo", "d", "der", "derevna", "pos", "poselok", "r", "obl", "oblast", "raion", "rn"}
)
"""Words that say what kind of place it is; registers write or omit them as they like."""


def _place(text: str) -> tuple[str, ...]:
    words = (lights(token)[0] for token in tokens(text) if lights(token))
    told = dict.fromkeys(word for word in words if word not in _PLACE_WORDS)
    return tuple(sorted(list(told)[:MOST_IN_PART]))
