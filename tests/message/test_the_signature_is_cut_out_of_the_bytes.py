"""A signature read from the bytes and one read from the tree lead to the same judgement on every document."""

from __future__ import annotations

import hashlib
from typing import Final

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gateway.errors import Refusal, SignatureInvalid, UnknownPartner
from gateway.message import profile
from gateway.message.c14n import c14n
from gateway.message.parse import parse
from gateway.message.signature import END, seal, verify

LIMIT = 1_000_000
PIECES = (
    b"<x/>", b"</Message>", b"<Message>", b' xmlns:ds="urn:other"', b"xmlns", b"<!-- -->", b"<![CDATA[x]]>", b"]]>",
    b"&amp;", b"&#60;", b"<?x?>", b"\r", b"\r\n", b" ", b"\t", b'"', b"'", b"<ds:Signature>", b"</ds:Signature>",
    b"<Signature xmlns='x'/>", b"\xff", b"\x00", b"\xef\xbb\xbf", b"<a b='", b"\xd0",
)  # fmt: skip

NAMES: Final = (
    b' xmlns=""', b' xmlns="urn:other"', b' xmlns:o="urn:other"', b' xmlns:o="urn:other" o:a="b"', b' xml:id="a"',
    b' xml:space="preserve"', b' other="a"', b" ", b"\n", b"xml", b"&#120;mlns", b"<Text/>",
    b'<Text xmlns="urn:other"/>',
    b'<o:Text xmlns:o="urn:other"/>', b'<o:Text xmlns:o="urn:cis:migration-exchange:1"/>',
)  # fmt: skip


def outcome(raw: bytes, trusted) -> bytes | None:
    """What is accepted as signed; None for a refusal."""
    try:
        return verify(raw, trusted, limit=LIMIT).content
    except Refusal:
        return None


def outcome_by_tree(raw: bytes, trusted) -> bytes | None:
    """The same where the signature is not cut out of the bytes, but found in the tree."""
    known = profile.cut_signature
    try:
        profile.cut_signature = lambda _raw: None
        return outcome(raw, trusted)
    finally:
        profile.cut_signature = known


def test_our_own_messages_are_read_from_the_bytes(signed) -> None:
    raw = signed()
    parts, start, end = profile.cut_signature(raw)
    assert raw[start:end].startswith(b"<ds:Signature ")
    assert raw[end:] == b"</Message>"
    assert parts == profile.read_signature(raw[start:end])


@settings(max_examples=1_000, deadline=None)
@given(data=st.data())
def test_bytes_and_tree_agree_on_every_altered_document(data, signed, keys) -> None:
    raw = signed()
    for _ in range(data.draw(st.integers(1, 3))):
        at, length = data.draw(st.integers(0, len(raw))), data.draw(st.sampled_from((0, 0, 1, 2, 10, 200)))
        raw = raw[:at] + data.draw(st.sampled_from((*PIECES, b""))) + raw[at + length :]
    trusted = keys["p256"].trusted()
    assert outcome(raw, trusted) == outcome_by_tree(raw, trusted)


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_bytes_and_tree_agree_on_whatever_the_true_signer_signs(data, unsigned, header, keys, now) -> None:
    """Only the digest is in the signer's hands: what he puts into the content is judged the same both ways."""
    content, mark, key = unsigned(), header().message_id, keys["ed25519"]
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.sampled_from([at for at, byte in enumerate(content) if byte in b"<> "]))
        content = content[:at] + data.draw(st.sampled_from((*NAMES, f' a="m-{mark}"'.encode()))) + content[at:]
    try:
        digest = hashlib.sha256(c14n(parse(content, limit=LIMIT), limit=LIMIT)).digest()
    except Refusal:
        reject()
    raw = content[: -len(END)] + seal(mark, digest, key, now) + END
    assert outcome(raw, key.trusted()) == outcome_by_tree(raw, key.trusted())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b' xmlns:ds="', b' xmlns:dz="'),
        (b' xmlns:xades="', b' xmlns:xadez="'),
        (b"ds:", b"xml:"),
        (b"xades:", b"ds:"),
    ],
    ids=["ds-undeclared", "xades-undeclared", "reserved-prefix", "one-prefix-for-two"],
)
def test_a_prefix_that_the_signature_does_not_declare_itself_is_refused(old, new, signed, keys) -> None:
    """Outside, the prefix may mean something else; read on its own, the signature must not depend on that."""
    raw = signed()
    start = raw.index(b"<ds:Signature ")
    forged = raw[:start] + raw[start:].replace(old, new).replace(b" xmlns" + new, b" xmlns:" + new[:-1])
    with pytest.raises(Refusal):
        verify(forged, keys["p256"].trusted(), limit=LIMIT)
    declared = forged.replace(b"<Message ", b'<Message xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ', 1)
    with pytest.raises(Refusal):
        verify(declared, keys["p256"].trusted(), limit=LIMIT)


def test_a_stranger_is_refused_before_the_document_is_parsed(signed, keys) -> None:
    """Parsing is what costs: whoever is not known gets his key looked up and no more."""
    raw = signed()
    broken = raw.replace(b"<Body>", b"<Body", 1)
    with pytest.raises(UnknownPartner):
        verify(broken, keys["stranger"].trusted(), limit=LIMIT)


def test_a_signature_anywhere_but_at_the_end_is_left_to_the_tree_and_refused(signed, keys) -> None:
    raw = signed()
    start, end = raw.index(b"<ds:Signature "), raw.index(b"</Message>")
    moved = raw[:start].replace(b"<Header>", raw[start:end] + b"<Header>", 1) + raw[end:]
    assert profile.cut_signature(moved) is None
    with pytest.raises(SignatureInvalid):
        verify(moved, keys["p256"].trusted(), limit=LIMIT)
