"""A contestant is run in a process of its own, with a limit of time, and its answer is judged."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from pyarrow import parquet

from benchmarks.linkage.cases import Case, read_truth
from benchmarks.linkage.contestant import CONTESTANTS, PACKAGES
from benchmarks.linkage.metrics import Figures, Labels, b_cubed, best, components, numbered, of_clusters, of_pairs

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Line:
    """One answer, judged: as a contestant gives it, or at the threshold that the truth would choose."""

    contestant: str
    note: str
    clusters: Figures
    b_cubed: Figures
    pairs: Figures | None = None
    review: float | None = None
    """Share of the records that a human is asked to look at."""
    sure: Figures | None = None
    """The pairs that stand in one cluster and that nobody is asked to look at."""


@dataclass(frozen=True, slots=True)
class Run:
    """One contestant on one data set."""

    contestant: str
    lines: tuple[Line, ...] = ()
    seconds: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    failure: str = ""
    told: Any = None

    @property
    def best(self) -> Line | None:
        """The line with the best clusters."""
        return max(self.lines, key=lambda line: line.clusters.f1, default=None)


def run(contestant: str, case: Case, limit: float, *, kept: bool = False) -> Run:
    """Run a contestant for at most so many seconds and judge what it found.

    With `kept`, the answer of an earlier run on the very same register is judged again instead.
    """
    package = PACKAGES.get(contestant)
    if package and importlib.util.find_spec(package) is None:
        return Run(contestant, failure="not installed (make bench-linkage installs it)")
    out = case.folder / contestant
    digest = hashlib.sha256(case.register.read_bytes()).hexdigest() if case.register.exists() else ""
    if not (kept and _was_answered(out, digest)):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        failure = _in_process(contestant, case, out, limit)
        if failure:
            return Run(contestant, failure=failure)
        (out / "register.sha256").write_text(digest, encoding="ascii")
    told = json.loads((out / "told.json").read_text(encoding="utf-8"))
    lines = tuple(judge(contestant, case, out, told))
    return Run(contestant, lines, told["seconds"], told["cpu"], told["memory"], told=told.get("told"))


def _was_answered(out: Path, digest: str) -> bool:
    """Whether an answer to this very register stands there."""
    mark = out / "register.sha256"
    return mark.exists() and mark.read_text(encoding="ascii") == digest


def _in_process(contestant: str, case: Case, out: Path, limit: float) -> str:
    """Why it failed; nothing when it did not."""
    assert contestant in CONTESTANTS
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    with (out / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.linkage.contestant", contestant, str(case.folder), str(out)],
            stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )  # fmt: skip
        try:
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            return f"ended after {limit:.0f} s without an answer"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if status:
        words = (out / "said.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"failed: {words[-1][:300] if words else status}"
    return ""


def judge(contestant: str, case: Case, out: Path, told: dict[str, Any]) -> list[Line]:
    """The answer as it came, and for those who gave pairs also at the best threshold."""
    records, persons = read_truth(case)
    place = {record: number for number, record in enumerate(records)}
    truth = numbered(persons)
    found = _clusters(out / "clusters.parquet", place)
    if not (out / "pairs.parquet").exists():
        bands = json.loads((out / "bands.json").read_text()) if (out / "bands.json").exists() else None
        line = Line(contestant, "", of_clusters(truth, found), b_cubed(truth, found), **_banded(truth, found, bands))
        return [line]
    table = parquet.read_table(out / "pairs.parquet")
    ends = [
        np.fromiter((place[name] for name in table[side].to_pylist()), dtype=np.int64, count=len(table))
        for side in ("l", "r")
    ]
    probability = table["probability"].to_numpy().astype(np.float64)
    threshold = told.get("threshold")
    known = probability >= (threshold if threshold is not None else -np.inf)
    if "linked" in table.column_names:
        known &= table["linked"].to_numpy()
    note = "as documented" if threshold is None else f"as documented, p ≥ {threshold}"
    pairs = of_pairs(truth, ends[0][known], ends[1][known])
    lines = [Line(contestant, note, of_clusters(truth, found), b_cubed(truth, found), pairs)]
    if len(table) and (probability.max() > probability.min()):
        chosen = best(truth, *ends, probability)
        at = [probability >= value for value in (chosen.of_clusters, chosen.of_pairs)]
        again = components(len(records), ends[0][at[0]], ends[1][at[0]])
        pairs = of_pairs(truth, ends[0][at[1]], ends[1][at[1]])
        note = f"best of all thresholds, p ≥ {chosen.of_clusters:.3g}"
        lines.append(Line(contestant, note, of_clusters(truth, again), b_cubed(truth, again), pairs))
    return lines


def _banded(truth: Labels, found: Labels, bands: list[str] | None) -> dict[str, Any]:
    """What is sent to review, and how good the rest is: pairs of one cluster with both records white."""
    if bands is None:
        return {}
    yellow = np.array([band == "yellow" for band in bands])
    # A record that is to be looked at links nobody yet: it stands alone until somebody has looked.
    alone = np.where(yellow, found.max(initial=0) + 1 + np.arange(len(found)), found)
    return {"review": float(yellow.mean()), "sure": of_clusters(truth, numbered(alone.tolist()))}


def _clusters(path: Path, place: dict[str, int]) -> Labels:
    """The cluster of every record; one that was forgotten stands alone."""
    table = parquet.read_table(path)
    labels: list[object] = [("alone", number) for number in range(len(place))]
    for record, cluster in zip(table["record"].to_pylist(), table["cluster"].to_pylist(), strict=True):
        labels[place[str(record)]] = str(cluster)
    return numbered(labels)
