"""Envelopes that we sign for a partner whose SOAP stack demands it, and what of its answer is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from lxml import etree

from gateway.exchange.node import Node
from gateway.message.parse import NS, parse
from gateway.message.wssecurity.addressing import Addressing, write_addressing
from gateway.message.wssecurity.names import SOAP11, WSA, WSU, refuse, soap
from gateway.message.wssecurity.sign import sign
from gateway.message.wssecurity.verify import verify


@dataclass(frozen=True, slots=True)
class Secured:
    """A signed envelope of ours, and what its answer has to refer to."""

    content: bytes
    value: bytes
    message_id: str

    def answer(self, node: Node, envelope: etree._Element, partner: str) -> etree._Element:
        """The Message that the partner signed in answer to this very envelope (SecurityHeaderInvalid)."""
        skew = timedelta(seconds=node.settings.clock_skew)
        proof = verify(envelope, node.named, now=node.clock(), skew=skew)
        if proof.signer.party != partner:
            refuse("the answer's envelope is of somebody else")
        # A toolkit may know no SignatureConfirmation or no addressing; where it does, it has to be of this request.
        if proof.confirmed not in (None, self.value) or proof.addressing.relates_to not in ("", self.message_id):
            refuse("the answer's envelope is to another request")
        message = proof.body.find(f"*/{{{NS}}}Message")
        if message is None:
            refuse("the answer's signed Body holds no message")
        return message


def secure(node: Node, raw: bytes, action: str) -> Secured:
    """Sign an envelope for a partner, with addressing of its own."""
    envelope = parse(raw, limit=len(raw))
    header = etree.Element(soap(SOAP11, "Header"), nsmap={"wsa": WSA, "wsu": WSU})
    envelope.insert(0, header)
    message_id = f"urn:uuid:{uuid4()}"
    write_addressing(envelope, Addressing(message_id=message_id, action=action))
    signed = sign(envelope, node.keyring.signer(), node.clock())
    return Secured(signed.content, signed.value, message_id)
