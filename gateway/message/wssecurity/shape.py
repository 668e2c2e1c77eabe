"""The closed shapes of a Security header: what zeep, node-soap, WSS4J and .NET write, and nothing else.

Elements are found by their place. Every element has a fixed list of children and attributes; whatever is not
on it refuses the envelope without being interpreted (message-security rules 5 to 8, 10 and 18).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from gateway.algorithms.entry import SHA256
from gateway.message.envelope import read_time
from gateway.message.profile import DS, EXCLUSIVE_C14N, base64_of
from gateway.message.wssecurity.hints import Hint
from gateway.message.wssecurity.names import (
    BASE64,
    CONFIRMATION,
    SIGNATURE,
    SUBJECT_KEY,
    THUMBPRINT,
    TIMESTAMP,
    TOKEN,
    TOKEN_REFERENCE,
    WSSE,
    WSSE11,
    WSU,
    WSU_ID,
    X509V3,
    refuse,
)
from gateway.message.wssecurity.strict import attributes, children, decode, expect, leaf, unbase64

IDS: Final = frozenset({WSU_ID, "Id"})
"""Where an Id may stand: WS-Security says wsu:Id, and node-soap writes a plain Id."""
REFERENCES: Final = 16
"""Most references: Body, Timestamp, eight addressing headers, a token and a confirmation are twelve."""
_PREFIXES: Final = re.compile(r"[A-Za-z_][\w.-]{0,63}(?: [A-Za-z_][\w.-]{0,63}){0,15}", re.ASCII)
"""No `#default`: lxml passes over a prefix that is no name, and would digest other bytes than the signer."""
_URI: Final = re.compile(r"#([A-Za-z_][\w.-]{0,127})", re.ASCII)
_INCLUSIVE: Final = f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces"


@dataclass(frozen=True, slots=True)
class Reference:
    """One signed part, as SignedInfo names it."""

    name: str
    prefixes: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Security:
    """A Security header of a known shape. Nothing of it is believed yet but its shape."""

    timestamp: etree._Element
    token: etree._Element | None
    confirmation: etree._Element | None
    signed_info: etree._Element
    prefixes: tuple[str, ...]
    """Of the canonical form of SignedInfo."""
    algorithm: str
    references: tuple[Reference, ...]
    value: bytes
    hint: Hint


def read_security(header: etree._Element) -> Security:
    """Read a Security header; SecurityHeaderInvalid for every shape but the known ones."""
    found: dict[str, etree._Element] = {}
    for child in children(header):
        tag = str(child.tag)
        if tag not in (TIMESTAMP, TOKEN, CONFIRMATION, SIGNATURE) or tag in found:
            refuse(f"the Security header holds {tag}, or holds it twice")
        found[tag] = child
    if SIGNATURE not in found or TIMESTAMP not in found:
        refuse("the Security header lacks a signature or a timestamp")
    attributes(found[SIGNATURE], {"Id"})
    info, value, key = expect(found[SIGNATURE], ("SignedInfo", "SignatureValue", None))
    attributes(value, {"Id"})
    methods, references = children(info)[:2], children(info)[2:]
    if len(methods) != 2:
        refuse("SignedInfo says nothing")
    token = found.get(TOKEN)
    return Security(
        timestamp=found[TIMESTAMP],
        token=token,
        confirmation=found.get(CONFIRMATION),
        signed_info=info,
        prefixes=_canonicalization(methods[0], "CanonicalizationMethod"),
        algorithm=_algorithm(methods[1], "SignatureMethod"),
        references=_references(info, references),
        value=unbase64(value),
        hint=_hint(_token_reference(key), token),
    )


def read_timestamp(timestamp: etree._Element) -> tuple[datetime, datetime]:
    """Created and Expires of a wsu:Timestamp; both have to be there."""
    attributes(timestamp, IDS)
    parts = children(timestamp)
    if [part.tag for part in parts] != [f"{{{WSU}}}Created", f"{{{WSU}}}Expires"]:
        refuse("the timestamp does not hold Created and Expires")
    try:
        created, expires = (read_time(leaf(part)) for part in parts)
    except ValueError:
        refuse("the timestamp cannot be read")
    return created, expires


def read_confirmation(confirmation: etree._Element) -> bytes:
    """The signature value that a SignatureConfirmation names."""
    attributes(confirmation, {*IDS, "Value"})
    if children(confirmation) or "Value" not in confirmation.attrib:
        refuse("the signature confirmation is not of its shape")
    return decode(str(confirmation.get("Value")))


def ids_of(element: etree._Element) -> list[str]:
    """The Ids an element carries, each as often as it carries it."""
    return [str(value) for name, value in element.attrib.items() if name in IDS]


# --- Signature -------------------------------------------------------------------------------------------


def _references(info: etree._Element, elements: list[etree._Element]) -> tuple[Reference, ...]:
    attributes(info, ())
    if not 1 <= len(elements) <= REFERENCES:
        refuse("SignedInfo holds no references, or too many")
    return tuple(_reference(element) for element in elements)


def _reference(element: etree._Element) -> Reference:
    if element.tag != f"{{{DS}}}Reference":
        refuse(f"SignedInfo holds {element.tag}")
    attributes(element, {"URI"})
    name = _URI.fullmatch(str(element.get("URI", "")))
    if name is None:
        refuse("a reference is empty, external or not a plain Id")
    transforms, method, value = expect(element, ("Transforms", "DigestMethod", "DigestValue"))
    attributes(transforms, ())
    (transform,) = expect(transforms, ("Transform",))
    prefixes = _canonicalization(transform, "Transform")
    if _algorithm(method, "DigestMethod") != SHA256.uri:
        refuse("a digest is not SHA-256")
    attributes(value, ())
    return Reference(name[1], prefixes, base64_of(unbase64(value)))


def _canonicalization(element: etree._Element, name: str) -> tuple[str, ...]:
    """Exclusive C14N without comments; its PrefixList is handed to the very canonicalization that is done."""
    if element.tag != f"{{{DS}}}{name}" or element.get("Algorithm") != EXCLUSIVE_C14N:
        refuse(f"{name} is not exclusive C14N")
    attributes(element, {"Algorithm"})
    inclusive = children(element)
    if not inclusive:
        return ()
    attributes(inclusive[0], {"PrefixList"})
    prefixes = str(inclusive[0].get("PrefixList", ""))
    if len(inclusive) != 1 or inclusive[0].tag != _INCLUSIVE or children(inclusive[0]):
        refuse(f"{name} has an unknown parameter")
    # WSS4J writes an empty list where no prefix is used.
    if prefixes == "":
        return ()
    listed = tuple(prefixes.split(" "))
    if _PREFIXES.fullmatch(prefixes) is None or len(set(listed)) != len(listed):
        refuse("a list of prefixes is not of its form")
    return listed


def _algorithm(element: etree._Element, name: str) -> str:
    if element.tag != f"{{{DS}}}{name}" or children(element):
        refuse(f"{name} is missing or has a parameter")
    attributes(element, {"Algorithm"})
    return str(element.get("Algorithm", ""))


# --- The key that is named -------------------------------------------------------------------------------


def _token_reference(key: etree._Element) -> etree._Element:
    """The SecurityTokenReference in KeyInfo; node-soap's WSSecurityCertWithToken leaves KeyInfo out."""
    if key.tag == f"{{{DS}}}KeyInfo":
        attributes(key, {"Id"})
        inner = children(key)
        if len(inner) != 1:
            refuse("KeyInfo holds more than one part, or none")
        key = inner[0]
    if key.tag != TOKEN_REFERENCE:
        refuse("KeyInfo holds no SecurityTokenReference")
    attributes(key, {*IDS, f"{{{WSSE11}}}TokenType"})
    if key.get(f"{{{WSSE11}}}TokenType", X509V3) != X509V3:
        refuse("the token is not a certificate")
    return key


