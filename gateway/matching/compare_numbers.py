"""Evidence of personal numbers and documents: people have several, so they are compared as sets."""

from __future__ import annotations

from typing import Final

from rapidfuzz.distance import OSA

from gateway.matching.evidence import Evidence, evidence
from gateway.matching.model import Model
from gateway.matching.normalise import folded_number
from gateway.records.person import Check

Identifiers = tuple[tuple[str, str, str], ...]
Documents = tuple[tuple[str, str], ...]

_STRENGTH: Final = {Check.VALID.value: 0, Check.STRUCTURE_OK_NO_CHECK.value: 1}
"""What may be believed of a number by its check; every failed one is 2."""
_WEAKER: Final = ("", "-unchecked", "-invalid")
"""What the weaker of two checks adds to the level's name."""
_TELLING: Final = 7
"""Characters from which a number one character off is hardly somebody else's by chance."""


def compare_identifiers(left: Identifiers, right: Identifiers, model: Model) -> list[Evidence]:
    """One row for each scheme that both know, the best of its pairs."""
    if len(left) == len(right) == 1:
        if left[0][0] != right[0][0]:
            return []
        return [evidence(model, "identifier", _identifier_level(left[0], right[0]))]
    best: dict[str, Evidence] = {}
    for one in left:
        for other in right:
            if one[0] == other[0]:
                row = evidence(model, "identifier", _identifier_level(one, other))
                if one[0] not in best or row.bits > best[one[0]].bits:
                    best[one[0]] = row
    return [best[scheme] for scheme in sorted(best)]


def _identifier_level(left: tuple[str, str, str], right: tuple[str, str, str]) -> str:
    weakest = max(_STRENGTH.get(left[2], 2), _STRENGTH.get(right[2], 2))
    if left[1] == right[1]:
        return "agree" + _WEAKER[weakest]
    if weakest == 2 and OSA.distance(left[1], right[1], score_cutoff=1) <= 1:
        # Two valid numbers one digit apart are two people; a slip breaks the check digit of one of them.
        return "typo"
    return "differ" + _WEAKER[weakest]


_DOCUMENTS: Final = ("agree", "agree-open", "agree-folded", "agree-number", "digit", "differ")
"""The levels of two documents, the best first."""


def compare_documents(left: Documents, right: Documents, model: Model) -> Evidence | None:
    """The best pair of documents; documents that differ say little, since people renew them."""
    best = len(_DOCUMENTS)
    for one in left:
        for other in right:
            best = min(best, _document_rank(one, other))
    return evidence(model, "document", _DOCUMENTS[best]) if best < len(_DOCUMENTS) else None


def _document_rank(left: tuple[str, str], right: tuple[str, str]) -> int:
    """Place of the pair's level in _DOCUMENTS; beyond the last one where they cannot be compared."""
    one, other = left[1], right[1]
    if left[0] and left[0] == right[0]:
        return _of_one_state(one, other)
    if one == other:
        return 1 if not (left[0] and right[0]) and len(one) >= _TELLING else 3
    return 3 if len(one) == len(other) and folded_number(one) == folded_number(other) else len(_DOCUMENTS)


def _of_one_state(one: str, other: str) -> int:
    if one == other:
        return 0
    if abs(len(one) - len(other)) > 1:
        return 5
    if folded_number(one) == folded_number(other):
        return 2
    return 4 if len(one) >= _TELLING and OSA.distance(one, other, score_cutoff=1) <= 1 else 5
