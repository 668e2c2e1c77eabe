"""Verify a secured SOAP envelope into a VerifiedEnvelope, which holds only what was signed.

Everything is found by its place and then required to be what a reference names; no search by Id decides
anything, so there is nothing to wrap. All that is left in the header without a signature is the Security
header itself. Each way to say no looks the same outside: SecurityHeaderInvalid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from gateway.algorithms import registry
from gateway.errors import InvalidRequest, KeyUnusable, MalformedXml, Refusal, SignatureInvalid, UnknownPartner
from gateway.message.parse import parse
from gateway.message.profile import sha256_base64
from gateway.message.signature import TrustedKey
from gateway.message.wssecurity.addressing import (
    Addressing,
    header_attributes,
    is_addressing,
    read_addressing,
)
from gateway.message.wssecurity.hints import Hint
from gateway.message.wssecurity.names import (
    SECURITY,
    SOAP11,
    SOAP12,
    SecurityHeaderInvalid,
    canonical,
    refuse,
    soap,
)
from gateway.message.wssecurity.shape import (
    IDS,
    Security,
    ids_of,
    read_confirmation,
    read_security,
    read_timestamp,
)
from gateway.message.wssecurity.strict import attributes, children

HEADER_BYTES: Final = 65_536
"""Largest header in canonical form; one with an RSA-4096 key and all addressing has about 9,000 bytes."""
BODY_BYTES: Final = 256 * 1024 * 1024
"""Largest Body in canonical form where nobody says otherwise; a message has 100 MB unless the settings differ."""
DECLARATIONS: Final = 256
"""Most namespace declarations of an envelope: .NET and zeep declare a prefix wherever they use it."""
LIFETIME: Final = timedelta(hours=1)
"""Longest span of a timestamp; the toolkits write five or ten minutes."""
_FOR_US: Final = {
    SOAP11: ("", "http://schemas.xmlsoap.org/soap/actor/next"),
    SOAP12: ("", f"{SOAP12}/role/next", f"{SOAP12}/role/ultimateReceiver"),
}
"""Actors and roles a Security header may be meant for; there are no intermediaries here."""


@dataclass(frozen=True, slots=True)
class VerifiedEnvelope:
    """Exactly what was signed, and by whom."""

    version: str
    """Namespace of SOAP 1.1 or 1.2."""
    body: etree._Element
    """The Body, read again from the canonical bytes that the signature covers."""
    addressing: Addressing
    created: datetime
    expires: datetime
    signer: TrustedKey
    algorithm: str
    """URI of the signature algorithm."""
    value: bytes
    """The signature value; an answer confirms it."""
    confirmed: bytes | None
    """The signature value of the request that this envelope answers, where it says so."""


def read_envelope(raw: bytes, *, limit: int) -> etree._Element:
    """One safe tree of an envelope (MalformedXml, TooLarge); the cost of C14N grows with its namespaces."""
    if raw.count(b"xmlns") > DECLARATIONS:
        raise MalformedXml(f"An envelope declares at most {DECLARATIONS} namespaces.", where="/Envelope")
    return parse(raw, limit=limit)


def is_secured(envelope: etree._Element) -> bool:
    """Whether there is a Security header anywhere, in its place or not."""
    return next(envelope.iter(SECURITY), None) is not None


def verify(
    envelope: etree._Element,
    find: Callable[[Hint], TrustedKey],
    *,
    now: datetime,
    skew: timedelta,
    limit: int = BODY_BYTES,
) -> VerifiedEnvelope:
    """Verify an envelope that parse() has read, and return only what was signed.

    `find` gives the one approved key that a hint fits, or raises UnknownPartner; `limit` is the most bytes of the
    Body in canonical form. Raises SecurityHeaderInvalid
    for every envelope that is not of the profile, whatever the cause.
    """
    try:
        return _verify(envelope, find, now, skew, limit)
    except SecurityHeaderInvalid:
        raise
    except (SignatureInvalid, UnknownPartner, KeyUnusable, InvalidRequest) as refusal:
        raise SecurityHeaderInvalid(reason=refusal.reason) from refusal


def _verify(
    envelope: etree._Element, find: Callable[[Hint], TrustedKey], now: datetime, skew: timedelta, limit: int
) -> VerifiedEnvelope:
    # 1. The envelope's parts by their places; the Security header is of a known shape.
    version, header, body = _parts(envelope)
    security_header, addressed = _blocks(header, version)
    security = read_security(security_header)
    # 2. The key is one we approved; it fixes the algorithm.
    key = find(security.hint)
    public = registry.public_key(key.public_key)
    algorithm = public.algorithm
    if security.algorithm != algorithm.uri:
        refuse(f"the key is {algorithm.name}, the signature says another algorithm")
    # 3. The signature over SignedInfo. Strangers get no further, so only partners can make us work.
    info = canonical(security.signed_info, security.prefixes, limit=HEADER_BYTES)
    registry.verify(algorithm, public.material, security.value, info)
    # 4. The references name what is in place: all of it, and nothing else.
    signed = _covered(security, body, addressed, limit)
    _check_ids(signed, header, signed[body])
    # 5. The time, and what else the signed parts say.
    created, expires = read_timestamp(security.timestamp)
    _check_time(created, expires, now, skew)
    confirmation = security.confirmation
    return VerifiedEnvelope(
        version=version,
        body=_again(signed[body]),
        addressing=read_addressing(envelope),
        created=created,
        expires=expires,
        signer=key,
        algorithm=algorithm.uri,
        value=security.value,
        confirmed=None if confirmation is None else read_confirmation(confirmation),
    )


def _parts(envelope: etree._Element) -> tuple[str, etree._Element, etree._Element]:
    version = etree.QName(envelope).namespace or ""
    if version not in (SOAP11, SOAP12) or envelope.tag != soap(version, "Envelope"):
        refuse("not an envelope of SOAP 1.1 or 1.2")
    attributes(envelope, ())
    parts = children(envelope)
    if [part.tag for part in parts] != [soap(version, "Header"), soap(version, "Body")]:
        refuse("the envelope does not hold one Header and one Body of its own version")
    header, body = parts
    attributes(header, ())
    attributes(body, IDS)
    if len(children(body)) != 1:
        refuse("the Body does not hold exactly one element")
    return version, header, body


def _blocks(header: etree._Element, version: str) -> tuple[etree._Element, list[etree._Element]]:
    """The one Security header, and the addressing; anything else would be unsigned and is refused."""
    security: list[etree._Element] = []
    addressed: list[etree._Element] = []
    usual = header_attributes(version)
    for block in children(header):
        if block.tag == SECURITY:
            attributes(block, usual)
            security.append(block)
        elif is_addressing(block):
            attributes(block, {*IDS, *usual, "RelationshipType"})
            addressed.append(block)
        else:
            refuse(f"the header {block.tag} is of no known kind")
    if len(security) != 1:
        refuse("not exactly one Security header")
    actor = security[0].get(soap(version, "role" if version == SOAP12 else "actor"), "")
    if actor not in _FOR_US[version]:
        refuse("the Security header is meant for another actor")
    return security[0], addressed


def _covered(
    security: Security, body: etree._Element, addressed: Sequence[etree._Element], limit: int
) -> dict[etree._Element, bytes]:
    """Every element that has to be signed, with the canonical bytes that its reference covers."""
    required = [body, security.timestamp, *addressed]
    if security.confirmation is not None:
        required.append(security.confirmation)
    allowed = required if security.token is None else [*required, security.token]
    signed: dict[etree._Element, bytes] = {}
    for reference in security.references:
        targets = [element for element in allowed if reference.name in ids_of(element)]
        if len(targets) != 1 or targets[0] in signed:
            refuse(f"the reference {reference.name} names nothing that is signed here, or names it again")
        most = limit if targets[0] is body else HEADER_BYTES
        content = canonical(targets[0], reference.prefixes, limit=most)
        if sha256_base64(content) != reference.digest:
            refuse(f"{targets[0].tag} was changed after signing")
        signed[targets[0]] = content
    missing = [str(element.tag) for element in required if element not in signed]
    if missing:
        refuse(f"not signed: {', '.join(missing)}")
    return signed


def _check_ids(signed: dict[etree._Element, bytes], header: etree._Element, body: bytes) -> None:
    """The Id of a signed part stands on it alone: no attribute anywhere, whatever its name, has this value.

    In canonical form an attribute has one spelling, so looking at bytes finds Id, ID, id, xml:id and wsu:Id.
    """
    head = canonical(header, limit=HEADER_BYTES)
    for element in signed:
        for name in set(ids_of(element)):
            mark = f'="{name}"'.encode()
            if head.count(mark) + body.count(mark) != ids_of(element).count(name):
                refuse(f"the Id {name} is not unique")


def _check_time(created: datetime, expires: datetime, now: datetime, skew: timedelta) -> None:
    if created > now + skew:
        refuse("the timestamp was created in the future")
    if expires < now - skew:
        refuse("the timestamp has expired")
    if not created < expires <= created + LIFETIME:
        refuse("the timestamp ends before it begins, or is valid for too long")


def _again(content: bytes) -> etree._Element:
    """The element that stands in signed bytes."""
    try:
        return parse(content, limit=len(content))
    except Refusal as refusal:
        raise SecurityHeaderInvalid(reason=f"the signed body cannot be read: {refusal.reason}") from refusal
