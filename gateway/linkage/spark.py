"""The pairs weighed by Spark: it says where, DuckDB and Splink say how much.

Spark's own functions are not used for comparing: its Jaro-Winkler gives other weights than DuckDB's. Every task
opens a DuckDB of its own over the prepared records, and weighs some of the candidates in the words of `predict.py`;
so both engines give the same numbers.
"""

# Only names of our own tables and numbers are put into SQL.

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import duckdb

from gateway.linkage import model
from gateway.linkage.candidates import PAIRS_A_PIECE
from gateway.linkage.comparisons import Comparison, comparisons
from gateway.linkage.predict import Scored, Work, make_edges, total, weigh_pairs
from gateway.linkage.prepare import Prepared
from gateway.linkage.scoring import scorer
from gateway.linkage.spark_context import context
from gateway.linkage.sql import literal, shut_in

TASK_MEMORY: Final = "2GB"
"""The most memory of one task, where no other bound was asked for; what is more goes to the task's disk."""
_TASKS_A_ROUND: Final = 4
"""Tasks for every core before what they found is fetched, so that the driver never holds it all."""
_MODEL: Final = "model.json"
_TABLES: Final = ("records", "candidates")


@dataclass(frozen=True, slots=True)
class _Task:
    """What every task is told; the tables and the model come as files."""

    prepared: Prepared
    parts: int
    meaning: str
    """A digest of what the levels mean: a machine with another version of this program must not take part."""
    memory: str


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What a task gives back."""

    scored: Scored
    edges: bytes
    """The table `edges` of the part, as Parquet."""


def weigh(
    con: duckdb.DuckDBPyConnection, work: Work, moved: Callable[[float], None], *, master: str, memory: str
) -> Scored:
    """Weigh the candidates on Spark and put the edges into the table `edges` (SparkMissing, SparkFailed)."""
    with tempfile.TemporaryDirectory(prefix="gateway-spark-") as folder, context(master, Path(folder)) as spark:
        # 1. The records, the candidates and the model go to every machine once.
        for file in _handed(con, work, Path(folder)):
            spark.addFile(str(file))
        # 2. The parts are weighed wherever a core is free, and what they found is fetched round by round.
        parts = max(-(-work.pairs // PAIRS_A_PIECE), spark.defaultParallelism)
        task = _Task(work.prepared, parts, _meaning(comparisons(work.prepared)), memory or TASK_MEMORY)
        together = spark.defaultParallelism * _TASKS_A_ROUND
        scored = []
        for first in range(0, parts, together):
            chosen = range(first, min(first + together, parts))
            for weighed in spark.parallelize(chosen, len(chosen)).map(partial(_weigh_part, task)).collect():
                _take(con, weighed.edges, Path(folder) / "found.parquet")
                scored.append(weighed.scored)
            moved(chosen.stop / parts)
        return total(scored)


def _handed(con: duckdb.DuckDBPyConnection, work: Work, folder: Path) -> list[Path]:
    """The files that tasks need: the tables as Parquet, the model as JSON."""
    files = []
    for table in _TABLES:
        file = folder / f"{table}.parquet"
        con.execute(f"COPY {table} TO {literal(str(file))} (FORMAT parquet)")
        files.append(file)
    (folder / _MODEL).write_bytes(model.save(work.model))
    return [*files, folder / _MODEL]


def _take(con: duckdb.DuckDBPyConnection, edges: bytes, file: Path) -> None:
    file.write_bytes(edges)
    con.execute(f"INSERT INTO edges BY NAME SELECT * FROM read_parquet({literal(str(file))})")


def _weigh_part(task: _Task, part: int) -> _Weighed:
    """Weigh one part; runs on an executor."""
    pyspark: Any = import_module("pyspark")
    file_of, running = pyspark.SparkFiles.get, pyspark.TaskContext.get()
    known = comparisons(task.prepared)
    if _meaning(known) != task.meaning:
        raise RuntimeError("this machine has another version of cis-migration-gateway than the driver")
    judge = model.load(Path(file_of(_MODEL)), known)
    with tempfile.TemporaryDirectory(prefix="gateway-task-") as folder, duckdb.connect(":memory:") as con:
        shut_in(con, Path(folder))
        con.execute(f"SET memory_limit = {literal(task.memory)}; SET threads = {running.cpus() if running else 1}")
        records, candidates = (f"read_parquet({literal(file_of(f'{table}.parquet'))})" for table in _TABLES)
        con.execute(
            f"CREATE TABLE pairs AS SELECT * FROM {candidates} "
            f"WHERE hash(join_key_l, join_key_r) % {task.parts} = {part}"
        )
        # Of the records only those of the part are held.
        con.execute(
            f"CREATE TABLE records AS SELECT * FROM {records} SEMI JOIN "
            "(SELECT join_key_l AS rid FROM pairs UNION SELECT join_key_r FROM pairs) USING (rid)"
        )
        make_edges(con)
        engine = scorer(con, judge.comparisons, judge.prior, judge.frequencies)
        scored = weigh_pairs(con, engine, "pairs")
        found = Path(folder) / "edges.parquet"
        con.execute(f"COPY edges TO {literal(str(found))} (FORMAT parquet)")
        return _Weighed(scored, found.read_bytes())


def _meaning(known: Sequence[Comparison]) -> str:
    told = repr([(item.name, item.null, [(level.label, level.sql) for level in item.levels]) for item in known])
    return hashlib.sha256(told.encode()).hexdigest()
