"""Certificates as they come from outside: read strictly, refused with a code and a sentence that says what to do.

A certificate here is a wrapper around a signing key. Its names prove nothing by themselves: trust comes from
the approval of its fingerprint by two people (message-security, "Keys, time, log"), and where a CA has issued
it, from its chain as well (gateway.trust.chains).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import Certificate, ExtendedKeyUsage, ExtensionNotFound, ExtensionType, KeyUsage
from cryptography.x509.oid import ExtendedKeyUsageOID, PublicKeyAlgorithmOID

from gateway.algorithms import registry
from gateway.algorithms.software import RSA_BITS_LEAST
from gateway.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUnknownAlgorithm,
    CertificateWeak,
    CertificateWrongUsage,
    KeyUnusable,
)
from gateway.ledger.sealed import algorithm_of, key_id

__all__ = ["algorithm_of", "check", "fingerprint", "from_der", "key_id", "pem", "read", "read_chain"]

_Kind = TypeVar("_Kind", bound=ExtensionType)

RSA_MOST: Final = 8192
"""Bits above which checking one signature costs a receiver too much."""
RSA_EXPONENT: Final = 65_537
"""The smallest public exponent taken (NIST SP 800-56B, section 6.2)."""
CERTIFICATE_BYTES: Final = 64 * 1024
"""No certificate of one signing key comes near this size, nor does one with its chain."""
CHAIN_CERTIFICATES: Final = 8
"""Certificates taken from one file: the signing one, and those of its chain."""
SERIAL_BITS: Final = 160
"""Of a serial number (RFC 5280, section 4.1.2.2)."""
WEAK_HASHES: Final = (hashes.MD5, hashes.SHA1)
OTHER_PURPOSES: Final = frozenset(
    {
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.CODE_SIGNING,
        ExtendedKeyUsageOID.TIME_STAMPING,
        ExtendedKeyUsageOID.OCSP_SIGNING,
    }
)
"""Extended uses that are not the signing of messages; a certificate for nothing else is for something else."""
UNFIT: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises, early or late, for a certificate that is not as RFC 5280 wants it."""


def read(data: bytes, now: datetime) -> Certificate:
    """The one certificate in a PEM file, fit for signing at `now` (KeyUnusable says what is wrong)."""
    if data.count(b"-----BEGIN CERTIFICATE-----") > 1:
        raise KeyUnusable("The file holds several certificates; give the signing certificate alone.")
    return read_chain(data, now)[0]


def read_chain(data: bytes, now: datetime) -> tuple[Certificate, tuple[Certificate, ...]]:
    """The signing certificate of a PEM file, fit for signing at `now`, and the certificates of its chain.

    The signing certificate comes first, as in TLS (RFC 8446, section 4.4.2); the chain is not judged here.
    """
    if len(data) > CERTIFICATE_BYTES:
        raise KeyUnusable("The file is too large for one certificate.")
    if b"PRIVATE KEY-----" in data:
        raise KeyUnusable("This file holds a private key. Send the certificate only, and never let a private key out.")
    if data.count(b"-----BEGIN CERTIFICATE-----") > CHAIN_CERTIFICATES:
        raise KeyUnusable(f"The file holds more than {CHAIN_CERTIFICATES} certificates.")
    try:
        certificate, *chain = x509.load_pem_x509_certificates(data)
    except UNFIT as error:
        raise KeyUnusable("The file is not a certificate in PEM form.", reason=str(error)) from error
    check(certificate, now)
    return certificate, tuple(chain)


def from_der(data: bytes, now: datetime) -> Certificate:
    """The certificate in DER bytes, fit for signing at `now` (KeyUnusable)."""
    try:
        certificate = x509.load_der_x509_certificate(data)
    except UNFIT as error:
        raise KeyUnusable("The bytes are not a certificate in DER form.", reason=str(error)) from error
    check(certificate, now)
    return certificate


def check(certificate: Certificate, now: datetime) -> None:
    """Refuse a certificate that must not be used for signing at `now` (KeyUnusable)."""
    check_readable(certificate)
    try:
        # Where a provider of its own loads the key, it also says why it cannot.
        key = registry.of_certificate(certificate) if registry.is_foreign(certificate) else certificate.public_key()
        usage = extension(certificate, KeyUsage)
        purposes = extension(certificate, ExtendedKeyUsage)
        weak = _is_signed_weakly(certificate)
    except UNFIT as error:
        raise CertificateUnknownAlgorithm(
            "The key of the certificate is of a kind this node cannot check.", reason=str(error)
        ) from error
    # 1. The key.
    if certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS:
        raise CertificateUnknownAlgorithm(
            "The RSA key is for RSASSA-PSS only; this node takes RSA keys of the ordinary kind (rsaEncryption)."
        )
    _check_key(key)
    _check_own_signature(certificate, key)
    obstacle = registry.obstacle(algorithm_of(certificate), "verify", now)
    if obstacle:
        raise CertificateWeak("The algorithm of the key is not taken any more.", reason=obstacle)
    # 2. What it may be used for. Without the extension every use is allowed (RFC 5280, section 4.2.1.3).
    if usage is not None and not usage.digital_signature:
        raise CertificateWrongUsage("The certificate is not for signing: its KeyUsage lacks digitalSignature.")
    if purposes is not None and OTHER_PURPOSES.issuperset(purposes):
        raise CertificateWrongUsage("The certificate is not for signing: its ExtendedKeyUsage names other uses only.")
    # 3. How it was signed itself: a certificate under a broken hash can be somebody else's.
    if weak:
        raise CertificateWeak("The certificate is signed with MD5 or SHA-1; issue it again with SHA-256.")
    # 4. When.
    check_time(certificate, now)


