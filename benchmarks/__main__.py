"""`python -m benchmarks [--only NAME] [--scale F] [--json FILE]`: run every measurement, keep and show it.

A measurement is a module of this folder with `measure(scale) -> list of rows`. One that is missing or fails
is said so and stops nothing else; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path

from rich.console import Console

from benchmarks.report import Row, keep, show

NAMES = (
    "signatures", "mapping", "memory", "watchlist", "matching", "online", "judgement", "names", "receive", "ledger",
    "batch",
)  # fmt: skip
HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="one measurement; may be given again")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the full size, such as 0.1")
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"), metavar="FILE")
    options = parser.parse_args()
    if options.scale <= 0:
        parser.error("--scale has to be above 0")
    console = Console()
    rows: list[Row] = []
    failed = 0
    for name in options.only or NAMES:
        started = time.perf_counter()
        if not (HERE / f"{name}.py").is_file():
            console.print(f"{name}: there is no such benchmark", style="yellow")
            failed += 1
            continue
        try:
            rows += importlib.import_module(f"benchmarks.{name}").measure(options.scale)
        except Exception as error:  # noqa: BLE001 - whatever fails in one measurement, the others go on.
            console.print(f"{name}: failed: {type(error).__name__}: {error}", style="red", markup=False)
            failed += 1
            continue
        console.print(f"{name}: {time.perf_counter() - started:.0f} s", highlight=False)
    if rows:
        keep(rows, options.json)
        show(rows, console)
        console.print(f"Written to {options.json}", highlight=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
