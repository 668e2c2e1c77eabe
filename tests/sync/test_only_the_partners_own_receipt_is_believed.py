"""What comes back is believed only when the partner signed it, for us, in answer to this very message."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from gateway.message import body
from gateway.message.bodies import PersonAnswer, ReceiptBody
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.signature import sign
from gateway.store import tables
from gateway.sync.push import push

XML = "application/xml"


def signed_answer(world, node, raw, *, kind=Kind.RECEIPT, content=None, **header):
    """An answer to a message, signed by a node; right in everything that the test does not change."""
    now = world.clock()
    message_id = between(raw, b"<MessageId>", b"</MessageId>")
    digest = between(raw, b"DigestValue>", b"</")
    said = ReceiptBody(message_id, digest, "ACCEPTED")
    values = {
        "message_id": str(uuid.uuid4()),
        "conversation_id": message_id,
        "in_reply_to": message_id,
        "request_digest": digest,
        "kind": kind,
        "sender": Party("KAZ", "GATE"),
        "receiver": Party("BLR", "GATE"),
        "created": now,
        "expires": now + timedelta(hours=1),
        "purpose": "LABOUR_REGULATION",
        "agreement": "test",
    } | header
    signer = node.keyring.signer()
    return sign(write_message(Header(**values), content or body.write_receipt(said)), signer, now)


def between(raw, start, end):
    begin = raw.index(start) + len(start)
    return raw[begin : raw.index(end, begin)].decode()


def outcome(world):
    """State and code of the one message, after one attempt to deliver it."""
    world.permits(1)
    push(world.blr, "KAZ/GATE")
    row = world.rows(world.blr, tables.Outbox)[0]
    return row.state, row.code


def test_a_receipt_that_is_right_in_everything_is_believed(world, host):
    host.answer = lambda raw: (200, XML, signed_answer(world, world.kaz, raw))
    assert outcome(world) == ("delivered", "")


OTHER = str(uuid.UUID(int=7))
OTHER_DIGEST = "A" * 43 + "="


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"in_reply_to": OTHER}, "signature-invalid"),
        ({"request_digest": OTHER_DIGEST}, "signature-invalid"),
        ({"receiver": Party("UZB", "GATE")}, "signature-invalid"),
        ({"content": body.write_receipt(ReceiptBody(OTHER, OTHER_DIGEST, "ACCEPTED"))}, "schema-invalid"),
        ({"content": "<Receipt><Verdict>ACCEPTED</Verdict></Receipt>"}, "schema-invalid"),
        ({"kind": Kind.PERSON_ANSWER, "content": body.write_person_answer(PersonAnswer().matches)}, "schema-invalid"),
    ],
)
def test_a_signed_answer_to_something_else_is_not_a_receipt(world, host, changes, code):
    host.answer = lambda raw: (200, XML, signed_answer(world, world.kaz, raw, **changes))
    assert outcome(world) == ("waiting", code)


def test_an_answer_that_another_party_signed_is_not_believed(world, host):
    host.answer = lambda raw: (200, XML, signed_answer(world, world.blr, raw))
    assert outcome(world) == ("waiting", "unknown-partner")


@pytest.mark.parametrize("change", [(b"ACCEPTED", b"PARTLY"), (b"<ds:Signature", b"<ds:Signatur_")])
def test_an_altered_or_unsigned_receipt_is_not_believed(world, host, change):
    host.answer = lambda raw: (200, XML, host.passing(raw)[2].replace(*change))
    state, code = outcome(world)
    assert state == "waiting"
    assert code in {"signature-invalid", "malformed-xml"}


@pytest.mark.parametrize(
    ("status", "kind", "content", "code"),
    [
        (401, "application/problem+json", b'{"code": "signature-invalid"}', "signature-invalid"),
        (403, "application/problem+json", b'{"code": "evil\\u0000code"}', "http-403"),
        (404, "text/html", b"<h1>Not here</h1>", "http-404"),
        (200, "text/html", b"<h1>Welcome to the hotel</h1>", "unavailable"),
        (502, "text/html", b"<h1>Bad gateway</h1>", "unavailable"),
        (429, "text/plain", b"slower", "unavailable"),
        (200, "application/xml", b"", "malformed-xml"),
        (200, "application/xml", b"\x00\xff" * 50, "malformed-xml"),
        (302, "text/plain", b"elsewhere", "unavailable"),
    ],
)
def test_what_is_no_signed_answer_leaves_the_message_waiting(world, host, status, kind, content, code):  # noqa: PLR0917
    host.answer = lambda _raw: (status, kind, content)
    assert outcome(world) == ("waiting", code)


def test_a_fault_over_soap_gives_the_partners_code(world, host):
    world.partner(world.blr, "KAZ/GATE", channel="soap")
    fault = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client'
        b'</faultcode><faultstring>no</faultstring><detail><x:Refusal xmlns:x="urn:cis:migration-exchange:1:soap">'
        b"<x:Code>unknown-partner</x:Code></x:Refusal></detail></s:Fault></s:Body></s:Envelope>"
    )
    host.answer = lambda _raw: (500, "text/xml", fault)
    assert outcome(world) == ("waiting", "unknown-partner")


def test_a_refusal_that_the_partner_signed_settles_the_message(world):
    world.partner(world.kaz, "BLR/GATE", status="suspended")
    assert outcome(world) == ("refused", "unknown-partner")
