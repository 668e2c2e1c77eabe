"""`gateway stamps`: the timestamps of what was signed, received and countersigned by time itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

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
from gateway.errors import NotFound, Refusal
from gateway.exchange.node import Node
from gateway.founding import open_node
from gateway.message.timestamped import with_timestamps
from gateway.store import tables
from gateway.sync import stamping
from gateway.trust import stamps

app = typer.Typer(no_args_is_help=True, help="Timestamps by other authorities. / Штампы времени.")
MessageId = Annotated[
    str, typer.Argument(metavar="MESSAGE_ID", help="Received or sent. / Полученное или отправленное.")
]


@app.command("status")
def status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Every authority: what it has stamped and what waits for it. / Состояние служб."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        values = [_state(session, each.name) for each in node.settings.stamps.authorities]
    if json:
        as_json(values)
    else:
        columns = ("authority", "stamped", "waiting", "oldest", "trouble")
        table(pick("Timestamps", "Штампы времени"), columns, [tuple(value.values()) for value in values])


@app.command("run")
def run(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Ask every authority for what waits, now. / Запросить штампы сейчас."""
    done = stamping.stamp_due(open_node(settings_of(config)))
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
        rows = _of_message(session, message)
    values = [_checked(node, row) for row in rows]
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
        rows = [row for row in _of_message(session, message) if row.token and row.kind != stamping.RECEIPT]
        if not rows:
            raise NotFound("No timestamp of this message is here yet.", where=message)
        raw = _bytes_of(session, rows[0])
    if not raw:
        raise NotFound("The message is past its time and erased; its timestamps can still be verified.", where=message)
    write_file(output, with_timestamps(raw, [stamps.token(row.token) for row in rows if row.token]))
    tell(
        {"message": message, "timestamps": len(rows)},
        f"{output}: {len(rows)} timestamps.",
        f"{output}: штампов времени: {len(rows)}.",
        json=json,
    )


def _state(session: Session, authority: str) -> dict[str, Any]:
    stamp = tables.Stamp
    had, waits, oldest = session.execute(
        select(
            func.count(stamp.token),
            func.count() - func.count(stamp.token),
            func.min(stamp.created).filter(stamp.token.is_(None)),
        ).where(stamp.authority == authority)
    ).one()
    trouble = session.scalar(
        select(stamp.trouble)
        .where(stamp.authority == authority, stamp.trouble != "")
        .order_by(stamp.tried.desc())
        .limit(1)
    )
    return {"authority": authority, "stamped": had, "waiting": waits, "oldest": oldest, "trouble": trouble or ""}


def _of_message(session: Session, message: str) -> list[tables.Stamp]:
    """The timestamps of a message by its id, and of the receipt for it."""
    journal = session.scalars(select(tables.Journal.id).where(tables.Journal.message_id == message)).all()
    outbox = session.scalars(select(tables.Outbox.id).where(tables.Outbox.message_id == message)).all()
    received = (tables.Stamp.kind == stamping.RECEIVED) & tables.Stamp.subject.in_([str(row) for row in journal])
    sent = tables.Stamp.kind.in_((stamping.SENT, stamping.RECEIPT)) & tables.Stamp.subject.in_(
        [str(row) for row in outbox]
    )
    found = session.scalars(select(tables.Stamp).where(received | sent).order_by(tables.Stamp.id)).all()
    if not found:
        raise NotFound("There is no timestamp of such a message, nor is one awaited.", where=message)
    return list(found)


def _checked(node: Node, row: tables.Stamp) -> dict[str, Any]:
    value: dict[str, Any] = {
        "of": row.kind,
        "authority": row.authority,
        "at": row.stamped,
        "holds": False,
        "reason": "",
    }
    held_to = {each.name: each.trust for each in node.settings.stamps.authorities}
    if row.token is None:
        return value | {"reason": row.trouble or "waits"}
    if row.authority not in held_to:
        return value | {"reason": "the authority is no longer in the settings"}
    try:
        roots = stamps.anchors(node.settings.directory / held_to[row.authority])
        return value | {"holds": stamps.check(row.token, bytes.fromhex(row.digest), roots).at == row.stamped}
    except Refusal as refusal:
        return value | {"reason": refusal.reason}


def _bytes_of(session: Session, row: tables.Stamp) -> bytes:
    if row.kind == stamping.RECEIVED:
        return session.get_one(tables.Journal, int(row.subject)).raw
    return session.get_one(tables.Outbox, int(row.subject)).raw
