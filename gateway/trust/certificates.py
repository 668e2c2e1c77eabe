"""Certificates as they come from outside: read strictly, refused with a sentence that says what to do.

A certificate here is a wrapper around a signing key. Its names prove nothing by themselves: trust comes from
the approval of its fingerprint by two people (message-security, "Keys, time, log").
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import Certificate, ExtensionNotFound, KeyUsage

from gateway.errors import KeyUnusable
from gateway.ledger.sealed import algorithm_of, key_id

__all__ = ["algorithm_of", "check", "fingerprint", "from_der", "key_id", "pem", "read"]

RSA_LEAST: Final = 2048
"""Bits below which an RSA key is refused (message-security rule 11)."""
RSA_MOST: Final = 8192
"""Bits above which checking one signature costs a receiver too much."""
RSA_EXPONENT: Final = 65_537
"""The smallest public exponent taken (NIST SP 800-56B, section 6.2)."""
CERTIFICATE_BYTES: Final = 64 * 1024
"""No certificate of one signing key comes near this size."""
WEAK_HASHES: Final = (hashes.MD5, hashes.SHA1)


def read(data: bytes, now: datetime) -> Certificate:
    """The one certificate in a PEM file, fit for signing at `now` (KeyUnusable says what is wrong)."""
    if len(data) > CERTIFICATE_BYTES:
        raise KeyUnusable("The file is too large for one certificate.")
    if b"PRIVATE KEY-----" in data:
        raise KeyUnusable("This file holds a private key. Send the certificate only, and never let a private key out.")
    if data.count(b"-----BEGIN CERTIFICATE-----") > 1:
        raise KeyUnusable("The file holds several certificates; give the signing certificate alone.")
    try:
        certificate = x509.load_pem_x509_certificate(data)
    except ValueError as error:
        raise KeyUnusable("The file is not a certificate in PEM form.", reason=str(error)) from error
    check(certificate, now)
    return certificate


def from_der(data: bytes, now: datetime) -> Certificate:
    """The certificate in DER bytes, fit for signing at `now` (KeyUnusable)."""
    try:
        certificate = x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise KeyUnusable("The bytes are not a certificate in DER form.", reason=str(error)) from error
    check(certificate, now)
    return certificate


def check(certificate: Certificate, now: datetime) -> None:
    """Refuse a certificate that must not be used for signing at `now` (KeyUnusable)."""
    # 1. The key.
    try:
        _check_key(certificate.public_key())
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    except ExtensionNotFound:
        # Without the extension every use is allowed (RFC 5280, section 4.2.1.3).
        usage = None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(
            "The key of the certificate is of a kind this node cannot check.", reason=str(error)
        ) from error
    # 2. What it may be used for.
    if usage is not None and not usage.digital_signature:
        raise KeyUnusable("The certificate is not for signing: its KeyUsage lacks digitalSignature.")
    # 3. How it was signed itself: a certificate under a broken hash can be somebody else's.
    if isinstance(certificate.signature_hash_algorithm, WEAK_HASHES):
        raise KeyUnusable("The certificate is signed with MD5 or SHA-1; issue it again with SHA-256.")
    # 4. When.
    if now < certificate.not_valid_before_utc:
        raise KeyUnusable(f"The certificate is not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC.")
    if now >= certificate.not_valid_after_utc:
        raise KeyUnusable(f"The certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC.")


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 of the certificate as people read it to each other over the telephone: `AB:CD:…`."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def pem(certificate: Certificate) -> str:
    """The certificate as PEM text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _check_key(key: object) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < RSA_LEAST:
            raise KeyUnusable(f"The RSA key has {key.key_size} bits; at least {RSA_LEAST} are needed.")
        if key.key_size > RSA_MOST:
            raise KeyUnusable(f"The RSA key has {key.key_size} bits; at most {RSA_MOST} are taken.")
        if key.public_numbers().e < RSA_EXPONENT:
            raise KeyUnusable(f"The public exponent of the RSA key is smaller than {RSA_EXPONENT}.")
    elif isinstance(key, ec.EllipticCurvePublicKey):
        if not isinstance(key.curve, ec.SECP256R1):
            raise KeyUnusable(f"The key lies on the curve {key.curve.name}; this node takes P-256.")
    elif not isinstance(key, ed25519.Ed25519PublicKey):
        raise KeyUnusable("The key is neither RSA, nor on the curve P-256, nor Ed25519.")


def load(text: str) -> Certificate:
    """A certificate from its PEM, whatever its state today: for reading what was signed in the past."""
    try:
        return x509.load_pem_x509_certificate(text.encode())
    except ValueError as error:
        raise KeyUnusable("This is not a certificate in PEM form.") from error
