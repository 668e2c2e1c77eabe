"""Whatever is wrong with a certificate has one stable code, a sentence in two languages, and no traceback."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import asn1crypto.x509
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import KeyUnusable
from gateway.trust import anchors, certificates, chains, stamps, tls

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
SHORT = rsa.generate_private_key(65_537, 1024)  # noqa: S505 - the weak key is the point
UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)


@pytest.fixture(scope="module")
def root(authority):
    return authority("KAZ Root")


@pytest.mark.parametrize(
    ("code", "wish"),
    [
        ("certificate-expired", {"start": NOW - timedelta(days=10), "days": 9}),
        ("certificate-not-yet-valid", {"start": NOW + timedelta(days=1)}),
        ("certificate-wrong-usage", {"uses": ("key_encipherment",)}),
        ("certificate-wrong-usage", {"purposes": [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]}),
        ("certificate-wrong-usage", {"ca": True}),
        ("certificate-weak", {"key": SHORT}),
        ("certificate-weak", {"key": rsa.generate_private_key(3, 2048)}),
        ("certificate-unknown-algorithm", {"key": ec.generate_private_key(ec.SECP256K1())}),
        ("certificate-unknown-algorithm", {"key": dsa.generate_private_key(2048)}),
        ("chain-invalid", {"more": [UNKNOWN]}),
        ("", {}),
        ("", {"key": ed25519.Ed25519PrivateKey.generate()}),
    ],
)
def test_a_certificate_of_a_ca(root, code: str, wish) -> None:
    assert judged(root.issue("KAZ/MVD", **{"key": KEY, **wish}), [], [root.certificate]) == code


def test_a_key_that_is_bound_to_another_scheme(root) -> None:
    """The library reads it as any RSA key; its owner has said that it signs by PSS alone (RFC 4055, section 1.2)."""
    key = rsa.generate_private_key(65_537, 2048)
    made = asn1crypto.x509.Certificate.load(root.issue("KAZ/MVD", key=key).public_bytes(serialization.Encoding.DER))
    made["tbs_certificate"]["subject_public_key_info"]["algorithm"] = {"algorithm": "rsassa_pss"}
    bound = x509.load_der_x509_certificate(made.dump(force=True))
    assert isinstance(bound.public_key(), rsa.RSAPublicKey)
    assert judged(bound, [], [root.certificate]) == "certificate-unknown-algorithm"


def test_a_chain_that_is_not_there_or_leads_elsewhere(root, authority) -> None:
    issuing = authority("KAZ Issuing", by=root)
    leaf = issuing.issue("KAZ/MVD", key=KEY)
    assert judged(leaf, [], [root.certificate]) == "chain-incomplete"
    assert judged(leaf, [issuing.certificate], []) == "chain-not-anchored"
    assert judged(leaf, [issuing.certificate, root.certificate], [authority("BLR Root").certificate]) == (
        "chain-not-anchored"
    )
    assert judged(leaf, [issuing.certificate], [authority("KAZ Root").certificate]) == "chain-invalid"
    assert judged(leaf, [issuing.certificate], [root.certificate]) == ""


def judged(certificate, between, trusted) -> str:
    """The code with which a certificate in a file is refused, empty for a good one."""
    try:
        leaf, chain = certificates.read_chain(certificates.pem(certificate, between).encode(), NOW)
        chains.check(leaf, chain, trusted, NOW)
    except KeyUnusable as refusal:
        told = refusal.detail and refusal.title("ru") != refusal.title("en") != KeyUnusable.title_en
        return refusal.code if told else f"{refusal.code} without a word"
    return ""


# The library warns of what it will refuse one day; here it is refused today.
@pytest.mark.filterwarnings("ignore::UserWarning")
@given(position=st.integers(0, 10_000), byte=st.integers(0, 256))
def test_a_damaged_file_is_refused_and_nothing_else_happens(root, position: int, byte: int) -> None:
    leaf = root.issue("KAZ/MVD", key=KEY, purposes=[ExtendedKeyUsageOID.EMAIL_PROTECTION], lists=["http://a/b"])
    for certificate in (leaf, root.certificate):
        der = certificate.public_bytes(serialization.Encoding.DER)
        place = position % len(der)
        # One byte is another one, or the file ends there.
        data = der[:place] + (bytes([byte]) + der[place + 1 :] if byte < 256 else b"")
        for reading in (certificates.from_der, anchors.read):
            try:
                found = reading(data, NOW)
                chains.check(found, [], [root.certificate], NOW)
            except KeyUnusable:
                continue
    try:
        found = x509.load_der_x509_certificate(data)
    except certificates.UNFIT:
        return
    # It may also stand between, unjudged, or in a row of the database.
    chains.is_self_signed(found)
    with suppress(KeyUnusable):
        chains.check(leaf, [found], [root.certificate], NOW)


def test_an_extension_that_stands_twice_or_an_unknown_version_is_refused(root) -> None:
    der = root.issue("KAZ/MVD", key=KEY).public_bytes(serialization.Encoding.DER)
    # BasicConstraints becomes a second KeyUsage; the version of the first field becomes the tenth.
    for old, new in (
        (b"\x06\x03\x55\x1d\x13", b"\x06\x03\x55\x1d\x0f"),
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09"),
    ):
        assert der.count(old) == 1
        with pytest.raises(KeyUnusable):
            certificates.from_der(der.replace(old, new), NOW)


def test_a_certificate_of_no_known_version_is_no_pin_and_no_anchor_of_timestamps(
    odd_certificate, tmp_path, now
) -> None:
    (tmp_path / "odd.pem").write_bytes(odd_certificate)
    with pytest.raises(KeyUnusable):
        tls.pin(odd_certificate, now)
    with pytest.raises(KeyUnusable):
        stamps.anchors(tmp_path / "odd.pem")
