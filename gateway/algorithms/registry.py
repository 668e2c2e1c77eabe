"""The one registry of signature algorithms, for messages, signed documents and tokens.

The key decides which algorithm applies, never the message (message-security rule 9). An algorithm that is not
here does not exist for this gateway; one that is here has a status with dates, and a provider that has to show
with known vectors that it works before it is used. How to add one: docs/how-to-add-a-signature-algorithm.md.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any, Final, Literal

from asn1crypto import keys, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate

from gateway.algorithms import gost, software
from gateway.algorithms.entry import SHA256, Algorithm, Digest, PublicKey, Stage, Status
from gateway.algorithms.software import RSA_BITS_LEAST
from gateway.errors import AlgorithmUnavailable, KeyUnusable, SignatureInvalid

__all__ = ["SHA256", "Algorithm", "Digest", "PublicKey", "Stage", "Status"]

Purpose = Literal["sign", "verify"]

REGISTRY: Final[dict[str, Algorithm]] = {algorithm.name: algorithm for algorithm in (*software.ENTRIES, *gost.ENTRIES)}
"""Weak algorithms are not disabled here; they are absent."""

DIGESTS: Final[dict[str, Digest]] = {algorithm.digest.uri: algorithm.digest for algorithm in REGISTRY.values()}
"""The digests that references may name, by their identifier."""

_BY_OID: Final[dict[str, Algorithm]] = {algorithm.oid: algorithm for algorithm in REGISTRY.values() if algorithm.oid}
"""Algorithms whose keys `cryptography` cannot load, by the identifier in the certificate."""


# --- From a key to its algorithm ------------------------------------------------------------------------


def public_key(key: object) -> PublicKey:
    """A key with the one algorithm it may be used with (KeyUnusable for a key outside the profile).

    Takes a public key of `cryptography`, and what this function has returned before.
    """
    if isinstance(key, PublicKey):
        return key
    name = software.name_of(key)
    if not name:
        raise KeyUnusable(
            f"Keys have to be P-256, P-384, RSA of {RSA_BITS_LEAST} bits or more, Ed25519, or of a provider."
        )
    return PublicKey(proved(name), key)


def of_key(key: object) -> Algorithm:
    """The one algorithm a public key may be used with (KeyUnusable)."""
    return public_key(key).algorithm


@lru_cache(maxsize=1024)
def of_certificate(certificate: Certificate) -> PublicKey:
    """The key of a certificate; where `cryptography` cannot load it, a provider may (KeyUnusable)."""
    algorithm = _BY_OID.get(certificate.public_key_algorithm_oid.dotted_string)
    if algorithm is not None:
        return _loaded(algorithm, spki(certificate))
    try:
        return public_key(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(
            "The key of the certificate is of a kind this node cannot check.", reason=str(error)
        ) from error


def is_foreign(certificate: Certificate) -> bool:
    """Whether the key of a certificate is loaded by a provider, and not by `cryptography`."""
    return certificate.public_key_algorithm_oid.dotted_string in _BY_OID


def of_spki(der: bytes) -> PublicKey:
    """The key of a SubjectPublicKeyInfo in DER (KeyUnusable)."""
    try:
        oid = keys.PublicKeyInfo.load(der, strict=True)["algorithm"]["algorithm"].dotted
        algorithm = _BY_OID.get(oid)
        if algorithm is not None:
            return _loaded(algorithm, der)
        return public_key(serialization.load_der_public_key(der))
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise KeyUnusable("This is not a public key this node can check.", reason=str(error)) from error


def spki(certificate: Certificate) -> bytes:
    """The SubjectPublicKeyInfo of a certificate as it stands there, DER, whoever can load it."""
    parsed = x509.TbsCertificate.load(certificate.tbs_certificate_bytes)
    return bytes(parsed["subject_public_key_info"].dump())


def name_of(certificate: Certificate) -> str:
    """Name of the algorithm of a certificate's key; empty for a key outside the profile."""
    foreign = _BY_OID.get(certificate.public_key_algorithm_oid.dotted_string)
    if foreign is not None:
        # Known by its identifier, also where its provider is missing.
        return foreign.name
    try:
        return of_certificate(certificate).algorithm.name
    except KeyUnusable:
        return ""


def get(name: str) -> Algorithm:
    """An algorithm by its name (KeyUnusable)."""
    algorithm = REGISTRY.get(name)
    if algorithm is None:
        raise KeyUnusable(f"There is no algorithm {name}; known are " + ", ".join(REGISTRY) + ".", where="algorithm")
    return algorithm


