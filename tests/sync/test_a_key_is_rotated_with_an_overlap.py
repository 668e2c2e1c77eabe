"""A planned rotation between two nodes: known before it signs, both accepted, then only the new one."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from gateway.errors import KeyUnusable
from gateway.exchange import send
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import ping
from gateway.sync.deliver import deliver_due
from gateway.sync.keys import refresh_keys
from gateway.sync.push import push
from gateway.trust import fetched, lifecycle

SERVED = ("BLR", "KAZ")


def new_key(world) -> str:
    node = world.blr
    with node.database.begin() as session:
        made = lifecycle.generate(
            session,
            node.settings.directory,
            party=node.settings.node,
            algorithm="ed25519",
            password=node.settings.key_password(),
            actor="anna",
            now=world.clock(),
        )
        lifecycle.certify(session, made.kid, actor="anna", now=world.clock())
        lifecycle.publish(session, made.kid, actor="anna", now=world.clock())
        return made.kid


def status_at(node, kid: str) -> str | None:
    with node.database.read() as session:
        return session.scalar(select(tables.Key.status).where(tables.Key.kid == kid))


def test_no_message_is_refused_in_a_planned_rotation(world):
    old = world.blr.keyring.signer().kid
    world.permits(2)
    push(world.blr, "KAZ/GATE")
    # 1. Published, and fetched by the partner before it signs anything.
    new = new_key(world)
    with (
        world.blr.database.begin() as session,
        pytest.raises(KeyUnusable, match=r"have not fetched the key yet.*KAZ/GATE"),
    ):
        lifecycle.activate(session, new, actor="anna", now=world.clock())
    assert refresh_keys(world.kaz) == 1
    assert status_at(world.kaz, new) == "active"
    assert refresh_keys(world.kaz) == 0
    # 2. One message waits that the old key has signed, the next is signed by the new one.
    waiting = world.permits(1)
    with world.blr.database.begin() as session:
        send.push_changes(session, world.blr, directory.get(session, "KAZ/GATE"), now=world.clock())
    with world.blr.database.begin() as session:
        lifecycle.activate(session, new, actor="anna", now=world.clock())
    world.clock.advance(seconds=5)
    assert world.blr.keyring.signer().kid == new
    assert deliver_due(world.blr) == 1
    fresh = world.permits(1)
    push(world.blr, "KAZ/GATE")
    assert {*waiting, *fresh} <= set(world.held(world.kaz))
    # 3. After the overlap the old key is worth nothing any more, here as there.
    with world.blr.database.begin() as session, pytest.raises(KeyUnusable, match="on their way until 2026-03-09"):
        lifecycle.retire(session, old, actor="anna", now=world.clock())
    world.clock.advance(days=7)
    with world.blr.database.begin() as session:
        lifecycle.retire(session, old, actor="anna", now=world.clock())
    refresh_keys(world.kaz)
    assert ping.test(world.blr, "KAZ/GATE")["ok"]
    states = {row.state for row in world.rows(world.blr, tables.Outbox)}
    assert states == {"delivered"}


def test_a_stranger_may_fetch_the_directory_and_proves_nothing_by_it(world):
    new_key(world)
    assert httpx.get(f"{world.urls['BLR']}/v1/keys").status_code == 200
    forged = httpx.get(f"{world.urls['BLR']}/v1/keys", headers={"Authorization": "Bearer forged"})
    assert (forged.status_code, forged.json()["code"]) == (401, "not-authenticated")
    assert world.rows(world.blr, tables.DirectoryFetch) == []
    # A partner that cannot prove itself, here because it knows us by another address, gets the list all the same.
    world.partner(world.kaz, "BLR/GATE", endpoint=world.urls["BLR"].replace("127.0.0.1", "localhost"))
    assert refresh_keys(world.kaz) == 1
    assert world.rows(world.blr, tables.DirectoryFetch) == []


def test_what_a_partner_has_fetched_never_goes_back(world):
    new_key(world)
    refresh_keys(world.kaz)
    (first,) = world.rows(world.blr, tables.DirectoryFetch)
    with world.blr.database.begin() as session:
        fetched.record(session, "KAZ/GATE", first.serial - 1, world.clock.advance(seconds=9))
    (same,) = world.rows(world.blr, tables.DirectoryFetch)
    assert (same.partner, same.serial, same.at) == ("KAZ/GATE", first.serial, first.at)
    with world.blr.database.read() as session:
        assert fetched.missing(session, first.serial) == []
        assert fetched.missing(session, first.serial + 1) == ["KAZ/GATE"]


def test_a_key_is_activated_with_a_reason_although_a_partner_lacks_it(world):
    new = new_key(world)
    with world.blr.database.begin() as session:
        lifecycle.activate(session, new, actor="anna", now=world.clock(), reason="KAZ has told us by letter")
    trace = world.rows(world.blr, tables.Audit, tables.Audit.action == "key-activated")[-1]
    assert (trace.detail["reason"], trace.detail["without"]) == ("KAZ has told us by letter", ["KAZ/GATE"])


def test_a_partner_that_does_not_answer_keeps_its_keys_here(world):
    world.partner(world.kaz, "BLR/GATE", endpoint="http://127.0.0.1:9")
    before = {row.kid: row.status for row in world.rows(world.kaz, tables.Key)}
    assert refresh_keys(world.kaz) == 0
    assert {row.kid: row.status for row in world.rows(world.kaz, tables.Key)} == before
    with world.kaz.database.read() as session:
        assert session.get_one(tables.Partner, "BLR/GATE").trouble == "unavailable"
