"""Certificates and requests of GOST keys: read by everybody, and verified by OpenSSL itself."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateway.algorithms import gost, gost_certificates, registry
from gateway.algorithms.gost_keys import PrivateKey

pytestmark = [pytest.mark.tool, pytest.mark.skipif(bool(gost.missing()), reason=gost.missing())]

BOTH = pytest.mark.parametrize("name", gost.NAMES)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "RUS/МВД")])
ISSUER = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Головной центр")])
FROM = datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def issued(
    key: PrivateKey, by: PrivateKey, issuer: x509.Name, *, ca: bool = False, days: int = 365
) -> x509.Certificate:
    return gost_certificates.issue(
        key.spki,
        by,
        subject=NAME if key is not by else issuer,
        issuer=issuer,
        serial=2**159 - 1,
        times=(FROM, FROM + timedelta(days=days)),
        extensions=[(x509.BasicConstraints(ca=ca, path_length=None), True)],
    )


@BOTH
def test_openssl_verifies_a_chain(name: str, tmp_path: Path) -> None:
    root_key, key = gost.generate("gost2012-512"), gost.generate(name)
    root, leaf = issued(root_key, root_key, ISSUER, ca=True, days=365 * 40), issued(key, root_key, ISSUER)
    for file, certificate in (("root.pem", root), ("leaf.pem", leaf)):
        (tmp_path / file).write_bytes(certificate.public_bytes(Encoding.PEM))
    command = ["openssl", "verify", "-engine", "gost", "-check_ss_sig", "-attime", str(int(FROM.timestamp()) + 1)]
    done = subprocess.run(
        [*command, "-CAfile", "root.pem", "leaf.pem"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "leaf.pem: OK\n", done.stderr
    assert gost_certificates.issued_by(leaf, registry.of_certificate(root).material)
    assert not gost_certificates.issued_by(leaf, key)
    assert not gost_certificates.issued_by(root, gost.generate("gost2012-512"))


@BOTH
def test_what_was_put_in_is_read_back(name: str) -> None:
    key = gost.generate(name)
    certificate = issued(key, key, NAME, days=365 * 30)
    assert registry.is_foreign(certificate)
    assert registry.of_certificate(certificate).material == key
    assert (certificate.subject, certificate.issuer, certificate.serial_number) == (NAME, NAME, 2**159 - 1)
    assert certificate.not_valid_before_utc == FROM.replace(microsecond=0)
    # After 2049 the time has the other of the two forms.
    assert certificate.not_valid_after_utc == FROM.replace(microsecond=0) + timedelta(days=365 * 30)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca) == (True, False)


@BOTH
def test_a_request_proves_that_we_hold_the_key(name: str, tmp_path: Path) -> None:
    key = gost.generate(name)
    request = gost_certificates.request(key, NAME)
    assert request.subject == NAME
    file = tmp_path / "request.pem"
    file.write_bytes(request.public_bytes(Encoding.PEM))
    done = subprocess.run(
        ["openssl", "req", "-engine", "gost", "-in", file, "-verify", "-noout"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "self-signature verify OK" in done.stderr + done.stdout
