"""How measurements are taken side by side, kept and shown."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Row = dict[str, Any]


def interleaved(
    contestants: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Median seconds of each contestant, all taken in turn in every round, so that noise hits all alike.

    The order turns by one place each round: whoever runs first finds the caches cold. `clock` may be
    time.process_time where the work is one thread's own, so that waiting for a busy machine does not count.
    """
    names = list(contestants)
    times: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        contestants[name]()
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            start = clock()
            contestants[name]()
            times[name].append(clock() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def row(name: str, unit: str, value: float, floor: float | None = None, peers: Mapping[str, float] = {}) -> Row:
    """One line of the report; the ratio says how many times the floor it is."""
    ratio = round(value / floor, 3) if floor else None
    return {"name": name, "unit": unit, "value": value, "floor": floor, "ratio": ratio, "peers": dict(peers)}


def keep(rows: list[Row], file: Path) -> None:
    """Write the report whole or not at all: whoever reads it never sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".part")
    half.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    half.replace(file)


def show(rows: list[Row], console: Console) -> None:
    table = Table(title="Benchmarks", caption="A peer's figure in brackets is how many times ours it is.")
    for heading in ("name", "unit", "value", "floor", "ratio", "peers"):
        table.add_column(heading, justify="left" if heading in {"name", "unit", "peers"} else "right")
    for line in rows:
        value = line["value"]
        peers = ", ".join(
            f"{peer} {_figure(other)}" + (f" [{other / value:.1f}×]" if value else "")
            for peer, other in (line.get("peers") or {}).items()
        )
        ratio = line.get("ratio")
        table.add_row(
            line["name"],
            line["unit"],
            _figure(value),
            _figure(line.get("floor")),
            "" if ratio is None else f"{ratio:.2f}",
            peers.replace("[", r"\["),
        )
    console.print(table)


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
