"""A register linked: which of its rows are one person. Read this first; every step is a file of its own."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

import duckdb

from gateway.errors import Misuse
from gateway.linkage import blocking, cluster, memory, model, predict, train
from gateway.linkage.columns import recognise
from gateway.linkage.comparisons import comparisons
from gateway.linkage.labels import read_labels
from gateway.linkage.model import Model
from gateway.linkage.outcome import Outcome
from gateway.linkage.prepare import Prepared, prepare
from gateway.linkage.read import load_register, open_register
from gateway.linkage.request import ENGINES, Request
from gateway.linkage.sql import literal, shut_in

_LEAST_MEMORY: Final = 1536 << 20
_MEMORY_A_BYTE: Final = 12
"""Bytes of memory for a byte of the register; a million rows are linked in a gigabyte."""


def link(request: Request, moved: Callable[[str, float], None] = lambda _stage, _share: None) -> Outcome:
    """Link a register and write its clusters (Misuse, Unreadable, TooLarge).

    `moved` is told the stage and how much of the whole is done, from 0 to 1.
    """
    if request.engine not in ENGINES:
        raise Misuse(f"There is no engine {request.engine}; there is {', '.join(ENGINES)}.", where="--engine")
    weigh = _weigh(request)
    clock = _Clock(moved)
    with _database(_memory(request)) as (con, scratch):
        # 1. The register is read, and its columns are known.
        clock.begins("read", 0.0)
        source = open_register(con, request.source, request.encoding, scratch)
        plan = recognise(source.header, request.columns, request.id_column)
        rows = load_register(con, source, plan)
        # 2. Every distinct value is made comparable, once.
        clock.begins("prepare", 0.1)
        prepared = prepare(con, plan, rows)
        # 3. Which pairs are worth comparing.
        clock.begins("block", 0.25)
        blocked = blocking.make_keys(con, prepared)
        labelled = read_labels(con, request.labels, request.encoding, scratch) if request.labels else 0
        # 4. What agreement is worth: as a saved model says, or learned from the register.
        clock.begins("train", 0.35)
        judge = _model(con, request, prepared, blocked, labelled=bool(labelled))
        # 5. Every pair is weighed.
        clock.begins("predict", 0.5)
        scored = predict.predict(
            con,
            prepared,
            judge,
            blocked,
            labelled=bool(labelled),
            weigh=weigh,
            moved=lambda share: clock.moves(0.5 + 0.4 * share),
        )
        # 6. Pairs become clusters, and rows get their bands.
        clock.begins("cluster", 0.9)
        cluster.cluster(con, judge, request.thresholds)
        # 7. The result is written.
        clock.begins("write", 0.95)
        _write(con, request.output)
        clock.ends()
        return Outcome(
            columns={column.name: column.source for column in prepared.columns},
            rows=rows,
            records=prepared.records,
            rules=blocked.rules,
            compared=scored.compared,
            histogram=scored.histogram,
            labels=labelled,
            calibration=scored.calibration,
            sizes=_sizes(con),
            bands={"white": 0, "yellow": 0, "green": 0} | _bands(con),
            model=judge,
            seconds=clock.seconds,
        )


def _memory(request: Request) -> str:
    """The most memory DuckDB takes: as asked for, or else in proportion to the register, within what we may have."""
    size = request.source.stat().st_size if request.source.is_file() else 0
    most = memory.allowed() * 4 // 5
    return request.memory or f"{min(max(_LEAST_MEMORY, _MEMORY_A_BYTE * size), most) >> 20}MiB"


@contextmanager
def _database(limit: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database of our own, gone when the work is done, and a folder for what does not fit into memory (Misuse)."""
    with tempfile.TemporaryDirectory(prefix="gateway-link-") as folder:
        con = duckdb.connect(":memory:")
        try:
            shut_in(con, Path(folder))
            if limit:
                _limit(con, limit)
            yield con, Path(folder)
        except duckdb.OutOfMemoryException as error:
            raise Misuse(
                f"A memory of {limit} does not suffice for this register, with the room for temporary files: "
                "allow more with --memory, or free some of the disk.",
                where="--memory",
            ) from error
        finally:
            con.close()


def _limit(con: duckdb.DuckDBPyConnection, limit: str) -> None:
    try:
        con.execute(f"SET memory_limit = {literal(limit)}")
    except duckdb.Error as error:
        raise Misuse("A limit of memory is written such as 2GB or 500MB.", where="--memory") from error


def _weigh(request: Request) -> predict.Weigh | None:
    """The engine that weighs the pairs, None for this machine (SparkMissing)."""
    if request.engine != "spark":
        return None
    from gateway.linkage import spark, spark_context  # noqa: PLC0415 - no other engine needs it.

    spark_context.ready()
    return partial(spark.weigh, master=request.spark_master, memory=request.memory)


def _model(
    con: duckdb.DuckDBPyConnection,
    request: Request,
    prepared: Prepared,
    blocked: blocking.Blocked,
    *,
    labelled: bool,
) -> Model:
    known = comparisons(prepared)
    if request.model is not None:
        return model.load(request.model, known)
    return train.train(con, prepared, known, blocked, labelled=labelled)


def _write(con: duckdb.DuckDBPyConnection, output: Path) -> None:
    """The clusters, each named by the identifier of its first row."""
    con.execute(
        "COPY (SELECT raw.id, first.id AS cluster, c.probability, c.band FROM clusters c "
        "JOIN raw ON raw.rowid = c.row JOIN raw first ON first.rowid = c.cluster ORDER BY c.row) "
        f"TO {literal(str(output))} (FORMAT csv, HEADER)"
    )


def _sizes(con: duckdb.DuckDBPyConnection) -> dict[int, int]:
    found = con.execute(
        "SELECT size, count(*) FROM (SELECT count(*) AS size FROM clusters GROUP BY cluster) "
        "GROUP BY size ORDER BY size"
    ).fetchall()
    return {int(size): int(clusters) for size, clusters in found}


def _bands(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found = con.execute("SELECT band, count(*) FROM clusters GROUP BY band").fetchall()
    return {str(band): int(number) for band, number in found}


class _Clock:
    """Tells how far the work is, and keeps how long each stage took."""

    def __init__(self, moved: Callable[[str, float], None]) -> None:
        self.seconds: dict[str, float] = {}
        self._moved, self._stage, self._since = moved, "", monotonic()

    def begins(self, stage: str, share: float) -> None:
        self.ends()
        self._stage = stage
        self._moved(stage, share)

    def moves(self, share: float) -> None:
        self._moved(self._stage, share)

    def ends(self) -> None:
        now = monotonic()
        if self._stage:
            self.seconds[self._stage] = round(now - self._since, 3)
        self._since = now
