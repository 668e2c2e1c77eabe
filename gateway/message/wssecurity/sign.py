"""Sign an envelope of ours: Body, Timestamp, addressing and the confirmation of what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from lxml import etree

from gateway.algorithms import registry
from gateway.algorithms.entry import SHA256
from gateway.errors import MalformedXml
from gateway.message.envelope import write_time
from gateway.message.profile import DS, EXCLUSIVE_C14N, base64_of, sha256_base64
from gateway.message.signature import Signer
from gateway.message.wssecurity.addressing import is_addressing
from gateway.message.wssecurity.names import (
    BASE64,
    CONFIRMATION,
    SECURITY,
    TIMESTAMP,
    WSSE,
    WSSE11,
    WSU,
    WSU_ID,
    X509V3,
    canonical,
    soap,
)

LIFETIME: Final = timedelta(minutes=5)
"""How long what we sign may be on its way: the span that WSS4J and .NET use."""


@dataclass(frozen=True, slots=True)
class SignedEnvelope:
    """The bytes to send, and the value of their signature, which the answer has to confirm."""

    content: bytes
    value: bytes


def sign(envelope: etree._Element, signer: Signer, at: datetime, *, confirm: bytes | None = None) -> SignedEnvelope:
    """Sign an envelope, which is changed on the way: it gets its Security header and Ids.

    `confirm` is the signature value of the request that it answers (WS-Security 1.1, section 8.5). Raises
    MalformedXml where there is no Body or a Security header already.
    """
    version = etree.QName(envelope).namespace or ""
    body, header = envelope.find(soap(version, "Body")), envelope.find(soap(version, "Header"))
    if body is None or next(envelope.iter(SECURITY), None) is not None:
        raise MalformedXml("Only an envelope with a Body and without a Security header can be signed.", where="/")
    if header is None:
        header = etree.Element(soap(version, "Header"))
        envelope.insert(0, header)
    security = etree.fromstring(_security(version, signer, at, confirm))
    header.append(security)
    parts = [body, *(block for block in header if is_addressing(block)), *_inner(security)]
    digests = [(_identified(part), sha256_base64(canonical(part, limit=None))) for part in parts]
    security.append(etree.fromstring(_signature(registry.REGISTRY[signer.algorithm].uri, digests, security)))
    signature = security[-1]
    value = signer.sign(canonical(signature[0], limit=None))
    signature[1].text = base64_of(value)
    return SignedEnvelope(etree.tostring(envelope, encoding="UTF-8", xml_declaration=False), value)


def _inner(security: etree._Element) -> list[etree._Element]:
    return [part for part in security if part.tag in (TIMESTAMP, CONFIRMATION)]


def _identified(element: etree._Element) -> str:
    """The wsu:Id of an element, given to it where it has none."""
    known = element.get(WSU_ID)
    if known is None:
        known = f"id-{uuid4()}"
        element.set(WSU_ID, known)
    return str(known)


def _security(version: str, signer: Signer, at: datetime, confirm: bytes | None) -> str:
    confirmation = (
        ""
        if confirm is None
        else f'<wsse11:SignatureConfirmation xmlns:wsse11="{WSSE11}" Value="{base64_of(confirm)}"/>'
    )
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:s="{version}" s:mustUnderstand="1">'
        f'<wsse:BinarySecurityToken EncodingType="{BASE64}" ValueType="{X509V3}" wsu:Id="x509-{uuid4()}">'
        f"{base64_of(signer.certificate_der)}</wsse:BinarySecurityToken>"
        f"<wsu:Timestamp><wsu:Created>{write_time(at)}</wsu:Created>"
        f"<wsu:Expires>{write_time(at + LIFETIME)}</wsu:Expires></wsu:Timestamp>{confirmation}</wsse:Security>"
    )


def _signature(uri: str, digests: list[tuple[str, str]], security: etree._Element) -> str:
    token = str(security[0].get(WSU_ID))
    references = "".join(
        f'<ds:Reference URI="#{name}"><ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE_C14N}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{SHA256.uri}"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>'
        for name, digest in digests
    )
    return (
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"/>'
        f'<ds:SignatureMethod Algorithm="{uri}"/>{references}</ds:SignedInfo><ds:SignatureValue/>'
        f'<ds:KeyInfo><wsse:SecurityTokenReference xmlns:wsse="{WSSE}">'
        f'<wsse:Reference URI="#{token}" ValueType="{X509V3}"/></wsse:SecurityTokenReference></ds:KeyInfo>'
        "</ds:Signature>"
    )
