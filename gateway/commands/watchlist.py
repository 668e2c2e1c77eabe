"""`gateway watchlist`: lists screened on a terminal, with the matcher a border query uses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.clock import utc_now
from gateway.commands.terminal import AsJson, drafted, pick, progress, tell
from gateway.watchlist.files import screen_files

app = typer.Typer(no_args_is_help=True, help="The watchlist. / Список ограничений на въезд.")


@app.command("screen")
def screen(
    listed: Annotated[Path, typer.Argument(metavar="LIST.csv", help="Entries. / Список.")],
    queries: Annotated[Path, typer.Argument(metavar="QUERIES.csv", help="Who is asked about. / Запросы.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Hits. / Совпадения.")],
    columns: Annotated[str, typer.Option(help="name=column,… / Соответствие столбцов.")] = "",
    json: AsJson = False,
) -> None:
    """Screen a file of persons against a list. / Проверить файл по списку."""
    # How many queries there are is not known before the last is read, so the bar only tells that work goes on.
    with progress(pick("Screening", "Проверка"), None) as moved, drafted(output) as draft:
        counts = screen_files(listed, queries, draft.path, columns=columns, today=utc_now().date(), progress=moved)
    tell(
        counts,
        "{queries} queries against {entries} entries: {hit} hits, {possible} possible, {no_hit} without a hit "
        "({insufficient} hold too little to search by), {unreadable_dates} dates unreadable.".format(**counts),
        "Запросов: {queries}, записей в списке: {entries}; совпадений: {hit}, возможных: {possible}, "
        "без совпадений: {no_hit} (из них недостаточно данных: {insufficient}); "
        "нечитаемых дат: {unreadable_dates}.".format(**counts),
        json=json,
    )
