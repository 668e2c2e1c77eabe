"""`gateway key`: an administrator takes a key through its whole life, and revokes one in an emergency."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gateway import settings
from gateway.clock import utc_now
from gateway.founding import open_database
from gateway.partners import directory
from gateway.trust import certificates

ANNA = ("--as", "anna")
BORIS = ("--as", "boris", "--reason", "compared")


@pytest.fixture
def config(founded: Path, tmp_path: Path) -> Path:
    place = tmp_path / "node"
    shutil.copytree(founded, place)
    return place / "gateway.toml"


@pytest.fixture
def key(gateway, config):
    """`gateway key …` with its JSON; a refusal fails the test."""

    def call(*arguments: object) -> object:
        done = gateway("key", *arguments, "--config", config, "--json")
        assert done.status == 0, done.err
        return done.json

    return call


@pytest.fixture
def authority(tmp_path: Path):
    """A CA made by the real openssl, which answers a request."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl in the path")
    folder = tmp_path / "ca"
    folder.mkdir()

    def openssl(*arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA",
            "-days", "30")  # fmt: skip

    def answer(request: Path, *, days: int = 30) -> Path:
        openssl("req", "-in", request, "-verify", "-noout")
        openssl("x509", "-req", "-in", request, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", "answer.pem", "-days", days, "-copy_extensions", "copy")  # fmt: skip
        return folder / "answer.pem"

    return answer


def states(key) -> list[str]:
    return sorted(row["status"] for row in key("list"))


@pytest.mark.tool
@pytest.mark.parametrize("algorithm", ["p256", "rsa", "ed25519"])
def test_a_key_goes_through_its_whole_life_with_a_certificate_of_a_ca(
    gateway, config, key, authority, algorithm
) -> None:
    made = key("generate", "--algorithm", algorithm, *ANNA)
    assert (made["status"], states(key)) == ("generated", ["active", "generated"])
    request = config.parent.parent / "request.pem"
    key("csr", made["kid"], "-o", request)
    certified = key("import", authority(request), *ANNA)
    assert certified["status"] == "certified"
    assert certified["kid"] != made["kid"]
    again = gateway("key", "import", config.parent.parent / "ca" / "answer.pem", *ANNA, "--config", config)
    assert (again.status, again.err.split(":")[0]) == (1, "key-unusable")
    assert key("publish", certified["kid"][:12], *ANNA)["status"] == "published"
    assert key("activate", certified["kid"], *ANNA)["status"] == "active"
    assert states(key) == ["active", "retiring"]
    old = next(row["kid"] for row in key("list") if row["status"] == "retiring")
    early = gateway("key", "retire", old, *ANNA, "--config", config)
    assert (early.status, "may be on their way until" in early.err) == (1, True)
    assert key("retire", old, *ANNA, "--reason", "nothing was sent yet")["status"] == "retired"
    assert [entry["status"] for entry in key("directory")["keys"]] == ["active"]


def test_a_key_that_partners_lack_is_named_and_waits(gateway, config, key) -> None:
    other = config.parent.parent / "other"
    assert gateway("init", "--state", "KAZ", "--dir", other).status == 0
    certificate = other / "kaz.pem"
    gateway("key", "certificate", "-o", certificate, "--config", other / "gateway.toml")
    database = open_database(settings.load(config))
    with database.begin() as session:
        holder = certificates.read(certificate.read_bytes(), utc_now())
        directory.propose(
            session, id="KAZ/GATE", agency_class="MIG", kind="node", certificate=holder,
            endpoint="http://127.0.0.1:9", actor="anna", now=utc_now(),
        )  # fmt: skip
        directory.activate(session, "KAZ/GATE", actor="boris", now=utc_now())
    database.close()
    made = key("generate", "--publish", *ANNA)
    assert made["status"] == "published"
    told = key("fetched")
    assert [(row["partner"], row["serial"]) for row in told["partners"]] == [("KAZ/GATE", 0)]
    assert [row["kid"] for row in told["waiting"]] == [made["kid"]]
    assert "waits for: KAZ/GATE" in gateway("key", "fetched", "--config", config).out
    refused = gateway("key", "activate", made["kid"], *ANNA, "--config", config)
    assert (refused.status, "KAZ/GATE" in refused.err) == (1, True)
    assert gateway("outbox", "list", "--config", config, "--json").json[0]["partner"] == "KAZ/GATE"
    # The emergency: the key that stands by is not known to KAZ, and the administrator is told what to do.
    active = next(row["kid"] for row in key("list") if row["status"] == "active" and row["own"])
    asked = key("revoke", active, *ANNA, "--reason", "stolen", "--since", "2026-01-01")
    done = gateway("approval", "approve", asked["approval"], *BORIS, "--config", config)
    assert done.status == 0, done.err
    assert "These partners cannot know the new key: KAZ/GATE" in done.out
    assert made["fingerprint"] in done.out
    assert states(key) == ["active", "active", "revoked"]
    assert [(row["direction"], row["kind"]) for row in key("messages", active)] == [("out", "KeyNotice")] * 2


def test_what_cannot_be_done_is_said(gateway, config, key) -> None:
    active = key("list")[0]["kid"]
    refused = {
        ("revoke", active, "--reason", "x", "--since", "2999-01-01"): (2, "misuse"),
        ("revoke", active, "--reason", "x", "--since", "yesterday"): (2, "misuse"),
        ("certify", active): (1, "key-unusable"),
        ("publish", active): (1, "key-unusable"),
        ("activate", "ab"): (2, "misuse"),
        ("import", config): (1, "key-unusable"),
        ("propose", "KAZ/GATE", config, "--reason", "x"): (1, "key-unusable"),
    }
    for arguments, expected in refused.items():
        done = gateway("key", *arguments, *ANNA, "--config", config)
        assert (done.status, done.err.split(":")[0]) == expected, arguments


def test_a_key_that_people_compared_is_taken_up_by_a_second_one(gateway, config, openssl) -> None:
    pair = openssl("p256")
    unknown = gateway("key", "propose", "KAZ/GATE", pair.certificate, *ANNA, "--reason", "x", "--config", config)
    assert (unknown.status, unknown.err.split(":")[0]) == (1, "unknown-partner")
