"""Sign a message; verify one into a VerifiedMessage, the only thing later stages accept.

The profile is closed: exactly one enveloped signature as the last child of Message, exactly two references
(the whole message, and the XAdES SignedProperties), each with fixed transforms, in fixed child lists. What
is not of this shape is refused without being interpreted. The rules are numbered as in the project's
security notes: docs/decisions/0004-signature-profile.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from lxml import etree

from gateway.errors import MalformedXml, SignatureInvalid, UnknownVersion
from gateway.message import algorithms
from gateway.message.envelope import Header, read_header
from gateway.message.parse import NS, parse
from gateway.message.profile import (
    DS,
    read_signature,
    sha256_base64,
    write_signature,
    write_signed_info,
    write_signed_properties,
)

_END: Final = b"</Message>"


class Signer(Protocol):
    """Something that signs for us: a key in a file, or in a token."""

    @property
    def algorithm(self) -> str:
        """Name in algorithms.REGISTRY."""

    @property
    def certificate_der(self) -> bytes:
        """The certificate of the key, DER."""

    def sign(self, data: bytes) -> bytes:
        """The raw signature value of the data, as XML-DSig carries it."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key somebody has approved, and whose it is."""

    kid: str
    """SHA-256 of its certificate (DER), hexadecimal."""
    party: str
    """Partner id of its owner, `STATE/AGENCY`."""
    public_key: object


@dataclass(frozen=True, slots=True)
class VerifiedMessage:
    """Exactly what was signed: the tree without its signature, and who signed it."""

    root: etree._Element
    header: Header
    content: bytes
    """The canonical bytes that the signature covers."""
    digest: str
    """Base64 SHA-256 of `content`; receipts name it."""
    signer: TrustedKey
    algorithm: str
    """URI of the signature algorithm."""
    signed_at: datetime


# --- Signing --------------------------------------------------------------------------------------------


def sign(content: bytes, signer: Signer, at: datetime) -> bytes:
    """Sign a message that is in canonical form, as write_message makes it.

    Canonical bytes are their own C14N, so there is nothing to parse: the digest is taken over the bytes
    and the signature is put before the end tag. Use canonical() first for XML of other origin.
    """
    start = content.index(b' Id="') + 5
    identifier = content[start : content.index(b'"', start)].decode()
    mark = identifier.removeprefix("m-")
    certificate = signer.certificate_der
    properties = write_signed_properties(mark, certificate, at)
    info = write_signed_info(
        algorithms.REGISTRY[signer.algorithm].uri,
        identifier,
        sha256_base64(content),
        mark,
        sha256_base64(properties.encode()),
    )
    value = signer.sign(info.encode())
    signature = write_signature(info, value, properties, mark, certificate)
    return b"".join((content[: -len(_END)], signature.encode(), _END))


def canonical(raw: bytes, *, limit: int) -> bytes:
    """The canonical form of an unsigned message of any origin, ready for sign()."""
    root = parse(raw, limit=limit)
    _check_root(root)
    if root.find(f"{{{DS}}}Signature") is not None:
        raise SignatureInvalid("The message is signed already.")
    content = _c14n(root)
    if not content.startswith(b"<Message ") or not content.endswith(_END):
        raise MalformedXml("The message has to use the exchange namespace as its default namespace.")
    return content


# --- Verifying ------------------------------------------------------------------------------------------


def verify(raw: bytes, trusted: Callable[[str], TrustedKey], *, limit: int) -> VerifiedMessage:
    """Verify a message and return only what was signed.

    `trusted` gives the approved key of a key id or raises UnknownPartner; nothing inside the message is
    ever trusted or fetched. Raises MalformedXml, TooLarge, UnknownVersion, SignatureInvalid.
    """
    # 1. Bytes to one safe tree; the root is a Message of a version we know.
    root = parse(raw, limit=limit)
    _check_root(root)
    # 2. Exactly one signature, as the last child, of exactly our shape.
    signature = _detach(root)
    parts = read_signature(signature)
    # 3. Both references name what is in place, and its digest holds.
    content = _c14n(root)
    digest = sha256_base64(content)
    identifier = root.get("Id", "")
    if parts.message_uri != f"#{identifier}" or content.count(f'"{identifier}"'.encode()) != 1:
        raise SignatureInvalid(reason="the reference does not name this message, or its Id is not unique")
    if parts.message_digest != digest:
        raise SignatureInvalid(reason="the content was changed after signing")
    if parts.properties_uri != f"#{parts.properties_id}" or parts.properties_id == identifier:
        raise SignatureInvalid(reason="the second reference does not name the signed properties")
    if parts.properties_digest != sha256_base64(_c14n(parts.properties)):
        raise SignatureInvalid(reason="the signed properties were changed after signing")
    # 4. The key is one we approved; it fixes the algorithm.
    key = trusted(parts.kid)
    algorithm = algorithms.of_key(key.public_key)
    if parts.algorithm != algorithm.uri:
        raise SignatureInvalid(reason=f"the key is {algorithm.name}, the signature says {parts.algorithm}")
    # 5. The signature over SignedInfo.
    algorithms.verify(algorithm, key.public_key, parts.value, _c14n(parts.info))
    # 6. The header, read from the verified tree; the signer has to be the sender.
    header = read_header(root)
    if str(header.sender) != key.party:
        raise SignatureInvalid(reason=f"signed by {key.party}, sent by {header.sender}")
    if identifier != f"m-{header.message_id}":
        raise SignatureInvalid(reason="the Id of the message is not its message id")
    return VerifiedMessage(root, header, content, digest, key, algorithm.uri, parts.signed_at)


def _check_root(root: etree._Element) -> None:
    name = str(root.tag)
    if name == f"{{{NS}}}Message":
        if set(root.attrib) != {"Id"}:
            raise MalformedXml("The Message element has exactly one attribute, Id.", where="/Message")
        return
    if name.startswith("{urn:cis:migration-exchange:"):
        raise UnknownVersion(f"This node reads messages of namespace {NS}.", where="/Message")
    raise MalformedXml(f"The root has to be a Message of namespace {NS}.", where="/")


def _detach(root: etree._Element) -> etree._Element:
    """Take the signature out of the tree, as the enveloped transform demands; it has one place only."""
    if len(root) == 0 or root[-1].tag != f"{{{DS}}}Signature":
        raise SignatureInvalid(reason="no signature as the last child of the message")
    if sum(1 for _ in root.iter(f"{{{DS}}}Signature")) != 1:
        raise SignatureInvalid(reason="more than one signature")
    signature = root[-1]
    tail = signature.tail
    if tail and tail.strip():
        raise SignatureInvalid(reason="text behind the signature")
    previous = signature.getprevious()
    root.remove(signature)
    # The transform removes the element, not the white space behind it.
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    return signature


def _c14n(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)
