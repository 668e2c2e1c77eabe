"""Numbers of persons, documents and legal entities, judged by the rule of their scheme.

The scheme must travel with the value. It can never be told from the length: Belarus, Kyrgyzstan and
Uzbekistan all use 14 characters, and of valid Kazakh IINs about one in a hundred also passes the check of a
Russian INN (domain.md 1.4). What is marked "unpublished" or "unverified" in the table is not checked here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from gateway.errors import Misuse
from gateway.records.dates import PartialDate
from gateway.records.embedded import Embedded
from gateway.records.person import Check, Identifier, Sex
from gateway.records.schemes import SCHEMES, Scheme
from gateway.records.synthetic import synthesise

__all__ = [
    "SCHEMES",
    "Contradiction",
    "Embedded",
    "Scheme",
    "check",
    "contradictions",
    "embedded",
    "is_null",
    "normalise",
    "restored",
    "scheme",
    "synthesise",
    "verdict",
]

Contradiction = Literal["sex", "birth_date"]

_CYRILLIC: Final = "АВСЕНКМОРТХУІЅЈ"
_LATIN: Final = "ABCEHKMOPTXYISJ"
_FOLDS: Final = {
    # Cyrillic capitals look like Latin ones and are typed for them ("3150685А001PB5"), and the other way round.
    "Latn": str.maketrans(_CYRILLIC, _LATIN),
    "Cyrl": str.maketrans(_LATIN, _CYRILLIC),
}
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015./№]+")
_ZEROS: Final = re.compile(r"0*")
_NONE_WORDS: Final = frozenset(
    {
        "не имеется",
        "не имеет",
        "нет",
        "отсутствует",
        "б/н",
        "n/a",
        "none",
        "null",
        "няма",
        "немає",
        "жоқ",
        "жок",
        "нест",
        "надорад",
        "yo'q",
        "ýok",
        "yoxdur",
        "nu are",
        "չկա",
        "არ აქვს",
    }
)
"""How registers of the region write in the field of a number that there is none."""
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u02bb\u02bc\u2018\u2019`´", "'"))
_FROM_BEST: Final = (Check.VALID, Check.STRUCTURE_OK_NO_CHECK, Check.INVALID_CHECK, Check.INVALID_FORMAT)
_DOUBTFUL: Final = frozenset({Check.INVALID_CHECK, Check.INVALID_FORMAT})
_TELLING: Final = frozenset({Sex.MALE, Sex.FEMALE})


def scheme(key: str) -> Scheme:
    """The scheme of this key; Misuse names those that exist."""
    try:
        return SCHEMES[key]
    except KeyError:
        raise Misuse(f"no identifier scheme {key!r}; known are {', '.join(SCHEMES)}", where=key) from None


def is_null(value: str) -> bool:
    """Whether a source says with this that there is no number: blank, a dash, zeros only, "не имеется"."""
    if _ZEROS.fullmatch(_SEPARATORS.sub("", value)):
        return True
    return " ".join(value.casefold().translate(_APOSTROPHES).split()) in _NONE_WORDS


def normalise(key: str, raw: str) -> str:
    """Upper case, without separators, look-alike letters folded to the script that the scheme is written in."""
    rule = scheme(key)
    value = unicodedata.normalize("NFKC", _SEPARATORS.sub("", raw)).upper().translate(_FOLDS[rule.letters])
    return rule.fold(value) if rule.fold else value


def restored(key: str, raw: str) -> str:
    """The value with the leading zeros that a spreadsheet dropped, where that makes it a number of the scheme.

    A guess, so only for a source that is known to lose them: zeros are put back where the scheme is digits
    only and the result is well formed with right check digits (or has none to check). Else `raw` comes back.
    """
    rule = scheme(key)
    value = normalise(key, raw)
    if not rule.digits or not value.isascii() or not value.isdigit() or not 0 < len(value) < rule.digits:
        return raw
    filled = value.zfill(rule.digits)
    return raw if check(key, filled).check in _DOUBTFUL else filled


def check(key: str, raw: str) -> Identifier:
    """A raw value as an identifier of the scheme, with what the scheme's own rule says of it."""
    rule = scheme(key)
    value = raw
    if rule.pattern.fullmatch(raw) is None:
        value = normalise(key, raw)
        if rule.pattern.fullmatch(value) is None:
            return Identifier(key, value, rule.issuer, Check.INVALID_FORMAT)
    if not value.strip("0"):
        # Zeros alone stand for "none", and would pass most checks: all who lack a number would seem one person.
        return Identifier(key, value, rule.issuer, Check.INVALID_FORMAT)
    verdict = rule.holds(value) if rule.holds else None
    if verdict is None:
        return Identifier(key, value, rule.issuer, Check.STRUCTURE_OK_NO_CHECK)
    return Identifier(key, value, rule.issuer, Check.VALID if verdict else Check.INVALID_CHECK)


def verdict(identifier: Identifier) -> Check:
    """What may be believed of an identifier from elsewhere: the worse of its sender's verdict and our own.

    A partner can claim VALID for any text, and a valid number is what two descriptions are joined by. Where we do
    not know the scheme, the sender's verdict stands.
    """
    if identifier.scheme not in SCHEMES:
        return identifier.check
    own = check(identifier.scheme, identifier.value).check
    return max(identifier.check, own, key=_FROM_BEST.index)


def embedded(key: str, value: str) -> Embedded:
    """Sex and birth date that a normalised number carries; empty for a malformed one or an unknown scheme."""
    rule = SCHEMES.get(key)
    if rule is None or rule.embedded is None or rule.pattern.fullmatch(value) is None:
        return Embedded()
    return rule.embedded(value)


@lru_cache(maxsize=128)
def contradictions(identifier: Identifier, sex: Sex, born: PartialDate | None) -> tuple[Contradiction, ...]:
    """In what a number says otherwise than the record of its bearer does.

    A number with a wrong check digit or form is no witness, nor is one of a scheme we do not know. An assumed
    1 January and an unknown day or month agree with every day they may stand for. The last answers are
    remembered: the mapping asks, and then the rules do.
    """
    if identifier.check in _DOUBTFUL:
        return ()
    said = embedded(identifier.scheme, identifier.value)
    found: list[Contradiction] = []
    if said.sex is not None and sex in _TELLING and said.sex is not sex:
        found.append("sex")
    if said.birth_date is not None and born is not None and not _may_mean(born, said.birth_date):
        found.append("birth_date")
    return tuple(found)


def _may_mean(partial: PartialDate, day: date) -> bool:
    """Whether a date that may be known to the month or the year only can stand for this day."""
    if partial.year != day.year or partial.assumed:
        return partial.year == day.year
    return partial.month in {0, day.month} and partial.day in {0, day.day}
