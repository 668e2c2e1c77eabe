"""The registry of signature algorithms. The key decides which one applies, never the message (rule 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gateway.errors import KeyUnusable, SignatureInvalid

DIGEST_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"

RSA_BITS_LEAST = 2048
"""Smallest RSA key accepted (rule 11); new keys are made with 3072."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One signature algorithm of the closed profile."""

    name: str
    uri: str
    """Identifier in XML-DSig (RFC 9231)."""
    verify: Callable[[Any, bytes, bytes], None]
    """(public key, signature, data): raises InvalidSignature."""


def _verify_p256(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    # XML-DSig carries r and s as two numbers of the curve's width, nothing else (rule 18).
    if len(signature) != 64:
        raise InvalidSignature
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))


def _verify_rsa(key: rsa.RSAPublicKey, signature: bytes, data: bytes) -> None:
    key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())


def _verify_ed25519(key: ed25519.Ed25519PublicKey, signature: bytes, data: bytes) -> None:
    key.verify(signature, data)


REGISTRY: Final[dict[str, Algorithm]] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm("p256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", _verify_p256),
        Algorithm("rsa", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", _verify_rsa),
        Algorithm("ed25519", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519", _verify_ed25519),
    )
}
"""Weak algorithms are not disabled here; they are absent."""


def of_key(key: object) -> Algorithm:
    """The one algorithm a public key may be used with (KeyUnusable for a key outside the profile)."""
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return REGISTRY["p256"]
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS_LEAST:
        return REGISTRY["rsa"]
    if isinstance(key, ed25519.Ed25519PublicKey):
        return REGISTRY["ed25519"]
    raise KeyUnusable(f"Keys have to be P-256, RSA of {RSA_BITS_LEAST} bits or more, or Ed25519.")


def verify(algorithm: Algorithm, key: object, signature: bytes, data: bytes) -> None:
    """Check one raw signature (SignatureInvalid)."""
    try:
        algorithm.verify(key, signature, data)
    except InvalidSignature as error:
        raise SignatureInvalid(reason="the signature value does not fit the content") from error
