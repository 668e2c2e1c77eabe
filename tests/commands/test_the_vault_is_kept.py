"""`gateway vault`: the data keys of a node are listed, rotated, used for everything, and dropped."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.clock import utc_now
from gateway.founding import open_node
from gateway.settings import load
from gateway.store import datakeys, tables


@pytest.fixture
def config(founded: Path, tmp_path: Path) -> Path:
    shutil.copytree(founded, tmp_path / "node")
    return tmp_path / "node" / "gateway.toml"


@pytest.fixture
def filled(config: Path) -> Path:
    node = open_node(load(config))
    with node.database.begin() as session:
        session.add(tables.JobRun(job="push", holder="h", started=utc_now(), state="failed", outcome="why"))
    node.database.close()
    return config


def test_a_new_node_has_one_key_that_seals(gateway: Callable[..., Any], config: Path) -> None:
    (key,) = gateway("vault", "status", "--config", config, "--json").json
    assert (key["state"], key["values"], len(key["id"])) == ("seals", 0, 8)
    assert (config.parent / datakeys.NAME).stat().st_mode & 0o777 == 0o600


def test_a_key_is_rotated_resealed_and_dropped_an_hour_later(gateway: Callable[..., Any], filled: Path) -> None:
    (old,) = gateway("vault", "status", "--config", filled, "--json").json
    assert old["values"] == 1
    added = gateway("vault", "rotate", "--as", "anna", "--config", filled, "--json").json["id"]
    listed = gateway("vault", "status", "--config", filled, "--json").json
    assert [(key["id"], key["state"], key["values"]) for key in listed] == [
        (old["id"], "opens", 1),
        (added, "seals", 0),
    ]
    assert gateway("vault", "reseal", "--as", "anna", "--config", filled, "--json").json == {"resealed": 1, "left": 0}
    early = gateway("vault", "drop", old["id"], "--as", "boris", "--config", filled)
    assert (early.status, "an hour after" in early.err) == (1, True)
    _rotate_earlier(filled.parent / datakeys.NAME, load(filled).key_password())
    dropped = gateway("vault", "drop", old["id"], "--as", "boris", "--config", filled, "--json")
    assert (dropped.status, dropped.json) == (0, {"dropped": old["id"]})
    assert [key["id"] for key in gateway("vault", "status", "--config", filled, "--json").json] == [added]
    node = open_node(load(filled))
    with node.database.read() as session:
        assert session.get_one(tables.JobRun, 1).outcome == "why"
        acts = session.scalars(select(tables.Audit).where(tables.Audit.action.startswith("vault-"))).all()
    node.database.close()
    assert [(row.actor, row.action, row.subject) for row in acts] == [
        ("anna", "vault-rotated", added), ("anna", "vault-resealed", added),
        ("boris", "vault-dropped", old["id"]),
    ]  # fmt: skip


def _rotate_earlier(path: Path, password: bytes) -> None:
    """As if the newest key had been made two hours ago."""
    _, keys = datakeys._read(path, password)
    newest = datakeys.replace(keys.newest, created=keys.newest.created - timedelta(hours=2))
    datakeys._write(path, datakeys.replace(keys, data=(*keys.data[:-1], newest)), password)


def test_the_commands_speak_russian(gateway: Callable[..., Any], filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    assert "Ключи данных" in gateway("vault", "status", "--config", filled).out
    assert "действует" in gateway("vault", "rotate", "--as", "anna", "--config", filled).out
    assert "Перешифровано строк: 1" in gateway("vault", "reseal", "--as", "anna", "--config", filled).out


def test_a_key_nobody_has_is_not_dropped(gateway: Callable[..., Any], config: Path) -> None:
    done = gateway("vault", "drop", "00000000", "--as", "boris", "--config", config)
    assert (done.status, "gateway vault status" in done.err) == (2, True)


@pytest.mark.parametrize("command", [("vault", "status"), ("vault", "reseal", "--as", "anna"), ("db", "upgrade")])
def test_without_the_file_of_keys_every_command_asks_for_the_backup(
    gateway: Callable[..., Any], config: Path, command: tuple[str, ...]
) -> None:
    (config.parent / datakeys.NAME).unlink()
    done = gateway(*command, "--config", config)
    assert (done.status, "restore it from the backup" in done.err) == (1, True)
    assert not (config.parent / datakeys.NAME).exists()


def test_a_node_that_was_kept_in_clear_gets_keys_of_its_own(gateway: Callable[..., Any], config: Path) -> None:
    """What an older program has made knows no data keys."""
    (config.parent / datakeys.NAME).unlink()
    (config.parent / "gateway.sqlite").unlink()
    _older(config)
    assert gateway("db", "upgrade", "--config", config).status == 0
    node = open_node(load(config))
    with node.database.read() as session:
        assert session.get_one(tables.JobRun, 1).outcome == "clear words"
    node.database.close()
    assert b"clear words" not in (config.parent / "gateway.sqlite").read_bytes()
    (key,) = json.loads(gateway("vault", "status", "--config", config, "--json").out)
    assert key["values"] == 1


def _older(config: Path) -> None:
    from alembic import command  # noqa: PLC0415 - only this test makes an old database

    from gateway.store.database import Database  # noqa: PLC0415

    database = Database(load(config).database)
    command.upgrade(database._config(), "0003")
    database.close()
    with sqlite3.connect(config.parent / "gateway.sqlite") as connection:
        connection.execute(
            "INSERT INTO job_run (job, holder, started, state, outcome) "
            "VALUES ('push', 'h', '2026-01-01 00:00:00', 'done', 'clear words')"
        )
    connection.close()


@pytest.mark.parametrize(
    "command",
    [("vault", "rotate"), ("vault", "reseal"), ("vault", "drop", "00000000"), ("tls", "generate", "--host", "gate"),
     ("tls", "activate")],
    ids=" ".join,
)  # fmt: skip
def test_nobody_acts_without_a_name(gateway, config, command: tuple[str, ...], monkeypatch) -> None:
    refused = gateway(*command, "--config", config)
    assert (refused.status, "--as" in refused.err) == (2, True)
    monkeypatch.setenv("GATEWAY_ACTOR", "anna")
    assert "--as" not in gateway(*command, "--config", config).err
