"""Private keys in files: who may read them, and every way a file can be the wrong one."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.x509 import Certificate, KeyUsage, SubjectKeyIdentifier

from gateway.errors import KeyUnusable
from gateway.ledger.sealed import signature_holds
from gateway.trust import keyfiles

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = b"correct horse"


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Certificate]:
    certificate = keyfiles.create(tmp_path, party="BLR/GATE", algorithm="p256", password=PASSWORD, now=START)
    return keyfiles.key_path(tmp_path, keyfiles.key_id(certificate)), certificate


def pem(key, password: bytes = PASSWORD) -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def refused(path: Path, certificate: Certificate, password: bytes = PASSWORD) -> KeyUnusable:
    with pytest.raises(KeyUnusable) as raised:
        keyfiles.open_signer(path, certificate, password)
    assert password.decode() not in str(raised.value)
    return raised.value


def test_a_new_key_is_encrypted_and_readable_by_its_user_only(made) -> None:
    path, certificate = made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert keyfiles.open_signer(path, certificate, PASSWORD).certificate == certificate


def test_a_new_certificate_is_for_signing_only(made) -> None:
    _, certificate = made
    assert certificate.subject.rfc4514_string() == "CN=BLR/GATE"
    usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    assert (usage.digital_signature, usage.key_cert_sign, usage.key_encipherment) == (True, False, False)
    assert certificate.extensions.get_extension_for_class(SubjectKeyIdentifier)
    assert certificate.not_valid_before_utc < START, "a partner whose clock is behind must take it too"


def test_a_wrong_password_is_refused(made) -> None:
    assert "password is wrong" in refused(*made, password=b"battery staple").detail


def test_a_key_that_others_can_read_is_refused(made) -> None:
    made[0].chmod(0o640)
    assert "chmod 600" in refused(*made).detail


def test_a_key_of_another_user_is_refused(made) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(made[0], 65_534, 65_534)
    assert "not a file of the user" in refused(*made).detail


def test_a_missing_key_is_refused(made) -> None:
    made[0].unlink()
    assert "missing" in refused(*made).detail


def test_a_pipe_in_place_of_the_key_is_refused_at_once(made) -> None:
    path, certificate = made
    path.unlink()
    os.mkfifo(path, 0o600)
    assert "not a file" in refused(path, certificate).detail


def test_a_folder_in_place_of_the_key_is_refused(made) -> None:
    made[0].unlink()
    made[0].mkdir()
    assert "cannot be read" in refused(*made).detail


def test_a_device_in_place_of_the_key_is_refused(made) -> None:
    assert "not a file of the user" in refused(Path("/dev/null"), made[1]).detail


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "not a private key"),
        (b"\x00\xff", "not a private key"),
        (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "damaged"),
        (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAA", "damaged"),
    ],
)
def test_a_file_that_is_no_key_is_refused(made, content: bytes, detail: str) -> None:
    made[0].write_bytes(content)
    assert detail in refused(*made).detail


def test_a_key_without_a_password_is_refused(made) -> None:
    made[0].write_bytes(pem(ec.generate_private_key(ec.SECP256R1()), b""))
    assert "not encrypted" in refused(*made).detail


def test_a_key_of_another_certificate_is_refused(made) -> None:
    made[0].write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    assert "does not belong" in refused(*made).detail


def test_a_key_of_another_kind_is_refused(made) -> None:
    made[0].write_bytes(pem(ed448.Ed448PrivateKey.generate()))
    assert "neither RSA" in refused(*made).detail


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"password": b""}, "needs a password"),
        ({"years": 0}, "1 to 10 years"),
        ({"years": 11}, "1 to 10 years"),
        ({"algorithm": "dsa"}, "p256, p384, rsa, ed25519"),
    ],
)
def test_a_key_is_not_made_with_wrong_choices(tmp_path: Path, changes: dict, detail: str) -> None:
    choices = {"party": "BLR/GATE", "algorithm": "p256", "password": PASSWORD, "now": START, **changes}
    with pytest.raises(KeyUnusable, match=detail):
        keyfiles.create(tmp_path, **choices)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(KeyUnusable, match="cannot be written"):
        keyfiles.create(tmp_path, party="BLR/GATE", algorithm="p256", password=PASSWORD, now=START)


def test_a_key_opened_elsewhere_signs_like_one_of_ours(private_keys, certificates_of) -> None:
    certificate = certificates_of("BLR/GATE", "ed25519")
    signer = keyfiles.signer(private_keys["ed25519"], certificate)
    assert (signer.kid, signer.algorithm) == (keyfiles.key_id(certificate), "ed25519")
    assert signature_holds(certificate, b"text", signer.sign(b"text"))
