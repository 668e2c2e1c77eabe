"""Splink over our tables: the one place that knows its interface."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import duckdb

from gateway.linkage import levels
from gateway.linkage.comparisons import Comparison, told_by_frequency
from gateway.linkage.model import Frequencies, splink_settings

if TYPE_CHECKING:
    from splink import DuckDBAPI, Linker

_NUMBERS: Final = count()


@dataclass(frozen=True, slots=True)
class Scorer:
    """A linker of Splink's over the table `records`."""

    con: duckdb.DuckDBPyConnection
    api: DuckDBAPI
    linker: Linker

    def score(self, pairs: str) -> str:
        """The name of a new table of the pairs with match_weight, match_probability and match_key (duckdb.Error)."""
        self.linker.table_management.register_blocked_pairs_for_predict(self.api.register(pairs))
        try:
            return str(self.linker.inference.predict(warning_mode="never").physical_name)
        except Exception as error:
            # Splink hides what the database says behind an exception that only tells of SQL.
            if isinstance(error.__cause__, duckdb.Error):
                raise error.__cause__ from None
            raise


def scorer(
    con: duckdb.DuckDBPyConnection,
    comparisons: Sequence[Comparison],
    prior: float,
    frequencies: Mapping[str, Frequencies],
) -> Scorer:
    """Splink with these comparisons, and with frozen frequencies."""
    from splink import DuckDBAPI, Linker  # noqa: PLC0415 - every other command would wait for it.

    # Splink tells its progress by logging and would set a handler of its own; we tell ours.
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    api = DuckDBAPI(connection=con)
    settings: dict[str, Any] = splink_settings(prior, comparisons)
    # Splink copies every column that it sees, and some serve other steps.
    looked_at = ", ".join(["rid", *levels.columns(con, comparisons)])
    con.execute(f"CREATE OR REPLACE VIEW looked_at AS SELECT {looked_at} FROM records")
    linker = Linker(api.register("looked_at"), settings, log_level=None, validate_settings=False)
    for column in told_by_frequency(comparisons):
        table = _frequency_table(con, column, frequencies[column])
        linker.table_management.register_term_frequency_lookup(api.register(table), column)
    return Scorer(con, api, linker)


def _frequency_table(con: duckdb.DuckDBPyConnection, column: str, known: Frequencies) -> str:
    """A table of the frequency of every value that a column of the records has."""
    table = f"frequency_{re.sub('[^a-z0-9_]', '', column)}_{next(_NUMBERS)}"
    con.execute("CREATE OR REPLACE TEMP TABLE listed(value VARCHAR, share DOUBLE)")
    con.execute(
        "INSERT INTO listed SELECT unnest($1::VARCHAR[]), unnest($2::DOUBLE[])",
        [list(known.values), list(known.values.values())],
    )
    con.execute(
        f"CREATE TABLE {table} AS SELECT v.{column}, coalesce(share, $1) AS tf_{column} "
        f"FROM (SELECT DISTINCT {column} FROM records WHERE {column} IS NOT NULL) v "
        f"LEFT JOIN listed ON listed.value = v.{column}",
        [known.rare],
    )
    return table
