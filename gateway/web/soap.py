"""SOAP 1.1 and 1.2, document/literal: the same signed messages, in an envelope stock toolkits can make.

What protects a message is its own signature; the envelope adds nothing and is trusted in nothing. A partner
whose toolkit demands it signs the envelope as well (gateway.web.soap_security), and then the answer's is signed.
"""

from __future__ import annotations

import time
from functools import cache
from importlib import resources
from itertools import islice
from typing import Final
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response
from lxml import etree

from gateway.errors import InvalidRequest, MalformedXml, Refusal
from gateway.exchange.receive import receive
from gateway.message.c14n import GROWTH, c14n
from gateway.message.parse import NS, local
from gateway.message.wssecurity.addressing import read_addressing, understood
from gateway.message.wssecurity.names import SOAP11, SOAP12
from gateway.message.wssecurity.verify import read_envelope
from gateway.web.access import CurrentConnection, CurrentNode, MessageBody
from gateway.web.faults import correlation_id, language_of, note
from gateway.web.leaving import afterwards, wait_for_bucket
from gateway.web.soap_security import check_sender, enclose, open_secured

ENVELOPES: Final = {
    SOAP11: "text/xml; charset=utf-8",
    SOAP12: "application/soap+xml; charset=utf-8",
}
SERVICE: Final = f"{NS}:soap"
ACTIONS: Final = f"{SERVICE}:MigrationExchange"
"""Before the names of answers in wsa:Action (WS-Addressing Metadata, section 4.4.4)."""

BLOCKS: Final = 64
"""Most headers of an envelope that are looked at before anybody is proved to have sent it."""

OPERATIONS: Final = {
    "SubmitMessage": "",
    "GetChanges": "ChangesRequest",
    "QueryWatchlist": "WatchlistQuery",
    "QueryPerson": "PersonQuery",
}
"""Operation to the only kind of message it takes; SubmitMessage takes every kind."""

router = APIRouter(tags=["soap"])


@router.get("/soap", summary="The WSDL", response_class=Response)
def get_wsdl(node: CurrentNode) -> Response:
    """The service description, with this node's address."""
    return Response(
        _wsdl().replace("{address}", escape(f"{node.settings.url}/soap", {'"': "&quot;"})), media_type="text/xml"
    )


@router.post("/soap", summary="Send a signed message in a SOAP envelope", response_class=Response)
def post_soap(request: Request, node: CurrentNode, connection: CurrentConnection, raw: MessageBody) -> Response:
    """SubmitMessage, GetChanges, QueryWatchlist, QueryPerson: each carries one signed Message."""
    began = time.monotonic()
    version = _asked_version(request)
    try:
        envelope = read_envelope(raw, limit=node.settings.limits.message_bytes)
        version = _version(envelope)
        # What is signed round the message, if anything is: from here on nothing else of the envelope is looked at.
        proof = open_secured(node, envelope, raw)
        operation, message = _operation([proof.body] if proof else _bodies(envelope, version), GROWTH * len(raw))
        addressing = proof.addressing if proof else read_addressing(envelope)
        addressing.fits(action=f"{NS}:{operation}", address=f"{node.settings.url}/soap")
        check_sender(node, proof, message, raw)
        answer = receive(node, message, channel="soap", connection=connection)
        wait_for_bucket(node, answer.content, began)
        # The answer is a whole document; inside the envelope its declaration, if any, must not stand.
        content = b"".join(
            (
                f'<x:{operation}Response xmlns:x="{SERVICE}">'.encode(),
                answer.content[answer.content.index(b"<Message") :],
                f"</x:{operation}Response>".encode(),
            )
        )
        sealed = enclose(
            node, content, version=version, action=f"{ACTIONS}:{operation}Response", asked=addressing, proof=proof
        )
    except Refusal as refusal:
        return _fault(refusal, version, language_of(request))
    return Response(sealed, media_type=ENVELOPES[version], background=afterwards(node, raw, answer))


def refusal_as_fault(request: Request, refusal: Refusal) -> Response:
    """What is refused before the envelope is read, and what breaks: a fault all the same."""
    return _fault(refusal, _asked_version(request), language_of(request))


