"""What a linkage came to, as plain values: for the summary, for `--json`, and for a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.linkage.labels import Calibration
from gateway.linkage.model import Model


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of `gateway link`."""

    columns: Mapping[str, str]
    """Logical column to the header it was read from, of the columns that hold anything."""
    rows: int
    records: int
    """Rows that differ in some column."""
    rules: tuple[tuple[str, int, int], ...]
    """Blocking rule, comparisons made, and comparisons forgone because too many records share a key."""
    compared: int
    """Pairs compared, each once."""
    histogram: tuple[int, ...]
    """Pairs by match probability, in equal steps from 0 to 1."""
    labels: int
    """Pairs that people have judged."""
    calibration: Calibration
    """Of these pairs: probability that was given, share that was right, number of pairs; empty without labels."""
    sizes: Mapping[int, int]
    """Size of a cluster to the number of clusters of that size."""
    bands: Mapping[str, int]
    """Band to the number of rows."""
    model: Model
    """Levels with m, u, and frozen frequencies: the weights."""
    seconds: Mapping[str, float]
    """Stage to the time it took."""

    @property
    def clusters(self) -> int:
        """The number of clusters, those of one row counted in."""
        return sum(self.sizes.values())
