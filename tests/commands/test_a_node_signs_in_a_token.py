"""`gateway init --token-…` and `gateway key generate --token`: the signing key is made in a token."""

from __future__ import annotations

import uuid

import pytest

pytestmark = pytest.mark.tool


@pytest.fixture
def token(softhsm):
    label = f'a "node" {uuid.uuid4().hex[:8]}'
    return ("--token-module", softhsm.module, "--token-label", label, "--token-pin-file", softhsm.token(label))


def test_a_node_is_made_and_its_next_key_as_well(gateway, tmp_path, token) -> None:
    place = tmp_path / "node"
    made = gateway("init", "--state", "BLR", "--dir", place, "--algorithm", "p384", *token, "--json")
    assert (made.status, made.json["node"]) == (0, "BLR/GATE")
    assert not list(place.glob("keys/*"))
    config = ("--config", place / "gateway.toml", "--json")
    assert gateway("key", "certificate", "-o", tmp_path / "c.pem", *config).status == 0
    assert gateway("key", "generate", "--token", "--as", "anna", *config).json["status"] == "generated"
    shown = gateway("key", "list", *config).json
    assert sorted(key["algorithm"] for key in shown) == ["p256", "p384"]
    assert not list(place.glob("keys/*"))
    request = gateway("key", "csr", shown[0]["kid"], "-o", tmp_path / "r.pem", *config)
    assert request.status == 0, request.err


@pytest.mark.parametrize("left", [2, 4])
def test_half_a_token_is_wrong_use(gateway, tmp_path, token, left) -> None:
    refused = gateway("init", "--state", "BLR", "--dir", tmp_path / "node", *token[:left])
    assert refused.status == 2
    assert "its label and a pin file" in refused.err


def test_a_token_that_fails_leaves_no_half_made_node(gateway, tmp_path, token) -> None:
    wrong = ("--token-module", "/nowhere.so", *token[2:])
    refused = gateway("init", "--state", "BLR", "--dir", tmp_path / "node", *wrong)
    assert refused.status == 1
    assert "cannot be loaded" in refused.err
    assert "Traceback" not in refused.err
    assert list(tmp_path.glob("*node*")) == []


def test_a_node_without_a_token_says_so(gateway, founded) -> None:
    refused = gateway("key", "generate", "--token", "--as", "anna", "--config", founded / "gateway.toml")
    assert refused.status == 2
    assert "[token]" in refused.err