def _loaded(algorithm: Algorithm, der: bytes) -> PublicKey:
    if algorithm.load is None:
        raise KeyUnusable(f"The provider {algorithm.provider} cannot load this key.")
    return PublicKey(proved(algorithm.name), algorithm.load(der))


# --- What may be used when ------------------------------------------------------------------------------


def stage(name: str, at: datetime | date) -> Stage:
    """The stage an algorithm has reached on a day."""
    day = at.astimezone(UTC).date() if isinstance(at, datetime) else at
    return [stage for stage in get(name).stages if stage.since is None or stage.since <= day][-1]


def obstacle(name: str, purpose: Purpose, at: datetime | date) -> str:
    """Why an algorithm may not be used for signing or for verifying on a day; empty where it may."""
    if name not in REGISTRY:
        return f"{name} is not in the registry of algorithms"
    reached = stage(name, at)
    if reached.status == "disabled" or (reached.status == "verify-only" and purpose == "sign"):
        return f"{name} is {reached.status} since {reached.since}"
    failure = fault(name)
    return f"{name} is out of order: {failure}" if failure else ""


def usable(name: str, purpose: Purpose, at: datetime | date) -> bool:
    """Whether an algorithm may be used for signing or for verifying on a day, and its provider works here."""
    return not obstacle(name, purpose, at)


def makeable(at: datetime | date) -> list[str]:
    """Names of the algorithms with which new keys are made."""
    return [name for name, entry in REGISTRY.items() if entry.generate is not None and usable(name, "sign", at)]


def agreed(name: str, named: Collection[str], at: datetime | date) -> bool:
    """Whether an algorithm is agreed with a partner that has these named; none named: what needs no agreement.

    A name may have a last day, `rsa2048:2026-12-31`: the floor of a partner rises on days that are known ahead.
    """
    if not named:
        return name in REGISTRY and not REGISTRY[name].by_agreement
    day = at.astimezone(UTC).date() if isinstance(at, datetime) else at
    return any(each == name and (last is None or day <= last) for each, last in map(with_last_day, named))


@lru_cache(maxsize=256)
def with_last_day(word: str) -> tuple[str, date | None]:
    """A name as it is agreed with a partner, and the last day on which it is taken (ValueError for no day)."""
    name, colon, day = word.partition(":")
    return name, date.fromisoformat(day) if colon else None


@cache
def fault(name: str) -> str:
    """What is wrong with the provider of an algorithm here; empty when its known vectors hold.

    Asked once per process and algorithm: a provider that fails is out of it until the next start.
    """
    try:
        get(name).prove()
    except AlgorithmUnavailable as refusal:
        # The provider says itself what is missing, in both languages.
        return refusal.detail
    except Exception as error:  # noqa: BLE001 - whatever a provider dies of, it is only that provider that is out.
        return f"{type(error).__name__}: {error}".rstrip(": ")
    return ""


def proved(name: str) -> Algorithm:
    """The algorithm, once its provider has shown that it works (AlgorithmUnavailable)."""
    failure = fault(name)
    if failure:
        raise AlgorithmUnavailable(f"The provider of {name} does not work on this machine: {failure}", reason=failure)
    return REGISTRY[name]


def listed(today: date) -> list[dict[str, Any]]:
    """The whole registry in plain values: status, days with their sources, provider, and whether it works here."""
    return [_listed(entry, today) for entry in REGISTRY.values()]


def _listed(entry: Algorithm, today: date) -> dict[str, Any]:
    stages = [{"status": each.status, "since": each.since, "source": each.source} for each in entry.stages]
    failure = fault(entry.name)
    return {
        "name": entry.name,
        "kind": entry.kind,
        "uri": entry.uri,
        "digest": entry.digest.uri,
        "jose": entry.jose,
        "strength": entry.strength,
        "provider": entry.provider,
        "status": stage(entry.name, today).status,
        "stages": stages,
        "new_keys": entry.name in makeable(today),
        "by_agreement": entry.by_agreement,
        "works": not failure,
        "fault": failure,
    }


# --- Verifying ------------------------------------------------------------------------------------------


def verify(algorithm: Algorithm, key: Any, signature: bytes, data: bytes) -> None:
    """Check one raw signature with what the provider verifies with (SignatureInvalid)."""
    try:
        algorithm.verify(key, signature, data)
    except InvalidSignature as error:
        raise SignatureInvalid(reason="the signature value does not fit the content") from error


def holds(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether the key made this raw signature over the data."""
    try:
        key.algorithm.verify(key.material, signature, data)
    except InvalidSignature:
        return False
    return True
