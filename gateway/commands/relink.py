"""`gateway relink`: the population linked again under another model, looked at, accepted by others, switched to."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from sqlalchemy import select

from gateway import audit
from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    Reason,
    as_json,
    pick,
    progress,
    read_file,
    say,
    settings_of,
    table,
    tell,
)
from gateway.exchange import administration, relinking
from gateway.exchange.node import Node
from gateway.exchange.relink_worker import Worker
from gateway.founding import open_node
from gateway.matching.model import Wishes
from gateway.matching.yardstick import yardstick
from gateway.store.tables import LinkModel, Relink

_MOST_BYTES = 64 * 1024 * 1024
_STATES = {
    "": ("there is no run", "заданий нет"),
    "learning": ("it learns a model", "модель обучается"),
    "scoring": ("people are weighed", "пары взвешиваются"),
    "resolving": ("what follows is computed", "вычисляются последствия"),
    "ready": ("it waits for others to accept", "ждёт подтверждения"),
    "accepted": ("accepted, the switch is due", "принято, переключение впереди"),
    "switching": ("links are being replaced", "связи заменяются"),
    "done": ("done", "завершено"),
    "rejected": ("rejected, nothing was changed", "отклонено, ничего не изменено"),
}
app = typer.Typer(no_args_is_help=True, help="Link the population again under another model. / Повторное связывание.")


@app.command("start")
def start_run(
    actor: Actor,
    reason: Reason,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="FILE", help="A model's JSON; else one is learned. / Модель.")
    ] = None,
    false_links: Annotated[
        float | None,
        typer.Option(
            "--false-links",
            min=0.001,
            max=1_000,
            help="False links to expect among 10,000 newcomers. / Ложных связей на 10 000 новых.",
        ),
    ] = None,
    review_share: Annotated[
        float | None,
        typer.Option(
            "--review-share",
            min=0.0001,
            max=1,
            help="Share of newcomers sent to a human by chance. / Доля новых, отправляемых человеку.",
        ),
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Begin a run, and carry it on until its diff waits for others. / Начать и довести до сравнения."""
    content = "" if model is None else read_file(model, _MOST_BYTES).decode("utf-8", "replace")
    node = open_node(settings_of(config))
    with node.database.begin() as session:
        usual = yardstick(session).model.wishes
        wishes = Wishes(false_links or usual.false_links, review_share or usual.review_share)
        content = content or (" " if model else "")
        relinking.start(session, node, actor=actor, reason=reason, content=content, wishes=wishes)
    _carry_on(node, json=json)


@app.command("run")
def carry_on(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Carry on a run that was interrupted or accepted. / Продолжить прерванное или принятое."""
    _carry_on(open_node(settings_of(config)), json=json)


def _carry_on(node: Node, *, json: bool) -> None:
    """Whatever can be done without people, with a bar."""
    title = pick("linking again", "повторное связывание")
    with progress(title, 1_000) as moved:

        def told(done: int, of: int, stage: str) -> None:
            moved(int(done * 1_000 / max(of, 1)), stage)

        holder = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        Worker(node, holder, told).carry_on()
    _tell(node, json=json)


@app.command("status")
def show_status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """The newest run, and every model this node has learned. / Состояние и модели."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        run = session.scalars(select(Relink).order_by(Relink.id.desc()).limit(1)).first()
        names = ("name", "state", "created", "created_by", "trained_on", "activated")
        rows = session.scalars(select(LinkModel).order_by(LinkModel.created, LinkModel.name)).all()
        models = [{name: getattr(row, name) for name in names} for row in rows]
    if json:
        as_json({"run": run and relinking.shown(run), "models": models})
        return
    _say(run)
    if models:
        table(pick("Models", "Модели"), names, [tuple(each.values()) for each in models])


@app.command("diff")
def show_diff(
    actor: Actor,
    kind: Annotated[
        Literal["", "split", "merge"], typer.Option("--kind", help="split or merge. / Разделения или слияния.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many. / Не больше.")] = 20,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """What the run would split and merge, the largest first. / Что разделится и что сольётся."""
    node = open_node(settings_of(config))
    with audit.keeping_traces(node.database) as session:
        told = relinking.diff(session, node, actor=actor, kind=kind, limit=limit)
    if json:
        as_json(told)
        return
    _say_counts(told["counts"])
    rows = [
        (each["kind"], each["size"], " | ".join(", ".join(p["person"] for p in part) for part in each["parts"]))
        for each in told["changes"]
    ]
    if rows:
        table(pick("Changes", "Изменения"), ("kind", "size", "parts"), rows)


@app.command("accept")
def accept_run(
    actor: Actor,
    reason: Reason,
    number: Annotated[
        int | None, typer.Option("--run", help="The run that was looked at. / Просмотренное задание.")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Accept the diff; with the last vote it takes, the new model takes over. / Принять и переключить."""
    node = open_node(settings_of(config))
    acts, now = administration.acts(node), node.clock()
    with audit.keeping_traces(node.database) as session:
        state = relinking.accept(session, run=number, actor=actor, reason=reason, now=now, acts=acts).state
    if state == "accepted":
        _carry_on(node, json=json)
    else:
        _tell(node, json=json)


@app.command("reject")
def reject_run(actor: Actor, reason: Reason, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """End the run; what holds stays as it is. / Отклонить."""
    node = open_node(settings_of(config))
    with audit.keeping_traces(node.database) as session:
        relinking.reject(session, actor=actor, reason=reason, now=node.clock())
    _carry_on(node, json=json)


def _tell(node: Node, *, json: bool) -> None:
    with node.database.read() as session:
        run = session.scalars(select(Relink).order_by(Relink.id.desc()).limit(1)).first()
    if json:
        as_json(run and relinking.shown(run))
    else:
        _say(run)


def _say(run: Relink | None) -> None:
    english, russian = _STATES.get(run.state if run else "", ("", ""))
    if run is None:
        tell({}, f"{english}.".capitalize(), f"{russian}.".capitalize(), json=False)
        return
    say(f"Run {run.id}, model {run.model}: {english}.", f"Задание {run.id}, модель {run.model}: {russian}.")
    _say_counts(run.counts)


def _say_counts(counts: dict[str, Any]) -> None:
    if "splits" in counts:
        say(
            f"{counts['splits']} identities split, {counts['merges']} merges; {counts['links']} links, "
            f"{counts['questions']} questions to humans.",
            f"Разделений: {counts['splits']}, слияний: {counts['merges']}; связей: {counts['links']}, "
            f"вопросов человеку: {counts['questions']}.",
        )
