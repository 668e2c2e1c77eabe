"""`gateway send`: the records of a message by way of the node's outbox."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.message import MOST_BYTES
from gateway.commands.terminal import DEFAULT_CONFIG, AsJson, ConfigFile, read_file, settings_of, tell
from gateway.exchange import outgoing
from gateway.founding import open_node


def send_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A message with records. / Сообщение с записями.")],
    to: Annotated[str, typer.Option("--to", help="STATE/AGENCY of the receiver. / Получатель.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Keep the records of a message and put what the receiver may see into the outbox. / Отправить."""
    node = open_node(settings_of(config))
    result = outgoing.send_records(node, read_file(file, MOST_BYTES), to)
    tell(
        result,
        "{queued} queued, {withheld} withheld, {refused} refused.".format(**result),
        "В очереди: {queued}; не передано: {withheld}; отклонено: {refused}.".format(**result),
        json=json,
    )
    raise typer.Exit(1 if result["refused"] else 0)
