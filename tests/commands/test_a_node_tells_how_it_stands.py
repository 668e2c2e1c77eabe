"""`gateway status` says on one page what an administrator has to know, warnings of ends included."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from gateway.clock import utc_now
from gateway.commands import key as key_command
from gateway.commands import status as status_command
from gateway.founding import open_node
from gateway.settings import load
from gateway.sync.keys import refresh_keys


def test_a_new_node_has_one_key_and_nothing_to_complain_of(gateway, founded: Path) -> None:
    told = gateway("status", "--config", founded / "gateway.toml", "--json")
    assert told.status == 0
    (key,) = told.json["keys"]
    assert (told.json["node"], key["party"], key["kind"], key["step"]) == ("BLR/GATE", "BLR/GATE", "key", None)
    assert key["days_left"] in (729, 730)
    assert told.json["alarms"] == []
    assert "BLR/GATE" in gateway("status", "--config", founded / "gateway.toml").out


def test_a_key_that_ends_is_warned_of_by_the_keys_job_and_seen_in_status_and_list(
    gateway, founded: Path, tmp_path: Path, monkeypatch
) -> None:
    shutil.copytree(founded, tmp_path / "node")
    config = tmp_path / "node" / "gateway.toml"
    later = utc_now() + timedelta(days=705)
    refresh_keys(open_node(load(config), lambda: later))
    monkeypatch.setattr(status_command, "open_node", lambda settings: open_node(settings, lambda: later))
    monkeypatch.setattr(key_command, "utc_now", lambda: later)
    told = gateway("status", "--config", config, "--json")
    assert (told.status, told.json["keys"][0]["step"], told.json["alarms"][0]["code"]) == (1, 30, "key-expires")
    assert gateway("key", "list", "--config", config, "--json").json[0]["warning"] == "expires in 24 days"
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    assert "истекает через 24 дн." in gateway("key", "list", "--config", config, "--json").json[0]["warning"]
    assert "Истекает срок ключа" in " ".join(gateway("status", "--config", config).out.split())
