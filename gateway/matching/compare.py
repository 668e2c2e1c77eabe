"""Evidence that two descriptions are of one human being, field by field, in bits (Fellegi and Sunter)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gateway.matching.compare_names import compare_names
from gateway.matching.compare_numbers import compare_documents, compare_identifiers
from gateway.matching.compare_words import word_level
from gateway.matching.evidence import Evidence, evidence, with_term
from gateway.matching.model import Model, standard
from gateway.matching.normalise import Comparable
from gateway.names.fold import bone
from gateway.records.dates import PartialDate


@dataclass(frozen=True, slots=True)
class Comparison:
    """The evidence on one pair."""

    weight: float
    """Bits: the sum of the evidence, without a prior."""
    evidence: tuple[Evidence, ...]

    def levels(self, field: str) -> frozenset[str]:
        """The levels that a field shows; empty where it could not be compared."""
        return frozenset([row.level for row in self.evidence if row.field == field])


def compare(left: Comparable, right: Comparable, model: Model | None = None) -> Comparison:
    """Weigh two descriptions under the model, the shipped one where none is given.

    Symmetric; a field that one side does not know says nothing.
    """
    model = model or standard()
    rows: list[Evidence] = []
    if left.names and right.names:
        rows += compare_names(left.names, right.names, women=left.sex == right.sex == "2", model=model)
    if left.birth is not None and right.birth is not None:
        rows.append(evidence(model, "birth", birth_level(left.birth, right.birth)))
    if left.identifiers and right.identifiers:
        rows += compare_identifiers(left.identifiers, right.identifiers, model)
    if left.documents and right.documents and (papers := compare_documents(left.documents, right.documents, model)):
        rows.append(papers)
    if left.sex and right.sex:
        rows.append(evidence(model, "sex", "agree" if left.sex == right.sex else "differ"))
    if left.citizenships and right.citizenships:
        rows.append(_citizenship(model, left.citizenships, right.citizenships))
    place = _birthplace(model, left.birth_place, left.birth_country, right.birth_place, right.birth_country)
    if place is not None:
        rows.append(place)
    return Comparison(sum([row.bits for row in rows]), tuple(rows))


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
    if left.day and right.day:
        return _full(left, right)
    if not left.month or not right.month:
        return "year"
    return "month" if left.month == right.month else "same-year"


def _full(left: PartialDate, right: PartialDate) -> str:
    """The level of two full dates of one year."""
    if left.month == right.month and left.day == right.day:
        return "placeholder" if left.month == left.day == 1 else "day"
    if left.month == right.day and left.day == right.month:
        return "swapped"
    if left.month == left.day == 1 or right.month == right.day == 1:
        # One side may have written 1 January for a day it did not know, without saying so.
        return "january"
    return "digit" if _one_digit(left, right) else "same-year"


def _one_digit(left: PartialDate, right: PartialDate) -> bool:
    """Whether two full dates differ in exactly one digit."""
    parts = ((left.year, right.year), (left.month, right.month), (left.day, right.day))
    different = [pair for pair in parts if pair[0] != pair[1]]
    if len(different) != 1:
        return False
    one, other = different[0]
    return sum([a != b for a, b in zip(f"{one:04d}", f"{other:04d}", strict=True)]) == 1


@lru_cache(1 << 14)
def _citizenship(model: Model, left: tuple[str, ...], right: tuple[str, ...]) -> Evidence:
    shared = set(left) & set(right)
    row = evidence(model, "citizenship", "agree" if shared else "differ")
    return with_term(row, model.terms["citizenship"].of(shared), 0.0) if shared else row


@lru_cache(1 << 16)
def _birthplace(
    model: Model, place: tuple[str, ...], country: str, other_place: tuple[str, ...], other_country: str
) -> Evidence | None:
    """The place where both know it; else the country. States of today and the USSR do not contradict."""
    both = place and other_place
    if both and (shared := _shared_place(place, other_place)):
        return with_term(evidence(model, "birthplace", "agree"), model.terms["birthplace"].of(shared), 0.0)
    if not country or not other_country or "SUN" in {country, other_country}:
        return None
    if country != other_country:
        return evidence(model, "birthplace", "differ")
    return evidence(model, "birthplace", "other-place" if both else "country")


def _shared_place(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    """The skeletons of the words that two places share; towns have a spelling in every language: Ташкент, Toshkent."""
    found = [
        bone(word)
        for one in left
        for other in right
        if word_level((one,), (other,)) in {"exact", "sound", "near"}
        for word in (one, other)
    ]
    return tuple(dict.fromkeys(word for word in found if word))
