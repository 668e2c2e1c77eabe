"""The timestamps a node has: of which authority, of which message, and whether they still hold."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.errors import NotFound, Refusal
from gateway.settings import Settings
from gateway.store import tables
from gateway.trust import stamps

RECEIVED: Final = "received"
SENT: Final = "sent"
RECEIPT: Final = "receipt"
CHECKPOINT: Final = "checkpoint"


def status(session: Session, settings: Settings) -> list[dict[str, Any]]:
    """Every authority of the settings: what it has stamped, what waits for it, and what is wrong with it."""
    return [_state(session, each.name) for each in settings.stamps.authorities]


def of_message(session: Session, message: str) -> list[tables.Stamp]:
    """The timestamps of a message by its id, and of the receipt for it (NotFound)."""
    found = session.scalars(_query(session, message)).all() if message.isprintable() else ()
    if not found:
        raise NotFound("There is no timestamp of such a message, nor is one awaited.", where=message)
    return list(found)


def checked(settings: Settings, row: tables.Stamp) -> dict[str, Any]:
    """Whether a timestamp holds now, under the certificates its authority is held to."""
    value: dict[str, Any] = {
        "of": row.kind,
        "authority": row.authority,
        "at": row.stamped,
        "holds": False,
        "reason": "",
    }
    held_to = {each.name: each.trust for each in settings.stamps.authorities}
    if row.token is None:
        return value | {"reason": row.trouble or "waits"}
    if row.authority not in held_to:
        return value | {"reason": "the authority is no longer in the settings"}
    try:
        roots = stamps.anchors(settings.directory / held_to[row.authority])
        return value | {"holds": stamps.check(row.token, bytes.fromhex(row.digest), roots).at == row.stamped}
    except Refusal as refusal:
        return value | {"reason": refusal.reason}


def stamped_bytes(session: Session, message: str) -> tuple[bytes, list[bytes]]:
    """A message as it was signed, with its timestamp tokens (NotFound): it holds records, so not for everybody."""
    rows = [row for row in of_message(session, message) if row.token and row.kind != RECEIPT]
    if not rows:
        raise NotFound("No timestamp of this message is here yet.", where=message)
    number, received = int(rows[0].subject), rows[0].kind == RECEIVED
    raw = session.get_one(tables.Journal, number).raw if received else session.get_one(tables.Outbox, number).raw
    if not raw:
        raise NotFound("The message is past its time and erased; its timestamps can still be verified.", where=message)
    return raw, [stamps.token(row.token) for row in rows if row.token]


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


def _query(session: Session, message: str) -> Any:
    journal = session.scalars(select(tables.Journal.id).where(tables.Journal.message_id == message)).all()
    outbox = session.scalars(select(tables.Outbox.id).where(tables.Outbox.message_id == message)).all()
    received = (tables.Stamp.kind == RECEIVED) & tables.Stamp.subject.in_([str(row) for row in journal])
    sent = tables.Stamp.kind.in_((SENT, RECEIPT)) & tables.Stamp.subject.in_([str(row) for row in outbox])
    return select(tables.Stamp).where(received | sent).order_by(tables.Stamp.id)
