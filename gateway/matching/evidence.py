"""One field's testimony, in bits, and its sentence in Russian and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gateway.matching.model import Model, standard


@dataclass(frozen=True, slots=True)
class Evidence:
    """What comparing one field says; it never holds a value of a person."""

    field: str
    """Field of the model; several identifiers give several rows."""
    level: str
    bits: float
    """Positive for the same human being, negative against; the term's bits are in it."""
    term: float = 0.0
    """The part of `bits` that comes from how rare (or, below zero, how common) the word is."""

    @classmethod
    def from_list(cls, row: Sequence[Any]) -> Evidence:
        """The evidence that `as_list` wrote; rows of older versions have no fourth value."""
        return cls(*row[:4])

    def sentence(self, language: str, model: Model | None = None) -> str:
        """What the field says, in `ru` or `en`, with its weight."""
        level = (model or standard()).level(self.field, self.level)
        said = level.ru if language == "ru" else level.en
        unit = "бит" if language == "ru" else "bits"
        return f"{said[0].upper()}{said[1:]} ({self.bits:+.1f} {unit}{self._rarity(language)})."

    def _rarity(self, language: str) -> str:
        if abs(self.term) < 0.05:
            return ""
        if language == "ru":
            return f", из них {self.term:+.1f} за {'редкость' if self.term > 0 else 'распространённость'} слова"
        return f", of which {self.term:+.1f} because the word is {'rare' if self.term > 0 else 'common'}"

    def as_list(self) -> list[Any]:
        """The evidence as it is stored with a link."""
        row = [self.field, self.level, round(self.bits, 6)]
        return [*row, round(self.term, 6)] if self.term else row


@lru_cache(4096)
def evidence(model: Model, field: str, level: str) -> Evidence:
    """The evidence of one level under the model."""
    return Evidence(field, level, model.level(field, level).bits)


def of(field: str, level: str, model: Model | None = None) -> Evidence:
    """The evidence of one level under the model, the shipped one where none is given."""
    return evidence(model or standard(), field, level)


def with_term(row: Evidence, term: float, floor: float) -> Evidence:
    """The row with the bits of its word; a name that agrees never speaks against one human being by that."""
    bits = max(row.bits + term, min(row.bits, floor))
    return Evidence(row.field, row.level, bits, bits - row.bits)
