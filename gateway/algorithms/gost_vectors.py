"""The published examples of GOST R 34.10-2012 and 34.11-2012, and the self-test that runs them."""

from __future__ import annotations

from typing import Final

from gateway.algorithms import gost_forms, gost_keys
from gateway.algorithms.gost_engine import Engine
from gateway.algorithms.gost_forms import KIND_256, KIND_512, Kind
from gateway.errors import AlgorithmUnavailable, KeyUnusable

MESSAGE: Final = b"012345678901234567890123456789012345678901234567890123456789012"
"""RFC 6986, section 10.1 (M1); its digests, in the order in which they are transmitted:"""
DIGESTS: Final = {
    KIND_256.name: "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
    KIND_512.name: (
        "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
        "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
    ),
}

EXAMPLES: Final[dict[str, dict[str, str]]] = {
    # RFC 7091, section 7 (GOST R 34.10-2012, appendix A.1): d, e, Q and the signature, big-endian.
    KIND_256.name: {
        "set": "1.2.643.2.2.35.0",
        "d": "7a929ade789bb9be10ed359dd39a72c11b60961f49397eee1d19ce9891ec3b28",
        "e": "2dfbc1b372d89a1188c09c52e0eec61fce52032ab1022e8e67ece6672b043ee5",
        "x": "7f2b49e270db6d90d8595bec458b50c58585ba1d4e9b788f6689dbd8e56fd80b",
        "y": "26f1b489d6701dd185c8413a977b3cbbaf64d1c593d26627dffb101a87ff77da",
        "r": "41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493",
        "s": "01456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40",
    },
    # GOST R 34.10-2012, appendix A.2.
    KIND_512.name: {
        "set": "1.2.643.7.1.2.1.2.0",
        "d": "0ba6048aadae241ba40936d47756d7c93091a0e8514669700ee7508e508b1020"
        "72e8123b2200a0563322dad2827e2714a2636b7bfd18aadfc62967821fa18dd4",
        "e": "3754f3cfacc9e0615c4f4a7c4d8dab531b09b6f9c170c533a71d147035b0c591"
        "7184ee536593f4414339976c647c5d5a407adedb1d560c4fc6777d2972075b8c",
        "x": "115dc5bc96760c7b48598d8ab9e740d4c4a85a65be33c1815b5c320c854621dd"
        "5a515856d13314af69bc5b924c8b4ddff75c45415c1d9dd9dd33612cd530efe1",
        "y": "37c7c90cd40b0f5621dc3ac1b751cfa0e2634fa0503b3d52639f5d7fb72afd61"
        "ea199441d943ffe7f0c70a2759a3cdb84c114e1f9339fdf27f35eca93677beec",
        "r": "2f86fa60a081091a23dd795e1e3c689ee512a3c82ee0dcc2643c78eea8fcacd3"
        "5492558486b20f1c9ec197c90699850260c93bcbcd9c5c3317e19344e173ae36",
        "s": "1081b394696ffe8e6585e7a9362d26b6325f56778aadbc081c0bfbe933d52ff5"
        "823ce288e8c4f362526080df7f70ce406a6eeb1f56919cb92a9853bde73e5b4a",
    },
}


def self_test(engine: Engine) -> None:
    """Run the examples through the engine (AlgorithmUnavailable where one does not come out)."""
    for kind in (KIND_256, KIND_512):
        try:
            wrong = _first_wrong(engine, kind)
        except KeyUnusable as refusal:
            wrong = refusal.reason
        if wrong:
            raise AlgorithmUnavailable(
                "The gost engine fails the published examples and is not used. / "
                "Модуль gost не проходит контрольные примеры и не используется.",
                reason=f"{kind.name}: {wrong}",
            )


def _first_wrong(engine: Engine, kind: Kind) -> str:
    """What does not come out as published; empty where everything does."""
    example = {name: bytes.fromhex(value) for name, value in EXAMPLES[kind.name].items() if name != "set"}
    # 1. Streebog.
    if engine.digest(kind.digest, MESSAGE, kind.size).hex() != DIGESTS[kind.name]:
        return "the digest of the example"
    # 2. The example's private key has the example's public key.
    key = gost_keys.private_key(
        engine, gost_forms.pkcs8(kind, EXAMPLES[kind.name]["set"], example["d"]), None, test=True
    )
    if not key.spki.endswith(example["x"][::-1] + example["y"][::-1]):
        return "the public key of the example"
    # 3. The example's signature holds, and no other.
    signature, digest = example["s"] + example["r"], example["e"][::-1]
    public = gost_keys.public_key(engine, key.spki, test=True)
    if not public.holds_over(signature, digest):
        return "the signature of the example"
    if public.holds_over(signature[:-1] + b"\0", digest) or public.holds_over(signature, bytes(kind.size)):
        return "a changed signature of the example holds"
    # 4. What is signed here, holds.
    if not public.holds(key.sign(MESSAGE), MESSAGE):
        return "a signature of its own"
    return ""
