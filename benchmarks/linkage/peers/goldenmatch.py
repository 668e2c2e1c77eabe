"""GoldenMatch: told nothing but the table, and once more with its own probabilistic configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

# What an earlier run learned about a table of this shape is not used, and nothing is fetched.
os.environ |= {"GOLDENMATCH_AUTOCONFIG_MEMORY": "0", "HF_HUB_OFFLINE": "1"}

import goldenmatch as gm
import pyarrow as pa
from pyarrow import csv

from benchmarks.linkage.cases import IDENTITY, Case
from benchmarks.linkage.outcome import Output, write_labels, write_pairs


def run(case: Case, output: Output) -> Mapping[str, Any]:
    """Zero configuration: the table, and what the program makes of it."""
    return _run(case, output, probabilistic=False)


def run_probabilistic(case: Case, output: Output) -> Mapping[str, Any]:
    """Its Fellegi-Sunter model, configured by itself."""
    return _run(case, output, probabilistic=True)


def _run(case: Case, output: Output, *, probabilistic: bool) -> Mapping[str, Any]:
    read = csv.read_csv(case.register, convert_options=csv.ConvertOptions(strings_can_be_null=True))
    records = [str(value) for value in read[IDENTITY].to_pylist()]
    table = pa.table({name: read[name] for name in read.column_names if name != IDENTITY})
    config = gm.auto_configure_probabilistic_df(table) if probabilistic else None
    result = gm.dedupe_df(table, config=config)
    labels = list(range(len(records)))
    for number, info in result.clusters.items():
        for member in info["members"]:
            labels[int(member)] = -int(number) - 1
    output.stop()
    write_labels(output.clusters, records, labels)
    # What it would have a person look at joins nothing by itself, and counts only where thresholds are tried.
    judged = [(*pair, True) for pair in result.scored_pairs] + [(*pair, False) for pair in result.review_pairs]
    if judged:
        left, right, score, linked = zip(*judged, strict=True)
        write_pairs(output.pairs, [records[i] for i in left], [records[i] for i in right], score, linked)
    return {"threshold": None}
