"""A SOAP register that demands WS-Security: it verifies our request with xmlsec, and we take only what it signed."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from zeep.wsse.signature import verify_envelope

import gateway.demo.services
from gateway.errors import Misuse, Refusal, UnknownPartner
from gateway.message.signature import TrustedKey
from gateway.message.wssecurity.hints import fits
from gateway.message.wssecurity.names import DS, SecurityHeaderInvalid
from gateway.message.wssecurity.sign import sign
from gateway.partners.connect import connect, connection
from gateway.partners.soap_security import Identities
from gateway.trust import certificates, keyfiles

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SERVICES = Path(gateway.demo.services.__file__).parent
WSDL = (SERVICES / "kgz.wsdl").read_bytes().replace(b"{address}", b"http://x.example/")
PAGE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:r="http://migration.kg.example/registry/v2"><soap:Body><r:ListRegistrationsResponse><r:registration>'
    "<r:surname>Нур</r:surname></r:registration><r:nextOffset>1</r:nextOffset><r:hasMore>false</r:hasMore>"
    "</r:ListRegistrationsResponse></soap:Body></soap:Envelope>"
)
FAULT = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>'
    "<faultcode>soap:Server</faultcode><faultstring>x</faultstring></soap:Fault></soap:Body></soap:Envelope>"
)


def identity(party):
    key = ec.generate_private_key(ec.SECP256R1())
    return keyfiles.signer(key, keyfiles.self_signed(key, party=party, now=NOW, until=NOW + timedelta(days=9)))


@pytest.fixture(scope="module")
def signers():
    return {name: identity(name) for name in ("BLR/GATE", "KGZ/MIG", "UZB/MIG")}


@pytest.fixture
def connector(host, wire, signers):
    """connector(change, signer=…): one to a register that answers with a signed page, changed on its way."""
    made = []

    def find(hint):
        for party, signer in signers.items():
            if fits(hint, signer.certificate):
                return TrustedKey(signer.kid, party, signer.certificate.public_key())
        raise UnknownPartner(reason="no such key")

    def make(change=lambda content: content, *, signer="KGZ/MIG", confirm=None, page=PAGE, **options):
        def answer(connection):
            asked = etree.fromstring(host.seen[-1][2])
            content = page.encode()
            if signer:
                value = confirm or value_of(asked)
                content = sign(etree.fromstring(page), signers[signer], NOW, confirm=value).content
            connection.sendall(wire(change(content), kind="text/xml"))

        host.says(wire(WSDL, kind="text/xml"), answer)
        who = Identities("KGZ/MIG", lambda: signers["BLR/GATE"], find, lambda: NOW, timedelta(seconds=60))
        made.append(connect(f"{host.url}/registry", connection("kgz-stays") | options, identities=who))
        return made[-1]

    yield make
    for one in made:
        one.close()


def value_of(envelope):
    return binascii.a2b_base64(envelope.findtext(f".//{{{DS}}}SignatureValue").encode())


def test_a_request_is_signed_as_xmlsec_verifies_it_and_a_signed_page_is_read(connector, host, signers, tmp_path):
    page = connector().fetch("", 10)
    assert page.rows == [{"surname": "Нур"}]
    (tmp_path / "blr.pem").write_text(certificates.pem(signers["BLR/GATE"].certificate))
    assert verify_envelope(etree.fromstring(host.seen[-1][2]), str(tmp_path / "blr.pem")) is None


@pytest.mark.parametrize(
    ("change", "options", "reason"),
    [
        (lambda content: content.replace("Нур".encode(), "Нор".encode()), {}, "changed after signing"),
        (lambda content: re.sub(rb"<wsse:Security.*</wsse:Security>", b"", content), {}, "Security header"),
        (lambda content: content, {"signer": "UZB/MIG"}, "somebody else"),
        (lambda content: content, {"signer": ""}, "one Header"),
        (lambda content: content, {"confirm": b"another"}, "another request"),
    ],
)
def test_an_answer_that_the_register_did_not_sign_is_refused(connector, change, options, reason):
    with pytest.raises(SecurityHeaderInvalid) as refusal:
        connector(change, **options).fetch("", 10)
    assert reason in refusal.value.reason


def test_a_fault_needs_no_signature(connector):
    with pytest.raises(Refusal) as refusal:
        connector(signer="", page=FAULT).fetch("", 10)
    assert refusal.value.code == "unavailable"


def test_a_user_name_cannot_stand_beside_a_signature(connector, monkeypatch):
    monkeypatch.setenv("GATEWAY_KGZ_SECRET", "x")
    with pytest.raises(Misuse, match="UsernameToken"):
        connector(security="token", user="a", secret_variable="GATEWAY_KGZ_SECRET")
