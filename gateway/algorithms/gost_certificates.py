"""Certificates and requests of GOST keys, which `cryptography` reads but can neither make nor check.

The names, extensions and times are encoded by `cryptography` and asn1crypto; the engine gives the signature.
Identifiers and the place of the signature follow RFC 9215.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

from asn1crypto import core
from asn1crypto import x509 as asn1
from asn1crypto.csr import CRIAttributes
from cryptography import x509

from gateway.algorithms.gost_forms import Algorithm, PublicKeyInfo
from gateway.algorithms.gost_keys import PrivateKey, PublicKey

Extension = tuple[x509.ExtensionType, bool]
"""An extension and whether it is critical."""


class _Tbs(core.Sequence):  # type: ignore[misc]
    # TBSCertificate, RFC 5280 section 4.1.
    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer, {"explicit": 0}),
        ("serial_number", core.Integer),
        ("signature", Algorithm),
        ("issuer", core.Any),
        ("validity", asn1.Validity),
        ("subject", core.Any),
        ("subject_public_key_info", PublicKeyInfo),
        ("extensions", asn1.Extensions, {"explicit": 3}),
    ]


class _Request(core.Sequence):  # type: ignore[misc]
    # CertificationRequestInfo, RFC 2986 section 4.1.
    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("subject", core.Any),
        ("subject_public_key_info", PublicKeyInfo),
        ("attributes", CRIAttributes, {"implicit": 0}),
    ]


class _Signed(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [("content", core.Any), ("algorithm", Algorithm), ("signature", core.OctetBitString)]


def issued_by(certificate: x509.Certificate, issuer: PublicKey) -> bool:
    """Whether the signature of the certificate is the issuer's key's."""
    if certificate.signature_algorithm_oid.dotted_string != issuer.kind.signature:
        return False
    return issuer.holds(certificate.signature, certificate.tbs_certificate_bytes)


def issue(
    spki: bytes,
    issuer_key: PrivateKey,
    *,
    subject: x509.Name,
    issuer: x509.Name,
    serial: int,
    times: tuple[datetime, datetime],
    extensions: Sequence[Extension],
) -> x509.Certificate:
    """A certificate of version 3 over any public key, signed with a GOST key."""
    first, last = times
    tbs = _Tbs(
        {
            "version": 2,
            "serial_number": serial,
            "signature": Algorithm({"algorithm": issuer_key.kind.signature}),
            "issuer": core.Any.load(issuer.public_bytes()),
            "validity": {"not_before": _time(first), "not_after": _time(last)},
            "subject": core.Any.load(subject.public_bytes()),
            "subject_public_key_info": PublicKeyInfo.load(spki),
            "extensions": [
                {
                    "extn_id": value.oid.dotted_string,
                    "critical": critical,
                    "extn_value": core.ParsableOctetString(value.public_bytes()),
                }
                for value, critical in extensions
            ],
        }
    )
    return x509.load_der_x509_certificate(_signed(tbs.dump(), issuer_key))


def self_signed(
    key: PrivateKey, subject: x509.Name, times: tuple[datetime, datetime], extensions: Sequence[Extension]
) -> x509.Certificate:
    """A certificate of the key by itself; the name of the key is added to the extensions."""
    # RFC 7093, section 2, method 1: SHA-1, which RFC 5280 takes, need not be brought in for a name.
    name = sha256(PublicKeyInfo.load(key.spki)["public_key"].contents[1:]).digest()[:20]
    return issue(
        key.spki,
        key,
        subject=subject,
        issuer=subject,
        serial=x509.random_serial_number(),
        times=times,
        extensions=[*extensions, (x509.SubjectKeyIdentifier(name), False)],
    )


def request(key: PrivateKey, subject: x509.Name) -> x509.CertificateSigningRequest:
    """A certificate signing request (PKCS#10); its signature proves that we hold the key."""
    info = _Request(
        {
            "version": 0,
            "subject": core.Any.load(subject.public_bytes()),
            "subject_public_key_info": PublicKeyInfo.load(key.spki),
            "attributes": [],
        }
    )
    return x509.load_der_x509_csr(_signed(info.dump(), key))


def _signed(content: bytes, key: PrivateKey) -> bytes:
    """Content, algorithm and signature, as certificates and requests both have them."""
    parts = {
        "content": core.Any.load(content),
        "algorithm": Algorithm({"algorithm": key.kind.signature}),
        "signature": core.OctetBitString(key.sign(content)),
    }
    return bytes(_Signed(parts).dump())


def _time(at: datetime) -> asn1.Time:
    """UTCTime up to 2049, GeneralizedTime after it (RFC 5280, section 4.1.2.5); whole seconds."""
    exact = at.astimezone(UTC).replace(microsecond=0)
    return asn1.Time({"utc_time": exact} if exact.year < 2050 else {"general_time": exact})
