"""ping.test: a port that listens proves nothing; the result names the part that failed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from gateway.store import tables
from gateway.sync import ping
from gateway.trust import lifecycle


def test_a_partner_that_does_its_part_is_fine(world):
    result = ping.test(world.blr, "KAZ/GATE")
    assert (result["ok"], result["part"], result["signer"]) == (True, "", "KAZ/GATE")


def test_the_part_that_failed_is_named(world, host):
    for answer, part in (
        (lambda _raw: None, "connection"),
        (lambda _raw: (404, "text/html", b"no"), "partner"),
        (lambda _raw: (200, "application/xml", b"<a/>"), "answer"),
    ):
        host.answer = answer
        result = ping.test(world.blr, "KAZ/GATE")
        assert (result["ok"], result["part"]) == (False, part)


def test_a_partner_that_does_not_know_us_says_so(world):
    world.partner(world.kaz, "BLR/GATE", status="suspended")
    result = ping.test(world.blr, "KAZ/GATE")
    assert (result["ok"], result["part"], result["code"]) == (False, "partner", "unknown-partner")


@pytest.mark.parametrize(("off", "code"), [(120, ""), (600, "expired"), (-600, "expired")])
def test_clocks_that_are_apart_are_named_with_the_seconds(world, off, code):
    world.clock.advance(days=1)
    object.__setattr__(world.kaz, "clock", lambda: world.clock() + timedelta(seconds=off))
    result = ping.test(world.blr, "KAZ/GATE")
    assert (result["ok"], result["part"], result["code"]) == (False, "clock", code)
    assert result["clock_off_seconds"] == off


def test_a_key_that_they_do_not_know_is_named(world):
    with world.kaz.database.begin() as session:
        session.execute(delete(tables.Key).where(tables.Key.party == "BLR/GATE"))
        lifecycle.touch(session)
    world.clock.advance(seconds=5)
    result = ping.test(world.blr, "KAZ/GATE")
    assert (result["ok"], result["part"]) == (False, "signature")
    assert "our key is not known" in result["meaning_en"]
    assert "наш ключ" in result["meaning_ru"]


def test_a_partner_with_whom_nothing_is_agreed_answers_and_that_is_said(world):
    with world.blr.database.begin() as session:
        session.execute(update(tables.Agreement).values(valid_to=world.clock().date() - timedelta(days=1)))
    result = ping.test(world.blr, "KAZ/GATE")
    assert (result["ok"], result["part"]) == (True, "agreement")


def test_a_name_that_nobody_knows_is_named(world):
    world.partner(world.blr, "KAZ/GATE", endpoint="http://nobody.invalid")
    result = ping.test(world.blr, "KAZ/GATE")
    assert (result["ok"], result["part"]) == (False, "name")


def test_our_own_key_may_be_what_fails(world):
    with world.blr.database.begin() as session:
        own = session.scalars(select(tables.Key.kid).where(tables.Key.own)).one()
        lifecycle.revoke(session, own, invalid_since=world.clock(), actor="anna", reason="test", now=world.clock())
    world.clock.advance(seconds=5)
    result = ping.test(world.blr, "KAZ/GATE")
    assert (result["ok"], result["part"], result["code"]) == (False, "own key", "key-unusable")


@pytest.mark.parametrize("secured", [False, True])
def test_a_foreign_service_is_asked_for_a_row(world, secured):
    with world.blr.database.begin() as session:
        session.add(
            tables.Partner(
                id="KGZ/MIG", state="KGZ", agency="MIG", agency_class="MIG", kind="soap", status="active",
                endpoint="http://127.0.0.1:9/registry", profile="kgz-stays", created=world.clock(),
                soap_security=secured,
            )
        )  # fmt: skip
    result = ping.test(world.blr, "KGZ/MIG")
    assert (result["ok"], result["part"]) == (False, "connection")
