"""`python -m benchmarks.linkage.contestant NAME CASE OUT`: one contestant on one data set, in a process of its own."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Final

from benchmarks.linkage.cases import read_case
from benchmarks.linkage.outcome import Output

CONTESTANTS: Final = {
    "gateway": "benchmarks.linkage.ours:run",
    "splink": "benchmarks.linkage.peers.splink:run",
    "recordlinkage": "benchmarks.linkage.peers.recordlinkage:run",
    "goldenmatch": "benchmarks.linkage.peers.goldenmatch:run",
    "goldenmatch-fs": "benchmarks.linkage.peers.goldenmatch:run_probabilistic",
}
"""A contestant's name to its module and function; what it imports counts as its time."""
PACKAGES: Final = {"splink": "splink", "recordlinkage": "recordlinkage", "goldenmatch": "goldenmatch",
                   "goldenmatch-fs": "goldenmatch"}  # fmt: skip


def main() -> None:
    """Run, and leave the answer and its cost in OUT."""
    name, case, out = sys.argv[1:]
    output = Output(Path(out))
    module, function = CONTESTANTS[name].split(":")
    told = getattr(importlib.import_module(module), function)(read_case(Path(case)), output)
    output.finish(dict(told))


if __name__ == "__main__":
    main()
