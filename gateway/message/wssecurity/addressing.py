"""WS-Addressing 1.0 in the header of an envelope: read strictly, checked against what is really asked, echoed.

Nothing is ever sent to an address that a message names: an answer goes back on the connection it was asked on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway.errors import InvalidRequest
from gateway.message.parse import local
from gateway.message.wssecurity.names import SOAP12, WSA, soap

ANONYMOUS: Final = f"{WSA}/anonymous"
TEXTS: Final = ("MessageID", "To", "Action", "RelatesTo")
ADDRESSES: Final = ("From", "ReplyTo", "FaultTo")
LENGTH: Final = 400
"""Longest value that is read or echoed; an address or a message id is a URI, not a document."""
_PARAMETERS: Final = (f"{{{WSA}}}ReferenceParameters", f"{{{WSA}}}Metadata")


@dataclass(frozen=True, slots=True)
class Addressing:
    """The addressing of one message; empty where it says nothing."""

    message_id: str = ""
    to: str = ""
    action: str = ""
    relates_to: str = ""
    reply_to: str = ""
    fault_to: str = ""

    def fits(self, *, action: str, address: str) -> None:
        """Refuse (InvalidRequest) what asks for something else than the operation, or an answer elsewhere."""
        if self.action not in ("", action):
            raise InvalidRequest("The wsa:Action is not that of the operation.", where="/Envelope/Header/Action")
        if self.to not in ("", ANONYMOUS, address):
            raise InvalidRequest("The wsa:To is not the address of this node.", where="/Envelope/Header/To")
        for name, value in (("ReplyTo", self.reply_to), ("FaultTo", self.fault_to)):
            if value not in ("", ANONYMOUS):
                raise InvalidRequest(
                    f"The wsa:{name} has to be anonymous: answers go back on the same connection.",
                    where=f"/Envelope/Header/{name}",
                )


def is_addressing(element: etree._Element) -> bool:
    """Whether a header is of WS-Addressing, of any of its versions."""
    namespace = etree.QName(element).namespace or ""
    return namespace.rstrip("/").endswith("/addressing")


def read_addressing(envelope: etree._Element) -> Addressing:
    """The addressing headers of an envelope, each at most once (InvalidRequest)."""
    version = etree.QName(envelope).namespace or ""
    values: dict[str, str] = {}
    for element in envelope.iterfind(f"{soap(version, 'Header')}/*"):
        if not is_addressing(element):
            continue
        name = local(element)
        if etree.QName(element).namespace != WSA or name not in (*TEXTS, *ADDRESSES):
            raise InvalidRequest(f"WS-Addressing is read in its version {WSA}.", where=f"/Envelope/Header/{name}")
        if name in values:
            raise InvalidRequest("An addressing header stands twice.", where=f"/Envelope/Header/{name}")
        values[name] = _value(element, name)
    return Addressing(
        message_id=values.get("MessageID", ""),
        to=values.get("To", ""),
        action=values.get("Action", ""),
        relates_to=values.get("RelatesTo", ""),
        reply_to=values.get("ReplyTo", ""),
        fault_to=values.get("FaultTo", ""),
    )


def write_addressing(envelope: etree._Element, values: Addressing) -> None:
    """Put the addressing headers that have a value into an envelope that has a Header."""
    header = envelope[0]
    texts = (values.message_id, values.to, values.action, values.relates_to)
    for name, text in zip(TEXTS, texts, strict=True):
        if text:
            etree.SubElement(header, f"{{{WSA}}}{name}").text = text


def _value(element: etree._Element, name: str) -> str:
    where = f"/Envelope/Header/{name}"
    if name in ADDRESSES:
        addresses = [child for child in element if child.tag not in _PARAMETERS]
        if len(addresses) != 1 or addresses[0].tag != f"{{{WSA}}}Address":
            raise InvalidRequest("An endpoint reference has exactly one Address.", where=where)
        element = addresses[0]
    text = (element.text or "").strip()
    if len(element) or not text or len(text) > LENGTH:
        raise InvalidRequest("An addressing header is empty, too long or not a text.", where=where)
    return text


def understood(element: etree._Element) -> bool:
    """Whether a header that must be understood is an addressing header of the version we read."""
    return etree.QName(element).namespace == WSA


def header_attributes(version: str) -> frozenset[str]:
    """The attributes that SOAP itself puts on a header block."""
    names = ("mustUnderstand", "role", "relay") if version == SOAP12 else ("mustUnderstand", "actor")
    return frozenset(soap(version, name) for name in names)
