"""Signers for checkpoints, one per kind of key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.trust import keyfiles

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def signers() -> dict[str, keyfiles.Signer]:
    keys: dict[str, keyfiles.PrivateKey] = {
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "rsa": rsa.generate_private_key(public_exponent=65_537, key_size=3072),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
    }
    made = {}
    for algorithm, key in keys.items():
        certificate = keyfiles.self_signed(key, party="KAZ/MVD", now=START, until=START + timedelta(days=365))
        der = certificate.public_bytes(Encoding.DER)
        made[algorithm] = keyfiles.Signer(keyfiles.key_id(certificate), algorithm, certificate, der, key)
    return made


@pytest.fixture
def signer_of(signers: dict[str, keyfiles.Signer]) -> Callable[[str], keyfiles.Signer]:
    """A signer by its algorithm."""
    return signers.__getitem__


@pytest.fixture
def signer(signers: dict[str, keyfiles.Signer]) -> keyfiles.Signer:
    return signers["p256"]
