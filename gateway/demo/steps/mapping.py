"""Step 2: the national files become records; bad rows are named by row, column and reason."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from gateway.demo.caller import Caller
from gateway.demo.stage import Stage, expect

FILES = {
    "BLR": (("BLR/DGM", "blr-asylum"), ("BLR/MVD", "blr-bans"), ("BLR/MVD", "blr-permits")),
    "KAZ": (("KAZ/MVD", "kaz-bans"), ("KAZ/MIG", "kaz-stays")),
    "UZB": (("UZB/BORDER", "uzb-crossings"),),
}
"""What each state's agencies hand in, in this order: the asylum case is there before anything is sent."""


def run(stage: Stage) -> str:
    """Map the three big files on the command line with their rejects, and hand everything in over HTTP."""
    files = stage.population.expectations["files"]
    reasons: Counter[str] = Counter()
    rejects = stage.directory / "rejects"
    rejects.mkdir()
    with ThreadPoolExecutor(2) as pool:
        for name, codes in pool.map(lambda name: _map(stage, name), ("blr-permits", "kaz-stays", "uzb-crossings")):
            expect(sum(codes.values()) == files[name]["bad"], f"{name}: {dict(codes)} of {files[name]['bad']} bad rows")
            reasons.update(codes)
    with ThreadPoolExecutor(3) as pool:
        handed = sum(pool.map(lambda state: _hand_in(stage, state), FILES))
    good = sum(files[name]["good"] for given in FILES.values() for _, name in given)
    expect(handed == good, f"{handed} records stored of {good} good rows")
    return (
        f"{handed} records from {sum(map(len, FILES.values()))} files of {stage.population.expectations['humans']} "
        f"persons, {sum(reasons.values())} bad rows of {len(reasons)} kinds in {rejects}"
    )


def _map(stage: Stage, name: str) -> tuple[str, Counter[str]]:
    """`gateway map` as a national engineer runs it; the reasons of its rejects, one a row."""
    file = stage.population.directory / stage.population.expectations["files"][name]["file"]
    rejects = stage.directory / "rejects" / f"{name}.csv"
    done = subprocess.run(  # noqa: S603 - our own interpreter with our own arguments
        [sys.executable, "-m", "gateway", "map", name, str(file), "-o", str(stage.directory / f"{name}.xml"),
         "--rejects", str(rejects), "--json"],
        capture_output=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    counts = json.loads(done.stdout or b"{}")
    with rejects.open(encoding="utf-8", newline="") as text:
        first = {row["row"]: row["code"] for row in reversed(list(csv.DictReader(text)))}
    expect(done.returncode == 1 and counts.get("rejected") == len(first), f"gateway map {name}: {counts}")
    return name, Counter(first.values())


def _hand_in(stage: Stage, state: str) -> int:
    """Hand in a state's files by its agencies; return the number of records stored."""
    stored = 0
    for agency, name in FILES[state]:
        expected = stage.population.expectations["files"][name]
        content = (stage.population.directory / expected["file"]).read_bytes()
        result = Caller(stage, agency, state).post(f"/v1/records?profile={name}", content=content)
        expect(
            result["stored"] == expected["good"] and result["rejected"] == expected["bad"] and not result["refused"],
            f"{name}: { ({key: result[key] for key in ('rows', 'stored', 'rejected', 'refused', 'refused_codes')}) }",
        )
        stored += result["stored"]
    return stored
