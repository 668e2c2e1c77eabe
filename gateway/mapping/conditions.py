"""Conditions of a profile, bound to the rows of one source."""

from __future__ import annotations

from typing import Final

from gateway.mapping.declaration import Condition
from gateway.mapping.folding import folded
from gateway.mapping.sources import Cells

_REMEMBERED: Final = 20_000
"""Different cells kept with the answer."""


class Test:
    """A condition of the profile, bound to its place in the rows."""

    __slots__ = ("known", "negated", "place", "values")

    def __init__(self, condition: Condition, place: dict[str, int]) -> None:
        self.place = place.get(condition.column, -1)
        self.values = frozenset(map(folded, condition.values))
        self.negated = condition.negated
        self.known: dict[str, bool] = {}

    def holds(self, cells: Cells) -> bool:
        """Whether a row meets it."""
        text = (cells[self.place] if self.place >= 0 else None) or ""
        found = self.known.get(text)
        if found is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            found = self.known[text] = (folded(text) in self.values) is not self.negated
        return found
