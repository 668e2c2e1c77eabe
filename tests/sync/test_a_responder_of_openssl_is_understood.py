"""OCSP as OpenSSL's own responder speaks it, over real HTTP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.errors import RevocationRefused, Unavailable
from gateway.settings import Revocation
from gateway.sync.revocation import fetch
from gateway.trust import certificates, responders, revocation

OPENSSL = shutil.which("openssl")
pytestmark = [pytest.mark.tool, pytest.mark.skipif(OPENSSL is None, reason="OpenSSL's command is not installed")]
URL = "http://ocsp.kaz.example/"


@pytest.fixture
def ask(authority, tmp_path):
    """A function: a certificate is asked about at a responder of OpenSSL, and the statement read."""
    ca = authority("KAZ Root")
    key = ec.generate_private_key(ec.SECP256R1())
    # OpenSSL stamps its answers by the clock of the machine, so these certificates are good today as well.
    wish = {"start": datetime(2020, 1, 1, tzinfo=UTC), "days": 36_500}
    responder = ca.issue("Responder", key=key, purposes=[ExtendedKeyUsageOID.OCSP_SIGNING], **wish)
    good, bad, strange = (ca.issue(f"KAZ/{name}", key=key, responders=[URL], **wish) for name in ("A1", "B2", "C3"))
    lines = [
        f"V\t991231235959Z\t\t{good.serial_number:040X}\tunknown\t/CN=KAZ A",
        f"R\t991231235959Z\t260228120000Z,keyCompromise\t{bad.serial_number:040X}\tunknown\t/CN=KAZ B",
    ]
    (tmp_path / "index.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "ca.pem").write_text(certificates.pem(ca.certificate))
    (tmp_path / "responder.pem").write_text(certificates.pem(responder))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(*form))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [OPENSSL, "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "responder.pem", "-rkey", "key.pem",
               "-port", str(port), "-nmin", "60", "-ignore_err"]  # fmt: skip
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    rules = Revocation(addresses={URL: f"http://127.0.0.1:{port}/"})

    def asked(certificate):
        place = revocation.places(certificate, ca.certificate, rules.addresses)[0]
        content = _answer(lambda: fetch(place, certificate, ca.certificate, rules))
        now = datetime.now(UTC)
        return responders.read(content, certificate, ca.certificate, now, timedelta(minutes=5))

    yield asked, good, bad, strange
    process.terminate()
    process.wait(timeout=10)


def _answer(ask: Callable[[], bytes]) -> bytes:
    """What the responder says, once it listens; a connection that asks nothing would keep it from listening."""
    for _ in range(200):
        try:
            return ask()
        except Unavailable:
            time.sleep(0.05)
    raise AssertionError("the responder does not listen")


def test_it_says_good_revoked_and_unknown(ask) -> None:
    asked, good, bad, strange = ask
    said = asked(good)
    assert revocation.revoked(said, good) is None
    assert said.next_update - said.this_update == timedelta(minutes=60)
    end = revocation.revoked(asked(bad), bad)
    assert (end.since, end.reason) == (datetime(2026, 2, 28, 12, tzinfo=UTC), "keyCompromise")
    with pytest.raises(RevocationRefused, match="does not know"):
        asked(strange)
