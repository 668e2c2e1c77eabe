"""Evidence that two descriptions are of one human being, field by field, in bits (Fellegi and Sunter)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from rapidfuzz.distance import OSA

from gateway.matching.compare_names import compare_names
from gateway.matching.evidence import Evidence, of
from gateway.matching.normalise import Comparable, folded_number
from gateway.records.dates import PartialDate
from gateway.records.person import Check


@dataclass(frozen=True, slots=True)
class Comparison:
    """The evidence on one pair."""

    weight: float
    """Bits: the sum of the evidence, without a prior."""
    evidence: tuple[Evidence, ...]

    def levels(self, field: str) -> frozenset[str]:
        """The levels that a field shows; empty where it could not be compared."""
        return frozenset(row.level for row in self.evidence if row.field == field)


def compare(left: Comparable, right: Comparable) -> Comparison:
    """Weigh two descriptions. Symmetric; a field that one side does not know says nothing."""
    evidence = (
        *compare_names(left.names, right.names, women=left.sex == right.sex == "2"),
        *_birth(left, right),
        *_identifiers(left, right),
        *_documents(left, right),
        *_sex(left, right),
        *_citizenship(left, right),
        *_birthplace(left, right),
    )
    return Comparison(sum(row.bits for row in evidence), evidence)


def _birth(left: Comparable, right: Comparable) -> Iterator[Evidence]:
    if left.birth is not None and right.birth is not None:
        yield of("birth", birth_level(left.birth, right.birth))


def birth_level(left: PartialDate, right: PartialDate) -> str:
    """The level of two birth dates; an assumed 1 January counts as knowing the year only."""
    if left.year == right.year:
        return _same_year(left, right)
    if left.day and right.day and not (left.assumed or right.assumed) and _one_digit(left, right):
        return "digit"
    return "near-year" if abs(left.year - right.year) == 1 else "differ"


def _same_year(left: PartialDate, right: PartialDate) -> str:
    if left.assumed or right.assumed:
        return "assumed"
    if not left.month or not right.month:
        return "year"
    if not left.day or not right.day:
        return "month" if left.month == right.month else "same-year"
    if (left.month, left.day) == (right.month, right.day):
        return "placeholder" if (left.month, left.day) == (1, 1) else "day"
    if (left.month, left.day) == (right.day, right.month):
        return "swapped"
    return "digit" if _one_digit(left, right) else "same-year"


def _one_digit(left: PartialDate, right: PartialDate) -> bool:
    return sum(one != other for one, other in zip(str(left), str(right), strict=True)) == 1


_STRENGTH: Final = {Check.VALID: "", Check.STRUCTURE_OK_NO_CHECK: "-unchecked"}
"""What the weaker of two checks adds to the level's name; every failed check adds `-invalid`."""


def _identifiers(left: Comparable, right: Comparable) -> Iterator[Evidence]:
    """One row for each scheme that both know, the best of its pairs."""
    schemes = {scheme for scheme, _, _ in left.identifiers} & {scheme for scheme, _, _ in right.identifiers}
    for scheme in sorted(schemes):
        rows = (
            of("identifier", _identifier_level(one[1:], other[1:]))
            for one, other in product(left.identifiers, right.identifiers)
            if one[0] == other[0] == scheme
        )
        yield max(rows, key=lambda row: row.bits)


def _identifier_level(left: tuple[str, str], right: tuple[str, str]) -> str:
    strengths = {_STRENGTH.get(Check(check), "-invalid") for _, check in (left, right)}
    weakest = max(strengths, key=("", "-unchecked", "-invalid").index)
    if left[0] == right[0]:
        return "agree" + weakest
    if weakest == "-invalid" and OSA.distance(left[0], right[0], score_cutoff=1) <= 1:
        # Two valid numbers one digit apart are two people; a slip breaks the check digit of one of them.
        return "typo"
    return "differ" + weakest


def _documents(left: Comparable, right: Comparable) -> Iterator[Evidence]:
    """The best pair of documents that agrees; people hold several, so documents that differ say nothing."""
    rows = [
        of("document", level)
        for one, other in product(left.documents, right.documents)
        if (level := _document_level(one, other))
    ]
    if rows:
        yield max(rows, key=lambda row: row.bits)


def _document_level(left: tuple[str, str], right: tuple[str, str]) -> str:
    if folded_number(left[1]) != folded_number(right[1]):
        return ""
    if not left[0] or left[0] != right[0]:
        return "agree-number"
    return "agree" if left[1] == right[1] else "agree-folded"


def _sex(left: Comparable, right: Comparable) -> Iterator[Evidence]:
    if left.sex and right.sex:
        yield of("sex", "agree" if left.sex == right.sex else "differ")


def _citizenship(left: Comparable, right: Comparable) -> Iterator[Evidence]:
    if left.citizenships and right.citizenships:
        shared = set(left.citizenships) & set(right.citizenships)
        yield of("citizenship", "agree" if shared else "differ")


def _birthplace(left: Comparable, right: Comparable) -> Iterator[Evidence]:
    """The place where both know it; else the country. States of today and the USSR do not contradict."""
    places = set(left.birth_place), set(right.birth_place)
    if all(places) and places[0] & places[1]:
        yield of("birthplace", "agree")
        return
    countries = left.birth_country, right.birth_country
    if all(countries) and "SUN" not in countries:
        yield of("birthplace", "country" if countries[0] == countries[1] else "differ")
