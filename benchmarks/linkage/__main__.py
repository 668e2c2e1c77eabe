"""`python -m benchmarks.linkage`: linkage on data whose truth is known, ours and the peers side by side.

Every contestant runs in a process of its own on the same register with the same columns. A data set or a peer that
is missing is said so and stops nothing else. What is written has the shape of var/bench.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from benchmarks.linkage import report
from benchmarks.linkage.cases import Absent, Case
from benchmarks.linkage.contestant import CONTESTANTS
from benchmarks.linkage.cost import MILLION, cost
from benchmarks.linkage.datasets import data_sets
from benchmarks.linkage.running import run
from benchmarks.report import Row, keep


def main() -> int:
    """Measure what was asked for; 1 when a data set that is there could not be measured."""
    options = _options()
    console = Console()
    found = list(data_sets(options.folder, options.data, options.scale))
    unknown = set(options.only or ()) - {name for name, _ in found} - {"batch"}
    if unknown:
        console.print(f"There is no data set {', '.join(sorted(unknown))}. There are: "
                      f"{', '.join(name for name, _ in found)}, batch.")  # fmt: skip
        return 2
    rows: list[Row] = []
    verdicts: list[str] = []
    failed = False
    for name, make in found:
        if options.only and name not in options.only:
            continue
        case = _made(name, make)
        if isinstance(case, Absent):
            verdicts.append(f"{name}: left out: {case.reason}")
            continue
        runs = [
            run(contestant, case, options.timeout, kept=options.kept and contestant != report.OURS)
            for contestant in options.contestant or CONTESTANTS
        ]
        report.shown(f"{name}: {_records(case):,} records", runs, console)
        rows += report.rows(name, runs)
        verdicts.append(report.verdict(name, runs))
        failed = failed or any(each.failure for each in runs if each.contestant == report.OURS)
        keep(rows, options.json)
    if not options.only or "batch" in options.only:
        for count in (MILLION, 10 * MILLION) if options.large else (MILLION,):
            try:
                rows += cost(options.folder, int(count * options.scale), 3 * options.timeout * count / MILLION, console)
            except RuntimeError as error:
                verdicts.append(str(error))
                failed = True
    keep(rows, options.json)
    for verdict in verdicts:
        console.print(verdict, highlight=False, markup=False)
    console.print(f"Written to {options.json}", highlight=False)
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage", description=__doc__)
    parser.add_argument("--only", action="append", metavar="SET", help="one data set, or batch; may be given again")
    parser.add_argument("--contestant", action="append", choices=CONTESTANTS, help="one of them; may be given again")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="further registers with their truth; see docs/linkage.md"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="part of the simulations' full size, such as 0.1")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds that one contestant may take on one set")
    parser.add_argument("--kept", action="store_true", help="judge the peers' answers of the last run, run only ours")
    parser.add_argument("--large", action="store_true", help="link ten million rows as well")
    parser.add_argument("--folder", type=Path, default=Path("var/bench-linkage"), help="where registers and answers go")
    parser.add_argument("--json", type=Path, default=Path("var/bench-linkage.json"), metavar="FILE")
    options = parser.parse_args()
    if options.scale <= 0 or options.timeout <= 0:
        parser.error("--scale and --timeout have to be above 0")
    if options.data and not options.data.is_dir():
        parser.error(f"--data: there is no folder {options.data}")
    return options


def _made(name: str, make: Callable[[], Case | Absent]) -> Case | Absent:
    """The case, or why it cannot be made: a file of the user's that cannot be read stops nothing."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one file, the others go on.
        return Absent(name, f"{type(error).__name__}: {error}")


def _records(case: Case) -> int:
    with case.truth.open(encoding="utf-8") as file:
        return sum(1 for _ in file) - 1


if __name__ == "__main__":
    sys.exit(main())
