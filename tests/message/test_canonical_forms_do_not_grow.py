"""A declaration that is written again at each element makes no hundred megabytes of a stranger's three."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.errors import MalformedXml, SignatureInvalid, TooLarge, UnknownPartner
from gateway.message.c14n import GROWTH, c14n
from gateway.message.parse import parse
from gateway.message.signature import canonical, verify

LIMIT = 10_000_000
LONG = b"urn:" + b"n" * 1900
MANY = b"<n:a/>" * 20_000
"""With LONG declared above them, forty megabytes in canonical form."""


def nobody(kid):
    raise UnknownPartner(reason=kid)


def refused(raw, trusted, kinds):
    """The reason or detail of the refusal; nothing near the canonical form was held for it."""
    tracemalloc.start()
    try:
        with pytest.raises(kinds) as refusal:
            verify(raw, trusted, limit=LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 12 * len(raw)
    finally:
        tracemalloc.stop()
    return refusal.value.reason or refusal.value.detail


def test_a_strangers_signature_does_not_grow():
    raw = (
        b'<Message xmlns="urn:cis:migration-exchange:1" Id="m-1"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#" '
        b'xmlns:n="%s">%s</Signature></Message>' % (LONG, MANY)
    )
    assert "larger than any" in refused(raw, nobody, SignatureInvalid)


def test_another_content_under_a_true_signature_does_not_grow(signed, keys):
    raw = signed().replace(b"<Header>", b'<Header xmlns:n="%s">%s' % (LONG, MANY), 1)
    assert "many times longer" in refused(raw, keys["p256"].trusted(), TooLarge)


def test_nor_in_another_spelling(signed, keys):
    raw = signed().replace(b"<Header>", b'<Header xmlns:n="%s">%s' % (LONG, MANY), 1)
    raw = raw.replace(b"</SignedInfo>", b"</SignedInfo >").replace(b"</ds:SignedInfo>", b"</ds:SignedInfo >")
    assert "many times longer" in refused(raw, keys["p256"].trusted(), TooLarge)


def test_nor_in_what_is_to_be_signed():
    raw = b'<Message xmlns="urn:cis:migration-exchange:1" Id="m-1" xmlns:n="%s">%s</Message>' % (LONG, MANY)
    with pytest.raises(TooLarge):
        canonical(raw, limit=LIMIT)


def test_a_relative_namespace_has_no_canonical_form():
    with pytest.raises(MalformedXml) as refusal:
        c14n(parse(b'<a xmlns:n="relative"/>', limit=100), limit=100)
    assert refusal.value.reason


TEXTS = st.text(st.sampled_from("ab<>&\"'\r\n\t ы"), max_size=8)
TREES = st.recursive(
    st.tuples(st.sampled_from(("a", "{urn:n}b")), TEXTS, st.just(())),
    lambda inner: st.tuples(st.sampled_from(("a", "{urn:n}b")), TEXTS, st.lists(inner, max_size=3)),
)


def build(tree):
    name, text, inner = tree
    element = etree.Element(name, {"{urn:o}k": text})
    element.text, element.tail = text, text
    element.extend(map(build, inner))
    return element


@given(TREES)
def test_with_and_without_a_limit_the_form_is_the_same(tree):
    raw = etree.tostring(build(("top", "", [tree])), encoding="UTF-8")
    for element in (parse(raw, limit=LIMIT), parse(raw, limit=LIMIT)[0]):
        assert c14n(element, limit=GROWTH * len(raw)) == c14n(element, limit=None)
        with pytest.raises(TooLarge):
            c14n(element, limit=len(c14n(element, limit=None)) - 1)
