"""`gateway sync`, `reconcile`, `outbox`: what passes between nodes, and what got stuck."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    as_json,
    pick,
    progress,
    say,
    settings_of,
    table,
)
from gateway.errors import Misuse
from gateway.exchange import send
from gateway.founding import open_node
from gateway.schedule import run_job
from gateway.settings import Job
from gateway.store import tables
from gateway.sync import reconcile
from gateway.sync.deliver import deliver_due, revive

app = typer.Typer(no_args_is_help=True, help="Scheduled exchange. / Обмен по расписанию.")
outbox = typer.Typer(no_args_is_help=True, help="Messages on their way. / Исходящие сообщения.")


@app.command("run")
def run(
    partner: Annotated[str, typer.Argument(metavar="[PARTNER]")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Run the jobs of one partner, or all, now. / Выполнить задания сейчас."""
    settings = settings_of(config)
    jobs: list[Job] = [job for job in settings.jobs if partner in ("", job.partner)]
    if not jobs:
        raise Misuse("The settings have no job for that.", where=partner)
    node = open_node(settings)
    results = []
    with progress(pick("Jobs", "Задания"), len(jobs)) as moved:
        for done, job in enumerate(jobs, start=1):
            results.append({"job": job.name, "state": run_job(node, job, "command")})
            moved(done, job.name)
    if json:
        as_json(results)
    else:
        table(pick("Jobs", "Задания"), ("job", "state"), [tuple(result.values()) for result in results])
    raise typer.Exit(1 if any(result["state"] != "done" for result in results) else 0)


@app.command("status")
def status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """The last run of every job. / Последние выполнения заданий."""
    node = open_node(settings_of(config))
    rows = []
    with node.database.read() as session:
        for job in node.settings.jobs:
            last = session.scalar(
                select(tables.JobRun).where(tables.JobRun.job == job.name).order_by(tables.JobRun.id.desc()).limit(1)
            )
            rows.append(
                {
                    "job": job.name,
                    "every": job.every,
                    "state": last.state if last else "never",
                    "started": last.started if last else None,
                    "outcome": last.outcome if last else "",
                }
            )
    if json:
        as_json(rows)
    else:
        table(
            pick("Jobs", "Задания"), ("job", "every", "state", "started", "outcome"), [tuple(r.values()) for r in rows]
        )


def show_books(
    partner: Annotated[str, typer.Argument(metavar="PARTNER")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """The books with a partner: sent, received, and what became of it. / Сверка с партнёром."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        if session.get(tables.Partner, partner) is None:
            raise Misuse("There is no partner of that name.", where=partner)
        books = reconcile.books(session, partner)
    if json:
        as_json(books.as_dict())
    else:
        table(partner, ("", pick("records", "записей")), list(books.as_dict().items()))
    raise typer.Exit(0 if books.balanced else 1)


@outbox.command("list")
def list_outbox(
    dead: Annotated[bool, typer.Option("--dead", help="Dead letters only. / Только недоставленные.")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """What waits, and what was given up on. / Очередь и недоставленное."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        values = send.unsettled(session, dead=dead)
    if json:
        as_json(values)
    else:
        columns = ("message", "partner", "state", "attempts", "code")
        table(pick("Outbox", "Исходящие"), columns, [tuple(value.values()) for value in values])


@outbox.command("resend")
def resend(
    actor: Actor,
    partner: Annotated[str, typer.Option(help="All dead letters of a partner. / Все письма партнёра.")] = "",
    message: Annotated[str, typer.Option(help="One message. / Одно сообщение.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Send dead letters again. / Отправить недоставленное снова."""
    if not partner and not message:
        raise Misuse("Say which: --partner or --message.", where="gateway outbox resend")
    node = open_node(settings_of(config))
    with node.database.begin() as session:
        revived = revive(session, actor=actor, partner=partner, message_id=message, now=node.clock())
    delivered = deliver_due(node, partner=partner)
    if json:
        as_json({"revived": revived, "delivered": delivered})
    else:
        say(f"{revived} queued again, {delivered} delivered.", f"Повторно: {revived}; доставлено: {delivered}.")
