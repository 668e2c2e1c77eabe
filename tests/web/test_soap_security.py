"""POST /soap with WS-Security: a stock zeep client signs and verifies; what is wrapped or unsigned gets one fault."""

from __future__ import annotations

import logging
import re
import runpy
from datetime import timedelta
from pathlib import Path

import pytest
import xmlsec
import zeep
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from sqlalchemy import select
from zeep.exceptions import Fault, SignatureVerificationFailed
from zeep.transports import Transport
from zeep.wsse.compose import Compose
from zeep.wsse.signature import BinarySignature, Signature, verify_envelope
from zeep.wsse.utils import WSU, get_security_header

from gateway.message import body
from gateway.message.envelope import Kind, Party
from gateway.message.parse import NS
from gateway.message.wssecurity.addressing import Addressing, read_addressing, write_addressing
from gateway.message.wssecurity.names import DS, SOAP11, SOAP12, WSA, WSSE, WSSE11
from gateway.message.wssecurity.names import WSU as WSU_NS
from gateway.message.wssecurity.sign import sign
from gateway.partners import directory
from gateway.store import tables
from gateway.trust import certificates, keyfiles, lifecycle

ATTACKS = runpy.run_path(str(Path(__file__).parents[1] / "message" / "wssecurity" / "attacks.py"))
SERVICE = f"{NS}:soap"
SHA256 = {"digest_method": xmlsec.Transform.SHA256}
RSA = {"signature_method": xmlsec.Transform.RSA_SHA256, **SHA256}


class Timestamp:
    """What zeep leaves to its user: a Timestamp, put in before the signature is made."""

    def __init__(self, clock, **change):
        self.clock, self.change = clock, timedelta(**change)

    def apply(self, envelope, headers):
        now = self.clock() + self.change
        get_security_header(envelope).append(
            WSU.Timestamp(WSU.Created(now.isoformat()), WSU.Expires((now + timedelta(minutes=5)).isoformat()))
        )
        return envelope, headers

    def verify(self, envelope):
        return envelope


class Verifying(BinarySignature):
    """zeep's own verify() takes the caller's certificate; an answer is signed with the node's. Faults are unsigned."""

    answers_of = ""

    def verify(self, envelope):
        if envelope.find("{*}Body/{*}Fault") is None:
            verify_envelope(envelope, self.answers_of)
        return envelope


class VerifyingPlain(Verifying):
    """The same with zeep's Signature, which puts the certificate into KeyInfo."""

    apply = Signature.apply


