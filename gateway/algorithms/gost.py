"""The provider of GOST R 34.10-2012 with Streebog: OpenSSL's gost engine, tested once, then used.

Legal effect needs certified tools of a state. What this gives is integrity in transport: docs/gost.md.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature

from gateway.algorithms import gost_certificates, gost_engine, gost_keys, gost_vectors
from gateway.algorithms.entry import Algorithm, Digest, Form
from gateway.algorithms.gost_engine import Engine
from gateway.algorithms.gost_forms import KIND_256, KIND_512, KINDS, Kind
from gateway.algorithms.gost_keys import PrivateKey, PublicKey, Streebog
from gateway.errors import AlgorithmUnavailable

NAMES: Final = tuple(KINDS)
"""`gost2012-256` and `gost2012-512`."""

_CPXMLSEC: Final = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
"""The namespace of CryptoPro's identifiers in XML-DSig."""

_loading = threading.Lock()
_loaded: list[Engine | AlgorithmUnavailable] = []


def engine() -> Engine:
    """The engine, loaded and tested against the published examples at the first call (AlgorithmUnavailable).

    What came out holds until the process ends: a provider that failed its test stays disabled.
    """
    with _loading:
        if not _loaded:
            try:
                found = gost_engine.load()
                gost_vectors.self_test(found)
                _loaded.append(found)
            except AlgorithmUnavailable as refusal:
                _loaded.append(refusal)
        result = _loaded[0]
    if isinstance(result, AlgorithmUnavailable):
        # A new one each time: an exception that is raised again collects the frames of every raise.
        raise AlgorithmUnavailable(result.detail, reason=result.reason)
    return result


def missing() -> str:
    """Why GOST is not available on this machine; empty where it is."""
    try:
        engine()
    except AlgorithmUnavailable as refusal:
        return refusal.reason
    return ""


def digest(name: str, data: bytes) -> bytes:
    """Streebog of the length that belongs to `gost2012-256` or `gost2012-512`, in the order of RFC 6986's octets."""
    kind = KINDS[name]
    return engine().digest(kind.digest, data, kind.size)


def hasher(name: str) -> Streebog:
    """The same digest for data that come piece by piece."""
    return Streebog(engine(), KINDS[name])


@lru_cache(maxsize=512)
def public_key(spki: bytes) -> PublicKey:
    """The key of a SubjectPublicKeyInfo in DER (KeyUnusable); reading it costs as much as a signature."""
    return gost_keys.public_key(engine(), spki)


def open_private(data: bytes, password: bytes | None) -> PrivateKey:
    """The key of a PKCS#8 file in PEM (KeyUnusable)."""
    return gost_keys.private_key(engine(), data, password)


def generate(name: str) -> PrivateKey:
    """A new key of `gost2012-256` or `gost2012-512`, on the tc26 parameter set A."""
    return gost_keys.generate(engine(), name)


# --- What this provider brings to the registry ----------------------------------------------------------


def _verify(key: PublicKey, signature: bytes, data: bytes) -> None:
    if not key.holds(signature, data):
        raise InvalidSignature


def _prove() -> None:
    # Loading runs the published examples of both lengths.
    engine()


def _entry(kind: Kind, *, strength: int) -> Algorithm:
    def of(data: bytes) -> bytes:
        try:
            return digest(kind.name, data)
        except AlgorithmUnavailable as refusal:
            # Asked for by a message, perhaps of a stranger: what is installed here is for our own log.
            raise AlgorithmUnavailable(reason=refusal.reason) from refusal

    bits = 8 * kind.size
    return Algorithm(
        name=kind.name,
        uri=f"{_CPXMLSEC}gostr34102012-gostr34112012-{bits}",
        kind=f"GOST R 34.10-2012, {bits} bits",
        strength=strength,
        provider="gost",
        verify=_verify,
        sign=PrivateKey.sign,
        prove=_prove,
        generate=lambda: generate(kind.name),
        digest=Digest(f"{_CPXMLSEC}gostr34112012-{bits}", lambda: hasher(kind.name), of),
        oid=kind.key,
        load=public_key,
        form=Form(
            open=open_private,
            encrypted=PrivateKey.encrypted,
            spki=lambda key: key.spki,
            self_signed=gost_certificates.self_signed,
            issued=gost_certificates.issued_by,
        ),
        by_agreement=True,
    )


ENTRIES: Final = (_entry(KIND_256, strength=128), _entry(KIND_512, strength=256))
"""What this provider brings to the registry; in it even where the engine is missing, to say so."""
