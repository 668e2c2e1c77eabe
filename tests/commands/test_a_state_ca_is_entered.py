"""A state's CA by command line: entered by one person, approved by another, and what hangs on it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.trust import certificates

# The commands go by the clock of the machine, so these certificates are good for long.
LONG = {"start": datetime(2020, 1, 1, tzinfo=UTC), "days": 36_500}


@pytest.fixture
def node(founded, tmp_path, gateway):
    """A function that runs a command on a fresh node."""
    shutil.copytree(founded, tmp_path / "node")

    def call(*arguments: object):
        return gateway(*arguments, "--config", tmp_path / "node" / "gateway.toml")

    return call


@pytest.fixture
def files(authority, tmp_path):
    """The root of a state, and a certificate with its chain, as files."""
    root = authority("KAZ Root", **LONG)
    issuing = authority("KAZ Issuing", by=root, **LONG)
    leaf = issuing.issue("KAZ/MVD", key=ec.generate_private_key(ec.SECP256R1()), **LONG)
    (tmp_path / "root.pem").write_text(certificates.pem(root.certificate))
    (tmp_path / "mvd.pem").write_text(certificates.pem(leaf, [issuing.certificate]))
    (tmp_path / "alone.pem").write_text(certificates.pem(leaf))
    return root


ANNA = ("--as", "anna", "--reason", "treaty")
BORIS = ("--as", "boris", "--reason", "compared")
PARTNER = ("partner", "add", "KAZ/MVD", "--class", "INT", "--endpoint", "http://127.0.0.1:9", "--cert")


def test_a_ca_is_entered_with_four_eyes_and_then_its_certificates_are_taken(node, files) -> None:
    refused = node(*PARTNER, "mvd.pem", *ANNA)
    assert (refused.status, refused.err.partition(":")[0]) == (1, "chain-not-anchored")
    asked = node("partner", "anchor", "add", "KAZ/MVD", "root.pem", *ANNA, "--json").json
    assert asked["fingerprint"] == certificates.fingerprint(files.certificate)
    listed = node("partner", "anchor", "list", "--json").json
    assert [(row["party"], row["subject"], row["status"]) for row in listed] == [("KAZ/MVD", "CN=KAZ Root", "proposed")]
    own = node("approval", "approve", asked["approval"], *ANNA)
    assert (own.status, own.err.partition(":")[0]) == (1, "approval-required")
    assert node("approval", "approve", asked["approval"], *BORIS).status == 0
    incomplete = node(*PARTNER, "alone.pem", *ANNA)
    assert (incomplete.status, incomplete.err.partition(":")[0]) == (1, "chain-incomplete")
    assert "CN=KAZ Issuing" in incomplete.err
    assert node(*PARTNER, "mvd.pem", *ANNA).status == 0
    assert node("partner", "anchor", "revocation", "--json").json == []


def test_a_ca_is_taken_out_the_same_way(node, files) -> None:
    asked = node("partner", "anchor", "add", "KAZ/MVD", "root.pem", *ANNA, "--json").json
    node("approval", "approve", asked["approval"], *BORIS)
    fingerprint = asked["fingerprint"][:23]
    out = node("partner", "anchor", "remove", "KAZ/MVD", fingerprint, *ANNA, "--json").json
    assert node("approval", "approve", out["approval"], *BORIS).status == 0
    assert node("partner", "anchor", "list", "KAZ/MVD", "--json").json == []
    assert node("partner", "anchor", "remove", "KAZ/MVD", fingerprint, *ANNA).status == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("kazakhstan", "root.pem", "invalid-request"),
        ("KAZ/MVD", "none.pem", "misuse"),
        ("KAZ/MVD", "mvd.pem", "key-unusable"),
        ("KAZ/MVD", "alone.pem", "certificate-wrong-usage"),
    ],
)
def test_what_is_no_ca_is_told_in_the_readers_language(node, files, monkeypatch, wrong) -> None:
    party, file, told = wrong
    assert node("partner", "anchor", "add", party, file, *ANNA).err.startswith(f"{told}: ")
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    russian = node("partner", "anchor", "add", party, file, *ANNA).err
    assert any("а" <= letter <= "я" for letter in russian)
