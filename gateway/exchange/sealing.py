"""The data keys of a node, administered: listed, added to, used for everything, and destroyed; each act audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gateway import audit
from gateway.audit import Action
from gateway.errors import Misuse
from gateway.settings import Settings
from gateway.store import datakeys, reseal
from gateway.store.database import Database


def status(database: Database) -> list[dict[str, Any]]:
    """Which data keys there are, and how many values are under each; nothing of the keys themselves."""
    return [
        {"id": each.id, "created": each.created, "state": _state(each), "values": each.values}
        for each in reseal.usage(database)
    ]


def rotate(settings: Settings, database: Database, *, actor: str, now: datetime) -> str:
    """Add a data key, which seals from now on, in a running node too; its id."""
    with database.begin() as session:
        added = datakeys.rotate(settings.directory / datakeys.NAME, settings.key_password(), now).id.hex()
        audit.write(session, Action.VAULT_ROTATED, actor=actor, subject=added, outcome=audit.DONE, at=now)
    return added


def bring_forward(
    database: Database,
    *,
    actor: str,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
    stopping: Callable[[], bool] = lambda: False,
) -> dict[str, int]:
    """Bring values under the newest key until all are or it is stopped: how many rows that were, and are left."""
    done = reseal.reseal(database, progress=progress, stopping=stopping)
    left, newest = reseal.outstanding(database), reseal.vault_of(database).keys.newest.id.hex()
    found = {"resealed": done, "left": left}
    with database.begin() as session:
        audit.write(
            session, Action.VAULT_RESEALED, actor=actor, subject=newest, outcome=audit.DONE, at=now, detail=found
        )
    return found


def drop(settings: Settings, database: Database, name: str, *, actor: str, now: datetime) -> None:
    """Destroy an old data key under which nothing is left (Misuse, KeyUnusable)."""
    chosen = next((each for each in reseal.vault_of(database).keys.data if each.id.hex() == name), None)
    if chosen is None:
        raise Misuse("The node has no data key of this id; see `gateway vault status`.", where=name)
    path, password = settings.directory / datakeys.NAME, settings.key_password()
    reseal.drop(database, chosen, lambda gone: datakeys.drop(path, password, gone), now)
    with database.begin() as session:
        audit.write(session, Action.VAULT_DROPPED, actor=actor, subject=name, outcome=audit.DONE, at=now)


def _state(each: reseal.Usage) -> str:
    if each.created is None:
        return "missing"
    return "seals" if each.seals else "opens"
