"""The weights of evidence as data: for every field and level, how often it holds for one person and by chance.

`m` is the share of pairs of one human being that show the level, `u` the share of random pairs; the weight
is log2(m / u) bits (Fellegi and Sunter, 1969). weights.json says where its values come from; a node that has
people enough trains its own (gateway.matching.training).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from math import log2
from typing import Any, Final

from gateway.matching.terms import Terms, terms


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of comparing one field."""

    bits: float
    ru: str
    en: str
    """What the level says, without any value of a person."""
    m: float = 0.0
    u: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What reviewed pairs say of the weights: the log-odds are `slope` times the weight plus `shift`, in bits."""

    shift: float = 0.0
    slope: float = 1.0
    pairs: int = 0
    """Reviewed pairs it rests on; 0 where nobody has reviewed any."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What mistakes a node accepts; its thresholds follow from it (gateway.matching.thresholds)."""

    false_links: float = 1.0
    """False links made without a human that may be expected among 10,000 newcomers."""
    review_share: float = 0.03
    """Share of newcomers who may be sent to review because somebody resembles them by chance."""


Curve = tuple[tuple[float, float], ...]
"""Weight, ascending, to how many others weigh at least as much by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Every level's weight, and the name under which links remember the model."""

    name: str
    levels: Mapping[tuple[str, str], Level]
    labels: Mapping[str, tuple[str, str]]
    """Field to its Russian and English name."""
    terms: Mapping[str, Terms] = field(default_factory=dict)
    """Field to the shares of its words."""
    calibration: Calibration = Calibration()
    population: int = 0
    """Descriptions the model was trained on; 0 where it was not."""
    chance_links: Curve = ()
    """How many other people's descriptions would be linked with each description of that population."""
    chance_reviews: Curve = ()
    """The same for those that a human would have to look at."""
    wishes: Wishes = Wishes()
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The JSON it was read from: what a new model starts with."""

    def level(self, field_name: str, name: str) -> Level:
        """The level; one that this model does not know, from a link of another one, speaks for itself."""
        return self.levels.get((field_name, name)) or Level(0.0, f"{field_name}: {name}", f"{field_name}: {name}")

    def to_json(self) -> str:
        """The neutral JSON, which `read_model` reads."""
        return json.dumps(self.data, ensure_ascii=False, indent=1) + "\n"


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
WITH_TERMS: Final = ("family", "given", "patronymic", "citizenship", "birthplace")
"""Fields whose words weigh by how common they are."""
_NO_TERMS: Final = Terms({}, 0.0)


def read_model(text: str) -> Model:
    """A model from its JSON; a single field never weighs below `floor_bits`, or one typing error is a veto."""
    return model_of(json.loads(text))


def model_of(data: dict[str, Any]) -> Model:
    """A model from the content of its JSON."""
    levels = {
        (field_name, name): Level(
            max(log2(level["m"] / level["u"]), data["floor_bits"]), level["ru"], level["en"], level["m"], level["u"]
        )
        for field_name, body in data["fields"].items()
        for name, level in body["levels"].items()
    }
    known = data.get("terms", {})
    return Model(
        name=data["model"],
        levels=levels,
        labels={field_name: (body["ru"], body["en"]) for field_name, body in data["fields"].items()},
        terms={name: terms(**known[name]) if name in known else _NO_TERMS for name in WITH_TERMS},
        calibration=Calibration(**data.get("calibration", {})),
        population=data.get("population", 0),
        chance_links=_curve(data, "links"),
        chance_reviews=_curve(data, "reviews"),
        wishes=Wishes(**data.get("wishes", {})),
        data=data,
    )


def _curve(data: Mapping[str, Any], name: str) -> Curve:
    return tuple((float(weight), float(share)) for weight, share in data.get("chance", {}).get(name, ()))


@lru_cache(1)
def standard() -> Model:
    """The model this version ships."""
    return read_model((files("gateway.matching") / "weights.json").read_text(encoding="utf-8"))
