"""`gateway alarms`: what holds, what is over, and who cleared it."""

from __future__ import annotations

import shutil

import pytest

from gateway import settings
from gateway.clock import utc_now
from gateway.founding import open_database
from gateway.trust import alarms
from gateway.trust.alarms import Code


@pytest.fixture
def config(founded, tmp_path):
    place = tmp_path / "node"
    shutil.copytree(founded, place)
    database = open_database(settings.load(place / "gateway.toml"))
    with database.begin() as session:
        alarms.raise_alarm(session, Code.LOG_FORK, "KAZ/GATE", utc_now(), {"size": 7})
    database.close()
    return place / "gateway.toml"


def test_a_node_without_alarms_says_so(gateway, founded) -> None:
    done = gateway("alarms", "--config", founded / "gateway.toml")
    assert (done.status, done.out) == (0, "No alarm.\n")
    assert gateway("alarms", "--config", founded / "gateway.toml", "--json").json == []


def test_an_alarm_is_listed_with_its_meaning_until_it_is_cleared_with_a_reason(gateway, config, monkeypatch) -> None:
    listed = gateway("alarms", "--config", config, "--json")
    assert listed.status == 1
    (row,) = listed.json
    assert (row["code"], row["subject"], row["cleared"], row["detail"]) == ("log-fork", "KAZ/GATE", None, {"size": 7})
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    assert "Тревоги" in gateway("alarms", "--config", config).out
    monkeypatch.delenv("GATEWAY_LANG")
    cleared = gateway(
        "alarms", "clear", "log-fork", "KAZ/GATE", "--as", "anna", "--reason", "a backup", "--config", config
    )
    assert (cleared.status, cleared.out) == (0, "log-fork of KAZ/GATE is cleared.\n")
    assert gateway("alarms", "--config", config, "--json").json == []
    every = gateway("alarms", "--all", "--config", config, "--json")
    assert (every.status, [bool(row["cleared"]) for row in every.json]) == (0, [True])


def test_what_is_not_there_cannot_be_cleared(gateway, config) -> None:
    done = gateway("alarms", "clear", "log-fork", "UZB/GATE", "--as", "anna", "--reason", "why", "--config", config)
    assert (done.status, done.err.split(":")[0]) == (1, "not-found")
