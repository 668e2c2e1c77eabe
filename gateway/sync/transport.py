"""One signed message to another node and its signed answer back, over REST or SOAP.

The answer is only believed when the partner signed it, for us, in answer to exactly this message.
"""

from __future__ import annotations

import json
import re
from typing import Final

from gateway.errors import (
    MalformedXml,
    Refusal,
    SchemaInvalid,
    SignatureInvalid,
    TooLarge,
    Unavailable,
    Unreadable,
)
from gateway.exchange.incoming import examine, refuse_invalid
from gateway.exchange.node import Node
from gateway.message.bodies import ReceiptBody
from gateway.message.body import read_receipt
from gateway.message.c14n import GROWTH, c14n
from gateway.message.envelope import Kind, body_of
from gateway.message.parse import NS, parse
from gateway.message.signature import VerifiedMessage, digest_of, verify
from gateway.message.wssecurity.names import SOAP11
from gateway.partners.answer import UNREACHED, Deadline, bounded
from gateway.store import tables
from gateway.sync.calls import caller
from gateway.sync.soap_security import Secured, secure

_ANSWER_LIMIT: Final = 64 * 1024 * 1024
_CODE: Final = re.compile(r"[A-Za-z0-9:._-]{1,40}")
"""What a refusal code of another system may look like before it is stored or shown here."""
_OPERATIONS: Final = {
    Kind.CHANGES_REQUEST: "GetChanges",
    Kind.PERSON_QUERY: "QueryPerson",
    Kind.WATCHLIST_QUERY: "QueryWatchlist",
}
"""The SOAP operation of each kind of question; everything else is submitted."""


class PartnerRefused(Refusal):
    """The partner refused without a signed answer: it could not prove that the message was ours."""

    code = "partner-refused"
    status = 502
    title_en = "The partner refused the message before it knew whose it was."
    title_ru = "Партнёр отклонил сообщение до установления отправителя."


def exchange(node: Node, partner: tables.Partner, kind: Kind, raw: bytes) -> tuple[bytes, VerifiedMessage]:
    """Send a signed message and return the answer, as bytes and verified.

    Raises Unavailable when the partner cannot be reached or fails, the partner's own refusal code as
    PartnerRefused when it sends no signed answer, TooLarge, and SignatureInvalid when the answer does not hold.
    """
    content = _send(node, partner, kind, raw)
    answer = verify(content, node.trusted, limit=_ANSWER_LIMIT)
    _check_answer(node, partner, raw, answer)
    return content, answer


def receipt_of(answer: VerifiedMessage, *, message_id: str, digest: str) -> ReceiptBody:
    """The receipt in an answer, once it has the form of one and names this very message (SchemaInvalid)."""
    if answer.header.kind is not Kind.RECEIPT:
        raise SchemaInvalid("The partner answers with something else than a receipt.", reason=answer.header.kind)
    refuse_invalid(examine(answer.root))
    receipt = read_receipt(body_of(answer.root))
    if (receipt.message_id, receipt.digest) != (message_id, digest):
        raise SchemaInvalid("The partner's receipt is for another message.")
    return receipt


def _send(node: Node, partner: tables.Partner, kind: Kind, raw: bytes) -> bytes:
    """One exchange as a whole within the delivery timeout: an answer that drips must not hold a worker for ever."""
    soap = partner.channel == "soap"
    url = partner.endpoint.rstrip("/") + ("/soap" if soap else "/v1/messages")
    operation = _OPERATIONS.get(kind, "SubmitMessage")
    content = _wrap(operation, raw) if soap else raw
    secured = secure(node, content, f"{NS}:{operation}") if soap and partner.soap_security else None
    content = secured.content if secured else content
    headers = {"Content-Type": "text/xml; charset=utf-8" if soap else "application/xml"}
    if soap:
        headers["SOAPAction"] = f'"{NS}:{operation}"'
    deadline = Deadline(node.settings.delivery_timeout, partner.id)
    try:
        with (
            caller(node, partner) as client,
            client.stream("POST", url, content=content, headers=headers) as response,
        ):
            answer = bounded(response.iter_bytes(), _ANSWER_LIMIT, deadline, partner.id)
    except UNREACHED as error:
        raise Unavailable("The partner does not answer.", where=partner.id, reason=str(error)) from error
    if "xml" not in response.headers.get("content-type", ""):
        code = problem_code(response.status_code, answer)
        refused = 400 <= response.status_code < 500 and response.status_code != 429
        raise (PartnerRefused if refused else Unavailable)(
            f"The partner answers {code}.", where=partner.id, reason=code
        )
    return _unwrap(node, answer, partner, secured) if soap else answer


def problem_code(status: int, answer: bytes) -> str:
    """The code in a problem document, or the HTTP status of what is none."""
    try:
        code = str(json.loads(answer)["code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        code = ""
    return code if _CODE.fullmatch(code) else f"http-{status}"


def _wrap(operation: str, raw: bytes) -> bytes:
    """A signed message inside a SOAP 1.1 envelope; exclusive C14N keeps the signature valid in there."""
    message = raw[raw.index(b"<Message") :]
    return (
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><x:{operation} xmlns:x="{NS}:soap">'.encode()
        + message
        + f"</x:{operation}></s:Body></s:Envelope>".encode()
    )


def _unwrap(node: Node, content: bytes, partner: tables.Partner, secured: Secured | None) -> bytes:
    """The message in the partner's answer; of one that secures its envelopes, only what it signed.

    A fault is not signed. Whoever can write one into the connection can cut it as well.
    """
    try:
        root = parse(content, limit=_ANSWER_LIMIT)
    except MalformedXml as error:
        raise Unreadable("The partner's answer is not SOAP.", where=partner.id, reason=error.reason) from error
    message = root.find(f"{{{SOAP11}}}Body/*/{{{NS}}}Message")
    if message is None:
        said = root.findtext(f".//{{{NS}:soap}}Code") or root.findtext(".//faultcode") or ""
        code = said if _CODE.fullmatch(said) else "soap-fault"
        raise PartnerRefused(f"The partner answers {code}.", where=partner.id, reason=code)
    if secured is not None:
        message = secured.answer(node, root, partner.id)
    try:
        return c14n(message, limit=GROWTH * len(content))
    except (MalformedXml, TooLarge) as error:
        raise Unreadable("The partner's answer is not SOAP.", where=partner.id, reason=error.reason) from error


def _check_answer(node: Node, partner: tables.Partner, raw: bytes, answer: VerifiedMessage) -> None:
    """The answer is the partner's, for us, and to this very message."""
    asked = parse(raw, limit=len(raw))
    header = answer.header
    if header.in_reply_to != asked.findtext(f"{{{NS}}}Header/{{{NS}}}MessageId"):
        raise SignatureInvalid(reason="the answer is to another message")
    if str(header.sender) != partner.id or str(header.receiver) != node.settings.node:
        raise SignatureInvalid(reason="the answer is from or to somebody else")
    if header.request_digest != digest_of(raw):
        raise SignatureInvalid(reason="the answer is to other bytes")
