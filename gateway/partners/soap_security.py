"""WS-Security towards a foreign SOAP service: zeep signs with the node's key, and takes only what is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from gateway.message.signature import Signer, TrustedKey
from gateway.message.wssecurity.hints import Hint
from gateway.message.wssecurity.names import refuse, soap
from gateway.message.wssecurity.sign import sign
from gateway.message.wssecurity.verify import verify


@dataclass(frozen=True, slots=True)
class Identities:
    """Who signs for us, and who has to sign for the partner."""

    partner: str
    """Partner id; the key of an answer has to be one that was approved for it."""
    signer: Callable[[], Signer]
    find: Callable[[Hint], TrustedKey]
    clock: Callable[[], datetime]
    skew: timedelta


class SignedEnvelopes:
    """A `wsse` object of zeep, for one client: it remembers what the next answer has to confirm."""

    def __init__(self, identities: Identities) -> None:
        self._who = identities
        self._value = b""

    def apply(self, envelope: etree._Element, headers: Any) -> tuple[etree._Element, Any]:
        """Sign a request in place, as zeep's own signatures do."""
        self._value = sign(envelope, self._who.signer(), self._who.clock()).value
        return envelope, headers

    def verify(self, envelope: etree._Element) -> etree._Element:
        """Refuse (SecurityHeaderInvalid) an answer that the partner did not sign; a fault is nobody's word.

        The very tree that zeep goes on to read is what is verified.
        """
        version = etree.QName(envelope).namespace or ""
        content = [child.tag for body in envelope.iterfind(soap(version, "Body")) for child in body]
        if content == [soap(version, "Fault")]:
            return envelope
        proof = verify(envelope, self._who.find, now=self._who.clock(), skew=self._who.skew)
        if proof.signer.party != self._who.partner:
            refuse("the answer's envelope is of somebody else")
        if proof.confirmed not in (None, self._value):
            refuse("the answer's envelope is to another request")
        return envelope
