"""What linking a large register costs: ours against Splink on DuckDB alone, on the same rows in the same run."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.linkage import report
from benchmarks.linkage.running import run
from benchmarks.linkage.synthetic import register
from benchmarks.report import Row

MILLION: Final = 1_000_000


def cost(folder: Path, count: int, limit: float, console: Console | None = None) -> list[Row]:
    """`link-batch-1m` in seconds (`-10m` for ten), with `-cpu`, `-memory` and `-f1` beside it."""
    name = f"link-batch-{count // MILLION}m" if count >= MILLION else f"link-batch-{count // 1000}k"
    case = register(folder / name, count)
    runs = [run(contestant, case, limit) for contestant in (report.OURS, "splink")]
    if console:
        report.shown(f"{name}: {count:,} rows", runs, console)
    known = {each.contestant: each for each in runs if not each.failure}
    ours = known.pop(report.OURS, None)
    if ours is None:
        raise RuntimeError(f"{name}: {runs[0].failure}")
    rows = report.costs(name, ours, known)
    rows[0]["name"] = name
    peers = {peer: round(each.best.clusters.f1, 5) for peer, each in known.items() if each.best}
    assert ours.best is not None
    return [*rows, report.row(f"{name}-f1", "share", round(ours.best.clusters.f1, 5), peers=peers)]
