"""`gateway identity`: who is taken for whom and why, and the word of whoever parts or joins them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.commands.desk import Certificate, Chair, Key, One, Other, Purpose
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
    write_file,
)
from gateway.matching.explain import VERDICTS
from gateway.matching.waterfall import draw

app = typer.Typer(no_args_is_help=True, help="Links between descriptions of people. / Связи между записями о людях.")


@app.command("show")
def show_person(
    person: One,
    actor: Actor,
    purpose: Purpose,
    key: Key = None,
    certificate: Certificate = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """A person, the identity with all its people, and the judgements in force. / Личность и связи."""
    with Chair(config, actor, purpose, key, certificate).desk() as desk:
        shown = desk.show(person, language())
    if json:
        as_json(shown)
        return
    say(f"{shown['person']}  {shown['register']}", f"{shown['person']}  {shown['register']}")
    members = [(each["person"], each["register"]) for each in shown["members"]]
    table(f"{pick('Identity', 'Личность')} {shown['identity'] or '–'}", ("person", "register"), members)
    if shown["links"]:
        table(pick("Judgements in force", "Действующие решения"), _COLUMNS, list(map(_judgement, shown["links"])))


@app.command("history")
def show_history(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="As in show, or an identity. / Или id личности.")],
    actor: Actor,
    purpose: Purpose,
    key: Key = None,
    certificate: Certificate = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Everything that happened to the identities of a person. / История личности."""
    with Chair(config, actor, purpose, key, certificate).desk() as desk:
        told = desk.history(person, language())
    if json:
        as_json(told)
        return
    rows = [(each["at"].isoformat(timespec="seconds"), each["event"], *_event(each)) for each in told["events"]]
    table(", ".join(told["identities"]), ("at", "event", "who", "what"), rows)


@app.command("explain")
def explain_pair(
    person: One,
    other: Other,
    actor: Actor,
    purpose: Purpose,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="The evidence as a picture. / Рисунок в файл.")
    ] = None,
    values: Annotated[
        bool, typer.Option("--values", help="With what both say; needs --key. / Со значениями; нужен --key.")
    ] = False,
    key: Key = None,
    certificate: Certificate = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Why two persons are, or are not, taken for one human being. / Почему это один человек или разные."""
    with Chair(config, actor, purpose, key, certificate).desk() as desk:
        told, names, pair = desk.explain(person, other, language())
        said = desk.values(pair) if values else None
    if svg is not None:
        write_file(svg, draw(told, names, said).encode())
    shown = {"one": names[0], "other": names[1]} | told.as_dict()
    if json:
        as_json(shown if said is None else shown | {"values": said})
        return
    say(" — ".join(names), " — ".join(names))
    say(shown["text"], shown["text"])
    if said:
        table(pick("What both say", "Что сказано в записях"), ("", *names), [(f, *both) for f, both in said.items()])


def _says(verdict: str, meaning: str) -> Callable[..., None]:
    """A command that gives one word on a pair."""

    def word(
        person: One,
        other: Other,
        actor: Actor,
        purpose: Purpose,
        reason: Reason,
        key: Key = None,
        certificate: Certificate = None,
        config: ConfigFile = DEFAULT_CONFIG,
        json: AsJson = False,
    ) -> None:
        decide(Chair(config, actor, purpose, key, certificate), (person, other), (verdict, reason), json=json)

    word.__doc__ = meaning
    return word


for _name, _verdict, _meaning in (
    ("join", "same", "Say that two descriptions are of one human being. / Это один человек."),
    ("split", "different", "Say that two descriptions are of different people. / Это разные люди."),
    ("ask", "ask", "Take back what was said of a pair, and put it before a human again. / Отозвать и спросить снова."),
):
    app.command(_name)(_says(_verdict, _meaning))


def decide(chair: Chair, pair: tuple[str, str], word: tuple[str, str], *, json: bool) -> None:
    """A human's word on a pair, and what came of it."""
    with chair.desk() as desk:
        told = desk.decide(*pair, *word)
    meaning = VERDICTS[told["verdict"]]
    tell(told, f"{told['one']} — {told['other']}: {meaning[1]}.", f"{told['one']} — {told['other']}: {meaning[0]}.",
         json=json)  # fmt: skip
    if told["conflicts"] and not json:
        pairs = "; ".join(" — ".join(each) for each in told["conflicts"])
        say(
            f"This contradicts earlier judgements, which are asked about again: {pairs}",
            f"Это противоречит прежним решениям; о них спросят снова: {pairs}",
        )


_COLUMNS = ("one", "other", "verdict", "colour", "bits", "by", "why")


def _judgement(told: dict[str, Any]) -> tuple[Any, ...]:
    why = "; ".join(told["reasons"])
    return (told["one"], told["other"], told["verdict"], told["colour"], told["weight"], told["actor"], why)


def _event(told: dict[str, Any]) -> tuple[str, str]:
    if "person" in told:
        return told["person"], told["identity"]
    why = "; ".join(told["reasons"])
    by = told["retracted_by"] if told["event"] == "retracted" else told["actor"]
    return f"{told['one']} — {told['other']}", f"{told['verdict']} ({by}: {why})"
