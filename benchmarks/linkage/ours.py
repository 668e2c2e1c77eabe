"""`gateway link` as a user calls it: the register, which header is which logical column, and nothing else."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from benchmarks.linkage.cases import IDENTITY, Case
from benchmarks.linkage.outcome import Output, write_labels
from gateway.commands.main import run as gateway


def run(case: Case, output: Output) -> Mapping[str, Any]:
    """Link the register; the bands stand beside the clusters."""
    written = output.folder / "linked.csv"
    columns = ",".join(f"{name}={header}" for name, header in case.columns.items())
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = gateway(
            ["link", str(case.register), "-o", str(written), "--id", IDENTITY, "--columns", columns, "--json"]
        )
    output.stop()
    if status:
        raise RuntimeError(f"gateway link ended with {status}: {said.getvalue()[-500:]}")
    with written.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    write_labels(output.clusters, [row["id"] for row in rows], [row["cluster"] for row in rows])
    (output.folder / "bands.json").write_text(json.dumps([row["band"] for row in rows]), encoding="utf-8")
    return {"threshold": None, "told": json.loads(said.getvalue())}
