"""`gateway key algorithms` and `gateway partner algorithms`."""

from __future__ import annotations

import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway import settings
from gateway.algorithms import registry
from gateway.clock import utc_now
from gateway.founding import open_database
from gateway.partners import directory
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


def test_the_registry_is_shown_with_its_days(gateway, monkeypatch) -> None:
    shown = {line["name"]: line for line in gateway("key", "algorithms", "--json").json}
    assert list(shown) == list(registry.REGISTRY)
    assert shown["p256"]["works"] is True
    assert shown["rsa2048"]["new_keys"] is False
    assert shown["rsa2048"]["stages"][1] | {"source": ""} == {
        "status": "verify-only",
        "since": "2031-01-01",
        "source": "",
    }
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    assert "Алгоритмы подписи" in gateway("key", "algorithms").out


def test_algorithms_are_agreed_with_four_eyes(gateway, config) -> None:
    options = ("--reason", "protocol of March", "--config", config, "--json")
    asked = gateway("partner", "algorithms", "KAZ/MVD", "ed25519,p256", "--as", "anna", *options)
    assert (asked.status, asked.json["algorithms"]) == (0, ["p256", "ed25519"])
    assert gateway("partner", "show", "KAZ/MVD", "--config", config, "--json").json["algorithms"] == []
    assert gateway("approval", "approve", asked.json["approval"], "--as", "anna", *options).status == 1
    assert gateway("approval", "approve", asked.json["approval"], "--as", "boris", *options).status == 0
    assert gateway("partner", "show", "KAZ/MVD", "--config", config, "--json").json["algorithms"] == ["p256", "ed25519"]
    again = gateway("partner", "algorithms", "KAZ/MVD", "all", "--as", "anna", *options)
    assert gateway("approval", "approve", again.json["approval"], "--as", "boris", *options).status == 0
    assert gateway("partner", "show", "KAZ/MVD", "--config", config, "--json").json["algorithms"] == []


@pytest.mark.parametrize(("partner", "names"), [("KAZ/MVD", "md5"), ("KAZ/MVD", ""), ("UZB/MVD", "p256")])
def test_unknown_names_are_told(gateway, config, partner, names) -> None:
    done = gateway("partner", "algorithms", partner, names, "--as", "a", "--reason", "b", "--config", config)
    assert done.status in (1, 2)
    assert done.err
    assert "Traceback" not in done.err
