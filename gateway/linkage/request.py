"""What is asked of a linkage, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ENGINES: Final = ("duckdb", "spark")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where clusters end and where a human is asked."""

    join: float = 0.5
    """Probability from which two records stand in one cluster."""
    sure: float = 0.95
    """Probability from which nobody need look at it."""
    doubt: float = 0.2
    """Probability from which a pair that is not joined is worth a look."""

    @property
    def held(self) -> float:
        """Probability from which a group holds a record: all its pairs may doubt twice as much as the surest one."""
        return max(self.join, 1 - 2 * (1 - self.sure))


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for."""

    source: Path
    """The register, CSV or Parquet."""
    output: Path
    """Where the clusters go: CSV `id,cluster,probability,band`, in the order of the register."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Logical column to header; empty to recognise them by their headers."""
    id_column: str = "id"
    encoding: str = "utf-8"
    labels: Path | None = None
    """Pairs that people have judged: CSV or Parquet `id_l,id_r,label`, or `id,cluster`."""
    model: Path | None = None
    """A saved model to judge by; None to learn one from the register."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    engine: str = "duckdb"
    """Where pairs are weighed: on this machine, or wherever Spark has cores."""
    spark_master: str = ""
    """Spark's master, such as local[2] or spark://host:7077; empty for the environment's, or else local[*]."""
    memory: str = ""
    """The most memory DuckDB takes, such as `2GB`; what is more goes to disk. Empty for one that suits the register."""
