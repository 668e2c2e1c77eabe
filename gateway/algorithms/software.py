"""The provider `software`: OpenSSL through `cryptography`, with keys in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from gateway.algorithms import vectors
from gateway.algorithms.entry import Algorithm, Stage

RSA_BITS: Final = 3072
"""Size of the RSA keys we make, and from which on they have 128 bits of strength (SP 800-57 part 1, table 2)."""
RSA_BITS_LEAST: Final = 2048
"""Smallest RSA key accepted (message-security rule 11)."""

_RFC9231: Final = "http://www.w3.org/2001/04/xmldsig-more#"


def _ecdsa(width: int, kind: hashes.HashAlgorithm) -> tuple[Callable[..., None], Callable[..., bytes]]:
    """Verification and signing with r and s as two numbers of the curve's width, nothing else (rule 18)."""
    scheme = ec.ECDSA(kind)

    def verify(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
        if len(signature) != 2 * width:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:width], "big"), int.from_bytes(signature[width:], "big")
        key.verify(encode_dss_signature(r, s), data, scheme)

    def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, scheme))
        return r.to_bytes(width, "big") + s.to_bytes(width, "big")

    return verify, sign


_verify_p256, _sign_p256 = _ecdsa(32, hashes.SHA256())
_verify_p384, _sign_p384 = _ecdsa(48, hashes.SHA384())


def _verify_rsa(key: rsa.RSAPublicKey, signature: bytes, data: bytes) -> None:
    key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())


def _sign_rsa(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _verify_ed25519(key: ed25519.Ed25519PublicKey, signature: bytes, data: bytes) -> None:
    key.verify(signature, data)


def _sign_ed25519(key: ed25519.Ed25519PrivateKey, data: bytes) -> bytes:
    return key.sign(data)


def _prove(vector: vectors.Vector, verify: Callable[..., None]) -> None:
    """The published value holds, and a neighbour of it does not."""
    key = serialization.load_der_public_key(vector.key)
    verify(key, vector.signature, vector.data)
    try:
        verify(key, vector.signature, vector.data + b"\0")
    except InvalidSignature:
        return
    raise ValueError("a signature is taken that does not fit the data")


ENTRIES: Final = (
    Algorithm(
        name="p256",
        uri=_RFC9231 + "ecdsa-sha256",
        kind="EC P-256",
        strength=128,
        provider="software",
        verify=_verify_p256,
        sign=_sign_p256,
        prove=partial(_prove, vectors.P256, _verify_p256),
        generate=lambda: ec.generate_private_key(ec.SECP256R1()),
        jose="ES256",
    ),
    Algorithm(
        name="p384",
        uri=_RFC9231 + "ecdsa-sha384",
        kind="EC P-384",
        strength=192,
        provider="software",
        verify=_verify_p384,
        sign=_sign_p384,
        prove=partial(_prove, vectors.P384, _verify_p384),
        generate=lambda: ec.generate_private_key(ec.SECP384R1()),
        jose="ES384",
    ),
    Algorithm(
        name="rsa",
        uri=_RFC9231 + "rsa-sha256",
        kind=f"RSA from {RSA_BITS} bits",
        strength=128,
        provider="software",
        verify=_verify_rsa,
        sign=_sign_rsa,
        prove=partial(_prove, vectors.RSA, _verify_rsa),
        generate=lambda: rsa.generate_private_key(public_exponent=65_537, key_size=RSA_BITS),
        jose="RS256",
        jose_also=("PS256",),
    ),
    Algorithm(
        name="rsa2048",
        uri=_RFC9231 + "rsa-sha256",
        kind=f"RSA of {RSA_BITS_LEAST} to {RSA_BITS - 1} bits",
        strength=112,
        provider="software",
        verify=_verify_rsa,
        sign=_sign_rsa,
        prove=partial(_prove, vectors.RSA2048, _verify_rsa),
        jose="RS256",
        jose_also=("PS256",),
        stages=(
            Stage("allowed", None),
            Stage("verify-only", date(2031, 1, 1), "NIST SP 800-57 part 1 rev. 5, table 4: 112 bits until 2030"),
            Stage("disabled", date(2036, 1, 1), "NIST IR 8547 (draft, 2024), table 2: disallowed after 2035"),
        ),
    ),
    Algorithm(
        name="ed25519",
        uri="http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
        kind="Ed25519",
        strength=128,
        provider="software",
        verify=_verify_ed25519,
        sign=_sign_ed25519,
        prove=partial(_prove, vectors.ED25519, _verify_ed25519),
        generate=ed25519.Ed25519PrivateKey.generate,
        jose="EdDSA",
    ),
)
"""What this provider brings to the registry."""


def name_of(key: object) -> str:
    """Name of the one algorithm of a public key of `cryptography`; empty for a key outside the profile."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {"secp256r1": "p256", "secp384r1": "p384"}.get(key.curve.name, "")
    if isinstance(key, rsa.RSAPublicKey):
        return "rsa" if key.key_size >= RSA_BITS else "rsa2048" if key.key_size >= RSA_BITS_LEAST else ""
    return "ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else ""
