"""`gateway load`: a register's whole file into the node, all persons matched and findable."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    drafted,
    pick,
    progress,
    settings_of,
    tell,
)
from gateway.errors import Misuse
from gateway.exchange import load
from gateway.exchange.readahead import Lot, ahead
from gateway.founding import open_node
from gateway.mapping.rejects import Rejects

_SMALL = 256 * 1024
"""Bytes of a file for which a second process would take longer to begin than to work."""


def load_file(
    name: Annotated[str, typer.Argument(metavar="PROFILE", help="Name of a profile, or its file. / Профиль.")],
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="The national file. / Национальный файл.")],
    actor: Actor,
    config: ConfigFile = DEFAULT_CONFIG,
    rejects: Annotated[Path | None, typer.Option(help="CSV with the rejected rows. / Отклонённые строки.")] = None,
    json: AsJson = False,
) -> None:
    """A register's file into the node, its persons matched; started again, it goes on. / Загрузить реестр."""
    if not source.is_file():
        raise Misuse("There is no such file; a load has to be able to begin again.", where=str(source))
    node, started = open_node(settings_of(config)), monotonic()
    size = source.stat().st_size
    with ExitStack() as stack:
        draft = stack.enter_context(drafted(rejects or Path(os.devnull)))
        refused = stack.enter_context(draft.path.open("w", encoding="utf-8", newline=""))
        moved = stack.enter_context(progress(name, size))
        rejected = Rejects(refused)

        def report(lot: Lot) -> None:
            for item in lot.rejected:
                rejected.add(item)
            pace = lot.rows / max(monotonic() - started, 0.001)
            moved(
                lot.position,
                pick(f"{lot.rows:,} rows, {pace:,.0f} a second", f"строк: {lot.rows:,}, {pace:,.0f} в секунду"),
            )

        reading = load.here if size < _SMALL else ahead
        done = load.load(node, name, source, actor=actor, progress=report, reading=reading)
    _tell(done, json=json)
    raise typer.Exit(1 if done.tally.rejected or done.kept.refused or done.absence == "doubtful" else 0)


def _tell(done: load.Loaded, *, json: bool) -> None:
    values = {
        "rows": done.tally.rows,
        "rejected": done.tally.rejected,
        "stored": done.kept.stored,
        "unchanged": done.kept.unchanged,
        "refused": done.kept.refused,
        "refused_codes": dict(done.kept.codes),
        "skipped": done.skipped,
        "withdrawn": done.withdrawn,
        "absent": done.absent,
        "absence": done.absence,
    }
    tell(
        values,
        "{rows} rows: {stored} stored, {unchanged} unchanged, {refused} refused, {rejected} rejected, {withdrawn} "
        "withdrawn; {skipped} rows were kept by an earlier start.".format(**values),
        "Строк: {rows}; сохранено: {stored}; без изменений: {unchanged}; отказано: {refused}; отклонено: {rejected}; "
        "отозвано: {withdrawn}; сохранено прошлым запуском: {skipped}.".format(**values),
        json=json,
    )
