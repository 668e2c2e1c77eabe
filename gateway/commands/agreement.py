"""`gateway agreement`: what may pass, with whom, for what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated

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
    say,
    settings_of,
    table,
    tell,
)
from gateway.errors import Misuse
from gateway.exchange import administration
from gateway.exchange import agreements as terms
from gateway.records.codes import AGENCY_CLASSES, PURPOSES
from gateway.store import tables

app = typer.Typer(no_args_is_help=True, help="Agreements: what may pass. / Соглашения.")


@app.command("list")
def list_agreements(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Every agreement. / Все соглашения."""
    with database_of(config).read() as session:
        rows = session.scalars(select(tables.Agreement).order_by(tables.Agreement.id)).all()
    if json:
        as_json([{name: getattr(row, name) for name in terms.FIELDS} for row in rows])
        return
    if not rows:
        say("There is no agreement.", "Соглашений нет.")
    for row in rows:
        # One below the other: side by side so many columns are too narrow to read.
        table(row.id, ("", ""), [(name, _cell(getattr(row, name))) for name in terms.FIELDS if name != "id"])


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


@app.command("add")
def add_agreement(
    name: Annotated[str, typer.Argument(metavar="ID")],
    state: Annotated[str, typer.Option(help="The other state. / Другое государство.")],
    direction: Annotated[str, typer.Option(help="out: we disclose; in: we accept. / Направление.")],
    categories: Annotated[list[str], typer.Option("--category", help="Repeatable. / Категория.")],
    purposes: Annotated[list[str], typer.Option("--purpose", help="Repeatable. / Цель.")],
    classes: Annotated[list[str], typer.Option("--class", help="Repeatable. / Класс ведомства.")],
    instrument: Annotated[str, typer.Option(help="Treaty or protocol it rests on. / Документ.")],
    since: Annotated[str, typer.Option("--from", help="First day, ISO 8601. / Действует с.")],
    actor: Actor,
    reason: Reason,
    until: Annotated[str, typer.Option("--until", help="Last day. / Действует по.")] = "",
    withheld: Annotated[
        list[str] | None, typer.Option("--without", help="Field left out: Person/BirthPlace, … / Без поля.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option("--keep-days", min=1, max=terms.LONGEST, help="In: erased after so many days. / Хранить дней."),
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Propose an agreement; a second person approves it. / Предложить соглашение."""
    _closed("--category", categories, terms.CATEGORIES)
    _closed("--purpose", purposes, PURPOSES)
    _closed("--class", classes, AGENCY_CLASSES)
    _closed("--direction", [direction], terms.DIRECTIONS)
    _closed("--without", withheld or [], terms.WITHHOLDABLE)
    agreement = tables.Agreement(
        id=name,
        instrument=instrument,
        partner_state=state,
        direction=direction,
        categories=categories,
        purposes=purposes,
        agency_classes=classes,
        withheld_fields=withheld or [],
        valid_from=_day(since, "--from"),
        valid_to=_day(until, "--until") if until else None,
        retention_days=days,
    )
    with written_to(config).begin() as session:
        asked = administration.propose_agreement(
            session, settings_of(config), agreement, actor=actor, reason=reason, now=utc_now()
        )
    _asked(name, asked.approval, json=json)


@app.command("end")
def end_agreement(
    name: Annotated[str, typer.Argument(metavar="ID")],
    actor: Actor,
    reason: Reason,
    last: Annotated[str, typer.Option("--last", help="Last day in force; else at once. / Последний день.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Ask for an agreement to end; a second person approves it. / Прекратить соглашение."""
    day = _day(last, "--last") if last else None
    with written_to(config).begin() as session:
        asked = administration.propose_end(
            session, settings_of(config), name, day, actor=actor, reason=reason, now=utc_now()
        )
    _asked(name, asked.approval, json=json)


def _asked(name: str, approval: str, *, json: bool) -> None:
    tell(
        {"agreement": name, "approval": approval},
        f"Proposed. A second person reads it (gateway approval list) and runs: gateway approval approve {approval}",
        f"Предложено. Второе лицо читает (gateway approval list) и выполняет: gateway approval approve {approval}",
        json=json,
    )


def _closed(option: str, values: Collection[str], known: Collection[str]) -> None:
    for value in values:
        if value not in known:
            raise Misuse(f"{value} is not one of {', '.join(known)}.", where=option)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Misuse("Not a day of the form 2026-11-23.", where=option) from error
