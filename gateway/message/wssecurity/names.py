"""The names of SOAP, WS-Security, WS-Addressing and XML-DSig that a secured envelope is made of."""

from __future__ import annotations

from typing import Final, NoReturn

from lxml import etree

from gateway.errors import MalformedXml, SignatureInvalid, TooLarge
from gateway.message.c14n import c14n
from gateway.message.profile import DS

SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12: Final = "http://www.w3.org/2003/05/soap-envelope"

_OASIS: Final = "http://docs.oasis-open.org/wss/"
WSSE: Final = f"{_OASIS}2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSSE11: Final = f"{_OASIS}oasis-wss-wssecurity-secext-1.1.xsd"
WSU: Final = f"{_OASIS}2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSA: Final = "http://www.w3.org/2005/08/addressing"

X509V3: Final = f"{_OASIS}2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
"""A certificate as a token (X.509 Token Profile 1.1.1, section 3.1.1)."""
SUBJECT_KEY: Final = f"{_OASIS}2004/01/oasis-200401-wss-x509-token-profile-1.0#X509SubjectKeyIdentifier"
THUMBPRINT: Final = f"{_OASIS}oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
BASE64: Final = f"{_OASIS}2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"

SECURITY: Final = f"{{{WSSE}}}Security"
TOKEN: Final = f"{{{WSSE}}}BinarySecurityToken"
TOKEN_REFERENCE: Final = f"{{{WSSE}}}SecurityTokenReference"
CONFIRMATION: Final = f"{{{WSSE11}}}SignatureConfirmation"
TIMESTAMP: Final = f"{{{WSU}}}Timestamp"
SIGNATURE: Final = f"{{{DS}}}Signature"
WSU_ID: Final = f"{{{WSU}}}Id"


class SecurityHeaderInvalid(SignatureInvalid):
    """A SOAP envelope whose WS-Security is missing, wrapped, altered or not of our profile; the reason stays inside."""

    code = "ws-security-invalid"
    title_en = "The WS-Security header of the envelope is missing or not valid."
    title_ru = "Заголовок WS-Security конверта отсутствует или недействителен."


def refuse(reason: str) -> NoReturn:
    """Refuse the envelope; outside, every reason looks the same (message-security rule 19).

    A reason may quote a name of the sender's, which must not begin a line of our log.
    """
    raise SecurityHeaderInvalid(reason="".join(letter if letter.isprintable() else "?" for letter in reason[:300]))


def soap(version: str, name: str) -> str:
    """The qualified name of a part of the envelope of this version."""
    return f"{{{version}}}{name}"


def canonical(element: etree._Element, prefixes: tuple[str, ...] = (), *, limit: int | None) -> bytes:
    """The canonical form of a part, in at most `limit` bytes (SecurityHeaderInvalid)."""
    try:
        return c14n(element, limit=limit, prefixes=prefixes)
    except (MalformedXml, TooLarge) as refusal:
        raise SecurityHeaderInvalid(reason=f"a part of the envelope: {refusal.reason or refusal.detail}") from refusal
