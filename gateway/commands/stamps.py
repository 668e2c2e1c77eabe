"""`gateway stamps`: the timestamps of what was signed, received and countersigned by time itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFile,
    as_json,
    pick,
    settings_of,
    table,
    tell,
    write_file,
)
from gateway.exchange import stamped
from gateway.founding import open_node
from gateway.message.timestamped import with_timestamps
from gateway.sync import stamping

app = typer.Typer(no_args_is_help=True, help="Timestamps by other authorities. / Штампы времени.")
MessageId = Annotated[
    str, typer.Argument(metavar="MESSAGE_ID", help="Received or sent. / Полученное или отправленное.")
]


@app.command("status")
def status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Every authority: what it has stamped and what waits for it. / Состояние служб."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        values = stamped.status(session, node.settings)
    if json:
        as_json(values)
    else:
        columns = ("authority", "stamped", "waiting", "oldest", "trouble")
        table(pick("Timestamps", "Штампы времени"), columns, [tuple(value.values()) for value in values])


@app.command("run")
def run(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Ask every authority for what waits, now. / Запросить штампы сейчас."""
    done = stamping.stamp_now(open_node(settings_of(config)))
    tell(
        {"entered": done.entered, "stamped": done.stamped, "failed": done.failed},
        f"{done.entered} new, {done.stamped} stamped, {done.failed} failed.",
        f"Новых: {done.entered}, со штампом: {done.stamped}, без ответа: {done.failed}.",
        json=json,
    )
    raise typer.Exit(1 if done.failed else 0)


@app.command("verify")
def verify(message: MessageId, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Check the timestamps of a message again; status 1 where one does not hold. / Проверить штампы."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        rows = stamped.of_message(session, message)
    values = [stamped.checked(node.settings, row) for row in rows]
    if json:
        as_json(values)
    else:
        columns = ("of", "authority", "time", "holds", "reason")
        table(message, columns, [tuple(value.values()) for value in values])
    raise typer.Exit(0 if values and all(value["holds"] for value in values) else 1)


@app.command("export")
def export(
    message: MessageId,
    output: Annotated[Path, typer.Option("-o", "--output", help="XML. / Файл.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Write a message with its timestamps inside (XAdES-T), for an archive or a court. / Выгрузить в форме XAdES-T."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        raw, tokens = stamped.stamped_bytes(session, message)
    write_file(output, with_timestamps(raw, tokens))
    tell(
        {"message": message, "timestamps": len(tokens)},
        f"{output}: {len(tokens)} timestamps.",
        f"{output}: штампов времени: {len(tokens)}.",
        json=json,
    )
