"""POST /soap: a stock toolkit reads our WSDL and gets verifiable answers; faults carry the codes of REST."""

from __future__ import annotations

import re

import httpx
import pytest
import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.transports import Transport

from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Kind
from gateway.records.dates import PartialDate
from gateway.records.person import Document, Name, Person

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
SERVICE = "urn:cis:migration-exchange:1:soap"
SOMEBODY = Person(
    ref="",
    names=(Name("Никому", "Неизвестный"),),
    birth_date=PartialDate(1980, 1, 2),
    documents=(Document("UZB", "PASSPORT", "ZZ0000001"),),
)
QUESTIONS = {
    "SubmitMessage": (Kind.PING, body.write_ping(body.Ping("soap")), "KEY_ADMIN", Kind.RECEIPT),
    "GetChanges": (
        Kind.CHANGES_REQUEST,
        body.write_changes_request(ChangesRequest(0, 10)),
        "STAY_CONTROL",
        Kind.CHANGE_BATCH,
    ),
    "QueryPerson": (Kind.PERSON_QUERY, body.write_query(SOMEBODY), "STAY_CONTROL", Kind.PERSON_ANSWER),
    "QueryWatchlist": (
        Kind.WATCHLIST_QUERY,
        body.write_query(SOMEBODY, kind="WatchlistQuery"),
        "BORDER_CHECK",
        Kind.WATCHLIST_ANSWER,
    ),
}


@pytest.fixture(scope="module")
def client(world):
    transport = Transport(timeout=30, operation_timeout=30)
    with transport.session:
        yield zeep.Client(f"{world.url}/soap?wsdl", transport=transport)


def call(client, port, operation, raw):
    """The answer's Message as zeep hands it over."""
    service = client.bind("MigrationExchange", port)
    return getattr(service, operation)(_value_1=etree.fromstring(raw))


def envelope(content, version=SOAP11, header=""):
    return f'<s:Envelope xmlns:s="{version}">{header}<s:Body>{content}</s:Body></s:Envelope>'.encode()


def post(world, raw, kind="text/xml; charset=utf-8"):
    return world.http.post(f"{world.url}/soap", content=raw, headers={"Content-Type": kind})


def submit(raw, operation="SubmitMessage"):
    return f'<x:{operation} xmlns:x="{SERVICE}">{raw.decode()}</x:{operation}>'


def code_of(answer):
    root = etree.fromstring(answer.content)
    return root.findtext(f".//{{{SERVICE}}}Code")


@pytest.mark.parametrize("port", ["Soap11", "Soap12"])
@pytest.mark.parametrize("operation", QUESTIONS)
def test_a_stock_client_gets_a_signed_answer_to_every_operation(world, client, port, operation):
    kind, content, purpose, expected = QUESTIONS[operation]
    answer = call(client, port, operation, world.message(kind, content, purpose=purpose))
    if not isinstance(answer, etree._Element):
        answer = answer._value_1
    read = world.read(etree.tostring(answer, method="c14n", exclusive=True))
    assert read.header.kind is expected
    assert str(read.header.receiver) == "KAZ/GATE"


@pytest.mark.parametrize("port", ["Soap11", "Soap12"])
def test_a_stock_client_is_told_of_a_refusal_with_the_code_of_rest(world, client, port):
    raw = world.ping("sent").replace(b"sent", b"said")
    with pytest.raises(Fault) as told:
        call(client, port, "SubmitMessage", raw)
    assert "signature-invalid" in etree.tostring(told.value.detail).decode()
    assert world.post(raw).json()["code"] == "signature-invalid"


def test_a_fault_tells_no_cause_and_has_the_status_that_soap_wants(world):
    raw = world.ping("sent").replace(b"sent", b"said")
    old, new = post(world, envelope(submit(raw))), post(world, envelope(submit(raw), SOAP12), "application/soap+xml")
    assert (old.status_code, new.status_code) == (500, 400)
    for answer in (old, new):
        assert code_of(answer) == "signature-invalid"
        assert "changed after signing" not in answer.text
        identifier = etree.fromstring(answer.content).findtext(f".//{{{SERVICE}}}CorrelationId")
        assert identifier == answer.headers["x-correlation-id"]


def test_the_same_message_gets_the_same_answer_over_either_door(world):
    raw = world.ping()
    over_rest = world.post(raw).content
    assert over_rest in post(world, envelope(submit(raw))).content


