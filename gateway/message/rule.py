"""One business rule, and a table of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gateway.findings import Severity

Scope = Literal["record", "message"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered rule."""

    number: str
    severity: Severity
    scope: Scope
    """Whether one record is judged or a message as a whole."""
    ru: str
    en: str


def rules(scope: Scope, *rows: tuple[str, Severity, str, str]) -> dict[str, Rule]:
    """A table of rules by their numbers: number, severity, Russian and English of each."""
    return {number: Rule(number, severity, scope, ru, en) for number, severity, ru, en in rows}
