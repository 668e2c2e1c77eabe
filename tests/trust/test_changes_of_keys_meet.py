"""Two people change keys at one moment: the second sees what the first has done, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from gateway.errors import KeyUnusable
from gateway.store.database import Database
from gateway.store.tables import Key
from gateway.trust import lifecycle

NewKey = Callable[..., str]


def beside(database: Database, act: Callable[..., Any], *what: Any, **more: Any) -> tuple[threading.Thread, list[Any]]:
    """Begin an act in another process of the node, as it were, which has to wait for whoever is at it."""
    done: list[Any] = []

    def run() -> None:
        try:
            with database.begin() as session:
                done.append(act(session, *what, **more).status)
        except KeyUnusable as refusal:
            done.append(refusal.detail)

    other = threading.Thread(target=run)
    other.start()
    other.join(0.3)
    assert done == []
    return other, done


def statuses(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {key.kid: key.status for key in session.scalars(select(Key))}


def test_of_two_keys_that_are_activated_at_once_one_signs(database: Database, new_key: NewKey, now: datetime) -> None:
    old, one, two = new_key(database), new_key(database, "published"), new_key(database, "published")
    with database.begin() as session:
        lifecycle.activate(session, one, actor="anna", now=now)
        other, done = beside(database, lifecycle.activate, two, actor="boris", now=now)
    other.join()
    assert done == ["active"]
    assert statuses(database) == {old: "retiring", one: "retiring", two: "active"}


@pytest.mark.parametrize("act", [lifecycle.activate, lifecycle.certify, lifecycle.publish])
def test_a_key_that_is_revoked_meanwhile_stays_revoked(database: Database, new_key: NewKey, now: datetime, act) -> None:
    before = {lifecycle.activate: "published", lifecycle.certify: "generated", lifecycle.publish: "certified"}[act]
    new_key(database)
    kid = new_key(database, before)
    with database.begin() as session:
        lifecycle.revoke(session, kid, invalid_since=now, actor="anna", reason="stolen", now=now)
        other, done = beside(database, act, kid, actor="boris", now=now)
    other.join()
    assert "is revoked" in done[0]
    assert statuses(database)[kid] == "revoked"
