"""Splink 5 on DuckDB, with the models that its documentation publishes for these very data sets.

Which model is taken is told by the columns: FEBRL (with the two files of FEBRL4 as `link_only`), the historical
people, the thousand made-up ones. For other registers there is a model in the same manner: names with a frequency
adjustment, date of birth, exact attributes, and the blocking rules that the guides recommend.
"""

# Only names of columns and of tables are put into SQL.

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.linkage.cases import IDENTITY, Case
from benchmarks.linkage.outcome import Output, write_table

MANY: Final = 200_000
"""Records from which one column alone is too wide a block."""


@dataclass(frozen=True)
class Recipe:
    """One published model."""

    blocks: Sequence[Any]
    comparisons: Sequence[Any]
    certain: Sequence[Any]
    """Rules that hold of true pairs only, from which the share of true pairs is estimated."""
    recall: float
    """Of the rules in `certain`."""
    sessions: Sequence[Any]
    """A blocking rule for every session of EM."""
    threshold: float
    """At which the documentation clusters."""
    u_pairs: float = 1e6
    most_pairs: float | None = None
    """Of a session of EM."""
    added: str = ""
    """SQL of further columns."""


def run(case: Case, output: Output) -> Mapping[str, Any]:
    """Train, predict and cluster; pairs and clusters are written."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    con = duckdb.connect()
    rows = _load(con, case)
    recipe = _recipe(case, rows)
    api = DuckDBAPI(connection=con)
    con.execute(f"CREATE TABLE full_register AS SELECT *{recipe.added} FROM register")
    if case.two_files:
        con.execute("CREATE TABLE one AS SELECT * EXCLUDE file FROM full_register WHERE file = 0")
        con.execute("CREATE TABLE other AS SELECT * EXCLUDE file FROM full_register WHERE file = 1")
        tables = [api.register(con.table(name), dataset_display_name=name + "_file") for name in ("one", "other")]
    else:
        tables = [api.register(con.sql("SELECT * EXCLUDE file FROM full_register"))]
    settings = SettingsCreator(
        link_type="link_only" if case.two_files else "dedupe_only",
        unique_id_column_name=IDENTITY,
        blocking_rules_to_generate_predictions=list(recipe.blocks),
        comparisons=list(recipe.comparisons),
    )
    linker = Linker(tables if case.two_files else tables[0], settings)
    linker.training.estimate_probability_two_random_records_match(list(recipe.certain), recall=recipe.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=recipe.u_pairs, seed=1)
    for rule in recipe.sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=recipe.most_pairs
        )
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=recipe.threshold
    )
    output.stop()
    write_table(
        con,
        f"SELECT {IDENTITY}_l AS l, {IDENTITY}_r AS r, match_probability AS probability FROM {predicted.physical_name}",
        output.pairs,
    )
    write_table(
        con, f"SELECT {IDENTITY} AS record, cluster_id AS cluster FROM {clusters.physical_name}", output.clusters
    )
    return {"threshold": recipe.threshold}


def _load(con: duckdb.DuckDBPyConnection, case: Case) -> int:
    """The register under logical names, empty cells as NULL, as Splink asks."""
    chosen = ", ".join(f"nullif(trim(\"{header}\"), '') AS {name}" for name, header in case.columns.items())
    con.execute(
        f"CREATE TABLE register AS SELECT r.{IDENTITY}, t.file, {chosen.replace('trim(', 'trim(r.')} "
        "FROM read_csv($1, all_varchar=true, header=true) r "
        f"JOIN read_csv($2, all_varchar=true, header=true) t USING ({IDENTITY})",
        [str(case.register), str(case.truth)],
    )
    return int(con.execute("SELECT count(*) FROM register").fetchall()[0][0])


def _recipe(case: Case, rows: int) -> Recipe:
    known = set(case.columns)
    if {"given_name", "family_name", "street_number", "address_2", "region"} <= known:
        return _febrl4(known) if case.two_files else _febrl3(known)
    if {"full_name", "birth_place", "occupation", "postcode"} <= known:
        return _historical()
    if known == {"given_name", "family_name", "birth_date", "place", "email"}:
        return _fake()
    return _general(known, rows)


def _febrl3(known: set[str]) -> Recipe:
    names = block_on("given_name", "family_name", "birth_date")
    exchanged = "l.given_name = r.family_name and l.family_name = r.given_name and l.birth_date = r.birth_date"
    number = ["identifier"] if "identifier" in known else []
    return Recipe(
        blocks=[block_on(name) for name in (*number, "given_name", "family_name", "birth_date", "postcode")],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("family_name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True, datetime_format="%Y%m%d"),
            *[cl.DamerauLevenshteinAtThresholds(name, [2]) for name in number],
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        certain=[*[block_on(name) for name in number], names, exchanged],
        recall=0.9,
        sessions=[block_on("birth_date"), block_on("postcode")],
        threshold=0.95,
    )


def _febrl4(known: set[str]) -> Recipe:
    number = ["identifier"] if "identifier" in known else []
    return Recipe(
        blocks=[
            block_on("given_name", "family_name"),
            "l.given_name = r.family_name and l.family_name = r.given_name",
            block_on("birth_date"),
            *[block_on(name) for name in number],
            block_on("region", "address"),
            block_on("street_number", "address"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_date", input_is_string=True, datetime_format="%Y%m%d"),
            *[cl.DamerauLevenshteinAtThresholds(name, [1, 2]) for name in number],
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        certain=[*[block_on(name) for name in number], block_on("given_name", "family_name", "birth_date")],
        recall=0.8,
        sessions=[block_on("birth_date"), block_on("postcode")],
        threshold=0.99,
    )


def _historical() -> Recipe:
    near = "substr(postcode,1,3)"
    return Recipe(
        blocks=[
            block_on("substr(given_name,1,3)", "substr(family_name,1,4)"),
            block_on("family_name", "birth_date"),
            block_on("given_name", "birth_date"),
            block_on("postcode", "given_name"),
            block_on("postcode", "family_name"),
            block_on("birth_date", "birth_place"),
            *[block_on(near, name) for name in ("birth_date", "given_name", "family_name")],
            block_on("substr(given_name,1,2)", "substr(family_name,1,2)", "substr(birth_date,1,4)"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name="both_names"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        certain=[
            block_on("given_name", "family_name", "birth_date"),
            block_on("substr(given_name,1,2)", "family_name", "substr(postcode,1,2)"),
            block_on("birth_date", "postcode"),
        ],
        recall=0.6,
        sessions=[block_on("given_name", "family_name"), block_on("birth_date")],
        threshold=0.95,
        u_pairs=1e7,
        added=", given_name || ' ' || family_name AS both_names",
    )


def _fake() -> Recipe:
    day = "levenshtein(l.birth_date, r.birth_date) <= 1"
    return Recipe(
        blocks=[block_on(name) for name in ("given_name", "family_name", "birth_date", "email")],
        comparisons=[
            cl.ForenameSurnameComparison("given_name", "family_name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("place").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        certain=[
            f"l.given_name = r.given_name and {day}",
            f"l.family_name = r.family_name and {day}",
            "l.given_name = r.given_name and levenshtein(l.family_name, r.family_name) <= 2",
            "l.email = r.email",
        ],
        recall=0.7,
        sessions=[block_on("birth_date"), block_on("email"), block_on("given_name", "family_name")],
        threshold=0.95,
    )


def _general(known: set[str], rows: int) -> Recipe:
    exact = {
        "sex",
        "citizenship",
        "birth_place",
        "postcode",
        "street_number",
        "place",
        "occupation",
        "region",
        "address",
    }
    numbers = [name for name in ("document", "identifier", "phone", "email") if name in known]
    further = [name for name in ("given_name_2", "family_name_2", "patronymic") if name in known]
    wide = [] if rows > MANY else [block_on("birth_date"), block_on("family_name", "given_name")]
    near = [name for name in ("postcode", "place", "birth_place") if name in known][:1]
    return Recipe(
        blocks=[
            *wide,
            block_on("family_name", "birth_date"),
            block_on("given_name", "birth_date"),
            block_on("family_name", "given_name", "substr(birth_date,1,4)"),
            *[block_on(name) for name in numbers],
            *[block_on("family_name", "given_name", name) for name in near],
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            *[cl.JaroWinklerAtThresholds(name, [0.92]) for name in further],
            *[cl.DamerauLevenshteinAtThresholds(name, [1, 2]) for name in numbers],
            *[cl.ExactMatch(name).configure(term_frequency_adjustments=True) for name in sorted(exact & known)],
        ],
        certain=[
            block_on("given_name", "family_name", "birth_date"),
            *[block_on("family_name", name) for name in numbers],
        ],
        recall=0.7,
        sessions=[block_on("given_name", "family_name"), block_on("birth_date")],
        threshold=0.95,
        most_pairs=1e6,
    )
