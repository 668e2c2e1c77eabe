"""`gateway retention`: what is past its day, what a human has to decide, and erasing what is due."""

from __future__ import annotations

from dataclasses import asdict

import typer

from gateway.commands.terminal import DEFAULT_CONFIG, AsJson, ConfigFile, as_json, pick, settings_of, table
from gateway.exchange import expiry
from gateway.founding import open_node

app = typer.Typer(no_args_is_help=True, help="What is erased, and when. / Сроки хранения и удаление.")


@app.command("status")
def status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """What is due to be erased, and how many tasks have come due. / Что подлежит удалению и рассмотрению."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        waiting = expiry.waiting(session, node.clock().date())
    if json:
        as_json(asdict(waiting))
    else:
        table(pick("Retention", "Хранение"), ("", ""), list(asdict(waiting).items()))


@app.command("run")
def run(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Erase everything that is past its day, now. / Удалить всё, срок хранения чего истёк."""
    erased = expiry.run(open_node(settings_of(config)))
    if json:
        as_json(asdict(erased))
    else:
        table(pick("Erased", "Удалено"), ("", ""), list(asdict(erased).items()))
