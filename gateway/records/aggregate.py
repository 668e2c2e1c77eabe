"""Figures without persons: quotas and statistics (domain.md 2.10 and 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.records.value import quick


@quick
@dataclass(frozen=True, slots=True)
class Quota:
    """How much of something a state allows in a year."""

    year: int
    kind: str
    """Code of gateway.records.vocabulary.QUOTA_KINDS."""
    amount: int
    act: str
    used: int | None = None
    """None where not told."""
    region: str = ""
    occupation: str = ""
    """ISCO-08 where known, else the national wording."""
    citizenship: str = ""
    """ISO 3166-1 alpha-3."""


@quick
@dataclass(frozen=True, slots=True)
class Statistic:
    """One cell of a table: no persons, and no cell that would show one."""

    table: str
    period_from: date
    period_to: date
    """Inclusive."""
    measure: str
    """Code of gateway.records.vocabulary.MEASURES."""
    basis: str
    """Code of gateway.records.vocabulary.STATISTIC_BASES."""
    definition: str
    """Whom the state counts; two definitions are never added up."""
    value: int | None = None
    """None where the flag says that there is none (BR-61)."""
    flag: str = ""
    """Code of gateway.records.vocabulary.STATISTIC_FLAGS."""
    series_break: bool = False
    """Not comparable with the periods before."""
    counterpart: str = ""
    """State come from or gone to."""
    citizenship: str = ""
    """ISO 3166-1 alpha-3."""
    sex: str = ""
    """ISO/IEC 5218; empty where not told apart."""
    age_band: str = ""
    """`0-4`, `5-11`, `60+`; empty where not told apart."""
    subject: str = ""
    """Category of the records that were counted."""
    decision: str = ""
    """State of the records that were counted."""
    purpose: str = ""
    """Common code, see gateway.records.codes.VISIT_PURPOSES."""
    region: str = ""
