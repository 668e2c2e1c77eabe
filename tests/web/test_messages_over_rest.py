"""POST /v1/messages: a signed answer to a proved sender, a problem document to everybody else."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from gateway.message.bodies import Ping
from gateway.message.body import write_ping
from gateway.message.envelope import Kind, Party
from gateway.store import tables


def test_a_signed_message_gets_a_signed_receipt(world):
    raw = world.ping()
    answer = world.post(raw)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    read = world.read(answer.content)
    assert (str(read.header.sender), str(read.header.receiver)) == ("BLR/GATE", "KAZ/GATE")
    assert world.receipt(answer.content).verdict == "ACCEPTED"


def test_the_same_message_again_gets_the_same_bytes(world):
    raw = world.ping()
    assert world.post(raw).content == world.post(raw).content


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ({"receiver": Party("UZB", "GATE")}, 400, "wrong-receiver"),
        ({"created": "future"}, 400, "expired"),
        ({"kind": Kind.RECEIPT}, 403, "not-permitted"),
    ],
)
def test_a_proved_sender_is_refused_in_a_signed_receipt_with_the_status_of_the_code(world, header, status, code):
    header = dict(header)
    if header.get("created"):
        header["created"] = world.clock() + timedelta(hours=1)
        header["expires"] = world.clock() + timedelta(hours=2)
    kind = header.pop("kind", Kind.PING)
    answer = world.post(world.message(kind, write_ping(Ping("x")), **header))
    assert answer.status_code == status
    receipt = world.receipt(answer.content)
    assert (receipt.verdict, receipt.code) == ("REFUSED", code)


def test_another_message_under_the_same_id_is_a_replay(world):
    message_id = str(uuid.uuid4())
    assert world.post(world.ping("one", message_id=message_id)).status_code == 200
    answer = world.post(world.ping("two", message_id=message_id))
    assert answer.status_code == 409
    assert world.receipt(answer.content).code == "replayed"


def test_an_altered_message_gets_a_problem_document_that_tells_nothing_of_the_cause(world):
    answer = world.post(world.ping().replace(b"hello", b"hellO"))
    problem = answer.json()
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "code", "correlation_id"}
    assert problem["code"] == "signature-invalid"
    assert problem["correlation_id"] == answer.headers["x-correlation-id"]
    trace = world.rows(tables.Journal)[-1]
    assert (trace.sender, trace.state, trace.code) == (None, "refused", "signature-invalid")


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 422, "invalid-request"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 400, "malformed-xml"),
        (b"{}", 400, "malformed-xml"),
        (b'<Message xmlns="urn:cis:migration-exchange:2" Id="m-1"/>', 400, "unknown-version"),
        (b'<Message xmlns="urn:cis:migration-exchange:1" Id="m-1"/>', 401, "signature-invalid"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 400, "malformed-xml"),
        ('<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"), 400, "malformed-xml"),
        (b"<a>" * 5_000, 413, "too-large"),
    ],
)
def test_what_is_not_a_message_is_refused_with_its_code(world, raw, status, code):
    answer = world.post(raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_problem_is_told_in_the_language_of_the_reader(world):
    russian = world.post(b"<a/>", **{"Accept-Language": "ru-RU,en;q=0.5"}).json()
    english = world.post(b"<a/>", **{"Accept-Language": "de, en"}).json()
    assert russian["title"].startswith("Сообщение не является")
    assert english["title"].startswith("The message is not")
    assert russian["code"] == english["code"]


def test_an_unknown_address_and_a_wrong_method_are_problems_too(world):
    missing = world.http.get(f"{world.url}/v1/nothing")
    wrong = world.http.get(f"{world.url}/v1/messages")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
