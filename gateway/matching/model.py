"""The weights of evidence as data: for every field and level, how often it holds for one person and by chance.

`m` is the share of pairs of one human being that show the level, `u` the share of random pairs; the weight
is log2(m / u) bits (Fellegi and Sunter, 1969). weights.json says where its values come from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import log2
from typing import Final


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of comparing one field."""

    bits: float
    ru: str
    en: str
    """What the level says, without any value of a person."""


@dataclass(frozen=True, slots=True)
class Model:
    """Every level's weight, and the name under which links remember the model."""

    name: str
    levels: dict[tuple[str, str], Level]
    labels: dict[str, tuple[str, str]]
    """Field to its Russian and English name."""


FIELDS: Final = (
    "family",
    "given",
    "full",
    "order",
    "patronymic",
    "birth",
    "identifier",
    "document",
    "sex",
    "citizenship",
    "birthplace",
)


def read_model(text: str) -> Model:
    """A model from its JSON; a single field never weighs below `floor_bits`, or one typing error is a veto."""
    data = json.loads(text)
    levels = {
        (field, name): Level(max(log2(level["m"] / level["u"]), data["floor_bits"]), level["ru"], level["en"])
        for field, body in data["fields"].items()
        for name, level in body["levels"].items()
    }
    labels = {field: (body["ru"], body["en"]) for field, body in data["fields"].items()}
    return Model(data["model"], levels, labels)


@lru_cache(1)
def standard() -> Model:
    """The model this version ships."""
    return read_model((files("gateway.matching") / "weights.json").read_text(encoding="utf-8"))