def _hint(reference: etree._Element, token: etree._Element | None) -> Hint:
    inner = children(reference)
    if len(inner) != 1:
        refuse("the SecurityTokenReference names more than one key, or none")
    named = inner[0]
    if named.tag == f"{{{WSSE}}}Reference":
        return _by_token(named, token)
    if token is not None:
        refuse("a token stands beside the key that is named")
    if named.tag == f"{{{WSSE}}}KeyIdentifier":
        return _by_identifier(named)
    if named.tag != f"{{{DS}}}X509Data":
        refuse(f"the key is named by {named.tag}")
    return _by_certificate(named)


def _by_token(reference: etree._Element, token: etree._Element | None) -> Hint:
    attributes(reference, {"URI", "ValueType"})
    name = _URI.fullmatch(str(reference.get("URI", "")))
    if children(reference) or reference.get("ValueType", X509V3) != X509V3:
        refuse("the reference to the token is not of its shape")
    if token is None or name is None or name[1] not in ids_of(token):
        refuse("the reference names no token of this header")
    attributes(token, {*IDS, "ValueType", "EncodingType"})
    if token.get("ValueType") != X509V3 or token.get("EncodingType", BASE64) != BASE64:
        refuse("the token is not a certificate in base64")
    return Hint("certificate", hashlib.sha256(unbase64(token)).digest())


def _by_identifier(identifier: etree._Element) -> Hint:
    attributes(identifier, {"ValueType", "EncodingType"})
    if identifier.get("EncodingType", BASE64) != BASE64:
        refuse("the key identifier is not base64")
    data = unbase64(identifier)
    kind = identifier.get("ValueType")
    if kind == X509V3:
        return Hint("certificate", hashlib.sha256(data).digest())
    if kind == THUMBPRINT:
        return Hint("thumbprint", data)
    if kind != SUBJECT_KEY:
        refuse("the key identifier is of an unknown kind")
    return Hint("subject-key", data)


def _by_certificate(data: etree._Element) -> Hint:
    """What zeep's plain Signature writes: the certificate, with or without its issuer and serial number."""
    attributes(data, ())
    parts = {str(part.tag): part for part in children(data)}
    certificate = parts.pop(f"{{{DS}}}X509Certificate", None)
    issuer = parts.pop(f"{{{DS}}}X509IssuerSerial", None)
    if certificate is None or parts or len(data) > 2 or (len(data) == 2 and issuer is None):
        refuse("X509Data does not hold exactly one certificate")
    attributes(certificate, ())
    if issuer is not None:
        attributes(issuer, ())
        for part in expect(issuer, ("X509IssuerName", "X509SerialNumber")):
            attributes(part, ())
            leaf(part)
    return Hint("certificate", hashlib.sha256(unbase64(certificate)).digest())
