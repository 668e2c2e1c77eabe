"""A partner's pinned TLS certificate that cannot be read lets nobody in, and keeps nobody else out."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.errors import KeyUnusable
from gateway.schedule import run_job
from gateway.settings import Job, Tls
from gateway.store import tables
from gateway.sync.calls import caller
from gateway.trust import expiry_warnings, tls
from gateway.web.tls import Door

NOW = datetime.now(UTC)
"""OpenSSL compares certificates with the machine's own clock."""


@pytest.fixture
def world(make_world: Any, tmp_path) -> Iterator[Any]:
    """BLR with TLS, its partner KAZ pinned to a certificate of its own."""
    with make_world(tmp_path / "nodes", tls=Tls(ends_at="proxy", unbound="accepted")) as made:
        settings = made.blr.settings
        for name in ("tls", "kaz"):
            tls.create(settings.directory, party="BLR/GATE", hosts=("localhost",), password=settings.key_password(),
                       now=NOW, name=name)  # fmt: skip
        good = (settings.directory / "tls" / "kaz.crt.pem").read_text()
        change(made, "KAZ/GATE", tls_certificate=good)
        yield made


def change(world: Any, partner: str, **values: Any) -> None:
    with world.blr.database.begin() as session:
        row = session.get_one(tables.Partner, partner)
        for name, value in values.items():
            setattr(row, name, value)


def pins(world: Any) -> str:
    with world.blr.database.read() as session:
        return str(session.get_one(tables.Partner, "KAZ/GATE").tls_certificate)


DAMAGES = {
    "no pem": lambda good: "damaged",
    "cut off": lambda good: good[: len(good) // 2],
    "no certificate": lambda good: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "the second of two": lambda good: good + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_all_others_are_let_in_and_warned_of(world: Any, damage: Any) -> None:
    good = pins(world)
    change(world, "BLR/MVD", tls_certificate=damage(good))
    door = Door(world.blr)
    assert door.context.cert_store_stats()["x509"] == 1
    assert not tls.pinned(damage(good), ssl.PEM_cert_to_DER_cert(good))
    with world.blr.database.read() as session:
        subjects = {term.subject for term in expiry_warnings.terms(session, world.blr.settings)}
    assert {"tls KAZ/GATE", "tls BLR/GATE"} <= subjects
    assert "tls BLR/MVD" not in subjects
    assert world.http.get(f"{world.url}/metrics").status_code == 200
    # Once it is pinned anew, the door takes it in without a restart.
    change(world, "BLR/MVD", tls_certificate=(world.blr.settings.directory / "tls" / "tls.crt.pem").read_text())
    door.look()
    assert door.context.cert_store_stats()["x509"] == 2


def test_the_job_that_fetches_keys_goes_on_and_an_alarm_names_the_partner(world: Any) -> None:
    change(world, "KAZ/GATE", tls_certificate="damaged", endpoint="https://localhost:9")
    with world.blr.database.read() as session:
        partner = session.get_one(tables.Partner, "KAZ/GATE")
    with pytest.raises(KeyUnusable, match="pin it anew"):
        caller(world.blr, partner)
    assert run_job(world.blr, Job(name="keys", kind="keys", every=60), "test") == "done"
    assert run_job(world.blr, Job(name="witness", kind="witness", every=60), "test") == "done"
    with world.blr.database.read() as session:
        told = {(row.code, row.subject) for row in session.query(tables.Alarm)}
        assert session.get_one(tables.Partner, "KAZ/GATE").trouble == "key-unusable"
    assert ("row-damaged", "tls KAZ/GATE") in told
