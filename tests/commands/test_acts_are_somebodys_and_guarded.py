"""What people do on the command line is theirs by name, has a reason, and leaves no row that seems slipped in."""

from __future__ import annotations

import shutil

import pytest

from gateway.founding import open_node
from gateway.settings import load
from gateway.trust import alarms

WHY = ("--reason", "as agreed", "--json")
TERMS = (
    "--state", "KAZ", "--direction", "out", "--category", "LABOUR_PERMIT", "--purpose", "LABOUR_REGULATION",
    "--class", "MIG", "--instrument", "Protocol 7", "--from", "2026-01-01",
)  # fmt: skip


@pytest.fixture
def do(gateway, founded, tmp_path):
    """A function that runs a command on a node of its own, as somebody, and gives the approval it asks for."""
    shutil.copytree(founded, tmp_path / "node")
    config = tmp_path / "node" / "gateway.toml"

    def call(*words: str, who: str = "anna") -> str:
        done = gateway(*words, "--as", who, *WHY, "--config", config)
        assert done.status == 0, done.err
        return done.json.get("approval", "")

    call.config = config
    return call


def test_an_agreement_that_is_entered_and_ended_by_two_is_under_guard(gateway, do) -> None:
    do("approval", "approve", do("agreement", "add", "kaz-out", *TERMS), who="boris")
    do("approval", "approve", do("agreement", "end", "kaz-out"), who="boris")
    do("approval", "reject", do("agreement", "add", "kaz-too", *TERMS), who="boris")
    found = gateway("log", "verify", "--config", do.config, "--json").json["findings"]
    assert [each for each in found if each["code"] != "LOG-UNSIGNED-END"] == []


def test_an_alarm_that_is_cleared_is_under_guard(gateway, do) -> None:
    node = open_node(load(do.config))
    with node.database.begin() as session:
        alarms.raise_alarm(session, alarms.Code.LOG_FORK, "KAZ/GATE", node.clock())
    node.database.close()
    do("alarms", "clear", "log-fork", "KAZ/GATE")
    found = gateway("log", "verify", "--config", do.config, "--json").json["findings"]
    assert [each for each in found if each["code"] != "LOG-UNSIGNED-END"] == []


@pytest.mark.parametrize("who", ["", " anna", "system", "Sуstem", "clock", "a\x1b[2Jb", "x" * 81])
@pytest.mark.parametrize(
    "act",
    [
        ("key", "generate"),
        ("vault", "rotate"),
        ("tls", "generate", "--host", "a"),
        ("partner", "suspend", "KAZ/GATE", "--reason", "x"),
        ("alarms", "clear", "log-fork", "KAZ/GATE", "--reason", "x"),
    ],
)
def test_nobody_acts_without_a_name_or_by_one_of_the_programs_own(gateway, do, act, who) -> None:
    refused = gateway(*act, "--as", who, "--config", do.config)
    assert (refused.status, refused.err.partition(":")[0]) == (1, "invalid-request")


@pytest.mark.parametrize("reason", ["", " ", "two\nlines", "x" * 401])
@pytest.mark.parametrize(
    "act", [("partner", "suspend", "KAZ/GATE"), ("alarms", "clear", "log-fork", "KAZ/GATE"), ("relink", "start")]
)
def test_what_one_person_does_alone_has_a_reason_too(gateway, do, act, reason) -> None:
    refused = gateway(*act, "--as", "anna", "--reason", reason, "--config", do.config)
    assert (refused.status, "reason" in refused.err) == (1, True)
