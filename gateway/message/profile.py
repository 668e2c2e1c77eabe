"""The closed shape of our signatures: the templates that write it and the reader that refuses all others.

Fixed child lists, fixed attributes, fixed transforms, no text between: what is not of this shape is refused
without being interpreted (message-security rules 5 to 8 and 18).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from gateway.errors import SignatureInvalid
from gateway.message import algorithms
from gateway.message.envelope import read_time, write_time
from gateway.message.parse import local

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"

_XMLNS_DS = f' xmlns:ds="{DS}"'
_XMLNS_XADES = f' xmlns:xades="{XADES}"'

# --- Writing -------------------------------------------------------------------------------------------------------


def write_signed_info(uri: str, message: str, digest: str, mark: str, properties_digest: str) -> str:
    """SignedInfo in canonical form, as it is signed."""
    return (
        f'<ds:SignedInfo xmlns:ds="{DS}">'
        f'<ds:CanonicalizationMethod Algorithm="{algorithms.EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{uri}"></ds:SignatureMethod>'
        f'<ds:Reference Id="r-{mark}" URI="#{message}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{algorithms.ENVELOPED}"></ds:Transform>'
        f'<ds:Transform Algorithm="{algorithms.EXCLUSIVE_C14N}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{algorithms.DIGEST_SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
        f'<ds:Reference Type="{SIGNED_PROPERTIES}" URI="#p-{mark}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{algorithms.EXCLUSIVE_C14N}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{algorithms.DIGEST_SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue>{properties_digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )


def write_signed_properties(mark: str, certificate: bytes, at: datetime) -> str:
    """The XAdES-B SignedProperties in canonical form, as they are digested."""
    return (
        f'<xades:SignedProperties xmlns:xades="{XADES}" Id="p-{mark}"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{write_time(at)}</xades:SigningTime>"
        "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{algorithms.DIGEST_SHA256}"></ds:DigestMethod>'
        f'<ds:DigestValue xmlns:ds="{DS}">{sha256_base64(certificate)}</ds:DigestValue>'
        "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>"
        f'<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#r-{mark}">'
        "<xades:MimeType>application/xml</xades:MimeType>"
        "</xades:DataObjectFormat></xades:SignedDataObjectProperties></xades:SignedProperties>"
    )


def write_signature(info: str, value: bytes, properties: str, mark: str, certificate: bytes) -> str:
    """The Signature element as it stands in a message; namespaces are declared once, at the top."""
    return (
        f'<ds:Signature{_XMLNS_DS} Id="s-{mark}">{info.replace(_XMLNS_DS, "")}'
        f"<ds:SignatureValue>{_b64(value)}</ds:SignatureValue>"
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{_b64(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f'<ds:Object><xades:QualifyingProperties{_XMLNS_XADES} Target="#s-{mark}">'
        f"{properties.replace(_XMLNS_DS, '').replace(_XMLNS_XADES, '')}"
        "</xades:QualifyingProperties></ds:Object></ds:Signature>"
    )


# --- Reading -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parts:
    """What a signature of our shape says."""

    info: etree._Element
    properties: etree._Element
    properties_id: str
    algorithm: str
    message_uri: str
    message_digest: str
    properties_uri: str
    properties_digest: str
    value: bytes
    kid: str
    signed_at: datetime


def read_signature(signature: etree._Element) -> Parts:
    """Read a signature of exactly our shape (SignatureInvalid for every other)."""
    info, value, _key_info, holder = _children(
        signature, DS, ("SignedInfo", "SignatureValue", "KeyInfo", "Object"), {"Id"}
    )
    c14n, method, message, properties_reference = _children(
        info, DS, ("CanonicalizationMethod", "SignatureMethod", "Reference", "Reference"), set()
    )
    _exactly(c14n, algorithms.EXCLUSIVE_C14N)
    message_uri, message_digest = _read_reference(
        message, (algorithms.ENVELOPED, algorithms.EXCLUSIVE_C14N), {"Id", "URI"}
    )
    properties_uri, properties_digest = _read_reference(
        properties_reference, (algorithms.EXCLUSIVE_C14N,), {"Type", "URI"}
    )
    if properties_reference.get("Type") != SIGNED_PROPERTIES:
        raise SignatureInvalid(reason="the second reference is not of SignedProperties")
    (qualifying,) = _children(holder, XADES, ("QualifyingProperties",), set())
    (properties,) = _children(qualifying, XADES, ("SignedProperties",), {"Target"})
    if qualifying.get("Target") != f"#{signature.get('Id')}":
        raise SignatureInvalid(reason="the properties qualify another signature")
    kid, signed_at = _read_properties(properties, message.get("Id", ""))
    _empty(method)
    return Parts(
        info=info,
        properties=properties,
        properties_id=properties.get("Id", ""),
        algorithm=method.get("Algorithm", ""),
        message_uri=message_uri,
        message_digest=message_digest,
        properties_uri=properties_uri,
        properties_digest=properties_digest,
        value=_unb64(_text(value)),
        kid=kid,
        signed_at=signed_at,
    )


def _read_reference(reference: etree._Element, transforms: tuple[str, ...], attributes: set[str]) -> tuple[str, str]:
    holder, method, value = _children(
        reference, DS, ("Transforms", "DigestMethod", "DigestValue"), attributes, optional={"Id"}
    )
    found = _children(holder, DS, ("Transform",) * len(transforms), set())
    for element, expected in zip(found, transforms, strict=True):
        _exactly(element, expected)
    _exactly(method, algorithms.DIGEST_SHA256)
    return reference.get("URI", ""), _b64(_unb64(_text(value)))


def _read_properties(properties: etree._Element, reference_id: str) -> tuple[str, datetime]:
    """The key id that the signer signed for, and the time of signing."""
    signature_properties, data_properties = _children(
        properties, XADES, ("SignedSignatureProperties", "SignedDataObjectProperties"), {"Id"}
    )
    time, certificates = _children(signature_properties, XADES, ("SigningTime", "SigningCertificateV2"), set())
    (certificate,) = _children(certificates, XADES, ("Cert",), set())
    (digest,) = _children(certificate, XADES, ("CertDigest",), set())
    method, value = _children(digest, DS, ("DigestMethod", "DigestValue"), set())
    _exactly(method, algorithms.DIGEST_SHA256)
    (data_format,) = _children(data_properties, XADES, ("DataObjectFormat",), set())
    (_mime,) = _children(data_format, XADES, ("MimeType",), {"ObjectReference"})
    if data_format.get("ObjectReference") != f"#{reference_id}":
        raise SignatureInvalid(reason="the data object format is of another reference")
    try:
        return _unb64(_text(value)).hex(), read_time(_text(time))
    except ValueError as error:
        raise SignatureInvalid(reason="the signing time cannot be read") from error


# --- Fixed shapes ---------------------------------------------------------------------------------------


def _children(
    element: etree._Element,
    namespace: str,
    names: tuple[str, ...],
    attributes: set[str],
    *,
    optional: set[str] = frozenset(),  # type: ignore[assignment]
) -> list[etree._Element]:
    """The children, which are exactly these in this order; the attributes, which are exactly these."""
    children = list(element)
    if [child.tag for child in children] != [f"{{{namespace}}}{name}" for name in names]:
        raise SignatureInvalid(reason=f"unexpected content of {local(element)}")
    if set(element.attrib) - optional != attributes - optional:
        raise SignatureInvalid(reason=f"unexpected attributes of {local(element)}")
    if (element.text and element.text.strip()) or any(child.tail and child.tail.strip() for child in children):
        raise SignatureInvalid(reason=f"unexpected text in {local(element)}")
    return children


def _exactly(element: etree._Element, algorithm: str) -> None:
    _empty(element)
    if element.get("Algorithm") != algorithm:
        raise SignatureInvalid(reason=f"{local(element)} is {element.get('Algorithm')}")


def _empty(element: etree._Element) -> None:
    if len(element) or set(element.attrib) != {"Algorithm"} or (element.text and element.text.strip()):
        raise SignatureInvalid(reason=f"unexpected parameters of {local(element)}")


def _text(element: etree._Element) -> str:
    if len(element):
        raise SignatureInvalid(reason=f"unexpected content of {local(element)}")
    return "".join((element.text or "").split())


def sha256_base64(data: bytes) -> str:
    """The digest as XML-DSig carries it."""
    return _b64(hashlib.sha256(data).digest())


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes:
    """Strict base64: the decoder ignores bits and letters that do not belong, so the way back has to agree."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureInvalid(reason="not base64") from error
    if _b64(data) != text:
        raise SignatureInvalid(reason="base64 in a form that is not canonical")
    return data
