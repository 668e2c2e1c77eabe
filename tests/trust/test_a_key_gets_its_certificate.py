"""A request goes out to a CA, a certificate comes in, and the key is called after it from then on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate, CertificateSigningRequest
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from gateway.errors import KeyUnusable, NotFound
from gateway.ledger.sealed import signature_holds
from gateway.store.database import Database
from gateway.store.tables import Anchor, Audit, Key
from gateway.trust import certificates, certify, lifecycle
from gateway.trust.keyring import Keyring

NewKey = Callable[..., str]
CA_KEY = ec.generate_private_key(ec.SECP384R1())

AUTHORITY = (
    x509.CertificateSigningRequestBuilder()
    .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Intermediate CA")]))
    .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
    .sign(CA_KEY, hashes.SHA256())
)


def requested(database: Database, keyring: Keyring, kid: str) -> CertificateSigningRequest:
    with database.read() as session:
        return x509.load_pem_x509_csr(certify.request(keyring.opened(kid, session), "BLR/GATE"))


def issued(request: CertificateSigningRequest, now, days: int = 365, *, signing: bool = True) -> Certificate:
    """What a state's CA makes of a request."""
    usage = request.extensions.get_extension_for_class(x509.KeyUsage).value
    if not signing:
        usage = x509.KeyUsage(False, False, True, False, False, False, False, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(request.subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA of a state")]))
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(usage, critical=True)
        .sign(CA_KEY, hashes.SHA256())
    )


def take_in(database: Database, *found: Certificate, now) -> str:
    data = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in found)
    with database.begin() as session:
        return certify.take_in(session, data, actor="anna", now=now).kid


@pytest.mark.parametrize("algorithm", ["p256", "p384", "rsa", "ed25519"])
def test_a_request_proves_that_we_have_the_key_and_says_what_it_is_for(
    database: Database, keyring: Keyring, new_key: NewKey, algorithm: str
) -> None:
    kid = new_key(database, "generated", algorithm)
    request = requested(database, keyring, kid)
    assert request.is_signature_valid
    assert request.subject.rfc4514_string() == "CN=BLR/GATE"
    assert request.public_key() == keyring.certificate(kid).public_key()
    usage = request.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.key_cert_sign) == (True, False)


def test_an_imported_certificate_names_the_key_and_the_private_part_stays_where_it_is(
    database: Database, keyring: Keyring, new_key: NewKey, now
) -> None:
    placeholder = new_key(database, "generated")
    certificate = issued(requested(database, keyring, placeholder), now)
    intermediate = issued(AUTHORITY, now)
    kid = take_in(database, intermediate, certificate, now=now)
    assert kid == certificates.key_id(certificate)
    with database.begin() as session:
        assert session.get(Key, placeholder) is None
        row = session.get_one(Key, kid)
        assert (row.status, row.home) == ("certified", f"file:{placeholder}.pem")
        assert x509.load_pem_x509_certificates(row.certificate.encode()) == [certificate, intermediate]
        assert (row.not_before, row.not_after) == (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        lifecycle.publish(session, kid, actor="anna", now=now)
        lifecycle.activate(session, kid, actor="anna", now=now)
        trace = session.scalars(select(Audit).where(Audit.action == "key-certified")).one()
        assert (trace.subject, trace.detail["was"]) == (kid, placeholder)
    signer = keyring.signer()
    assert signer.kid == kid
    assert signature_holds(certificate, b"text", signer.sign(b"text"))


def test_a_certificate_of_another_key_is_refused(sqlite: Database, certificates_of, new_key: NewKey, now) -> None:
    new_key(sqlite, "generated")
    with pytest.raises(KeyUnusable, match="for another key"):
        take_in(sqlite, certificates_of("BLR/GATE"), now=now)


def test_a_certificate_that_comes_twice_is_refused(database: Database, keyring: Keyring, new_key: NewKey, now) -> None:
    request = requested(database, keyring, new_key(database, "generated"))
    certificate = issued(request, now)
    take_in(database, certificate, now=now)
    with pytest.raises(KeyUnusable, match="This very certificate is in use for this key, which is certified"):
        take_in(database, certificate, now=now)
    with pytest.raises(KeyUnusable, match="Another certificate is in use"):
        take_in(database, issued(request, now), now=now)


@pytest.mark.parametrize(
    "case",
    [({"days": 0}, 0, "expired"), ({"signing": False}, 0, "not for signing"), ({}, 2, "not valid before")],
)
def test_a_certificate_that_is_not_fit_is_refused_and_the_key_waits_for_a_better_one(
    database: Database, keyring: Keyring, new_key: NewKey, now, case: tuple
) -> None:
    changes, later, words = case
    kid = new_key(database, "generated")
    certificate = issued(requested(database, keyring, kid), now + timedelta(days=later), **changes)
    with pytest.raises(KeyUnusable, match=words):
        take_in(database, certificate, now=now)
    with database.read() as session:
        assert session.get_one(Key, kid).status == "generated"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "not a certificate"),
        (b"-----BEGIN CERTIFICATE-----\xff", "not a certificate"),
        (b"-----BEGIN PRIVATE KEY-----", "holds a private key"),
        (b"x" * (certificates.CERTIFICATE_BYTES + 1), "too large"),
    ],
)
def test_what_is_no_certificate_is_refused(sqlite: Database, now, data: bytes, words: str) -> None:
    with sqlite.begin() as session, pytest.raises(KeyUnusable, match=words):
        certify.take_in(session, data, actor="anna", now=now)