class NotUnderstood(InvalidRequest):
    """A SOAP header that must be understood, which none is here."""


def _asked_version(request: Request) -> str:
    return SOAP12 if "soap+xml" in request.headers.get("content-type", "") else SOAP11


def _version(envelope: etree._Element) -> str:
    namespace = etree.QName(envelope).namespace or ""
    if local(envelope) != "Envelope" or namespace not in ENVELOPES:
        raise MalformedXml("The document is not a SOAP 1.1 or 1.2 envelope.", where="/")
    return namespace


def _bodies(envelope: etree._Element, version: str) -> list[etree._Element]:
    """The bodies of an envelope without WS-Security, all of whose headers that have to be are understood."""
    blocks = list(islice(envelope.iterfind(f"{{{version}}}Header/*"), BLOCKS + 1))
    if len(blocks) > BLOCKS:
        raise InvalidRequest(f"An envelope has at most {BLOCKS} headers.", where="/Envelope/Header")
    for header in blocks:
        if header.get(f"{{{version}}}mustUnderstand") in ("1", "true") and not understood(header):
            raise NotUnderstood("A header that must be understood is not.", where=local(header))
    return envelope.findall(f"{{{version}}}Body")


def _operation(bodies: list[etree._Element], limit: int) -> tuple[str, bytes]:
    """The operation, and the bytes of the message it carries, ready to be verified on their own."""
    operations = list(bodies[0]) if len(bodies) == 1 else []
    name = local(operations[0]) if len(operations) == 1 else ""
    if name not in OPERATIONS or etree.QName(operations[0]).namespace != SERVICE:
        raise InvalidRequest(f"The body has to hold one of {', '.join(OPERATIONS)}.", where="/Envelope/Body")
    carried = list(operations[0])
    if len(carried) != 1 or carried[0].tag != f"{{{NS}}}Message":
        raise InvalidRequest("The operation has to carry exactly one Message.", where=f"/Envelope/Body/{name}")
    kind = carried[0].findtext(f"{{{NS}}}Header/{{{NS}}}Kind")
    if OPERATIONS[name] not in ("", kind):
        raise InvalidRequest(f"{name} carries a {OPERATIONS[name]}.", where=f"/Envelope/Body/{name}")
    # Exclusive C14N does not depend on the surroundings, so the signature holds outside the envelope too.
    return name, c14n(carried[0], limit=limit)


def _fault(refusal: Refusal, version: str, language: str) -> Response:
    """A SOAP fault with the code that REST gives."""
    note(refusal)
    sender = refusal.status < 500
    who = "MustUnderstand" if isinstance(refusal, NotUnderstood) else ""
    text = escape(f"{refusal.title(language)} {refusal.detail}".strip())
    detail = (
        f'<x:Refusal xmlns:x="{SERVICE}"><x:Code>{refusal.code}</x:Code><x:Where>{escape(refusal.where)}</x:Where>'
        f"<x:CorrelationId>{correlation_id()}</x:CorrelationId></x:Refusal>"
    )
    if version == SOAP11:
        fault = (
            f"<s:Fault><faultcode>s:{who or ('Client' if sender else 'Server')}</faultcode>"
            f"<faultstring>{text}</faultstring><detail>{detail}</detail></s:Fault>"
        )
    else:
        fault = (
            f"<s:Fault><s:Code><s:Value>s:{who or ('Sender' if sender else 'Receiver')}</s:Value></s:Code>"
            f'<s:Reason><s:Text xml:lang="{language}">{text}</s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>'
        )
    content = f'<s:Envelope xmlns:s="{version}"><s:Body>{fault}</s:Body></s:Envelope>'
    # SOAP 1.1 over HTTP knows only 500 for a fault; 1.2 tells the sender's fault apart.
    return Response(content, 400 if sender and version == SOAP12 else 500, media_type=ENVELOPES[version])


@cache
def _wsdl() -> str:
    return resources.files("gateway.web").joinpath("exchange.wsdl").read_text("utf-8")
