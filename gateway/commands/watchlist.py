"""`gateway watchlist`: lists screened on a terminal, with the matcher a border query uses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.app import utc_now
from gateway.commands.terminal import AsJson, as_json, progress, say

screen_files = None  # STUB

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
    with progress("screen", 0) as moved:
        result = screen_files(listed, queries, output, columns=columns, today=utc_now().date(), progress=moved)
    if json:
        as_json(result)
    else:
        say(f"{result}", f"{result}")