def test_where_our_own_cas_are_entered_the_chain_of_our_certificate_has_to_end_there(
    database: Database, keyring: Keyring, new_key: NewKey, now
) -> None:
    certificate = issued(requested(database, keyring, new_key(database, "generated")), now)
    stranger = x509.load_pem_x509_csr(AUTHORITY.public_bytes(serialization.Encoding.PEM))
    with database.begin() as session:
        other = issued(stranger, now)
        session.add(
            Anchor(
                party="BLR/GATE", fingerprint=certificates.key_id(other), certificate=certificates.pem(other),
                status="active", changed=now,
            )
        )  # fmt: skip
    with pytest.raises(KeyUnusable) as raised:
        take_in(database, certificate, now=now)
    assert raised.value.code == "chain-incomplete"


def test_a_published_step_is_refused_for_an_expired_certificate(sqlite: Database, new_key: NewKey, clock) -> None:
    kid = new_key(sqlite, "certified")
    with sqlite.begin() as session, pytest.raises(KeyUnusable, match="has expired"):
        lifecycle.publish(session, kid, actor="anna", now=clock.advance(days=731))


class Liar:
    """A signer whose key is another than its certificate's, as a confused token would be."""

    def __init__(self, signer, algorithm: str) -> None:
        self.kid, self.certificate, self.algorithm = signer.kid, signer.certificate, algorithm

    def sign(self, data: bytes) -> bytes:
        return bytes(64)


@pytest.mark.parametrize(("algorithm", "words"), [("p256", "does not sign what"), ("gost256", "No request")])
def test_a_request_that_would_prove_nothing_is_not_made(
    database: Database, keyring: Keyring, new_key: NewKey, algorithm: str, words: str
) -> None:
    signer = keyring.opened(new_key(database, "generated"))
    with pytest.raises(KeyUnusable, match=words):
        certify.request(Liar(signer, algorithm), "BLR/GATE")


def test_a_file_with_a_whole_bundle_is_refused(sqlite: Database, certificates_of, now) -> None:
    with pytest.raises(KeyUnusable, match="too large"):
        take_in(sqlite, *[certificates_of("BLR/GATE")] * 9, now=now)


def test_no_request_is_made_for_a_key_that_is_not_ours(
    database: Database, keyring: Keyring, certificates_of, now
) -> None:
    with database.begin() as session:
        kid = lifecycle.propose(session, certificates_of("KAZ/MVD"), party="KAZ/MVD", actor="anna", now=now).kid
    for name in (kid, "ab" * 32):
        with pytest.raises(NotFound):
            keyring.opened(name)


def test_a_key_file_that_others_can_read_signs_no_request(
    database: Database, keyring: Keyring, new_key: NewKey, tmp_path: Path
) -> None:
    kid = new_key(database, "generated")
    (tmp_path / "keys" / f"{kid}.pem").chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        keyring.opened(kid)


@pytest.mark.parametrize("home", ["", "file:", "file:../key.pem", "file:/etc/key.pem", "elsewhere:key.pem"])
def test_a_home_that_is_no_file_of_the_node_is_refused(
    database: Database, keyring: Keyring, new_key: NewKey, home: str
) -> None:
    kid = new_key(database)
    with database.begin() as session:
        session.get_one(Key, kid).home = home
        lifecycle.touch(session)
    with pytest.raises(KeyUnusable, match="home of the key"):
        keyring.signer()
