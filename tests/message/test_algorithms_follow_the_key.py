"""The key decides the algorithm, and no value of another form than its own is accepted."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, x25519
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import KeyUnusable, SignatureInvalid
from gateway.message import algorithms


@pytest.mark.parametrize("algorithm", ["p256", "rsa", "ed25519"])
def test_a_value_fits_its_key_and_its_data_only(algorithm, keys):
    key = keys[algorithm]
    public = key.private.public_key()
    found = algorithms.of_key(public)
    value = key.sign(b"data")
    assert found.name == algorithm
    algorithms.verify(found, public, value, b"data")
    for other_value, data in ((value, b"other"), (value[:-1], b"data"), (value + b"\0", b"data"), (b"", b"data")):
        with pytest.raises(SignatureInvalid):
            algorithms.verify(found, public, other_value, data)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ec.generate_private_key(ec.SECP256K1()).public_key(),
        lambda: ec.generate_private_key(ec.SECP384R1()).public_key(),
        lambda: ec.generate_private_key(ec.BrainpoolP256R1()).public_key(),
        lambda: rsa.generate_private_key(65537, 1024).public_key(),  # noqa: S505 - weak on purpose.
        lambda: dsa.generate_private_key(1024).public_key(),  # noqa: S505 - weak on purpose.
        lambda: x25519.X25519PrivateKey.generate().public_key(),
        ed25519.Ed25519PrivateKey.generate,
        lambda: b"a shared secret, as for HMAC",
        lambda: None,
    ],
)
def test_a_key_outside_the_profile_has_no_algorithm(make):
    with pytest.raises(KeyUnusable):
        algorithms.of_key(make())


@settings(max_examples=200, deadline=None)
@given(value=st.binary(max_size=80))
def test_no_invented_value_fits(value, keys):
    for name in ("p256", "rsa", "ed25519"):
        public = keys[name].private.public_key()
        with pytest.raises(SignatureInvalid):
            algorithms.verify(algorithms.REGISTRY[name], public, value, b"data")


def test_only_algorithms_with_sha_256_or_better_are_there():
    uris = [algorithm.uri for algorithm in algorithms.REGISTRY.values()]
    assert len(set(uris)) == len(uris) == 3
    assert not [uri for uri in uris if "sha1" in uri or "md5" in uri or "hmac" in uri]
