"""GOST keys by command line: made, used, and refused with a sentence where OpenSSL's gost engine is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.algorithms import gost, registry

pytestmark = pytest.mark.tool

WITH_ENGINE = pytest.mark.skipif(bool(gost.missing()), reason=gost.missing())
NAMES = {"gost2012-256": ("gost2012_256", "TCA"), "gost2012-512": ("gost2012_512", "A")}


@WITH_ENGINE
@pytest.mark.parametrize("name", NAMES)
def test_a_node_is_founded_with_a_gost_key_and_makes_further_ones(gateway, name, tmp_path) -> None:
    place = tmp_path / "node"
    made = gateway("init", "--state", "RUS", "--dir", place, "--algorithm", name)
    assert (made.status, made.err) == (0, "")
    config = ("--config", place / "gateway.toml")
    further = gateway("key", "generate", "--algorithm", name, "--as", "anna", *config, "--json")
    assert further.status == 0, further.err
    listed = gateway("key", "list", *config, "--json").json
    assert [row["algorithm"] for row in listed] == [name, name]
    assert "active" in {row["status"] for row in listed}
    private = [path for path in (place / "keys").iterdir() if not path.name.endswith(".crt.pem")]
    assert [path.stat().st_mode & 0o777 for path in private] == [0o600, 0o600]
    # The directory has the certificate, and no JWK: JOSE knows no GOST. The document is signed by the GOST key.
    shown = gateway("key", "directory", *config).json
    assert shown["algorithm"] == name
    assert all(entry["x5c"] and "x" not in entry and "n" not in entry for entry in shown["keys"])
    checkpoint = gateway("log", "checkpoint", *config)
    assert (checkpoint.status, checkpoint.json["algorithm"]) == (0, name)


@pytest.fixture
def pair(tmp_path, monkeypatch):
    """A key and a certificate as openssl makes them with its own gost engine."""

    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "слово")

    def make(name: str) -> tuple[Path, Path]:
        key, certificate = tmp_path / "key.pem", tmp_path / "cert" / "cert.pem"
        certificate.parent.mkdir()
        algorithm, parameters = NAMES[name]
        subprocess.run(
            ["openssl", "req", "-x509", "-engine", "gost", "-newkey", algorithm, "-pkeyopt", f"paramset:{parameters}",
             "-keyout", key, "-out", certificate, "-subj", "/CN=somebody", "-passout", "pass:слово", "-days", "30"],
            check=True, capture_output=True,
        )  # fmt: skip
        return key, certificate

    return make


@WITH_ENGINE
@pytest.mark.parametrize("name", NAMES)
def test_a_pair_of_openssl_signs_and_verifies(gateway, pair, message, name, monkeypatch) -> None:
    key, certificate = pair(name)
    signed = gateway("sign", message, "-o", "signed.xml", "--key", key, "--cert", certificate, "--json")
    assert (signed.status, signed.json["algorithm"]) == (0, registry.get(name).uri), signed.err
    found = gateway("verify", "signed.xml", "--trust", certificate.parent, "--json")
    assert (found.status, found.json["valid"], found.json["signer"]) == (0, True, "CN=somebody")
    assert found.json["digest"] == signed.json["digest"]
    Path("signed.xml").write_bytes(Path("signed.xml").read_bytes().replace(b"Identifier", b"identifier", 2))
    assert gateway("verify", "signed.xml", "--trust", certificate.parent, "--json").json["valid"] is False
    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "wrong")
    refused = gateway("sign", message, "-o", "no.xml", "--key", key, "--cert", certificate)
    assert (refused.status, refused.err.split(":")[0]) == (1, "key-unusable")
    assert not Path("no.xml").exists()


@WITH_ENGINE
def test_a_certificate_whose_own_signature_does_not_hold_is_refused(gateway, pair, message) -> None:
    key, certificate = pair("gost2012-256")
    lines = certificate.read_text().splitlines()
    # The signature stands at the end; the end of the line before the last is certainly in it.
    lines[-3] = lines[-3][:-1] + ("A" if lines[-3][-1] != "A" else "B")
    certificate.write_text("\n".join(lines))
    refused = gateway("sign", message, "-o", "no.xml", "--key", key, "--cert", certificate)
    assert (refused.status, refused.err.split(":")[0]) == (1, "key-unusable")
    assert "by its own key does not hold" in refused.err


def without_engine(tmp_path: Path, language: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    # A process of its own, because an engine that was loaded once stays loaded.
    nothing = tmp_path / "no-engines"
    nothing.mkdir(exist_ok=True)
    environment = {**os.environ, "OPENSSL_ENGINES": str(nothing), "OPENSSL_CONF": os.devnull, "GATEWAY_LANG": language}
    command = [sys.executable, "-m", "gateway", *map(str, arguments)]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "This node has no working provider"), ("ru", "На узле нет исправного средства")],
)
def test_without_the_engine_no_node_is_founded_with_gost(tmp_path, language, sentence) -> None:
    place = tmp_path / "node"
    refused = without_engine(
        tmp_path, language, "init", "--state", "RUS", "--dir", place, "--algorithm", "gost2012-256"
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"algorithm-unavailable: {sentence}")
    assert "libengine-gost-openssl" in refused.stderr
    assert not place.exists()
    founded = without_engine(tmp_path, language, "init", "--state", "RUS", "--dir", place)
    assert (founded.returncode, founded.stderr) == (0, "")


@WITH_ENGINE
def test_without_the_engine_what_gost_has_signed_is_refused_and_the_rest_goes_on(
    gateway, pair, openssl, message, tmp_path
) -> None:
    key, certificate = pair("gost2012-256")
    assert gateway("sign", message, "-o", "gost.xml", "--key", key, "--cert", certificate).status == 0
    usual = openssl("p256")
    assert gateway("sign", message, "-o", "p256.xml", "--key", usual.key, "--cert", usual.certificate).status == 0
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "gost.pem").write_bytes(certificate.read_bytes())
    (trust / "p256.pem").write_bytes(usual.certificate.read_bytes())
    refused = without_engine(tmp_path, "en", "verify", tmp_path / "gost.xml", "--trust", trust)
    assert refused.returncode == 1
    assert "algorithm-unavailable" in refused.stdout
    assert "Traceback" not in refused.stderr
    good = without_engine(tmp_path, "en", "verify", tmp_path / "p256.xml", "--trust", trust)
    assert good.stdout.startswith("valid")
