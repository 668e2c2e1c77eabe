"""GOST R 34.10-2012 keys as they are written: the two kinds, the parameter sets that are taken, their ASN.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from asn1crypto import core, pem

from gateway.errors import KeyUnusable


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two key lengths of the standard, with the digest that belongs to it."""

    name: str
    size: int
    """Bytes of the digest, of each half of a signature, and of a private key."""
    key: str
    """Object identifier of the public key (RFC 9215)."""
    digest: str
    """Object identifier of Streebog of this length."""
    signature: str
    """Object identifier of the signature with this digest, in certificates."""
    engine_set: bytes
    """What the engine calls the parameter set of new keys, tc26 set A."""
    sets: frozenset[str]
    """Object identifiers of the parameter sets that are taken."""


KIND_256: Final = Kind(
    "gost2012-256", 32, "1.2.643.7.1.1.1.1", "1.2.643.7.1.1.2.2", "1.2.643.7.1.1.3.2", b"TCA",
    # tc26 sets A to D, the three of CryptoPro that equal B to D, and its two for exchange (RFC 4357, RFC 9215).
    frozenset({f"1.2.643.7.1.2.1.1.{n}" for n in (1, 2, 3, 4)} | {f"1.2.643.2.2.35.{n}" for n in (1, 2, 3)}
              | {f"1.2.643.2.2.36.{n}" for n in (0, 1)}),
)  # fmt: skip
KIND_512: Final = Kind(
    "gost2012-512", 64, "1.2.643.7.1.1.1.2", "1.2.643.7.1.1.2.3", "1.2.643.7.1.1.3.3", b"A",
    frozenset({f"1.2.643.7.1.2.1.2.{n}" for n in (1, 2, 3)}),
)  # fmt: skip
KINDS: Final = {kind.name: kind for kind in (KIND_256, KIND_512)}
TEST_SETS: Final = frozenset({"1.2.643.2.2.35.0", "1.2.643.7.1.2.1.2.0"})
"""The sets of the standards' examples; nobody's key lies there, only the self-test uses them."""

KEY_BYTES: Final = 64 * 1024
"""No key comes near this size."""


class Algorithm(core.Sequence):  # type: ignore[misc]
    """AlgorithmIdentifier with any parameters; asn1crypto's own knows no GOST."""

    _fields: ClassVar[list[Any]] = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class PublicKeyInfo(core.Sequence):  # type: ignore[misc]
    """SubjectPublicKeyInfo, RFC 5280."""

    _fields: ClassVar[list[Any]] = [("algorithm", Algorithm), ("public_key", core.BitString)]


class Parameters(core.Sequence):  # type: ignore[misc]
    """GostR3410-2012-PublicKeyParameters, RFC 9215."""

    _fields: ClassVar[list[Any]] = [
        ("public_key_set", core.ObjectIdentifier),
        ("digest_set", core.ObjectIdentifier, {"optional": True}),
        ("encryption_set", core.ObjectIdentifier, {"optional": True}),
    ]


class PrivateKeyInfo(core.Sequence):  # type: ignore[misc]
    """PKCS#8 of RFC 5208; the private number lies in the octets little-endian."""

    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("algorithm", Algorithm),
        ("private_key", core.OctetString),
    ]


def kind_of(spki: bytes, *, test: bool) -> Kind:
    """Which of the two kinds a public key is, on a parameter set that is taken (KeyUnusable)."""
    try:
        read = PublicKeyInfo.load(spki[:KEY_BYTES], strict=True)
        algorithm = read["algorithm"]["algorithm"].dotted
        parameters = Parameters.load(read["algorithm"]["parameters"].dump(), strict=True)
        curve = parameters["public_key_set"].dotted
        digests = parameters["digest_set"].native and parameters["digest_set"].dotted
        point = core.OctetString.load(read["public_key"].contents[1:], strict=True).native
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise KeyUnusable("The public key is not of GOST R 34.10-2012.", reason=str(error)) from error
    for kind in KINDS.values():
        if kind.key == algorithm:
            if curve not in kind.sets and not (test and curve in TEST_SETS):
                raise KeyUnusable(f"The GOST key lies on the parameter set {curve}, which is not taken.")
            if digests not in (None, kind.digest) or len(point) != 2 * kind.size:
                break
            return kind
    raise KeyUnusable("The public key is not of GOST R 34.10-2012.")


def unarmored(data: bytes) -> tuple[str, bytes]:
    """The label and the DER of a PEM file (KeyUnusable)."""
    try:
        label, _, der = pem.unarmor(data[:KEY_BYTES])
    except (ValueError, TypeError) as error:
        raise KeyUnusable("The file is not a private key in PEM form.", reason=str(error)) from error
    return str(label), bytes(der)


def pkcs8(kind: Kind, parameter_set: str, private: bytes) -> bytes:
    """An unencrypted PKCS#8 file in PEM of a private number (big-endian) on a parameter set."""
    parameters = Parameters({"public_key_set": parameter_set, "digest_set": kind.digest})
    algorithm = Algorithm({"algorithm": kind.key, "parameters": parameters})
    info = PrivateKeyInfo({"version": 0, "algorithm": algorithm, "private_key": private[::-1]})
    return bytes(pem.armor("PRIVATE KEY", info.dump()))
