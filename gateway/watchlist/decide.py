"""From evidence to a band: HIT, POSSIBLE or NO_HIT, with the reason per field.

A band is advice: whatever it says, a human confirms before anybody is stopped. HIT needs a document or
personal number that nothing contradicts, or the full name with the full birth date. Everything else that
an officer should look at is POSSIBLE, names that were too much to compare among it. Sex and citizenship qualify
and never exclude.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from gateway.watchlist.birth import Birth
from gateway.watchlist.compare import Evidence, NameEvidence
from gateway.watchlist.reasons import Reason
from gateway.watchlist.spelling import Level


class Band(StrEnum):
    """What the officer is told."""

    HIT = "HIT"
    POSSIBLE = "POSSIBLE"
    NO_HIT = "NO_HIT"


RANK: Final = {Band.NO_HIT: 0, Band.POSSIBLE: 1, Band.HIT: 2}
_FULL_DATES: Final = frozenset({Birth.EXACT, Birth.NEW_YEAR})


def band(evidence: Evidence) -> Band:
    """The band of one entry; every branch is one sentence of the module's rule."""
    if evidence.document is Level.STRONG or evidence.identifier:
        return Band.POSSIBLE if _contradicted(evidence) else Band.HIT
    name = evidence.name
    if name is not None and name.strong and _full_date(evidence, name):
        sound = name.patronymic is not Level.FAR and not evidence.sex_differs and not evidence.minor
        return Band.HIT if sound else Band.POSSIBLE
    worth_a_look = _must_be_read(evidence) or (name is not None and _worth_a_look(evidence, name))
    return Band.POSSIBLE if worth_a_look else Band.NO_HIT


def _must_be_read(evidence: Evidence) -> bool:
    """Whether names that were too much to compare might speak for the entry, whatever they hold."""
    return evidence.unread and (evidence.document is Level.NEAR or evidence.birth is not Birth.DIFFERENT)


def _contradicted(evidence: Evidence) -> bool:
    """Whether something speaks against the holder of the same number: numbers are mistyped and reissued too."""
    name = evidence.name
    return (
        (evidence.unread and not (name is not None and name.strong))
        or (name is not None and (name.contradicts or name.patronymic is Level.FAR))
        or evidence.birth is Birth.DIFFERENT
        or evidence.sex_differs
        or evidence.minor
    )


def _full_date(evidence: Evidence, name: NameEvidence) -> bool:
    """A 1 January in both may be twice "unknown", so there the patronymic must agree as well."""
    if evidence.birth is Birth.NEW_YEAR:
        return name.patronymic is Level.STRONG
    return evidence.birth is Birth.EXACT


def _worth_a_look(evidence: Evidence, name: NameEvidence) -> bool:
    patronymic_speaks_against = name.patronymic is Level.FAR
    if evidence.document is Level.NEAR:
        return (
            name.similar
            or name.partial
            or (evidence.birth in _FULL_DATES and max(name.family, name.given) >= Level.NEAR)
        )
    if evidence.birth in _FULL_DATES:
        return name.strong or ((name.similar or name.partial) and not patronymic_speaks_against)
    if evidence.birth is Birth.DIFFERENT or patronymic_speaks_against:
        return False
    # Without the very date the name has to carry the answer: in full, or with the patronymic beside it.
    return name.strong or (name.similar and name.patronymic is Level.STRONG and evidence.birth is not Birth.UNKNOWN)


_BITS: Final = {
    Birth.EXACT: 14.0,
    Birth.NEW_YEAR: 8.0,
    Birth.VARIANT: 6.0,
    Birth.CONSISTENT: 5.0,
    Birth.UNKNOWN: 0.0,
    Birth.DIFFERENT: -6.0,
}
"""Bits of evidence: a birth date is one of some 22,600 (2^14.5), a year one of some sixty."""


def score(evidence: Evidence) -> float:
    """Bits of evidence, for ordering only; it has no upper end at which hits would become alike."""
    name = evidence.name
    bits = _BITS[evidence.birth]
    bits += 20.0 if evidence.document is Level.STRONG else 8.0 if evidence.document is Level.NEAR else 0.0
    bits += 20.0 if evidence.identifier else 0.0
    if name is not None:
        # Four is a family and a given name that agree in full, worth some 15 bits together.
        bits += 15.0 * (name.weight - 2.5) / 2.0
        bits -= 4.0 if name.patronymic is Level.FAR else 0.0
    bits -= 3.0 if evidence.sex_differs else 0.0
    bits += 2.0 if evidence.citizenship is Level.STRONG else -1.0 if evidence.citizenship is Level.FAR else 0.0
    return bits


def score_band(bits: float) -> str:
    """The score as a word: `very-high`, `high`, `medium` or `low`."""
    return "very-high" if bits >= 40 else "high" if bits >= 28 else "medium" if bits >= 18 else "low"


_BIRTH_REASONS: Final = {
    Birth.EXACT: Reason.BIRTH_DATE_EXACT,
    Birth.NEW_YEAR: Reason.BIRTH_DATE_NEW_YEAR,
    Birth.VARIANT: Reason.BIRTH_DATE_VARIANT,
    Birth.CONSISTENT: Reason.BIRTH_DATE_PARTIAL,
    Birth.UNKNOWN: Reason.BIRTH_DATE_UNKNOWN,
    Birth.DIFFERENT: Reason.BIRTH_DATE_DIFFERS,
}


def reasons(evidence: Evidence) -> tuple[Reason, ...]:
    """The remarks of one entry in a fixed order: numbers, name, birth date, the rest."""
    found: list[Reason] = []
    if evidence.document is Level.STRONG:
        found.append(Reason.DOCUMENT_EXACT)
    elif evidence.document is Level.NEAR:
        found.append(Reason.DOCUMENT_OTHER_STATE if evidence.other_state else Reason.DOCUMENT_NEAR)
    if evidence.identifier:
        found.append(Reason.IDENTIFIER_EXACT)
    if evidence.name is not None:
        found += _name_reasons(evidence.name)
    if evidence.unread:
        found.append(Reason.NAME_UNREAD)
    found.append(_BIRTH_REASONS[evidence.birth])
    if evidence.sex_differs:
        found.append(Reason.SEX_DIFFERS)
    if evidence.citizenship is not Level.ABSENT:
        agrees = evidence.citizenship is Level.STRONG
        found.append(Reason.CITIZENSHIP_AGREES if agrees else Reason.CITIZENSHIP_DIFFERS)
    if evidence.minor:
        found.append(Reason.MINOR)
    return tuple(found)


def _name_reasons(name: NameEvidence) -> list[Reason]:
    if name.strong:
        found = [Reason.NAME_FULL]
    elif name.similar:
        found = [Reason.NAME_SIMILAR]
    elif name.contradicts or min(name.family, name.given) is Level.FAR:
        found = [Reason.NAME_DIFFERS]
    else:
        found = [Reason.NAME_PARTIAL]
    if name.swapped:
        found.append(Reason.NAME_ORDER)
    if name.patronymic is Level.FAR:
        found.append(Reason.PATRONYMIC_DIFFERS)
    elif name.patronymic >= Level.NEAR:
        found.append(Reason.PATRONYMIC_AGREES)
    return found
