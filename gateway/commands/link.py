"""`gateway link`: which rows of a register are one person."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.commands import link_private
from gateway.commands.terminal import AsJson, drafted, language, pick, progress, table, tell
from gateway.errors import Misuse
from gateway.linkage.columns import declared_columns
from gateway.linkage.report_words import STAGES
from gateway.linkage.request import Request, Thresholds

if TYPE_CHECKING:
    from gateway.linkage.outcome import Outcome

_DEFAULT: Final = Thresholds()


def link_register(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="CSV or Parquet. / CSV или Parquet.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV id,cluster,probability,band. / Кластеры.")],
    columns: Annotated[str, typer.Option("--columns", help="family_name=HEADER,… / Какой столбец что содержит.")] = "",
    identity: Annotated[str, typer.Option("--id", help="Column of identifiers. / Столбец идентификаторов.")] = "id",
    labels: Annotated[
        Path | None, typer.Option("--labels", help="id_l,id_r,label or id,cluster. / Проверенные пары.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="duckdb or spark. / duckdb или spark.")] = "duckdb",
    spark_master: Annotated[
        str, typer.Option("--spark-master", help="Such as local[2]. / Мастер Spark, например local[2].")
    ] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="Of a CSV. / Кодировка CSV.")] = "utf-8",
    model_in: Annotated[Path | None, typer.Option("--model", help="Judge by this model. / Готовая модель.")] = None,
    model_out: Annotated[
        Path | None, typer.Option("--save-model", help="Keep what was learned. / Сохранить модель.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="HTML with charts, no personal data. / Отчёт HTML с диаграммами.")
    ] = None,
    threshold: Annotated[
        float, typer.Option("--threshold", min=0.01, max=1.0, help="Probability that joins. / Порог объединения.")
    ] = _DEFAULT.join,
    sure: Annotated[
        float, typer.Option("--sure", min=0.01, max=1.0, help="Probability that needs no review. / Порог без проверки.")
    ] = _DEFAULT.sure,
    memory: Annotated[str, typer.Option("--memory", help="Such as 2GB. / Предел памяти.")] = "",
    private: Annotated[
        bool, typer.Option("--private", help="Write id,clk: keys without names. / Записать ключи без имён.")
    ] = False,
    secret: Annotated[
        Path | None, typer.Option("--secret", help="File (0600) of both states. / Общий секрет двух государств.")
    ] = None,
    private_with: Annotated[
        Path | None, typer.Option("--private-with", help="The other state's keys. / Ключи другого государства.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Which rows of a register are one person. / Какие строки регистра относятся к одному лицу."""
    if private or secret is not None or private_with is not None:
        others = (labels, model_in, model_out, report, memory or None, spark_master or None)
        if (
            any(value is not None for value in others)
            or engine != "duckdb"
            or (threshold, sure) != (_DEFAULT.join, _DEFAULT.sure)
        ):
            raise Misuse(
                "Keys are linked without labels, models, reports, engines, thresholds and limits.", where="--private"
            )
        keys = link_private.Keys(source, output, declared_columns(columns), identity, encoding)
        link_private.run(keys, secret, private_with, private=private, json=json)
        return
    from gateway.linkage import model  # noqa: PLC0415 - DuckDB takes its time, and no other command needs it.
    from gateway.linkage.link import link  # noqa: PLC0415
    from gateway.linkage.report import page  # noqa: PLC0415

    thresholds = _thresholds(threshold, sure)
    written = [path.resolve() for path in (output, model_out, report) if path is not None]
    taken = [path.resolve() for path in (source, labels, model_in) if path is not None]
    if len({*written, *taken}) < len({*taken}) + len(written):
        raise Misuse("What is read and what is written need a file each.", where=str(output))
    # Every place is tried before the work begins: a register may take an hour.
    with (
        drafted(output) as draft,
        drafted(report) if report is not None else nullcontext() as told,
        drafted(model_out) if model_out is not None else nullcontext() as kept,
        progress(pick("Linking", "Связывание"), 100) as moved,
    ):
        request = Request(
            source=source,
            output=draft.path,
            columns=declared_columns(columns),
            id_column=identity,
            encoding=encoding,
            labels=labels,
            model=model_in,
            thresholds=thresholds,
            engine=engine,
            spark_master=spark_master,
            memory=memory,
        )
        outcome = link(request, lambda stage, share: moved(100 * share, pick(*STAGES[stage])))
        if told is not None:
            told.path.write_text(page(outcome, language()), encoding="utf-8")
        if kept is not None:
            kept.path.write_bytes(model.save(outcome.model))
    weights = {
        item.name: {level.label: round(model.bits(level), 3) for level in item.levels}
        for item in outcome.model.comparisons
    }
    _tell(outcome, weights, json=json)


def _thresholds(join: float, sure: float) -> Thresholds:
    """The thresholds as they were asked for (Misuse)."""
    if sure < join:
        raise Misuse("What needs no review cannot be less sure than what joins.", where="--sure")
    return replace(Thresholds(), join=join, sure=sure, doubt=min(_DEFAULT.doubt, join))


def _tell(outcome: Outcome, weights: Mapping[str, Mapping[str, float]], *, json: bool) -> None:
    values = {
        "rows": outcome.rows,
        "clusters": outcome.clusters,
        "linked": outcome.rows - outcome.sizes.get(1, 0),
        "bands": dict(outcome.bands),
        "compared": outcome.compared,
        "columns": dict(outcome.columns),
        "rules": [{"rule": rule, "compared": made, "forgone": left} for rule, made, left in outcome.rules],
        "prior": outcome.model.prior,
        "weights": weights,
        "rivals": {rival.name: rival.share for rival in outcome.model.rivals},
        "labels": outcome.labels,
        "calibration": [
            {"given": given, "right": right, "pairs": pairs} for given, right, pairs in outcome.calibration
        ],
        "seconds": dict(outcome.seconds),
    }
    bands = outcome.bands
    tell(
        values,
        f"{outcome.rows} rows, {outcome.clusters} persons; {values['linked']} rows have others of the same person. "
        f"White {bands['white']}, yellow {bands['yellow']} (to be looked at), green {bands['green']}.",
        f"Строк: {outcome.rows}; лиц: {outcome.clusters}; строк, у которых есть другие того же лица: "
        f"{values['linked']}. Белых: {bands['white']}, жёлтых (на проверку): {bands['yellow']}, "
        f"зелёных: {bands['green']}.",
        json=json,
    )
    if not json:
        table(
            pick("Columns", "Столбцы"),
            (pick("Logical", "Логический"), pick("Header", "Заголовок")),
            [*outcome.columns.items()],
        )
