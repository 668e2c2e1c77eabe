"""What a contestant hands over: pairs with a probability, clusters, and what the work cost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from benchmarks.linkage.metrics import components


@dataclass
class Output:
    """Where a contestant writes, and its watch: what it does to be judged is not its cost."""

    folder: Path
    started: float = field(default_factory=time.perf_counter)
    cost: dict[str, float] = field(default_factory=dict)

    @property
    def pairs(self) -> Path:
        """`l, r, probability`: what it thought of every pair that it compared and did not rule out."""
        return self.folder / "pairs.parquet"

    @property
    def clusters(self) -> Path:
        """`record, cluster`: its answer as it gives it by itself."""
        return self.folder / "clusters.parquet"

    def stop(self) -> None:
        """The answer is there; what follows is for the judge."""
        self.cost = {
            "seconds": round(time.perf_counter() - self.started, 3),
            "cpu": round(time.process_time(), 3),
            "memory": _most_resident(),
        }

    def finish(self, told: dict[str, Any]) -> None:
        """Keep the cost and what the contestant told beside it."""
        if not self.cost:
            self.stop()
        (self.folder / "told.json").write_text(json.dumps(self.cost | told), encoding="utf-8")


def _most_resident() -> float:
    """The largest resident size of this process so far, in megabytes.

    The kernel's own maximum for a process begins with that of the parent; this one begins with the program.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def write_table(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """The rows of a query as Parquet, identifiers as text."""
    con.execute(f"COPY (SELECT columns(*) FROM ({query})) TO '{path}' (FORMAT parquet)")


def write_pairs(
    path: Path,
    left: Iterable[Any],
    right: Iterable[Any],
    probability: Iterable[float],
    linked: Iterable[bool] | None = None,
) -> None:
    """Pairs as Parquet; `linked` says which of them the contestant itself takes for one person."""
    table = pa.table({"l": list(map(str, left)), "r": list(map(str, right)), "probability": list(probability)})
    if linked is not None:
        table = table.append_column("linked", pa.array(list(linked)))
    parquet.write_table(table, path)


def write_labels(path: Path, records: Sequence[str], labels: Sequence[object]) -> None:
    """Clusters as Parquet."""
    parquet.write_table(pa.table({"record": list(map(str, records)), "cluster": list(map(str, labels))}), path)


def write_clusters(path: Path, records: Iterable[Any], left: Iterable[Any], right: Iterable[Any]) -> None:
    """The connected components of pairs as clusters."""
    names = list(map(str, records))
    place = {name: number for number, name in enumerate(names)}
    ends = [np.array([place[str(each)] for each in side], dtype=np.int64) for side in (left, right)]
    write_labels(path, names, components(len(names), *ends).tolist())
