"""`gateway alarms`: what is wrong and stays wrong, and the word of whoever clears it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import select

from gateway.clock import utc_now
from gateway.commands.key import database_of, written_to
from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    Reason,
    as_json,
    language,
    pick,
    say,
    table,
    tell,
)
from gateway.store import tables
from gateway.trust import alarms

app = typer.Typer(help="Alarms: what is wrong and stays so. / Тревоги.")


@app.callback(invoke_without_command=True)
def list_alarms(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Those that are over as well. / И прекращённые.")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """List the alarms that hold; status 1 where there are any. / Действующие тревоги."""
    if context.invoked_subcommand is not None:
        return
    with database_of(config).read() as session:
        query = select(tables.Alarm).order_by(tables.Alarm.raised)
        rows = session.scalars(query).all() if every else alarms.open_alarms(session)
    if json:
        as_json([alarms.shown(row) for row in rows])
    elif rows:
        table(
            pick("Alarms", "Тревоги"),
            ("code", "subject", "since", "seen", "over", pick("meaning", "смысл"), ""),
            [
                (r.code, r.subject, r.raised, r.seen, r.cleared, alarms.sentence(r.code, language()), _words(r.detail))
                for r in rows
            ],
        )
    else:
        say("No alarm.", "Тревог нет.")
    raise typer.Exit(1 if any(row.cleared is None for row in rows) else 0)


@app.command("clear")
def clear_alarm(
    code: Annotated[str, typer.Argument(metavar="CODE")],
    subject: Annotated[str, typer.Argument(metavar="SUBJECT")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Clear an alarm; it comes back while its cause is there. / Снять тревогу."""
    with written_to(config).begin() as session:
        alarms.dismiss(session, code, subject, actor=actor, reason=reason, now=utc_now())
    tell({"code": code, "subject": subject}, f"{code} of {subject} is cleared.", f"Тревога {code} ({subject}) снята.",
         json=json)  # fmt: skip


def _words(detail: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.items())
