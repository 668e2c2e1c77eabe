"""Sign a message; verify one into a VerifiedMessage, the only thing later stages accept.

The profile is closed: exactly one enveloped signature as the last child of Message, exactly two references
(the whole message, and the XAdES SignedProperties), each with fixed transforms, in fixed child lists. What
is not of this shape is refused without being interpreted. The rules are numbered as in the project's
security notes: docs/decisions/0004-signature-profile.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from lxml import etree

from gateway.algorithms import registry
from gateway.algorithms.entry import SHA256
from gateway.errors import MalformedXml, SignatureInvalid, TooLarge, UnknownVersion
from gateway.message import profile
from gateway.message.c14n import GROWTH, c14n
from gateway.message.envelope import Header, read_header
from gateway.message.parse import NS, parse
from gateway.records.value import quick

_SIGNATURE: Final = f"{{{profile.DS}}}Signature"
_IN_NS: Final = f"{{{NS}}}"
_MESSAGE: Final = f"{_IN_NS}Message"
_MESSAGE_ID: Final = f"{_IN_NS}Header/{_IN_NS}MessageId"
_MARK: Final = b' Id="m-'
_OPENING: Final = f'<Message xmlns="{NS}"'
END: Final = profile.END

_DECLARATIONS: Final = 64
"""Most namespace declarations; our own messages have three, and C14N searches all of them at each element."""


_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
_FOREVER: Final = datetime.max.replace(tzinfo=UTC)


class Signer(Protocol):
    """Something that signs for us: a key in a file, or in a token."""

    @property
    def algorithm(self) -> str:
        """Name in the registry of algorithms."""

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
    party: str | None
    """Partner id of its owner, `STATE/AGENCY`; None only for a certificate file that names nobody."""
    public_key: object
    """A PublicKey of the registry of algorithms, or a public key of `cryptography`."""
    begins: datetime = _ALWAYS
    """From when its certificate and the chain above it are valid: nothing can have been signed before."""
    ends: datetime = _FOREVER
    """When its certificate ends."""


@quick
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
    start = content.find(_MARK)
    if start < 0 or not content.endswith(END):
        raise MalformedXml("Only a message in canonical form can be signed.", where="/Message")
    mark = content[start + len(_MARK) : content.index(b'"', start + len(_MARK))].decode()
    digest = registry.get(signer.algorithm).digest.of(content)
    return b"".join((content[: -len(END)], seal(mark, digest, signer, at), END))


def seal(mark: str, digest: bytes, signer: Signer, at: datetime) -> bytes:
    """The Signature element of the message `m-MARK` whose canonical content has this digest.

    For a message that is written piece by piece: whoever writes canonical bytes can take their digest on the
    way, by the method that goes with the signer's algorithm, and puts this element before END.
    """
    draft = profile.draft(registry.get(signer.algorithm), mark, digest, signer.certificate_der, at)
    return draft.finish(signer.sign(draft.to_sign))


def canonical(raw: bytes, *, limit: int) -> bytes:
    """The canonical form of an unsigned message of any origin, ready for sign()."""
    root = _read(raw, limit)
    if root.find(_SIGNATURE) is not None:
        raise MalformedXml("The message is signed already.", where="/Message")
    content = c14n(root, limit=GROWTH * len(raw))
    _check_one_namespace(root, content)
    if not content.startswith(b"<Message "):
        raise MalformedXml("The exchange namespace has to be the default namespace.", where="/Message")
    mark = root.findtext(_MESSAGE_ID, "")
    if root.get("Id") != f"m-{mark}" or not profile.is_mark(mark):
        raise MalformedXml("The Id of a message is m- and its MessageId.", where="/Message/@Id")
    return content


# --- Verifying ------------------------------------------------------------------------------------------


def verify(raw: bytes, trusted: Callable[[str], TrustedKey], *, limit: int) -> VerifiedMessage:
    """Verify a message and return only what was signed.

    `trusted` gives the approved key of a key id or raises UnknownPartner; nothing inside the message is
    ever trusted or fetched. Raises MalformedXml, TooLarge, UnknownVersion, SignatureInvalid.
    """
    # 1. Exactly one signature, as the last child, of exactly our shape.
    parts, rest = _open(raw, limit)
    # 2. The key is one we approved; it fixes the algorithm.
    key = trusted(parts.kid)
    public = registry.public_key(key.public_key)
    algorithm = public.algorithm
    if parts.algorithm != algorithm.uri or parts.digest is not algorithm.digest:
        raise SignatureInvalid(reason=f"the key is {algorithm.name}, the signature says another algorithm")
    # 3. The signature over SignedInfo. Strangers get no further, so only partners can make us work.
    registry.verify(algorithm, public.material, parts.value, parts.signed)
    if not key.begins <= parts.signed_at < key.ends:
        raise SignatureInvalid(reason="the signing time is outside the validity of the certificate")
    # 4. One safe tree of everything but the signature: a Message of a version we know, with the Id referred to.
    root, content = rest()
    # 5. Nothing in the content repeats this Id, whatever the attribute (rule 3), and the digest holds.
    if content.count(f"-{parts.mark}".encode()) != 1:
        raise SignatureInvalid(reason="the Id of the message is not unique")
    digest = profile.sha256_base64(content)
    signed = digest if algorithm.digest is SHA256 else profile.base64_of(algorithm.digest.of(content))
    if parts.message_digest != signed:
        raise SignatureInvalid(reason="the content was changed after signing")
    # 6. The header, read from the verified tree; the signer has to be the sender.
    header = read_header(content)
    if key.party is not None and str(header.sender) != key.party:
        raise SignatureInvalid(reason=f"signed by {key.party}, sent by another")
    if parts.mark != header.message_id:
        raise SignatureInvalid(reason="the Id of the message is not its message id")
    return VerifiedMessage(root, header, content, digest, key, algorithm.uri, parts.signed_at)


def digest_of(raw: bytes) -> str:
    """The digest by which an answer names a message that sign() has made, whatever algorithm signed it."""
    cut = profile.cut_signature(raw)
    if cut is None:
        raise MalformedXml("This message was not signed by a node.", where="/Message")
    _, start, end = cut
    return profile.sha256_base64(raw[:start] + raw[end:])


def _open(raw: bytes, limit: int) -> tuple[profile.Parts, Callable[[], tuple[etree._Element, bytes]]]:
    """The signature of a message, and what gives the tree of the rest and its canonical form.

    A signature in canonical form, as all of our own nodes write it, is cut out of the bytes, so that what is
    parsed is what is signed and nothing else. It is whole in itself, and stands right before the end tag of the
    root: the document is well-formed with it exactly when it is without. Every other spelling is parsed first.
    """
    if len(raw) > limit:
        raise TooLarge(f"The document has {len(raw)} bytes; at most {limit} are read.")
    cut = profile.cut_signature(raw)
    if cut is not None:
        parts, start, end = cut
        return parts, lambda: _rest(raw[:start] + raw[end:], parts.mark, limit)
    root = _read(raw, limit)
    parts = profile.read_signature(_detach(root))
    return parts, lambda: (root, _content(raw, root, parts.mark))


def _rest(raw: bytes, mark: str, limit: int) -> tuple[etree._Element, bytes]:
    """The tree of a message whose signature was cut out, and its canonical form.

    What our own nodes write shows in its bytes what every other spelling has to show in its tree: the root is a
    Message with this Id and no other attribute, and no name behind it begins with xml. So its namespace is that of
    all elements, its declaration is the only one, and C14N has none to write again further down.
    """
    start = f'{_OPENING} Id="m-{mark}">'.encode()
    if raw.startswith(start) and raw.find(b"xml", len(start)) < 0:
        root = parse(raw, limit=limit)
        return root, c14n(root, limit=None)
    root = _read(raw, limit)
    return root, _content(raw, root, mark)


def _read(raw: bytes, limit: int) -> etree._Element:
    """One safe tree of a Message; the namespaces are counted before C14N, whose cost grows with them."""
    root = parse(raw, limit=limit)
    _check_root(root)
    if raw.count(b"xmlns") > _DECLARATIONS:
        raise MalformedXml(f"A message declares at most {_DECLARATIONS} namespaces.", where="/Message")
    return root


def _content(raw: bytes, root: etree._Element, mark: str) -> bytes:
    """The canonical form of a tree that has only elements of ours, and `m-MARK` as the Id of its root."""
    content = c14n(root, limit=GROWTH * len(raw))
    _check_one_namespace(root, content)
    if root.get("Id") != f"m-{mark}":
        raise SignatureInvalid(reason="the reference does not name this message")
    return content


def _check_root(root: etree._Element) -> None:
    if root.tag == _MESSAGE:
        if root.keys() != ["Id"]:
            raise MalformedXml("The Message element has exactly one attribute, Id.", where="/Message")
        return
    if str(root.tag).startswith("{urn:cis:migration-exchange:"):
        raise UnknownVersion(f"This node reads messages of namespace {NS}.", where="/Message")
    raise MalformedXml(f"The root has to be a Message of namespace {NS}.", where="/")


def _detach(root: etree._Element) -> bytes:
    """Take the signature out of the tree, as the enveloped transform demands; it has one place only.

    Returns its canonical form as it stands in the message: lxml unites prefixes in what it takes out.
    """
    if len(root) == 0 or root[-1].tag != _SIGNATURE:
        raise SignatureInvalid(reason="no signature as the last child of the message")
    signature = root[-1]
    try:
        canonical_signature = c14n(signature, limit=profile.SIGNATURE_BYTES)
    except TooLarge as refusal:
        raise SignatureInvalid(reason="the signature is larger than any of the closed profile") from refusal
    tail = signature.tail
    previous = signature.getprevious()
    root.remove(signature)
    if tail:
        # The transform removes the element, not the white space behind it.
        if tail.strip(" \t\r\n"):
            raise SignatureInvalid(reason="text behind the signature")
        if previous is None:
            raise SignatureInvalid(reason="nothing is signed")
        previous.tail = (previous.tail or "") + tail
    return canonical_signature


def _check_one_namespace(root: etree._Element, content: bytes) -> None:
    """Every element is of the exchange namespace, every attribute of none.

    So there is no second signature, no wsu:Id, no xml:id, xml:base or xml:space anywhere. Where the root declares
    the namespace without a prefix, and no other attribute of canonical content has a name that begins with xml,
    this is quick to see; the tree is walked only where it has prefixes, or where a text holds these letters too.
    """
    if content.startswith(_OPENING.encode()) and content.count(b" xml") == 1:
        return
    for element in root.iter():
        if not str(element.tag).startswith(_IN_NS) or any(str(name).startswith("{") for name in element.attrib):
            raise MalformedXml("All elements of a message are of the exchange namespace.", where="/Message")
