"""Step 8: what is forged, altered, replayed or out of time is refused, each with its code."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import httpx
from sqlalchemy import func, select

from gateway.clock import utc_now
from gateway.demo.caller import write_signed
from gateway.demo.stage import Stage, expect
from gateway.message.bodies import Ping
from gateway.message.body import read_receipt, write_ping
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.signature import sign, verify
from gateway.store import tables

_TARGET = "KAZ/GATE"


def run(stage: Stage) -> str:
    """Send every forgery to KAZ as BLR would send it; then the genuine one twice."""
    before = _state(stage)
    refused = [f"{name} {_send(stage, raw, code)}" for name, raw, code in _forgeries(stage)]
    expect(_state(stage) == before, "a refused message changed something")
    _twice(stage)
    return f"{', '.join(refused)}; the same message twice got the same receipt and had one effect"


def _forgeries(stage: Stage) -> list[tuple[str, bytes, str]]:
    sender = stage.nodes["BLR"]
    now = utc_now()
    genuine = _genuine(stage)
    start, end = genuine.index(b"<ds:Signature"), genuine.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    signature = genuine[start:end]
    stripped = genuine[:start] + genuine[end:]
    evil = stripped.replace(b"<Text>hello</Text>", b"<Text>trust me</Text>").replace(b'Id="m-', b'Id="x-')
    hidden = b"</ds:Object><ds:Object>" + stripped + b"</ds:Object>"
    wrapped = evil.replace(b"</Body>", b"</Body>" + signature.replace(b"</ds:Object>", hidden))
    seen = str(uuid.uuid4())
    first = write_signed(sender, _TARGET, Kind.PING, write_ping(Ping("one")), purpose="KEY_ADMIN", message_id=seen)
    _post(stage, first)
    stranger = stage.agency("BLR/GHOST")
    late = write_message(_header(now - timedelta(hours=3)), write_ping(Ping("late")))
    return [
        ("tampered", genuine.replace(b"<Text>hello</Text>", b"<Text>hellO</Text>"), "signature-invalid"),
        ("wrapped", wrapped, "signature-invalid"),
        ("stripped", stripped, "signature-invalid"),
        (
            "replayed",
            write_signed(sender, _TARGET, Kind.PING, write_ping(Ping("two")), purpose="KEY_ADMIN", message_id=seen),
            "replayed",
        ),
        ("stranger's", sign(write_message(_header(now), write_ping(Ping("hello"))), stranger, now), "unknown-partner"),
        ("expired", sign(late, sender.keyring.signer(), now), "expired"),
        ("DTD", b'<!DOCTYPE Message [<!ENTITY x "y">]>' + genuine, "malformed-xml"),
    ]


def _header(created: datetime) -> Header:
    """The header of a ping with an hour to live."""
    message_id = str(uuid.uuid4())
    return Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=Kind.PING,
        sender=Party("BLR", "GATE"),
        receiver=Party("KAZ", "GATE"),
        created=created,
        expires=created + timedelta(hours=1),
        purpose="KEY_ADMIN",
        agreement="demo",
    )


def _genuine(stage: Stage, message_id: str = "") -> bytes:
    hello = write_ping(Ping("hello"))
    return write_signed(stage.nodes["BLR"], _TARGET, Kind.PING, hello, purpose="KEY_ADMIN", message_id=message_id)


def _twice(stage: Stage) -> None:
    message_id = str(uuid.uuid4())
    genuine = _genuine(stage, message_id)
    first, second = _post(stage, genuine), _post(stage, genuine)
    expect(first.status_code == 200 and first.content == second.content, "the same message got two receipts")
    with stage.nodes["KAZ"].database.read() as session:
        count = session.scalar(
            select(func.count()).select_from(tables.Journal).where(tables.Journal.message_id == message_id)
        )
    expect(count == 1, f"the same message stands {count} times in the journal")


def _send(stage: Stage, raw: bytes, code: str) -> str:
    """The code KAZ refuses with: in a problem document, or in a signed receipt where the sender is proved."""
    response = _post(stage, raw)
    if "problem+json" in response.headers["content-type"]:
        said = response.json()["code"]
    else:
        answer = verify(response.content, stage.nodes["BLR"].trusted, limit=10_000_000)
        said = read_receipt(body_of(answer.root)).code
    expect(
        said == code and response.status_code >= 400, f"refused with {response.status_code} {said} instead of {code}"
    )
    return str(said)


def _post(stage: Stage, raw: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/xml"}
    return httpx.post(stage.url("KAZ") + "/v1/messages", content=raw, headers=headers, timeout=30, trust_env=False)


def _state(stage: Stage) -> tuple[int, int]:
    """What a message could change: records and persons."""
    with stage.nodes["KAZ"].database.read() as session:
        records = session.scalar(select(func.count()).select_from(tables.Record)) or 0
        persons = session.scalar(select(func.count()).select_from(tables.Person)) or 0
    return records, persons
