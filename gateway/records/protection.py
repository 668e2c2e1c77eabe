"""Protection: handled apart from everything else (domain.md 2.4 and 3.1).

There is no field for grounds, religion, opinion or health, and the firewall decides on every disclosure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AsylumApplication:
    """An application for protection, without a word on why."""

    application: str
    """Number of the application in the owning state."""
    lodged: date
    registered: date | None = None
    decided: date | None = None
    certificate: str = ""
    unaccompanied_minor: bool = False
    persecutors: tuple[str, ...] = ()
    """States named as persecutor, ISO 3166-1 alpha-3: used for the risk set, never disclosed to them."""
