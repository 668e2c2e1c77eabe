"""`gateway review`: the pairs that wait for a human, and the human's word."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from gateway.commands import identity
from gateway.commands.desk import Certificate, Chair, Key, Limit, One, Other, Purpose
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
)

app = typer.Typer(no_args_is_help=True, help="Pairs that wait for a human. / Пары, ждущие решения человека.")
app.command("show")(identity.explain_pair)


@app.command("list")
def list_questions(
    actor: Actor,
    purpose: Purpose,
    after: Annotated[
        str, typer.Option("--after", metavar="ONE,OTHER", help="Those behind this pair. / После этой пары.")
    ] = "",
    limit: Limit = 50,
    key: Key = None,
    certificate: Certificate = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Those that wait longest first. / Сначала те, что ждут дольше всего."""
    with Chair(config, actor, purpose, key, certificate).desk() as desk:
        waiting = desk.questions(language(), after=after, limit=limit)
    if json:
        as_json(waiting)
    elif waiting:
        table(
            pick("Pairs that wait for a human", "Ждут решения человека"),
            ("one", "other", "registers", "bits", "since", "why"),
            [
                (each["one"], each["other"], " — ".join(each["registers"]), each["weight"],
                 each["since"].date(), "; ".join(each["reasons"]))
                for each in waiting
            ],
        )  # fmt: skip
    else:
        say("Nothing waits.", "Ничего не ждёт решения.")


@app.command("decide")
def decide_question(
    person: One,
    other: Other,
    verdict: Annotated[
        Literal["same", "different", "unsure"],
        typer.Option("--verdict", help="same, different or unsure. / Тот же, разные или неизвестно."),
    ],
    actor: Actor,
    purpose: Purpose,
    reason: Reason,
    key: Key = None,
    certificate: Certificate = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Answer a question, which closes it. / Ответить на вопрос."""
    identity.decide(Chair(config, actor, purpose, key, certificate), (person, other), (verdict, reason), json=json)
