"""Whether the memory of `gateway map` grows with its input: the largest resident size for 10 MB and for more.

The larger file has 100 MB times the scale, so `--only memory --scale 10` measures a gigabyte (some minutes, and
eight gigabytes of disk for the file and its messages, which are removed afterwards).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.mapping import permits, write_permits
from benchmarks.report import Row

_SMALL: Final = 10
_LARGE: Final = 100
"""Megabytes of input."""

_RUN: Final = """
import resource, sys
from gateway.commands.main import run
status = run(["map", "blr-permits", sys.argv[1], "-o", sys.argv[2], "--batch", "5000", "--json"])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, file=sys.stderr)
sys.exit(status)
"""


def measure(scale: float = 1.0) -> list[Row]:
    """`map-memory` is how many megabytes more the larger file took; what each took stands beside it."""
    row_bytes = len(permits(2_000)) / 2_000
    taken = {}
    for megabytes in (_SMALL, max(2 * _SMALL, round(_LARGE * scale))):
        taken[f"{megabytes} MB of input"] = _resident(int(megabytes * 1_000_000 / row_bytes))
    small, large = taken.values()
    return [{"name": "map-memory", "unit": "MB", "value": round(large - small, 1), "floor": None, "ratio": None,
             "peers": taken}]  # fmt: skip


def _resident(rows: int) -> float:
    """Largest resident size, in megabytes, of a process that maps a file of so many rows."""
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as name:
        folder = Path(name)
        with (folder / "permits.csv").open("wb") as file:
            write_permits(rows, file)
        done = subprocess.run(
            [sys.executable, "-c", _RUN, folder / "permits.csv", folder / "out.xml"],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
    resident, _ = done.stderr.split()[-2:]
    return round(float(resident), 1)
