"""Every way to move, copy, forge or hide a part of a signed envelope is refused, and looks the same outside."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.errors import MalformedXml, Refusal
from gateway.message.envelope import Kind
from gateway.message.signature import TrustedKey
from gateway.message.wssecurity.names import SOAP11, SOAP12, SecurityHeaderInvalid
from gateway.message.wssecurity.verify import verify

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

MODULE = runpy.run_path(str(Path(__file__).with_name("attacks.py")))
ATTACKS = sorted(MODULE["ATTACKS"])
attacked = MODULE["attacked"]


def test_there_are_attacks_of_every_family():
    families = ("body_", "timestamp_", "id_of_", "reference_", "transform_", "prefixes_", "hmac_", "sha1_", "key_")
    for family in families:
        assert any(name.startswith(family) for name in ATTACKS), family
    assert len(ATTACKS) > 400


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attacked_envelope_is_refused(secured, verified, keys, name):
    for algorithm, version in product(("p256", "rsa", "ed25519"), (SOAP11, SOAP12)):
        raw = secured(algorithm, version=version)
        forged = attacked(name, raw, keys[algorithm], keys["stranger"])
        assert forged != raw
        with pytest.raises((SecurityHeaderInvalid, MalformedXml)) as refusal:
            verified(forged, algorithm)
        assert refusal.value.reason
        if isinstance(refusal.value, SecurityHeaderInvalid):
            assert not refusal.value.detail, "the reason stays inside"


def test_a_key_outside_the_registry_looks_like_any_other_refusal(secured):
    weak = rsa.generate_private_key(65537, 1024).public_key()  # noqa: S505 - which is the point
    with pytest.raises(SecurityHeaderInvalid):
        verify(etree.fromstring(secured()), lambda _hint: TrustedKey("", "BLR/GATE", weak), now=NOW, skew=timedelta(0))


@pytest.mark.parametrize("kind", Kind)
def test_an_attacked_envelope_is_refused_whatever_it_carries(secured, verified, keys, kind):
    raw = secured(kind=kind)
    for name in ATTACKS:
        with pytest.raises((SecurityHeaderInvalid, MalformedXml)):
            verified(attacked(name, raw, keys["p256"], keys["stranger"]))


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_single_changed_byte_is_refused_or_changes_nothing(data, secured, verified):
    algorithm = data.draw(st.sampled_from(("p256", "rsa", "ed25519")))
    raw = secured(algorithm)
    at = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[at]))
    good = verified(raw, algorithm)
    try:
        proof = verified(raw[:at] + bytes([byte]) + raw[at + 1 :], algorithm)
    except Refusal:
        return
    same(proof, good)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_cut_or_repeated_piece_is_refused_or_changes_nothing(data, secured, verified):
    raw = secured()
    start, end = sorted(
        data.draw(st.tuples(st.integers(0, len(raw)), st.integers(0, len(raw))).filter(lambda pair: pair[0] != pair[1]))
    )
    changed = raw[:start] + raw[end:] if data.draw(st.booleans()) else raw[:end] + raw[start:]
    try:
        proof = verified(changed)
    except Refusal:
        return
    same(proof, verified(raw))


def same(proof, good):
    assert etree.tostring(proof.body, method="c14n") == etree.tostring(good.body, method="c14n")
    assert (proof.addressing, proof.created, proof.expires) == (good.addressing, good.created, good.expires)
    assert (proof.signer, proof.value, proof.version) == (good.signer, good.value, good.version)
