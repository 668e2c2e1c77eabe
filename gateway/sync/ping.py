"""An end-to-end test of one partner: a signed message there and back, through every step a record takes."""

from __future__ import annotations

import socket
import ssl
import uuid
from datetime import timedelta
from time import perf_counter
from typing import Final

import httpx
from sqlalchemy import select

from gateway.errors import Refusal
from gateway.exchange.node import Node
from gateway.ledger import log
from gateway.message.bodies import Ping
from gateway.message.body import write_ping
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.profile import sha256_base64
from gateway.message.signature import sign
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import foreign, receipts
from gateway.sync.transport import exchange, receipt_of

PARTS: Final = {
    "key-unusable": "own key",
    "misuse": "own settings",
    "unavailable": "connection",
    "partner-refused": "partner",
    "signature-invalid": "signature",
    "unknown-partner": "signature",
}
"""Which part a refusal accuses; every other one is about the partner's answer."""
TOLD: Final = {
    "unknown-partner": "signature",
    "signature-invalid": "signature",
    "tls-identity": "tls",
    "expired": "clock",
}
"""Which part a partner means that refuses without knowing who we are."""
WRONG_NAME: Final = (62, 64)
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""
_GREETING: Final = 5.0
"""Seconds that a host may take to answer a greeting."""
MEANINGS: Final = {
    "": ("The partner answers, and everything fits.", "Партнёр отвечает, всё в порядке."),
    "own key": ("Our own signing key cannot be used.", "Наш ключ подписи непригоден."),
    "own settings": ("Our own settings do not fit.", "Наши настройки не подходят."),
    "name": (
        "The name in the endpoint is not known, or is not the one in the partner's TLS certificate.",
        "Имя в адресе не найдено или не совпадает с именем в сертификате TLS партнёра.",
    ),
    "connection": ("Nobody answers at the endpoint.", "По адресу никто не отвечает."),
    "tls": (
        "TLS fails: their certificate is not the pinned one or has expired, ours is not taken, or http is not spoken.",
        "Сбой TLS: сертификат партнёра не закреплён или истёк, наш не принят, либо в адресе http, а нужен https.",
    ),
    "signature": (
        "A signature is not believed: theirs here, or ours there (our key is not known to them).",
        "Подпись не принята: их подпись у нас или наша у них (наш ключ им неизвестен).",
    ),
    "clock": ("The clocks are too far apart.", "Часы расходятся слишком сильно."),
    "agreement": (
        "The connection works, but no agreement is in force: nothing may pass.",
        "Связь работает, но действующих соглашений нет: обмен невозможен.",
    ),
    "partner": ("The partner answers that it refuses.", "Партнёр отвечает отказом."),
    "answer": ("The answer is not one of this exchange.", "Ответ не соответствует формату обмена."),
}
"""What each part says to whoever reads it, in English and Russian."""


def test(node: Node, partner_id: str) -> dict[str, object]:
    """Ping a partner; `ok`, or the `part` that failed with its code. A port that listens proves nothing.

    A node gets a signed message and has to acknowledge it; a foreign service is asked for one row.
    """
    with node.database.read() as session:
        partner = directory.get(session, partner_id)
    started = perf_counter()
    try:
        said = _ping(node, partner) if partner.kind == "node" else _ask(node, partner)
    except Refusal as refusal:
        said = {
            "ok": False,
            "part": _part(refusal, partner.endpoint),
            "code": refusal.code,
            "detail": refusal.detail or refusal.reason,
        }
    else:
        said["milliseconds"] = round((perf_counter() - started) * 1000, 1)
        if said["ok"] and not _agreed(node, partner):
            said["part"] = "agreement"
    english, russian = MEANINGS[str(said["part"])]
    return {**said, "meaning_en": english, "meaning_ru": russian}


def _part(refusal: Refusal, endpoint: str) -> str:
    """The part that a refusal accuses; of a connection that failed, what its causes say."""
    secure = endpoint.lower().startswith("https:")
    if refusal.code == "partner-refused":
        return TOLD.get(refusal.reason, "partner")
    cause: BaseException | None = refusal
    while cause is not None:
        if isinstance(cause, socket.gaierror | httpx.InvalidURL | UnicodeError):
            return "name"
        if isinstance(cause, ssl.SSLError):
            wrong_name = isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code in WRONG_NAME
            return "name" if wrong_name else "tls"
        if isinstance(cause, httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError) and (
            # In TLS 1.3 a server that does not take our certificate says so by cutting what is already open.
            secure or _speaks_tls(endpoint)
        ):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return PARTS.get(refusal.code, "answer")


def _speaks_tls(endpoint: str) -> bool:
    """Whether the host of an http address, which hung up, answers a greeting in TLS. Nothing is said to it."""
    address = httpx.URL(endpoint)
    greeting = ssl.create_default_context()
    greeting.check_hostname, greeting.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address.host, address.port or 80), timeout=_GREETING) as plain,
            greeting.wrap_socket(plain, server_hostname=address.host),
        ):
            return True
    except OSError:
        return False


def _agreed(node: Node, partner: tables.Partner) -> bool:
    """Whether an agreement with the partner's state is in force in either direction; our own state needs none."""
    today, row = node.clock().date(), tables.Agreement
    with node.database.read() as session:
        ends = select(row.valid_to).where(row.partner_state == partner.state, row.valid_from <= today)
        return partner.state == node.settings.state or any(end is None or today <= end for end in session.scalars(ends))


def _ping(node: Node, partner: tables.Partner) -> dict[str, object]:
    now = node.clock()
    message_id = str(uuid.uuid4())
    header = Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=Kind.PING,
        sender=Party.of(node.settings.node),
        receiver=Party.of(partner.id),
        created=now,
        expires=now + timedelta(seconds=300),
        purpose="KEY_ADMIN",
        agreement="ping",
    )
    content = write_message(header, write_ping(Ping("test")))
    raw = sign(content, node.keyring.signer(), now)
    digest = sha256_base64(content)
    leaf = log.message_entry(message_id, digest, "ASKED", direction="out")
    with node.database.begin() as session:
        log.append(session, "exchange", leaf.subject, leaf.content)
    _, answer = exchange(node, partner, Kind.PING, raw)
    receipt = receipt_of(answer, message_id=message_id, digest=digest)
    with node.database.begin() as session:
        receipts.keep(session, node, partner.id, receipt, answer)
    off = (answer.header.created - now).total_seconds()
    accepted = receipt.verdict == "ACCEPTED"
    late = abs(off) > node.settings.clock_skew or receipt.code == "expired"
    return {
        "ok": accepted and not late,
        "part": "clock" if late else "" if accepted else "partner",
        "code": receipt.code,
        "signer": answer.signer.party,
        "clock_off_seconds": round(off, 1),
    }


def _ask(node: Node, partner: tables.Partner) -> dict[str, object]:
    foreign.ask(node, partner)
    return {"ok": True, "part": "", "code": ""}
