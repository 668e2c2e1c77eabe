"""`link-batch-1m`: a register of a million rows linked whole, ours against Splink on DuckDB alone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from benchmarks.linkage.cost import MILLION, cost
from benchmarks.report import Row

_LIMIT: Final = 900.0
"""Seconds that a contestant may take."""


def measure(scale: float = 1.0) -> list[Row]:
    """Rows of `var/bench.json`; a scale of 10 asks for ten million rows."""
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder:
        return cost(Path(folder), int(MILLION * scale), _LIMIT * max(1.0, scale))
