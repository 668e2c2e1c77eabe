"""From the values of one row to the detail of its category: one builder a profile, compiled from the value class."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields
from functools import lru_cache
from typing import Any, Final, NamedTuple

from gateway.findings import Finding
from gateway.mapping.country_forms import STATELESS
from gateway.mapping.target import Kind
from gateway.mapping.targets import DETAIL_TARGETS
from gateway.records.person import Party, Place
from gateway.records.record import DETAIL_OF, Category, Detail

Got = dict[str, Any]
"""Target path to value, for one row; constants are already in it."""


class Reading(NamedTuple):
    """What the cells of one row mean, before a record is made of it."""

    number: int
    got: Got | None
    """None where the row is rejected."""
    source: str
    status: str
    findings: list[Finding]


_COMPOSED: Final = {"Party", "Place"}


def builder(category: Category, paths: Collection[str]) -> Callable[[Got], Detail]:
    """What makes the detail of a row from those of the values that a profile fills at all.

    The value class tells which fields there are; what a row lacks keeps the class's own default.
    """
    detail = DETAIL_OF[category]
    composed = {item.name: str(item.type).split(" ")[0] for item in fields(detail)}
    composed = {name: kind for name, kind in composed.items() if kind in _COMPOSED}
    parties = [
        (role, f"{role}.name", f"{role}.number", f"{role}.scheme")
        for role, kind in composed.items()
        if kind == "Party" and f"{role}.name" in paths
    ]
    plain = [item.name for item in fields(detail) if item.name not in composed and item.name in paths]
    states = [
        target.path for target in DETAIL_TARGETS[category] if target.kind is Kind.COUNTRIES and target.path in paths
    ]
    joint = [(path, path.split("+")) for path in sorted(paths) if "+" in path and "." not in path]
    placed = "place" in composed and any(path.startswith("place.") for path in paths)
    alone = _ALONE.get(category)

    def build(got: Got) -> Detail:
        values = {name: got[name] for name in plain if name in got}
        for path, parts in joint:
            if path in got:
                values.update((part, value) for part, value in zip(parts, got[path], strict=True) if value is not None)
        for name, path, number, scheme in parties:
            if path in got:
                values[name] = _party(got[path], got.get(number, ""), got.get(scheme, ""))
        if placed:
            values["place"] = _place(got)
        for name in states:
            if name in values:
                values[name] = tuple(code for code in values[name] if code != STATELESS)
        return detail(**values) if alone is None else detail(**alone(values))

    return build


def _counted(values: dict[str, Any]) -> dict[str, Any]:
    """An empty cell of a table is missing, which differs from zero."""
    return values if "value" in values else {"flag": "MISSING"} | values


def _priced(values: dict[str, Any]) -> dict[str, Any]:
    """A currency without an amount says nothing."""
    if "cost" not in values:
        values.pop("currency", None)
    return values


_ALONE: Final = {Category.STATISTIC: _counted, Category.EXPULSION: _priced}
"""What one field of a family says about another that is absent."""


def _place(got: Got) -> Place | None:
    region, text = got.get("place.region", ""), got.get("place.text", "")
    # The country alone says nothing that the registering state does not say.
    return Place(got.get("place.country", ""), region, text) if region or text else None


@lru_cache(maxsize=10_000)
def _party(name: str, number: str, scheme: str) -> Party:
    """One value for one party: employers and hosts stand in many rows. A scheme without a number says nothing."""
    return Party(name, number, scheme if number else "")
