"""Two real nodes over SOAP with WS-Security; only an answer that confirms our own envelope is believed."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from gateway.errors import Refusal
from gateway.message import body
from gateway.message.envelope import Kind
from gateway.message.parse import NS
from gateway.message.wssecurity.addressing import Addressing, write_addressing
from gateway.message.wssecurity.names import SECURITY, SOAP11, WSA, WSU, SecurityHeaderInvalid
from gateway.message.wssecurity.sign import sign
from gateway.store import tables
from gateway.sync import ping, soap_security, transport
from gateway.sync.push import push

SERVED = ("KAZ",)


@pytest.fixture
def secured(world, host):
    """BLR and KAZ demand WS-Security of each other; BLR speaks to KAZ through a host."""
    world.partner(world.blr, "KAZ/GATE", channel="soap", soap_security=True)
    world.partner(world.kaz, "BLR/GATE", soap_security=True)
    host.path = "/soap"
    host.kind = "text/xml; charset=utf-8"
    return world


def test_what_is_pushed_is_stored_and_every_envelope_is_signed(secured, host):
    sent = secured.permits(3)
    assert push(secured.blr, "KAZ/GATE") == 3
    assert secured.held(secured.kaz) == sent
    assert [row.state for row in secured.rows(secured.blr, tables.Outbox)] == ["delivered", "delivered"]
    for raw in host.seen:
        assert etree.fromstring(raw).find(f"{{{SOAP11}}}Header/{SECURITY}") is not None


def test_a_ping_passes_with_it_and_fails_without(secured):
    assert ping.test(secured.blr, "KAZ/GATE")["ok"]
    secured.partner(secured.blr, "KAZ/GATE", soap_security=False)
    assert ping.test(secured.blr, "KAZ/GATE")["code"] != ""
    assert secured.rows(secured.kaz, tables.Journal)[-1].reason == "BLR/GATE has to sign its envelopes"


def spoil(secured, host, change):
    """Send one message while the host changes the answer; what comes of it."""
    passing = host.passing

    def answer(raw):
        status, kind, content = passing(raw)
        return status, kind, change(raw, content)

    host.answer = answer
    secured.permits(1)
    push(secured.blr, "KAZ/GATE")
    return secured.rows(secured.blr, tables.Outbox)[-1]


def without_security(_raw, content):
    return re.sub(rb"<wsse:Security .*</wsse:Security>", b"", content, flags=re.DOTALL)


def with_another_confirmation(_raw, content):
    return content.replace(b' Value="', b' Value="AAAA')


def with_a_fault_beside(_raw, content):
    fault = f'<s:Fault xmlns:s="{SOAP11}"/>'.encode()
    return without_security(_raw, content).replace(b"<s:Body", b"<s:Body>" + fault + b"</s:Body><s:Body", 1)


@pytest.mark.parametrize("change", [without_security, with_another_confirmation, with_a_fault_beside])
def test_an_answer_whose_envelope_does_not_hold_is_not_believed(secured, host, change):
    row = spoil(secured, host, change)
    assert row.state != "delivered"
    assert row.code in (SecurityHeaderInvalid.code, "unreadable")


def resigned(world, content, signer, *, confirm, relates_to=""):
    """The answer's message in an envelope of somebody else, or to something else."""
    message = etree.tostring(etree.fromstring(content).find(f".//{{{NS}}}Message"), method="c14n", exclusive=True)
    text = (
        f'<s:Envelope xmlns:s="{SOAP11}" xmlns:wsa="{WSA}" xmlns:wsu="{WSU}"><s:Header/><s:Body><x:R xmlns:x="urn:x">'
    )
    envelope = etree.fromstring(f"{text}{message.decode()}</x:R></s:Body></s:Envelope>")
    write_addressing(envelope, Addressing(relates_to=relates_to))
    return sign(envelope, signer, world.clock(), confirm=confirm).content


@pytest.mark.parametrize(("confirm", "relates_to"), [(b"another", ""), (None, "urn:uuid:another")])
def test_an_answer_to_another_envelope_is_not_believed(secured, host, confirm, relates_to):
    signer = secured.kaz.keyring.signer()
    row = spoil(secured, host, lambda _, said: resigned(secured, said, signer, confirm=confirm, relates_to=relates_to))
    assert row.code == SecurityHeaderInvalid.code


def test_a_toolkit_that_knows_no_confirmation_is_believed_for_its_signature(secured, host):
    row = spoil(
        secured, host, lambda _raw, content: resigned(secured, content, secured.kaz.keyring.signer(), confirm=None)
    )
    assert row.state == "delivered"


def test_a_signed_body_without_a_message_is_refused(secured):
    asked = soap_security.secure(
        secured.blr, f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><a/></s:Body></s:Envelope>'.encode(), "urn:a"
    )
    empty = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><b/></s:Body></s:Envelope>'
    answer = sign(etree.fromstring(empty), secured.kaz.keyring.signer(), secured.clock(), confirm=asked.value)
    with pytest.raises(SecurityHeaderInvalid, match="no message"):
        asked.answer(secured.blr, etree.fromstring(answer.content), "KAZ/GATE")
    with pytest.raises(SecurityHeaderInvalid, match="somebody else"):
        asked.answer(secured.blr, etree.fromstring(answer.content), "UZB/GATE")


def test_a_fault_is_told_with_its_code(secured):
    row = tables.Partner(id="KAZ/GATE", endpoint=secured.urls["KAZ"], channel="soap", soap_security=True)
    with pytest.raises(Refusal) as told:
        transport.exchange(
            secured.blr, row, Kind.PING, body.write_ping(body.Ping("x")).encode().join((b"<Message>", b"</Message>"))
        )
    assert told.value.code == "partner-refused"
