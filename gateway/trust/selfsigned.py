"""A certificate that a key gives itself, made from its raw signature: the key may live where nobody can reach it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol

from asn1crypto import algos, core, keys, x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509 import Certificate, load_der_x509_certificate, random_serial_number

from gateway.algorithms import registry
from gateway.errors import KeyUnusable

HEAD_START: Final = timedelta(minutes=5)
"""A certificate is valid from a little before it was made, because a partner's clock may be behind."""
_SIGNATURES: Final = {
    "p256": "sha256_ecdsa",
    "p384": "sha384_ecdsa",
    "rsa": "sha256_rsa",
    "rsa2048": "sha256_rsa",
    "ed25519": "ed25519",
}
"""Names of the algorithms in certificates and requests for them (RFC 5758, RFC 4055, RFC 8410)."""


class Key(Protocol):
    """A private key, wherever it lives."""

    @property
    def algorithm(self) -> str:
        """Name in the registry of algorithms."""

    def sign(self, data: bytes) -> bytes:
        """The raw signature value of the data."""


def issue(spki: bytes, key: Key, *, party: str, now: datetime, until: datetime) -> Certificate:
    """A certificate for signing only, named after the party.

    KeyUnusable where the key does not sign what its public part verifies, which is then not the one it came with.
    """
    method = method_of(key.algorithm)
    name, public = x509.Name.build({"common_name": party}), keys.PublicKeyInfo.load(spki)
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": random_serial_number(),
            "signature": method,
            "issuer": name,
            "validity": {"not_before": _time(now - HEAD_START), "not_after": _time(until)},
            "subject": name,
            "subject_public_key_info": public,
            "extensions": [
                _extension("key_usage", x509.KeyUsage({"digital_signature", "non_repudiation"}), critical=True),
                _extension("basic_constraints", x509.BasicConstraints({"ca": False}), critical=True),
                _extension("key_identifier", core.OctetString(public.sha1), critical=False),
            ],
        }
    )
    data = body.dump()
    raw = key.sign(data)
    if not registry.holds(registry.of_spki(spki), raw, data):
        raise KeyUnusable("The key does not sign what its public part verifies.")
    whole = {"tbs_certificate": body, "signature_algorithm": method, "signature_value": in_der(key.algorithm, raw)}
    return load_der_x509_certificate(x509.Certificate(whole).dump())


def method_of(algorithm: str) -> algos.SignedDigestAlgorithm:
    """How a certificate or a request names an algorithm (KeyUnusable for one that this node issues none with)."""
    name = _SIGNATURES.get(algorithm)
    if name is None:
        raise KeyUnusable("No request for a certificate is made for a key of this algorithm.", where=algorithm)
    if name.endswith("_rsa"):
        # RFC 4055, section 5: the parameters have to be there, and NULL.
        return algos.SignedDigestAlgorithm({"algorithm": name, "parameters": core.Null()})
    return algos.SignedDigestAlgorithm({"algorithm": name})


def in_der(algorithm: str, raw: bytes) -> bytes:
    """A raw signature value as certificates and requests carry it."""
    if not _SIGNATURES[algorithm].endswith("_ecdsa"):
        return raw
    width = len(raw) // 2
    return encode_dss_signature(int.from_bytes(raw[:width]), int.from_bytes(raw[width:]))


def _time(at: datetime) -> x509.Time:
    """UTCTime until 2049, GeneralizedTime after (RFC 5280, section 4.1.2.5), in whole seconds."""
    form = "utc_time" if at.year < 2050 else "general_time"
    return x509.Time({form: at.replace(microsecond=0)})


def _extension(name: str, value: core.Asn1Value, *, critical: bool) -> x509.Extension:
    return x509.Extension({"extn_id": name, "critical": critical, "extn_value": value})
