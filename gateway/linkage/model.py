"""A trained model as plain numbers that any program can read: shares m and u a level, and frozen frequencies.

The numbers that a saved model gives do not depend on the register it is used on: the frequencies of values are
those of the register it was trained on. A file of a model holds no SQL, for it may come from elsewhere: what a
level means is said by `comparisons.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gateway.errors import Misuse, Unreadable
from gateway.linkage import roles
from gateway.linkage.comparisons import OTHERWISE, Comparison, Level, told_by_frequency
from gateway.linkage.rivals import Rival

FORMAT: Final = "gateway-linkage-model"
VERSION: Final = 1
LARGEST: Final = 64 << 20
"""Bytes of a model's file."""
LOWEST: Final = -12.0
"""Bits that one respect alone may speak against a pair: more would be a hidden veto (EM learns 2e-13 for sex)."""
HIGHEST: Final = 25.0
_LEAST: Final = 1e-9
_SAME_NAMES: Final = {
    "given_name": roles.GIVEN,
    "family_name": roles.FAMILY,
    roles.GIVEN: "given_name",
    roles.FAMILY: "family_name",
}
"""Columns of the same names: a register has them apart, or cuts them out of whole ones."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How frequent the values of a column are among the records that have one."""

    values: Mapping[str, float]
    """The frequent values. The rare ones are left out: they would name persons."""
    rare: float
    """What a value that is not listed counts as."""


@dataclass(frozen=True, slots=True)
class Model:
    """What is needed to judge pairs."""

    prior: float
    """The share of pairs of one person among all pairs of the register it was trained on."""
    comparisons: tuple[Comparison, ...]
    frequencies: Mapping[str, Frequencies]
    records: int
    """Rows of the register it was trained on."""
    rivals: tuple[Rival, ...] = ()
    """Kinds of two persons who are alike; none where the register cannot tell them from one."""


def bits(level: Level) -> float:
    """The weight of a level in favour of one person: log2(m / u)."""
    return math.log2(level.m / level.u)


def clamped(level: Level, m: float, u: float) -> Level:
    """The level with new shares, which by themselves neither rule a pair out nor in."""
    u = min(max(u, _LEAST), 1.0)
    m = min(max(m, _LEAST), 1.0)
    return replace(level, m=u * 2.0 ** min(max(math.log2(m / u), LOWEST), HIGHEST), u=u)


def save(model: Model) -> bytes:
    """The model as JSON."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "prior": model.prior,
        "records": model.records,
        "comparisons": {
            item.name: {level.label: {"m": level.m, "u": level.u, "bits": bits(level)} for level in item.levels}
            for item in model.comparisons
        },
        "rivals": {
            rival.name: {"share": rival.share, "levels": {name: list(own) for name, own in rival.levels.items()}}
            for rival in model.rivals
        },
        "frequencies": {
            name: {"rare": item.rare, "values": dict(item.values)} for name, item in model.frequencies.items()
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def load(path: Path, known: Sequence[Comparison]) -> Model:
    """A saved model for the comparisons of a register; those that the model does not know are left out.

    Misuse for a missing file, another version, or a model that knows none of them; Unreadable for anything else.
    """
    document = _document(path)
    if document["version"] != VERSION:
        raise Misuse(
            f"The model has version {document['version']!s:.20}; this program reads version {VERSION}.", where=str(path)
        )
    try:
        model = _model(document, known)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Unreadable("The model is damaged.", where=str(path), reason=str(error)) from error
    if not model.comparisons:
        raise Misuse(
            f"The model knows none of the register's columns, but {', '.join(document['comparisons'])}.",
            where=str(path),
        )
    return model


def _document(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except (OSError, ValueError) as error:
        raise Misuse("The model cannot be read.", where=str(path), reason=str(error)) from error
    try:
        document = json.loads(raw)
        ours = document["format"] == FORMAT and "version" in document
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable("This is no model of gateway link.", where=str(path), reason=str(error)) from error
    if not ours:
        raise Unreadable("This is no model of gateway link.", where=str(path))
    found: dict[str, Any] = document
    return found


def _model(document: Mapping[str, Any], known: Sequence[Comparison]) -> Model:
    learned = dict(document["comparisons"])
    comparisons = tuple(
        replace(item, levels=tuple(_level(level, learned[item.name]) for level in item.levels))
        for item in known
        if item.name in learned
    )
    frequencies = {
        str(name): Frequencies({str(key): _share(share) for key, share in item["values"].items()}, _share(item["rare"]))
        for name, item in document["frequencies"].items()
    }
    rivals = tuple(_rival(name, item, learned, comparisons) for name, item in document.get("rivals", {}).items())
    prior = _share(document["prior"])
    if prior >= 1:
        raise ValueError("not a share of pairs")
    frequencies = {column: _known(column, frequencies) for column in told_by_frequency(comparisons)}
    return Model(prior, comparisons, frequencies, int(document["records"]), rivals)


def _known(column: str, frequencies: Mapping[str, Frequencies]) -> Frequencies:
    """The frequencies of a column, told of the same names where one register keeps them whole and the other apart."""
    return frequencies[column] if column in frequencies else frequencies[_SAME_NAMES[column]]


def _rival(name: str, item: Mapping[str, Any], learned: Mapping[str, Any], comparisons: Sequence[Comparison]) -> Rival:
    levels = {}
    for each in comparisons:
        if each.name in item["levels"]:
            own = dict(zip(learned[each.name], map(_share, item["levels"][each.name]), strict=True))
            # A level that the model does not know says nothing for a rival or against it.
            levels[each.name] = tuple(own.get(level.label, level.m) for level in each.levels)
    return Rival(str(name), _share(item["share"]), levels)


def _level(level: Level, learned: Mapping[str, Any]) -> Level:
    if level.label not in learned:
        return level
    shares = learned[level.label]
    return replace(level, m=_share(shares["m"]), u=_share(shares["u"]))


def _share(value: Any) -> float:
    number = float(value)
    # A share m may exceed one: see `clamped`, which bounds the weight and keeps u.
    if not 0 < number <= 2.0 ** (HIGHEST + 1):
        raise ValueError("not a share")
    return number


def splink_settings(prior: float, comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """The same as Splink reads it."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "rid",
        "probability_two_random_records_match": prior,
        "comparisons": [_splink_comparison(item) for item in comparisons],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def _splink_comparison(comparison: Comparison) -> dict[str, Any]:
    null = {"sql_condition": comparison.null, "label_for_charts": "unknown", "is_null_level": True}
    return {
        "output_column_name": comparison.name,
        "comparison_levels": [null, *map(_splink_level, comparison.levels)],
    }


def _splink_level(level: Level) -> dict[str, Any]:
    found: dict[str, Any] = {
        "sql_condition": level.sql,
        "label_for_charts": level.label,
        "m_probability": level.m,
        "u_probability": level.u,
    }
    if level.frequency and level.sql != OTHERWISE:
        found |= {
            "tf_adjustment_column": level.frequency,
            "tf_adjustment_weight": 1.0,
            "disable_tf_exact_match_detection": True,
        }
    return found
