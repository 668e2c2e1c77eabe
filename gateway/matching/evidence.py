"""One field's testimony, in bits, and its sentence in Russian and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.matching.model import Model, standard


@dataclass(frozen=True, slots=True)
class Evidence:
    """What comparing one field says; it never holds a value of a person."""

    field: str
    """Field of weights.json; several identifiers give several rows."""
    level: str
    bits: float
    """Positive for the same human being, negative against."""

    def sentence(self, language: str, model: Model | None = None) -> str:
        """What the field says, in `ru` or `en`, with its weight."""
        level = (model or standard()).levels[self.field, self.level]
        said = level.ru if language == "ru" else level.en
        unit = "бит" if language == "ru" else "bits"
        return f"{said[0].upper()}{said[1:]} ({self.bits:+.1f} {unit})."

    def as_list(self) -> list[Any]:
        """The evidence as it is stored with a link."""
        return [self.field, self.level, round(self.bits, 6)]


def of(field: str, level: str, model: Model | None = None) -> Evidence:
    """The evidence of one level under the model."""
    return Evidence(field, level, (model or standard()).levels[field, level].bits)