def test_a_signature_survives_prefixes_and_white_space_of_the_envelope(world):
    raw = world.ping().decode()
    wrapped = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<e:Envelope xmlns:e="{SOAP11}" xmlns:wsu="urn:x" xmlns:a="urn:a">\n'
        f'  <e:Header/>\n  <e:Body>\n    <op:SubmitMessage xmlns:op="{SERVICE}">\n      {raw}\n'
        "    </op:SubmitMessage>\n  </e:Body>\n</e:Envelope>\n"
    )
    answer = post(world, wrapped.encode())
    assert answer.status_code == 200, answer.text


def test_headers_that_must_be_understood_are_refused_and_others_ignored(world):
    def with_header(attribute):
        return envelope(submit(world.ping()), header=f'<s:Header><h:Route xmlns:h="urn:h" {attribute}/></s:Header>')

    assert post(world, with_header("")).status_code == 200
    assert post(world, with_header('s:mustUnderstand="0"')).status_code == 200
    refused = post(world, with_header('s:mustUnderstand="1"'))
    assert refused.status_code == 500
    assert b"MustUnderstand</faultcode>" in refused.content


def test_more_headers_than_any_toolkit_writes_are_refused(world):
    blocks = '<h:Route xmlns:h="urn:h"/>' * 65
    answer = post(world, envelope(submit(world.ping()), header=f"<s:Header>{blocks}</s:Header>"))
    assert code_of(answer) == "invalid-request"


FOREIGN = b'<Message xmlns="urn:cis:migration-exchange:1" xmlns:n="%s">%s</Message>'


def attacks(world):
    raw = world.ping()
    good = submit(raw)
    stranger = f'<Message xmlns="urn:cis:migration-exchange:1" Id="m-1"><Body>{raw.decode()}</Body></Message>'
    return {
        "two bodies": (
            f'<s:Envelope xmlns:s="{SOAP11}"><s:Body>{good}</s:Body><s:Body>{good}</s:Body></s:Envelope>'.encode(),
            "invalid-request",
        ),
        "an empty body before": (
            f'<s:Envelope xmlns:s="{SOAP11}"><s:Body/><s:Body>{good}</s:Body></s:Envelope>'.encode(),
            "invalid-request",
        ),
        "message in the header": (envelope("", header=f"<s:Header>{raw.decode()}</s:Header>"), "invalid-request"),
        "two operations": (envelope(good + good), "invalid-request"),
        "two messages": (envelope(submit(raw + raw)), "invalid-request"),
        "no message": (envelope(submit(b"")), "invalid-request"),
        "a message within a message": (envelope(submit(stranger.encode())), "signature-invalid"),
        "an unknown operation": (envelope(submit(raw, "DeleteEverything")), "invalid-request"),
        "a wrong kind": (envelope(submit(raw, "QueryPerson")), "invalid-request"),
        "no envelope": (raw, "malformed-xml"),
        "an unknown envelope": (envelope(good, "urn:soap:9"), "malformed-xml"),
        "not XML": (b"POST / HTTP/1.1", "malformed-xml"),
        "an entity": (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + envelope(good), "malformed-xml"),
        "nesting": (b"<a>" * 5000, "too-large"),
        "no canonical form": (envelope(submit(FOREIGN % (b"relative", b"<n:a/>"))), "malformed-xml"),
        "a canonical form of a hundred megabytes": (
            envelope(submit(FOREIGN % (b"urn:" + b"n" * 1900, b"<n:a/>" * 50_000))),
            "too-large",
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "two bodies", "an empty body before", "message in the header", "two operations", "two messages", "no message",
        "a message within a message", "an unknown operation", "a wrong kind", "no envelope", "an unknown envelope",
        "not XML", "an entity", "nesting", "no canonical form", "a canonical form of a hundred megabytes",
    ],
)  # fmt: skip
def test_wrapped_and_broken_envelopes_are_refused_with_a_fault(world, name):
    raw, code = attacks(world)[name]
    answer = post(world, raw)
    assert (answer.status_code, code_of(answer)) == (500, code)


def test_a_fault_is_told_in_the_language_of_the_reader(world):
    answer = httpx.post(
        f"{world.url}/soap", content=b"<a/>", headers={"Accept-Language": "ru", "Content-Type": "text/xml"}
    )
    assert re.search("[а-я]", answer.text)


def test_what_is_refused_before_it_is_read_is_a_fault_too(world):
    assert code_of(post(world, b"")) == "invalid-request"
    wrong = world.http.put(f"{world.url}/soap", content=b"x", headers={"Content-Type": "application/soap+xml"})
    assert code_of(wrong) == "method-not-allowed"
    assert SOAP12.encode() in wrong.content


def test_a_get_is_the_description_with_the_address_of_this_node(world):
    text = world.http.get(f"{world.url}/soap?wsdl").text
    assert f'location="{world.url}/soap"' in text
    assert "{address}" not in text
