"""Small signed JSON documents: checkpoints here, key directories in gateway.trust.

The signature covers the canonical JSON (keys sorted, no spaces, UTF-8) of everything but itself. Which
algorithm checks it follows from the key of the certificate, never from the document.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate

from gateway.algorithms import registry
from gateway.errors import KeyUnusable, SignatureInvalid


class Signer(Protocol):
    """Whoever can sign: the node's active key, wherever it lives."""

    @property
    def kid(self) -> str:
        """SHA-256 of the certificate (DER), hexadecimal."""

    @property
    def algorithm(self) -> str:
        """Name in the registry of algorithms."""

    def sign(self, data: bytes) -> bytes:
        """The raw signature, as the algorithm makes it."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one byte form of a JSON document."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seal(document: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """The document with kid, algorithm and signature."""
    sealed = {**document, "kid": signer.kid, "algorithm": signer.algorithm}
    return {**sealed, "signature": base64.b64encode(signer.sign(canonical(sealed))).decode()}


def check(document: Mapping[str, Any], certificate: Certificate) -> None:
    """Refuse (SignatureInvalid) a document that this certificate's key did not sign as it stands."""
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    if document.get("kid") != key_id(certificate):
        raise SignatureInvalid(reason="the document names another key than the certificate's")
    if document.get("algorithm") != algorithm_of(certificate):
        raise SignatureInvalid(reason="the document names another algorithm than the key's")
    signature = _strict_base64(document.get("signature"))
    try:
        data = canonical(unsigned)
    except (UnicodeEncodeError, TypeError, RecursionError) as error:
        raise SignatureInvalid(reason="the document has no canonical form") from error
    if not signature_holds(certificate, data, signature):
        raise SignatureInvalid(reason="the signature of the document does not hold")


def key_id(certificate: Certificate) -> str:
    """The name of a key: SHA-256 of its certificate (DER), hexadecimal."""
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def algorithm_of(certificate: Certificate) -> str:
    """Name in the registry of algorithms by the key of the certificate; empty for any other key."""
    return registry.name_of(certificate)


def signature_holds(certificate: Certificate, data: bytes, signature: bytes) -> bool:
    """Whether the key of the certificate made this raw signature over the data."""
    try:
        return registry.holds(registry.of_certificate(certificate), signature, data)
    except KeyUnusable:
        return False


def _strict_base64(value: object) -> bytes:
    """Decode base64 that has exactly one spelling: the library skips what it does not know."""
    try:
        decoded = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError) as error:
        raise SignatureInvalid(reason="the signature is not base64") from error
    if not decoded or base64.b64encode(decoded).decode() != value:
        raise SignatureInvalid(reason="the signature is missing or not strict base64")
    return decoded
