"""`gateway reference`: code lists, states, treaties and identifier schemes as this program knows them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from gateway.commands.terminal import AsJson, as_json, language, pick, table
from gateway.errors import Misuse
from gateway.records.codes import STATES

app = typer.Typer(no_args_is_help=True, help="Reference data. / Справочники.")


@app.command("list")
def list_all(json: AsJson = False) -> None:
    """Every list by name. / Все справочники."""
    # Read only when asked for: no other command needs the whole of it.
    from gateway.records.reference.catalogue import LISTS, entries  # noqa: PLC0415

    found = [
        {"name": row.name, "entries": len(entries(row.name)), "ru": row.ru, "en": row.en} for row in LISTS.values()
    ]
    if json:
        as_json(found)
        return
    table(
        pick("Reference data", "Справочники"),
        (pick("name", "имя"), pick("entries", "записей"), pick("what", "что")),
        [(row["name"], row["entries"], row[language()]) for row in found],
    )


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `list` names it. / Имя из списка.")],
    state: Annotated[
        str, typer.Option("--state", help="Only what is of this state, alpha-3. / Только этого государства.")
    ] = "",
    on: Annotated[str, typer.Option("--on", help="Only what holds on this day. / Только действующее на дату.")] = "",
    spoken: Annotated[
        str, typer.Option("--language", help="Labels in this language too, ISO 639-1. / С названиями на языке.")
    ] = "",
    json: AsJson = False,
) -> None:
    """One list; with --state, what that state's registers write. / Один справочник."""
    from gateway.records import countries  # noqa: PLC0415
    from gateway.records.reference.catalogue import LISTS, entries  # noqa: PLC0415

    if name not in LISTS:
        raise Misuse(f"There is no such list; known are {', '.join(LISTS)}.", where=name)
    if state and state.upper() not in STATES:
        raise Misuse(f"Not a state of the region; known are {', '.join(STATES)}.", where=state)
    if spoken and spoken not in countries.LANGUAGES.values():
        raise Misuse(f"No language of the region; known are {', '.join(countries.LANGUAGES.values())}.", where=spoken)
    found = entries(name, state.upper(), _day(on), spoken)
    if json:
        as_json(found)
        return
    # For people one language is enough, and a column that is empty throughout says nothing.
    other = pick("ru", "en")
    columns = [key for key in (found[0] if found else ()) if key != other and any(row[key] for row in found)]
    table(pick(LISTS[name].en, LISTS[name].ru), columns, [[row[column] for column in columns] for row in found])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Misuse("Not a day in the form 2026-03-02.", where=text) from None
