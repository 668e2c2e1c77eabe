"""`gateway partner soap-security`: who has to sign SOAP envelopes, and who said so."""

from __future__ import annotations

import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from gateway import settings
from gateway.clock import utc_now
from gateway.founding import open_database
from gateway.partners import directory
from gateway.store.database import Database
from gateway.store.tables import Audit
from gateway.trust import keyfiles


@pytest.fixture
def config(founded, tmp_path):
    place = tmp_path / "node"
    shutil.copytree(founded, place)
    database = open_database(settings.load(place / "gateway.toml"))
    now = utc_now()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = keyfiles.self_signed(key, party="KAZ/MVD", now=now, until=now.replace(year=now.year + 1))
    with database.begin() as session:
        directory.propose(
            session, id="KAZ/MVD", agency_class="INT", kind="node", certificate=certificate,
            endpoint="https://kaz.example", actor="anna", now=now,
        )  # fmt: skip
    database.close()
    return place / "gateway.toml"


def test_it_is_switched_by_two_people_and_audited(gateway, config) -> None:
    for state, on in (("on", True), ("off", False)):
        options = ("--as", "anna", "--reason", "its stack demands it", "--config", config)
        asked = gateway("partner", "soap-security", "KAZ/MVD", state, *options, "--json")
        approval = asked.json["approval"]
        assert (asked.status, asked.json) == (0, {"partner": "KAZ/MVD", "soap_security": on, "approval": approval})
        approve = ("approval", "approve", approval, "--reason", "compared", "--config", config)
        assert gateway(*approve, "--as", "anna").err.split(":")[0] == "approval-required"
        assert gateway("partner", "show", "KAZ/MVD", "--config", config, "--json").json["soap_security"] is not on
        assert gateway(*approve, "--as", "boris").status == 0
        assert gateway("partner", "show", "KAZ/MVD", "--config", config, "--json").json["soap_security"] is on
    database = Database(settings.load(config).database)
    with database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "partner-changed").order_by(Audit.id)).all()
    database.close()
    assert [(row.actor, row.subject, row.detail["soap_security"]) for row in rows] == [
        ("boris", "KAZ/MVD", "on"),
        ("boris", "KAZ/MVD", "off"),
    ]
    assert rows[0].detail["reason"] == "its stack demands it"


@pytest.mark.parametrize(("partner", "state", "status"), [("KAZ/MVD", "maybe", 2), ("UZB/MVD", "on", 2)])
def test_a_wrong_word_and_an_unknown_partner_are_told(gateway, config, partner, state, status) -> None:
    done = gateway("partner", "soap-security", partner, state, "--as", "a", "--reason", "b", "--config", config)
    assert done.status == status
    assert "Traceback" not in done.err
