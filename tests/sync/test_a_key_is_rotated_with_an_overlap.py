"""A planned rotation between two nodes: known before it signs, both accepted, then only the new one."""

from __future__ import annotations

from sqlalchemy import select

from gateway.exchange import send
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import ping
from gateway.sync.deliver import deliver_due
from gateway.sync.keys import refresh_keys
from gateway.sync.push import push
from gateway.trust import lifecycle

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
    with world.blr.database.begin() as session:
        lifecycle.retire(session, old, actor="anna", now=world.clock())
    refresh_keys(world.kaz)
    assert ping.test(world.blr, "KAZ/GATE")["ok"]
    states = {row.state for row in world.rows(world.blr, tables.Outbox)}
    assert states == {"delivered"}


def test_a_partner_that_does_not_answer_keeps_its_keys_here(world):
    world.partner(world.kaz, "BLR/GATE", endpoint="http://127.0.0.1:9")
    before = {row.kid: row.status for row in world.rows(world.kaz, tables.Key)}
    assert refresh_keys(world.kaz) == 0
    assert {row.kid: row.status for row in world.rows(world.kaz, tables.Key)} == before
    with world.kaz.database.read() as session:
        assert session.get_one(tables.Partner, "BLR/GATE").trouble == "unavailable"
