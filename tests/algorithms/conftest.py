"""A private key of each algorithm of the software provider, made once: RSA takes a moment."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.algorithms import software


@pytest.fixture(scope="session")
def private_keys() -> dict[str, Any]:
    made = {entry.name: entry.generate() for entry in software.ENTRIES if entry.generate}
    return made | {"rsa2048": rsa.generate_private_key(65537, 2048)}
