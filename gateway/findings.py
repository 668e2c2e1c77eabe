"""Findings: what a validator or a mapping has to say about one place in the input.

A finding never carries a personal value: it names the place and the class of the problem, so that it may
stand in a log or travel to a partner.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one place, with a stable code and a sentence in both languages."""

    code: str
    """Stable: an XSD constraint such as `cvc-pattern-valid`, a business rule `BR-…`, a mapping code `MAP-…`."""
    severity: Severity
    path: str
    """XPath of the element, or the column of a row."""
    line: int
    """Line of the file or number of the row, counted from 1; 0 where there is none."""
    message_en: str
    message_ru: str
    value_class: str = ""
    """What sort of value was met (`14 characters: digits`), never the value; empty where there is none to tell of."""

    def as_dict(self) -> dict[str, str | int]:
        """The finding as plain values, in the order of its fields; without the class of a value where it has none."""
        found = asdict(self)
        if not self.value_class:
            del found["value_class"]
        return found
