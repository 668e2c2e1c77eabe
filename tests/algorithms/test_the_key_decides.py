"""The key decides the algorithm, and no value of another form than its own is accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, x25519
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.algorithms import registry, software
from gateway.errors import KeyUnusable, SignatureInvalid

NAMES = [entry.name for entry in software.ENTRIES]
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "KAZ/MVD")])


def spki_of(private) -> bytes:
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.public_key().public_bytes(*form)


@pytest.mark.parametrize("name", NAMES)
def test_a_value_fits_its_key_and_its_data_only(name, private_keys):
    private = private_keys[name]
    public = registry.public_key(private.public_key())
    assert public.algorithm.name == name
    assert registry.public_key(public) is public
    value = public.algorithm.sign(private, b"data")
    registry.verify(public.algorithm, public.material, value, b"data")
    assert registry.holds(public, value, b"data")
    for other_value, data in ((value, b"other"), (value[:-1], b"data"), (value + b"\0", b"data"), (b"", b"data")):
        with pytest.raises(SignatureInvalid):
            registry.verify(public.algorithm, public.material, other_value, data)
        assert not registry.holds(public, other_value, data)


@pytest.mark.parametrize(("name", "octets"), [("p256", 64), ("p384", 96)])
def test_a_value_on_a_curve_is_two_numbers_of_its_width(name, octets, private_keys):
    entry = registry.get(name)
    assert {len(entry.sign(private_keys[name], bytes([n]))) for n in range(100)} == {octets}


@pytest.mark.parametrize("name", NAMES)
def test_a_key_is_found_by_its_certificate_and_by_its_bytes(name, private_keys):
    private = private_keys[name]
    builder = x509.CertificateBuilder(NAME, NAME, private.public_key(), 7, START, START + timedelta(days=30))
    certificate = builder.sign(private, None if name == "ed25519" else hashes.SHA256())
    value = registry.get(name).sign(private, b"data")
    assert registry.name_of(certificate) == name
    assert registry.spki(certificate) == spki_of(private)
    for key in (registry.of_certificate(certificate), registry.of_spki(spki_of(private))):
        assert key.algorithm.name == name
        assert registry.holds(key, value, b"data")


@pytest.mark.parametrize(
    "make",
    [
        lambda: ec.generate_private_key(ec.SECP256K1()).public_key(),
        lambda: ec.generate_private_key(ec.SECP521R1()).public_key(),
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
        registry.of_key(make())


@settings(max_examples=200, deadline=None)
@given(der=st.binary(max_size=120))
def test_bytes_that_are_no_key_are_refused(der):
    with pytest.raises(KeyUnusable):
        registry.of_spki(der)


@settings(max_examples=200, deadline=None)
@given(value=st.binary(max_size=400))
def test_no_invented_value_fits(value, private_keys):
    for name in NAMES:
        assert not registry.holds(registry.public_key(private_keys[name].public_key()), value, b"data")


def test_a_name_that_is_not_in_the_registry_is_refused():
    with pytest.raises(KeyUnusable, match="known are p256"):
        registry.get("hmac")
