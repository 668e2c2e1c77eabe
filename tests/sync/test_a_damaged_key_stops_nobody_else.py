"""Two real nodes: a row that cannot be read ends what its key signs, and administrators are told."""

from __future__ import annotations

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import update

from gateway.schedule import run_job
from gateway.settings import Job
from gateway.store import tables
from gateway.sync import ping
from gateway.sync.revocation import refresh_revocation
from gateway.trust import keyfiles, lifecycle

SERVED = ("BLR", "KAZ")


def test_partners_go_on_while_one_row_is_damaged_and_an_alarm_names_it(either_world) -> None:
    world, now = either_world, either_world.clock()
    # Whoever damages a row leaves no leaf for it.
    world.honest = False
    third = keyfiles.self_signed(ec.generate_private_key(ec.SECP256R1()), party="UZB/GATE", now=now,
                                 until=now + timedelta(days=200))  # fmt: skip
    with world.blr.database.begin() as session:
        kid = lifecycle.propose(session, third, party="UZB/GATE", actor="anna", now=now).kid
        lifecycle.activate(session, kid, actor="boris", now=now)
    with world.blr.database.begin() as session:
        session.execute(update(tables.Key).where(tables.Key.kid == kid).values(certificate="damaged"))
    world.blr.keyring.forget()
    assert ping.test(world.kaz, "BLR/GATE")["ok"] is True
    assert ping.test(world.blr, "KAZ/GATE")["ok"] is True
    assert refresh_revocation(world.blr).failed == 0
    assert run_job(world.blr, Job(name="keys", kind="keys", every=60), "test") == "done"
    (alarm,) = world.rows(world.blr, tables.Alarm)
    assert (alarm.code, alarm.subject) == ("row-damaged", f"key {kid}")
