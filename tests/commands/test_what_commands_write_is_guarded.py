"""What people do on the command line leaves no row that the log would take for one that was slipped in or changed."""

from __future__ import annotations

import shutil

import pytest

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
