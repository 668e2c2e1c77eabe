"""Keys made once per session, because making an RSA key takes a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gateway.store.database import Database
from gateway.trust import keyfiles, lifecycle
from gateway.trust.keyring import Keyring

PASSWORD = b"correct horse"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def private_keys():
    return {
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "rsa": rsa.generate_private_key(public_exponent=65_537, key_size=3072),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
    }


@pytest.fixture(scope="session")
def certificates_of(private_keys):
    """A function that makes a certificate: party, algorithm, and optionally its days of validity."""

    def make(party: str, algorithm: str = "p256", days: int = 365):
        key = private_keys[algorithm]
        return keyfiles.self_signed(key, party=party, now=START, until=START + timedelta(days=days))

    return make


@pytest.fixture
def signer_of(private_keys, certificates_of):
    """A function that makes an open signer of a party."""

    def make(party: str, algorithm: str = "p256", days: int = 365) -> keyfiles.Signer:
        certificate = certificates_of(party, algorithm, days)
        der = certificate.public_bytes(keyfiles.serialization.Encoding.DER)
        return keyfiles.Signer(keyfiles.key_id(certificate), algorithm, certificate, der, private_keys[algorithm])

    return make


@pytest.fixture
def new_key(tmp_path: Path, clock):
    """A function that makes a key of this node and brings it to a state."""

    def make(database: Database, status: str = "active", algorithm: str = "p256") -> str:
        with database.begin() as session:
            key = lifecycle.generate(
                session, tmp_path, party="BLR/GATE", algorithm=algorithm, password=PASSWORD, now=clock(), actor="anna"
            )
            if status != "generated":
                lifecycle.certify(session, key.kid, actor="anna", now=clock())
            if status in ("published", "active"):
                lifecycle.publish(session, key.kid, actor="anna", now=clock())
            if status == "active":
                lifecycle.activate(session, key.kid, actor="anna", now=clock())
            return key.kid

    return make


@pytest.fixture
def keyring(database: Database, tmp_path: Path, clock) -> Keyring:
    return Keyring(database, tmp_path, PASSWORD, clock)