@pytest.fixture(scope="module")
def files(world, tmp_path_factory):
    """A key of KAZ for its SOAP stack, approved at BLR; its files, and BLR's certificate."""
    place = tmp_path_factory.mktemp("soap")
    key = rsa.generate_private_key(65537, 2048)
    now = world.clock()
    certificate = keyfiles.self_signed(key, party="KAZ/GATE", now=now, until=now + timedelta(days=300))
    with world.blr.database.begin() as session:
        kid = lifecycle.propose(session, certificate, party="KAZ/GATE", actor="anna", now=now).kid
        lifecycle.activate(session, kid, actor="boris", now=now)
    (place / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (place / "cert.pem").write_text(certificates.pem(certificate))
    (place / "blr.crt.pem").write_text(certificates.pem(world.blr.keyring.signer().certificate))
    return place


@pytest.fixture
def demanded(world):
    """KAZ has to sign its envelopes."""
    _demand(world, on=True)
    yield
    _demand(world, on=False)


def _demand(world, *, on):
    with world.blr.database.begin() as session:
        directory.secure_soap(session, "KAZ/GATE", on=on, actor="anna", reason="its stack", now=world.clock())


@pytest.fixture
def client(world, files):
    """client(kind, timestamp=…): a zeep client with WS-Security."""
    transport = Transport(timeout=30, operation_timeout=30)

    def make(kind=Verifying, *, timestamp=None, **options):
        signature = kind(str(files / "key.pem"), str(files / "cert.pem"), **(options or RSA))
        signature.answers_of = str(files / "blr.crt.pem")
        wsse = Compose([timestamp or Timestamp(world.clock), signature])
        return zeep.Client(f"{world.url}/soap?wsdl", transport=transport, wsse=wsse)

    with transport.session:
        yield make


def call(client, port, raw, operation="SubmitMessage"):
    service = client.bind("MigrationExchange", port)
    answer = getattr(service, operation)(_value_1=etree.fromstring(raw))
    return answer if isinstance(answer, etree._Element) else answer._value_1


def ours(world, raw, version=SOAP11, addressing=None, confirm=None):
    """An envelope round a message, signed by KAZ with the gateway's own signer."""
    text = (
        f'<s:Envelope xmlns:s="{version}" xmlns:wsa="{WSA}" xmlns:wsu="{WSU_NS}"><s:Header/><s:Body>'
        f'<x:SubmitMessage xmlns:x="{SERVICE}">{raw.decode()}</x:SubmitMessage></s:Body></s:Envelope>'
    )
    envelope = etree.fromstring(text)
    write_addressing(envelope, addressing or Addressing(message_id="urn:uuid:1"))
    return sign(envelope, world.kaz.keyring.signer(), world.clock(), confirm=confirm)


def post(world, raw, version=SOAP11):
    kind = "text/xml" if version == SOAP11 else "application/soap+xml"
    return world.http.post(f"{world.url}/soap", content=raw, headers={"Content-Type": f"{kind}; charset=utf-8"})


def last(world):
    """What the journal says of the message that came last."""
    with world.blr.database.read() as session:
        return session.scalar(select(tables.Journal).order_by(tables.Journal.id.desc()).limit(1))


def code_of(answer):
    return etree.fromstring(answer.content).findtext(f".//{{{SERVICE}}}Code")


@pytest.mark.parametrize("port", ["Soap11", "Soap12"])
@pytest.mark.parametrize("kind", [Verifying, VerifyingPlain])
def test_a_stock_zeep_client_signs_its_envelope_and_verifies_ours(world, client, demanded, port, kind):
    read = world.read(etree.tostring(call(client(kind), port, world.ping()), method="c14n", exclusive=True))
    assert read.header.kind is Kind.RECEIPT


def test_an_answer_that_was_changed_on_its_way_is_refused_by_zeep(world, client, files):
    stock = client()
    post_xml = stock.transport.post_xml

    def spoiled(*arguments):
        response = post_xml(*arguments)
        response._content = response.content.replace(b"SubmitMessageResponse", b"SubmitMessageAnswered")
        return response

    stock.transport.post_xml = spoiled
    with pytest.raises(SignatureVerificationFailed):
        call(stock, "Soap11", world.ping())


@pytest.mark.parametrize("port", ["Soap11", "Soap12"])
def test_zeep_as_it_comes_with_sha1_is_refused(world, client, port):
    with pytest.raises(Fault) as told:
        call(client(signature_method=None), port, world.ping())
    assert "ws-security-invalid" in etree.tostring(told.value.detail).decode()


def test_an_expired_timestamp_is_refused(world, client):
    with pytest.raises(Fault):
        call(client(timestamp=Timestamp(world.clock, minutes=-7)), "Soap11", world.ping())
    assert last(world).reason == "the timestamp has expired"


def test_a_partner_that_has_to_sign_its_envelopes_is_refused_without(world, demanded):
    raw = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><x:SubmitMessage xmlns:x="{SERVICE}">{world.ping().decode()}'
    raw += "</x:SubmitMessage></s:Body></s:Envelope>"
    assert code_of(post(world, raw.encode())) == "ws-security-invalid"
    assert last(world).reason == "KAZ/GATE has to sign its envelopes"
    _demand(world, on=False)
    assert post(world, raw.encode()).status_code == 200


def test_the_envelope_has_to_be_of_the_messages_own_sender(world):
    signer = world.signer("BLR/MVD")
    raw = world.ping()
    text = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><x:SubmitMessage xmlns:x="{SERVICE}">{raw.decode()}'
    text += "</x:SubmitMessage></s:Body></s:Envelope>"
    forged = sign(etree.fromstring(text), signer, world.clock()).content
    assert code_of(post(world, forged)) == "ws-security-invalid"
    assert last(world).reason == "the envelope is of BLR/MVD, the message of another"


def test_a_signed_envelope_does_not_make_up_for_the_messages_own_signature(world):
    changed = world.ping("sent").replace(b"sent", b"said")
    assert code_of(post(world, ours(world, changed).content)) == "signature-invalid"
    other = world.message(Kind.PING, body.write_ping(body.Ping("x")), sender=Party("BLR", "MVD"))
    assert code_of(post(world, ours(world, other).content)) == "ws-security-invalid"


@pytest.mark.parametrize("version", [SOAP11, SOAP12])
def test_an_answer_confirms_the_request_and_refers_to_it(world, version):
    asked = ours(world, world.ping(), version, Addressing(message_id="urn:uuid:asked", action=f"{NS}:SubmitMessage"))
    answer = post(world, asked.content, version)
    assert answer.status_code == 200, answer.text
    envelope = etree.fromstring(answer.content)
    value = envelope.find(f".//{{{WSSE11}}}SignatureConfirmation").get("Value")
    assert value == etree.fromstring(asked.content).findtext(
        f".//{{{WSSE}}}Security/{{{DS}}}Signature/{{{DS}}}SignatureValue"
    )
    said = read_addressing(envelope)
    assert (said.relates_to, said.action) == ("urn:uuid:asked", f"{SERVICE}:MigrationExchange:SubmitMessageResponse")


def test_the_same_envelope_again_gets_the_same_answer_and_has_no_second_effect(world):
    raw = ours(world, world.ping()).content
    first, second = (etree.fromstring(post(world, raw).content).find(f".//{{{NS}}}Message") for _ in range(2))
    assert etree.tostring(first) == etree.tostring(second)


@pytest.mark.parametrize(
    ("addressing", "where"),
    [
        (Addressing(action=f"{NS}:GetChanges"), "Action"),
        (Addressing(to="http://127.0.0.1/elsewhere"), "To"),
    ],
)
@pytest.mark.parametrize("signed", [True, False])
def test_addressing_has_to_fit_what_is_asked(world, addressing, where, signed):
    raw = ours(world, world.ping(), addressing=addressing).content
    if not signed:
        raw = re.sub(rb"<wsse:Security.*</wsse:Security>", b"", raw)
    answer = post(world, raw)
    assert code_of(answer) == "invalid-request"
    assert f"/Envelope/Header/{where}" in answer.text


@pytest.mark.parametrize("name", ["ReplyTo", "FaultTo"])
def test_an_answer_is_never_sent_elsewhere(world, name):
    block = f'<w:{name} xmlns:w="{WSA}"><w:Address>http://127.0.0.1/x</w:Address></w:{name}>'
    raw = f'<s:Envelope xmlns:s="{SOAP11}"><s:Header>{block}</s:Header><s:Body><x:SubmitMessage xmlns:x="{SERVICE}">'
    raw += f"{world.ping().decode()}</x:SubmitMessage></s:Body></s:Envelope>"
    assert code_of(post(world, raw.encode())) == "invalid-request"
    anonymous = raw.replace("http://127.0.0.1/x", f"{WSA}/anonymous")
    assert post(world, anonymous.encode()).status_code == 200


def test_addressing_without_a_signature_is_understood_and_echoed(world):
    block = f'<w:MessageID xmlns:w="{WSA}" s:mustUnderstand="1">urn:uuid:me</w:MessageID>'
    raw = f'<s:Envelope xmlns:s="{SOAP11}"><s:Header>{block}</s:Header><s:Body><x:SubmitMessage xmlns:x="{SERVICE}">'
    raw += f"{world.ping().decode()}</x:SubmitMessage></s:Body></s:Envelope>"
    envelope = etree.fromstring(post(world, raw.encode()).content)
    assert read_addressing(envelope).relates_to == "urn:uuid:me"
    assert envelope.find(f".//{{{WSSE}}}Security") is None


@pytest.mark.parametrize(
    "block",
    [
        '<w:To xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing">x</w:To>',
        f'<w:To xmlns:w="{WSA}"></w:To>',
        f'<w:To xmlns:w="{WSA}">{"x" * 401}</w:To>',
        f'<w:To xmlns:w="{WSA}"><a/></w:To>',
        f'<w:From xmlns:w="{WSA}"/>',
        f'<w:Sender xmlns:w="{WSA}">x</w:Sender>',
        f'<w:To xmlns:w="{WSA}">{WSA}/anonymous</w:To><w:To xmlns:w="{WSA}">{WSA}/anonymous</w:To>',
    ],
)
def test_addressing_that_is_no_addressing_is_refused(world, block):
    raw = f'<s:Envelope xmlns:s="{SOAP11}"><s:Header>{block}</s:Header><s:Body><x:SubmitMessage xmlns:x="{SERVICE}">'
    raw += f"{world.ping().decode()}</x:SubmitMessage></s:Body></s:Envelope>"
    assert code_of(post(world, raw.encode())) == "invalid-request"


@pytest.mark.parametrize("version", [SOAP11, SOAP12])
def test_every_attack_gets_one_code_and_leaves_its_reason_inside(world, version, caplog):
    caplog.set_level(logging.INFO, "gateway.web")
    raw = ours(world, world.ping(), version).content
    key = world.kaz.keyring.signer()
    for name in sorted(ATTACKS["ATTACKS"]):
        forged = ATTACKS["attacked"](name, raw, key, world.signer("BLR/LAB"))
        caplog.clear()
        answer = post(world, forged, version)
        assert code_of(answer) in ("ws-security-invalid", "malformed-xml"), name
        reason = caplog.records[0].getMessage().split(": ", 1)[1]
        assert reason
        assert reason not in answer.text or code_of(answer) == "malformed-xml"
        if code_of(answer) == "ws-security-invalid":
            traced = last(world)
            assert (traced.state, traced.code, traced.reason) == ("refused", "ws-security-invalid", reason), name


def agree(world, names):
    """The algorithms agreed with KAZ."""
    with world.blr.database.begin() as session:
        session.get(tables.Partner, "KAZ/GATE").algorithms = names
        lifecycle.touch(session)
    world.clock.advance(seconds=2)  # An answer of the keyring may be a second old.


@pytest.mark.parametrize("agreed", [["p256"], ["rsa"]])
def test_a_key_that_is_named_by_its_thumbprint_is_held_to_what_was_agreed(world, agreed):
    scene = ATTACKS["Scene"](ours(world, world.ping()).content, world.kaz.keyring.signer(), None)
    scene.security.remove(scene.token)
    scene.key_info[0].replace(scene.key_info[0][0], ATTACKS["_thumbprint"](scene.key))
    scene.sign_again()
    agree(world, agreed)
    answer = post(world, etree.tostring(scene.root))
    agree(world, [])
    assert code_of(answer) == (None if agreed == ["p256"] else "ws-security-invalid")
