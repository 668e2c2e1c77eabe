"""Every way to move, copy, forge or hide a part of a signed message is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.errors import MalformedXml, Refusal, SignatureInvalid, TooLarge, UnknownPartner, UnknownVersion
from gateway.message.envelope import Kind
from gateway.message.signature import sign, verify

LIMIT = 1_000_000
ALGORITHMS = ("p256", "rsa", "ed25519")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_attacked_message_is_refused_whatever_the_key(attack_name, algorithm, attacked, signed, keys):
    raw = signed(algorithm)
    forged = attacked(attack_name, raw, algorithm)
    assert forged != raw
    with pytest.raises((SignatureInvalid, MalformedXml, UnknownVersion)) as refusal:
        verify(forged, keys[algorithm].trusted(), limit=LIMIT)
    _says_nothing_outside(refusal.value)


def test_an_attacked_message_is_refused_whatever_its_kind(attack_name, attacked, signed, keys):
    for kind in Kind:
        raw = signed(kind=kind)
        # It is the attack alone that refuses it.
        assert verify(raw, keys["p256"].trusted(), limit=LIMIT).header.kind is kind
        forged = attacked(attack_name, raw, "p256")
        assert forged != raw
        with pytest.raises(Refusal) as refusal:
            verify(forged, keys["p256"].trusted(), limit=LIMIT)
        _says_nothing_outside(refusal.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_without_an_attack_the_generator_changes_nothing(algorithm, signed, signed_again, keys):
    raw = signed_again(signed(algorithm), algorithm)
    assert verify(raw, keys[algorithm].trusted(), limit=LIMIT).content


def _says_nothing_outside(refusal: Refusal) -> None:
    assert refusal.reason
    if isinstance(refusal, SignatureInvalid):
        assert not refusal.detail, "the reason of a refused signature stays inside"
    for secret in ("Аманов", "Ержан", "1985"):
        assert secret not in refusal.detail


def test_the_stranger_who_signs_everything_himself_is_unknown(signed, keys, unsigned, now):
    forged = sign(unsigned(), keys["stranger"], now)
    with pytest.raises(UnknownPartner):
        verify(forged, keys["p256"].trusted(), limit=LIMIT)


def test_a_partner_cannot_sign_for_another(signed, keys):
    with pytest.raises(SignatureInvalid) as refusal:
        verify(signed(), keys["p256"].trusted("KAZ/GATE"), limit=LIMIT)
    assert "sent by another" in refusal.value.reason


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_single_changed_byte_is_refused_or_changes_nothing(data, signed, keys):
    algorithm = data.draw(st.sampled_from(ALGORITHMS))
    raw = signed(algorithm)
    trusted = keys[algorithm].trusted()
    good = verify(raw, trusted, limit=LIMIT)
    at = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[at]))
    changed = raw[:at] + bytes([byte]) + raw[at + 1 :]
    try:
        verified = verify(changed, trusted, limit=LIMIT)
    except Refusal:
        return
    assert verified.content == good.content
    assert verified.header == good.header
    assert verified.signer == good.signer
    assert etree.tostring(verified.root, method="c14n", exclusive=True) == good.content


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_cut_or_a_repeated_piece_is_refused(data, signed, keys):
    raw = signed()
    start, end = sorted(
        data.draw(st.tuples(st.integers(0, len(raw)), st.integers(0, len(raw))).filter(lambda t: t[0] != t[1]))
    )
    changed = raw[:start] + raw[end:] if data.draw(st.booleans()) else raw[:end] + raw[start:]
    try:
        verified = verify(changed, keys["p256"].trusted(), limit=LIMIT)
    except Refusal:
        return
    assert verified.content == verify(raw, keys["p256"].trusted(), limit=LIMIT).content


def test_the_tree_of_nested_signatures_costs_no_more_than_its_bytes(signed, keys):
    # A signature larger than any true one is refused by its length, before its shape is compared.
    raw = signed().replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>" + b" " * 70_000)
    with pytest.raises(SignatureInvalid):
        verify(raw, keys["p256"].trusted(), limit=LIMIT)


def test_a_message_with_thousands_of_namespaces_is_refused_before_they_cost_anything(signed, keys):
    many = "".join(f'<a xmlns:n{number}="urn:{number}">' for number in range(200))
    raw = signed().replace(b"<Ping>", b"<Ping>" + many.encode() + b"</a>" * 200)
    with pytest.raises((MalformedXml, TooLarge)) as refusal:
        verify(raw, keys["p256"].trusted(), limit=LIMIT)
    assert "namespaces" in refusal.value.detail