def check_readable(certificate: Certificate) -> None:
    """Refuse a certificate with a part that cannot be read: the library parses most of them only when asked."""
    try:
        number = certificate.serial_number
        _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.version
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except UNFIT as error:
        raise KeyUnusable("A part of the certificate cannot be read.", reason=str(error)) from error
    if not 0 < number < 1 << SERIAL_BITS:
        raise KeyUnusable("The serial number of the certificate is not a positive number of at most 20 octets.")


def check_time(certificate: Certificate, at: datetime, what: str = "certificate") -> None:
    """Refuse a certificate outside its validity (CertificateNotYetValid, CertificateExpired)."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at < start:
        raise CertificateNotYetValid(f"The {what} is not valid before {start:%Y-%m-%d %H:%M} UTC.")
    if at >= end:
        raise CertificateExpired(f"The {what} expired on {end:%Y-%m-%d %H:%M} UTC.")


def extension(certificate: Certificate, kind: type[_Kind]) -> _Kind | None:
    """An extension of a certificate, or None; raises one of UNFIT where the extensions cannot be read."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except ExtensionNotFound:
        return None


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 of the certificate as people read it to each other over the telephone: `AB:CD:…`."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def print_of(name: str) -> str:
    """The fingerprint of the certificate that a key is named after, as `fingerprint` gives it."""
    return ":".join(name[start : start + 2] for start in range(0, len(name), 2)).upper()


def pem(certificate: Certificate, chain: Sequence[Certificate] = ()) -> str:
    """The certificate as PEM text, followed by those of its chain."""
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in (certificate, *chain))


def check_rsa(key: rsa.RSAPublicKey) -> None:
    """Refuse an RSA key that is too short, or that costs whoever checks its signatures too much."""
    if key.key_size < RSA_BITS_LEAST:
        raise CertificateWeak(f"The RSA key has {key.key_size} bits; at least {RSA_BITS_LEAST} are needed.")
    if key.key_size > RSA_MOST:
        raise CertificateWeak(f"The RSA key has {key.key_size} bits; at most {RSA_MOST} are taken.")
    if key.public_numbers().e < RSA_EXPONENT:
        raise CertificateWeak(f"The public exponent of the RSA key is smaller than {RSA_EXPONENT}.")


def _is_signed_weakly(certificate: Certificate) -> bool:
    try:
        return isinstance(certificate.signature_hash_algorithm, WEAK_HASHES)
    except UnsupportedAlgorithm:
        if registry.is_foreign(certificate):
            return False
        raise


def _check_own_signature(certificate: Certificate, key: object) -> None:
    """A key that a provider of its own loads has signed its self-signed certificate by that provider, too."""
    if not isinstance(key, registry.PublicKey) or certificate.issuer != certificate.subject:
        return
    form = key.algorithm.form
    if form is not None and not form.issued(certificate, key.material):
        raise KeyUnusable("The signature of the certificate by its own key does not hold.")


def _check_key(key: object) -> None:
    if isinstance(key, registry.PublicKey):
        return
    if isinstance(key, rsa.RSAPublicKey):
        check_rsa(key)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        if not isinstance(key.curve, (ec.SECP256R1, ec.SECP384R1)):
            raise CertificateUnknownAlgorithm(
                f"The key lies on the curve {key.curve.name}; this node takes P-256 and P-384."
            )
    elif not isinstance(key, ed25519.Ed25519PublicKey):
        raise CertificateUnknownAlgorithm("The key is neither RSA, nor on the curves P-256 and P-384, nor Ed25519.")


def load(text: str) -> Certificate:
    """A certificate from its PEM, whatever its state today: for reading what was signed in the past."""
    try:
        return x509.load_pem_x509_certificate(text.encode())
    except UNFIT as error:
        raise KeyUnusable("This is not a certificate in PEM form.") from error


def held(kid: str, text: str) -> Certificate:
    """The certificate of a row of the table of keys (KeyUnusable where it was damaged, or is not the key's)."""
    certificate = load(text)
    check_readable(certificate)
    if key_id(certificate) != kid:
        raise KeyUnusable("The certificate of this key is another one than the key is named after.", where=kid)
    return certificate


def load_all(text: str) -> tuple[Certificate, ...]:
    """A certificate from its PEM and those of its chain, whatever their state today (KeyUnusable)."""
    try:
        return tuple(x509.load_pem_x509_certificates(text.encode()))
    except UNFIT as error:
        raise KeyUnusable("This is not a certificate in PEM form.") from error
