"""What is signed verifies, and what is verified is exactly what was signed."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.algorithms import registry
from gateway.errors import MalformedXml, SchemaInvalid, SignatureInvalid, TooLarge, UnknownVersion
from gateway.message.envelope import Kind, body_of, write_message
from gateway.message.parse import NS
from gateway.message.signature import canonical, seal, sign, verify
from gateway.message.text import text

LIMIT = 1_000_000


@pytest.mark.parametrize("algorithm", ["p256", "p384", "rsa", "ed25519"])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_signed_message_gives_back_what_was_written(algorithm, kind, keys, unsigned, round_trip):
    content = unsigned(kind)
    verified = round_trip(content, algorithm)
    assert verified.content == content
    assert verified.header.kind is kind
    assert verified.signer.kid == keys[algorithm].kid
    assert verified.algorithm == registry.REGISTRY[algorithm].uri
    assert verified.signed_at == verified.header.created
    assert [child.tag.rpartition("}")[2] for child in verified.root] == ["Header", "Body"]
    assert body_of(verified.root).tag.endswith(kind)


@settings(max_examples=150, deadline=None)
@given(words=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=80))
def test_any_text_survives_signing(words, unsigned, round_trip):
    body = f"<Text>{text(words, 'Text')}</Text>"
    verified = round_trip(unsigned(body=body), "ed25519")
    assert (body_of(verified.root)[0].text or "") == words


def test_texts_that_speak_of_xml_are_only_texts(unsigned, round_trip):
    body = '<Text>the attribute xmlns and the attribute xml:id, &lt;ds:Signature xmlns="urn:x"</Text>'
    assert round_trip(unsigned(body=body))


def test_an_optional_part_of_the_header_survives(header, now, round_trip):
    asked = header(
        Kind.RECEIPT, in_reply_to="a&b", request_digest="<>", sequence=None, expires=now + timedelta(milliseconds=5)
    )
    content = write_message(asked, "<Receipt></Receipt>")
    assert round_trip(content).header == asked


@pytest.mark.parametrize("spelling", ["Id", "ID", "id", "other"])
@pytest.mark.parametrize("letter", "msrp")
def test_even_the_true_signer_cannot_use_an_id_twice(spelling, letter, unsigned, header, round_trip):
    body = f'<Text {spelling}="{letter}-{header().message_id}">x</Text>'
    with pytest.raises(SignatureInvalid) as refusal:
        round_trip(unsigned(body=body))
    assert "not unique" in refusal.value.reason


@pytest.mark.parametrize(
    "body",
    [
        '<Text xmlns="urn:other">x</Text>',
        '<Text xmlns="">x</Text>',
        '<Text xmlns:o="urn:other" o:a="b">x</Text>',
        '<Text xml:id="a">x</Text>',
        '<Text xml:base="http://127.0.0.1/">x</Text>',
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature>',
    ],
)
def test_even_the_true_signer_cannot_add_foreign_names(body, unsigned, round_trip):
    with pytest.raises(MalformedXml):
        round_trip(unsigned(body=body))
    with pytest.raises(MalformedXml):
        canonical(unsigned(body=body), limit=LIMIT)


@pytest.mark.parametrize("name", [b"mx:Text", b"Text"])
def test_where_the_elements_have_a_prefix_one_without_is_foreign(name, unsigned, header, keys, now):
    own = re.sub(rb"<(/?)", rb"<\1mx:", unsigned()).replace(b" xmlns=", b" xmlns:mx=")
    content, key = own.replace(b"mx:Text", name), keys["p256"]
    signature = seal(header().message_id, hashlib.sha256(content).digest(), key, now)
    raw = content.replace(b"</mx:Message>", signature + b"</mx:Message>")
    if name == b"mx:Text":
        assert verify(raw, key.trusted(), limit=LIMIT).content == content
        return
    with pytest.raises(MalformedXml):
        verify(raw, key.trusted(), limit=LIMIT)


@pytest.mark.parametrize("opening", ["<Message {} Id='m-another'>", "<Message {} Id='m-{}' other='a'>"])
def test_even_the_true_signer_has_to_refer_to_the_root(opening, unsigned, header, keys, now):
    """Though the Id that is referred to stands in the content once, and is the message id."""
    mark, key = header().message_id, keys["p256"]
    opening = opening.replace("'", '"').format(f'xmlns="{NS}"', mark)
    own = unsigned(body=f"<Text>m-{mark}</Text>" if "another" in opening else "")
    content = own.replace(own[: own.index(b">") + 1], opening.encode(), 1)
    signature = seal(mark, hashlib.sha256(content).digest(), key, now)
    raw = content.replace(b"</Message>", signature + b"</Message>")
    for spelling in (raw, b"\n" + raw):
        with pytest.raises((SignatureInvalid, MalformedXml)):
            verify(spelling, key.trusted(), limit=LIMIT)


def test_the_id_has_to_be_the_message_id(unsigned, header, round_trip):
    content = unsigned().replace(f'Id="m-{header().message_id}"'.encode(), b'Id="m-another"')
    with pytest.raises(SignatureInvalid) as refusal:
        round_trip(content)
    assert "message id" in refusal.value.reason


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"<SchemaVersion>1.0<", b"<SchemaVersion>2.0<", UnknownVersion),
        (b"<Kind>Ping</Kind>", b"", SchemaInvalid),
        (b"<Kind>Ping</Kind>", b"<Kind>Other</Kind>", SchemaInvalid),
        (b"<Sequence>7</Sequence>", b"<Sequence>-7</Sequence>", SchemaInvalid),
        (b"<Sequence>7</Sequence>", b"<Sequence>7</Sequence><Sequence>8</Sequence>", SchemaInvalid),
        (b"<State>BLR</State>", b"<State>BLR</State><State>KAZ</State>", SchemaInvalid),
        (b"<Created>2026-03-02T09:00:00Z<", b"<Created>2026-03-02T09:00:00<", SchemaInvalid),
        (b"<Created>2026-03-02T09:00:00Z<", b"<Created>0001-01-01T00:00:00+14:00<", SchemaInvalid),
        (b"<Created>2026-03-02T09:00:00Z<", b"<Created>2026-W10-1T09:00:00Z<", SchemaInvalid),
        (b"<Priority>B</Priority>", b"<Priority>B<Other></Other></Priority>", SchemaInvalid),
        (b"<Header>", b"<Body></Body><Header>", SchemaInvalid),
    ],
)
def test_a_header_that_cannot_be_read_is_refused_though_it_is_signed(old, new, kind, unsigned, round_trip):
    content = unsigned()
    assert old in content
    with pytest.raises(kind):
        round_trip(content.replace(old, new, 1))


def test_foreign_xml_is_brought_to_canonical_form_before_it_is_signed(unsigned, round_trip):
    foreign = b'<?xml version="1.0" encoding="UTF-8"?>\n' + unsigned().replace(b"><", b">\r\n  <").replace(b'"', b"'")
    content = canonical(foreign, limit=LIMIT)
    assert round_trip(content).content == content
    assert canonical(content, limit=LIMIT) == content


@pytest.mark.parametrize(
    "change",
    [
        lambda raw, _: raw.replace(b' Id="m-', b' Id="x-'),
        lambda raw, _: (
            raw.replace(b"<Message ", b"<mx:Message ")
            .replace(b"</Message", b"</mx:Message")
            .replace(b"xmlns=", b"xmlns:mx=")
        ),
        lambda _, signed: signed,
        lambda raw, _: raw.replace(b"<MessageId>", b"<MessageId> "),
    ],
)
def test_what_cannot_be_verified_later_is_not_made_ready_for_signing(change, unsigned, signed):
    with pytest.raises(MalformedXml):
        canonical(change(unsigned(), signed()), limit=LIMIT)


def test_only_canonical_messages_are_signed(keys, now):
    for content in (b"", b"<Message/>", b'<mx:Message Id="m-1"></mx:Message>'):
        with pytest.raises(MalformedXml):
            sign(content, keys["p256"], now)


def test_signed_bytes_are_canonical_themselves(signed):
    raw = signed()
    assert etree.tostring(etree.fromstring(raw), method="c14n", exclusive=True) == raw


def test_a_message_beyond_the_limit_is_not_read(signed, keys):
    with pytest.raises(TooLarge):
        verify(signed(), keys["p256"].trusted(), limit=100)


def test_threads_verify_side_by_side(signed, keys):
    raws = [signed(algorithm) for algorithm in ("p256", "rsa", "ed25519")] * 20
    by_algorithm = [keys[algorithm].trusted() for algorithm in ("p256", "rsa", "ed25519")] * 20
    with ThreadPoolExecutor(4) as pool:
        digests = set(pool.map(lambda raw, trusted: verify(raw, trusted, limit=LIMIT).digest, raws, by_algorithm))
    assert len(digests) == 1


def test_a_verified_message_cannot_be_altered(signed, keys):
    verified = verify(signed(), keys["p256"].trusted(), limit=LIMIT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        verified.digest = ""
