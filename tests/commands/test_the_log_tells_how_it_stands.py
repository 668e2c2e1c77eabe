"""`gateway log status` and `gateway log witness`: how our log and the partners' logs stand."""

from __future__ import annotations

import json
import shutil

import pytest
from sqlalchemy import select

from gateway import settings
from gateway.founding import open_node
from gateway.ledger import checkpoint, log, witness
from gateway.store import tables
from gateway.trust import alarms
from gateway.trust.alarms import Code


@pytest.fixture
def config(founded, tmp_path):
    """A node whose log one partner has countersigned, and that has seen that partner's."""
    place = tmp_path / "node"
    shutil.copytree(founded, place)
    node = open_node(settings.load(place / "gateway.toml"))
    with node.database.begin() as session:
        signer, now = node.keyring.signer(session), node.clock()
        log.append(session, "exchange", "m1", "m1 in d ACCEPTED")
        point = checkpoint.issue(session, party="BLR/GATE", log="exchange", signer=signer, now=now)
        witness.countersign(session, point, by="KAZ/GATE", signer=signer, now=now)
        partner = {"id": "KAZ/GATE", "state": "KAZ", "agency": "GATE", "agency_class": "MIG", "kind": "node"}
        session.add(tables.Partner(**partner, endpoint="http://127.0.0.1:9", status="active", created=now))
        theirs = json.dumps(point.document | {"party": "KAZ/GATE"})
        session.add(tables.LogCheckpoint(party="KAZ/GATE", size=point.size, root="00", at=now, signed=theirs))
        log.append(session, "exchange", "m2", "m2 in d ACCEPTED")
    node.database.close()
    return place / "gateway.toml"


def test_the_status_tells_sizes_witnesses_and_partners(gateway, config) -> None:
    done = gateway("log", "status", "--config", config, "--json")
    assert (done.status, done.json["size"], done.json["broken"]) == (0, done.json["checkpoint"]["size"] + 1, False)
    assert [(each["by"], each["size"]) for each in done.json["witnesses"]] == [("KAZ/GATE", done.json["size"] - 1)]
    shown = gateway("log", "status", "--config", config)
    assert (shown.status, "KAZ/GATE" in shown.out) == (0, True)


def test_a_fork_is_told_with_the_time_it_was_found(gateway, config) -> None:
    node = open_node(settings.load(config))
    with node.database.begin() as session:
        alarms.raise_alarm(session, Code.LOG_FORK, "KAZ/GATE", node.clock())
    node.database.close()
    done = gateway("log", "status", "--config", config, "--json")
    assert (done.status, [bool(each["forked"]) for each in done.json["partners"]]) == (1, [True])


def test_a_visit_that_fails_is_told_by_the_status(gateway, config) -> None:
    done = gateway("log", "witness", "--config", config, "--json")
    assert (done.status, done.json) == (1, {"outcome": "0 logs hold, trouble: KAZ/GATE"})
    nobody = gateway("log", "witness", "UZB/GATE", "--config", config, "--json")
    assert (nobody.status, nobody.err.split(":")[0]) == (1, "unknown-partner")


def test_a_partners_log_begins_anew_once_its_fork_is_explained(gateway, config) -> None:
    node = open_node(settings.load(config))
    with node.database.begin() as session:
        alarms.raise_alarm(session, Code.LOG_FORK, "KAZ/GATE", node.clock())
    who = ("--as", "anna", "--reason", "they restored a backup", "--config", config, "--json")
    done = gateway("log", "restart", "KAZ/GATE", *who)
    assert (done.status, done.json["partner"]) == (0, "KAZ/GATE")
    approve = ("approval", "approve", done.json["approval"], "--reason", "I have asked them", "--config", config)
    assert gateway(*approve, "--as", "anna").err.split(":")[0] == "approval-required"
    with node.database.read() as session:
        assert checkpoint.latest(session, "KAZ/GATE") is not None
    assert gateway(*approve, "--as", "boris").status == 0
    with node.database.read() as session:
        assert checkpoint.latest(session, "KAZ/GATE") is None
        assert checkpoint.latest(session, "BLR/GATE") is not None
        assert alarms.open_alarms(session) == []
        forgotten = session.scalars(select(tables.Audit).where(tables.Audit.action == "checkpoint-forgotten")).one()
        assert (forgotten.actor, forgotten.detail["last"]["party"]) == ("boris", "KAZ/GATE")
    node.database.close()
    assert gateway("log", "restart", "KAZ/GATE", *who).err.split(":")[0] == "not-found"
    assert gateway("log", "restart", "UZB/GATE", *who).err.split(":")[0] == "unknown-partner"
