"""Documents that are lost, stolen or no longer valid (domain.md 2.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """What became of a document; its bearer may be unknown."""

    country: str
    """ISO 3166-1 alpha-3 or an ICAO 9303 code."""
    kind: str
    """Common code, see gateway.records.codes.DOCUMENT_KINDS."""
    number: str
    since: date
    series: str = ""
    issued: date | None = None
    expires: date | None = None
    reported: date | None = None
    """When the loss or theft was reported."""
    authority: str = ""
