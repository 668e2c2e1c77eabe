"""The job `keys` ends what is over by the clock: overlaps, keys revoked long ago, requests nobody has approved."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from gateway.store import tables
from gateway.sync.keys import refresh_keys
from gateway.trust import approvals, directory, lifecycle

SERVED = ("BLR", "KAZ")


def new_key(world) -> str:
    node = world.blr
    with node.database.begin() as session:
        made = lifecycle.generate(
            session, node.settings.directory, party=node.settings.node, algorithm="ed25519",
            password=node.settings.key_password(), actor="anna", now=world.clock(),
        )  # fmt: skip
        lifecycle.certify(session, made.kid, actor="anna", now=world.clock())
        lifecycle.publish(session, made.kid, actor="anna", now=world.clock())
        lifecycle.activate(session, made.kid, actor="anna", now=world.clock(), reason="a test")
        return made.kid


def row(world, kid: str) -> tables.Key:
    with world.blr.database.read() as session:
        return session.get_one(tables.Key, kid)


def test_a_key_retires_when_its_overlap_is_over_and_not_before(world) -> None:
    old = world.blr.keyring.signer().kid
    new = new_key(world)
    world.clock.advance(seconds=world.blr.settings.key_overlap - 1)
    refresh_keys(world.blr)
    assert row(world, old).status == "retiring"
    world.clock.advance(seconds=1)
    refresh_keys(world.blr)
    assert (row(world, old).status, row(world, new).status) == ("retired", "active")
    assert [kid for kid, _ in world.blr.keyring.verifiers("BLR/GATE", world.clock())] == [new]
    refresh_keys(world.blr)
    said = world.rows(world.blr, tables.Audit, tables.Audit.action == "key-retired")
    assert [(each.actor, each.detail["to"]) for each in said if each.subject == old] == [
        ("anna", "retiring"),
        ("system", "retired"),
    ]


def test_a_key_revoked_and_expired_for_a_year_leaves_the_directory_under_a_new_serial(world) -> None:
    old = world.blr.keyring.signer().kid
    new_key(world)
    with world.blr.database.begin() as session:
        lifecycle.revoke(session, old, invalid_since=world.clock(), actor="anna", reason="lost", now=world.clock())
        key = session.get_one(tables.Key, old)
        key.serial = key.serial or 1
        key.not_after = world.clock() - timedelta(days=365) + timedelta(seconds=9)
    refresh_keys(world.blr)
    with world.blr.database.read() as session:
        before, keys = directory.shown(session)
    assert old in [key.kid for key in keys]
    world.clock.advance(seconds=9)
    refresh_keys(world.blr)
    with world.blr.database.read() as session:
        after, keys = directory.shown(session)
    assert (after > before, old in [key.kid for key in keys], row(world, old).status) == (True, False, "revoked")


def test_a_request_that_nobody_approved_is_closed_and_audited(world) -> None:
    with world.blr.database.begin() as session:
        name = approvals.request(
            session, "partner-suspend", "KAZ/GATE", {}, actor="anna", reason="a leak", now=world.clock()
        ).id
    world.clock.advance(seconds=approvals.LIFETIME.total_seconds())
    refresh_keys(world.blr)
    with world.blr.database.read() as session:
        assert session.get_one(tables.Approval, name).status == "expired"
        said = session.scalars(select(tables.Audit.actor).where(tables.Audit.action == "approval-expired")).all()
    assert said == ["clock"]
