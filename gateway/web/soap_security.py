"""WS-Security at the SOAP door: who has to use it, whose envelope it is, and the signed envelope of an answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from lxml import etree

from gateway.errors import Refusal
from gateway.exchange import journal
from gateway.exchange.node import Node
from gateway.message.c14n import GROWTH
from gateway.message.envelope import read_header
from gateway.message.parse import parse
from gateway.message.wssecurity.addressing import ANONYMOUS, Addressing, write_addressing
from gateway.message.wssecurity.names import WSA, WSU, SecurityHeaderInvalid
from gateway.message.wssecurity.sign import sign
from gateway.message.wssecurity.verify import VerifiedEnvelope, is_secured, verify
from gateway.store import tables


def open_secured(node: Node, envelope: etree._Element, raw: bytes) -> VerifiedEnvelope | None:
    """What of an envelope is signed, or None for an envelope without WS-Security.

    A refusal (SecurityHeaderInvalid) leaves a trace in the journal, as that of a message does.
    """
    if not is_secured(envelope):
        return None
    skew = timedelta(seconds=node.settings.clock_skew)
    try:
        return verify(envelope, node.named, now=node.clock(), skew=skew, limit=GROWTH * len(raw))
    except SecurityHeaderInvalid as refusal:
        journal.trace(node, raw, refusal, channel="soap", now=node.clock())
        raise


def check_sender(node: Node, proof: VerifiedEnvelope | None, message: bytes, raw: bytes) -> None:
    """The envelope is the sender's own, and signed if that was agreed with it (SecurityHeaderInvalid).

    The sender is only claimed as yet; receive() refuses a message whose signer is not its sender, so what is
    checked here of the claimed one holds for the real one.
    """
    try:
        sender = str(read_header(message).sender)
    except Refusal:
        return  # receive() says what is wrong with the header, once it knows whose it is.
    reason = ""
    if proof is None:
        with node.database.read() as session:
            partner = session.get(tables.Partner, sender)
            if partner is not None and partner.soap_security:
                reason = f"{partner.id} has to sign its envelopes"
    elif proof.signer.party != sender:
        reason = f"the envelope is of {proof.signer.party}, the message of another"
    if reason:
        refusal = SecurityHeaderInvalid(reason=reason)
        journal.trace(node, raw, refusal, channel="soap", now=node.clock())
        raise refusal


def enclose(
    node: Node, content: bytes, *, version: str, action: str, asked: Addressing, proof: VerifiedEnvelope | None
) -> bytes:
    """The envelope of an answer: addressed where the request was, signed where the request was."""
    start, end = f'<s:Envelope xmlns:s="{version}"'.encode(), b"</s:Body></s:Envelope>"
    if proof is None and not asked.message_id:
        return start + b"><s:Body>" + content + end
    raw = start + f' xmlns:wsa="{WSA}" xmlns:wsu="{WSU}"><s:Header></s:Header><s:Body>'.encode() + content + end
    envelope = parse(raw, limit=len(raw))
    if asked.message_id:
        reply = Addressing(message_id=f"urn:uuid:{uuid4()}", to=ANONYMOUS, action=action, relates_to=asked.message_id)
        write_addressing(envelope, reply)
    if proof is None:
        return etree.tostring(envelope, encoding="UTF-8", xml_declaration=False)
    return sign(envelope, node.keyring.signer(), node.clock(), confirm=proof.value).content
