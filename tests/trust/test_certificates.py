"""Certificates from outside: what is refused, each with a sentence that says what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from cryptography.x509.oid import NameOID

from gateway.errors import KeyUnusable
from gateway.ledger.sealed import signature_holds
from gateway.trust import certificates

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "KAZ/MVD")])


def made(key, *, signing: bool | None = True, algorithm: hashes.HashAlgorithm | None = hashes.SHA256()) -> bytes:  # noqa: B008
    builder = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=30))
    )
    if signing is not None:
        flags = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
             "crl_sign", "encipher_only", "decipher_only"),
            False,
        )  # fmt: skip
        usage = x509.KeyUsage(**{**flags, "digital_signature": signing, "key_agreement": not signing})
        builder = builder.add_extension(usage, critical=True)
    certificate = builder.sign(key, None if isinstance(key, ed448.Ed448PrivateKey) else algorithm)
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("algorithm", ["p256", "p384", "rsa", "ed25519"])
def test_a_good_certificate_is_read(certificates_of, algorithm: str) -> None:
    certificate = certificates_of("KAZ/MVD", algorithm)
    assert certificates.read(certificates.pem(certificate).encode(), START) == certificate
    der = certificate.public_bytes(serialization.Encoding.DER)
    assert certificates.from_der(der, START) == certificate
    assert certificates.algorithm_of(certificate) == algorithm


def test_a_fingerprint_can_be_read_aloud(certificates_of) -> None:
    certificate = certificates_of("KAZ/MVD")
    text = certificates.fingerprint(certificate)
    assert len(text) == 95
    assert text.replace(":", "").lower() == certificates.key_id(certificate)


def test_a_certificate_that_says_nothing_of_its_use_may_sign(key) -> None:
    certificates.read(made(key, signing=None), START)


def test_a_certificate_for_something_else_is_refused(key) -> None:
    with pytest.raises(KeyUnusable, match="digitalSignature"):
        certificates.read(made(key, signing=False), START)


def test_a_certificate_that_is_not_yet_or_no_longer_valid_is_refused(key) -> None:
    data = made(key)
    with pytest.raises(KeyUnusable, match="not valid before 2026-03-02 09:00 UTC"):
        certificates.read(data, START - timedelta(seconds=1))
    certificates.read(data, START)
    with pytest.raises(KeyUnusable, match="expired on 2026-04-01 09:00 UTC"):
        certificates.read(data, START + timedelta(days=30))


def test_a_short_rsa_key_is_refused() -> None:
    data = made(rsa.generate_private_key(public_exponent=65_537, key_size=1024))  # noqa: S505 - the weak key is the point
    with pytest.raises(KeyUnusable, match="1024 bits; at least 2048"):
        certificates.read(data, START)


def test_an_rsa_key_with_a_tiny_exponent_is_refused() -> None:
    data = made(rsa.generate_private_key(public_exponent=3, key_size=2048))
    with pytest.raises(KeyUnusable, match="exponent"):
        certificates.read(data, START)


def test_an_rsa_key_that_costs_a_receiver_too_much_is_refused(key) -> None:
    # The certificate is signed by another key, so that no key of this size has to be found.
    number = (1 << 9000) + 1
    public = rsa.RSAPublicNumbers(65_537, number).public_key()
    builder = x509.CertificateBuilder(NAME, NAME, public, 7, START, START + timedelta(days=30))
    data = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    with pytest.raises(KeyUnusable, match="at most 8192"):
        certificates.read(data, START)


@pytest.mark.parametrize("curve", [ec.SECP521R1(), ec.SECP256K1()])
def test_an_unknown_curve_is_refused(curve: ec.EllipticCurve) -> None:
    data = made(ec.generate_private_key(curve))
    with pytest.raises(KeyUnusable, match=curve.name):
        certificates.read(data, START)
    certificate = x509.load_pem_x509_certificate(data)
    assert certificates.algorithm_of(certificate) == ""
    assert not signature_holds(certificate, b"text", bytes(64))


@pytest.mark.parametrize("kind", [dsa.generate_private_key(2048), ed448.Ed448PrivateKey.generate()])
def test_another_kind_of_key_is_refused(kind) -> None:
    with pytest.raises(KeyUnusable, match="neither RSA"):
        certificates.read(made(kind), START)


def test_a_curve_the_library_does_not_know_is_refused_without_a_traceback(key) -> None:
    # The object identifier of P-256 becomes another one of the same length, which nobody has registered.
    known, unknown = bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d03017f")
    der = x509.load_pem_x509_certificate(made(key)).public_bytes(serialization.Encoding.DER)
    assert known in der
    with pytest.raises(KeyUnusable, match="kind this node cannot check"):
        certificates.from_der(der.replace(known, unknown), START)


def test_a_certificate_under_a_broken_hash_is_refused(key) -> None:
    der = x509.load_pem_x509_certificate(made(key)).public_bytes(serialization.Encoding.DER)
    sha256, sha1 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06072a8648ce3d0401")
    # Replacing the identifier of the hash shortens the two places that name it by one octet each.
    assert der.count(sha256) == 2
    with pytest.raises(KeyUnusable, match="SHA-1"):
        certificates.from_der(_shortened(der, sha256, sha1), START)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a certificate",
        b"\xff\xfe\x00",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(KeyUnusable, match="not a certificate"):
        certificates.read(data, START)
    with pytest.raises(KeyUnusable):
        certificates.from_der(data, START)


def test_a_private_key_sent_by_mistake_is_pointed_out(key) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(KeyUnusable, match="holds a private key"):
        certificates.read(made(key) + data, START)


def test_several_certificates_or_a_huge_file_are_refused(key) -> None:
    with pytest.raises(KeyUnusable, match="several certificates"):
        certificates.read(made(key) * 2, START)
    with pytest.raises(KeyUnusable, match="too large"):
        certificates.read(b" " * 70_000, START)


def _shortened(der: bytes, old: bytes, new: bytes) -> bytes:
    """Replace an identifier in both AlgorithmIdentifiers and mend the lengths around them."""
    value = _value(der)
    body_head, rest = _split(value)
    body = _value(body_head).replace(b"\x30\x0a" + old, b"\x30" + bytes([len(new)]) + new, 1)
    rest = rest.replace(b"\x30\x0a" + old, b"\x30" + bytes([len(new)]) + new, 1)
    return _sequence(_sequence(body) + rest)


def _value(der: bytes) -> bytes:
    start, length = _length(der)
    return der[start : start + length]


def _split(der: bytes) -> tuple[bytes, bytes]:
    start, length = _length(der)
    return der[: start + length], der[start + length :]


def _length(der: bytes) -> tuple[int, int]:
    if der[1] < 0x80:
        return 2, der[1]
    count = der[1] & 0x7F
    return 2 + count, int.from_bytes(der[2 : 2 + count])


def _sequence(value: bytes) -> bytes:
    if len(value) < 0x80:
        return b"\x30" + bytes([len(value)]) + value
    size = (len(value).bit_length() + 7) // 8
    return b"\x30" + bytes([0x80 | size]) + len(value).to_bytes(size) + value
