"""The closed shape of our signatures, written down once: the writer fills it in, the reader demands it.

A signature is read from its canonical bytes, and only if these are, from the first to the last, what the
templates below say: fixed elements, attributes and transforms in fixed places, white space between the tags
and nothing else (message-security rules 5 to 8, 10 and 18). No code searches for things, so there is no place to
hide them from it. All Ids are made of the message's own, `m-MARK`; the prefixes are the signer's choice.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from gateway.algorithms.entry import Algorithm, Digest
from gateway.algorithms.registry import DIGESTS
from gateway.errors import SignatureInvalid
from gateway.message.envelope import read_time, write_time
from gateway.records.value import quick

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"

SIGNATURE_BYTES: Final = 65_536
"""Largest signature that is looked at; one with an RSA-4096 key and its certificate has about 6,000 bytes."""

_HEAD: Final = """\
<{ds}Signature{declare_ds} Id="s-{mark}">
"""
_INFO: Final = """\
<{ds}SignedInfo>
<{ds}CanonicalizationMethod Algorithm="{c14n}"></{ds}CanonicalizationMethod>
<{ds}SignatureMethod Algorithm="{algorithm}"></{ds}SignatureMethod>
<{ds}Reference Id="r-{mark}" URI="#m-{mark}">
<{ds}Transforms>
<{ds}Transform Algorithm="{enveloped}"></{ds}Transform>
<{ds}Transform Algorithm="{c14n}"></{ds}Transform>
</{ds}Transforms>
<{ds}DigestMethod Algorithm="{digest}"></{ds}DigestMethod>
<{ds}DigestValue>{message_digest}</{ds}DigestValue>
</{ds}Reference>
<{ds}Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#p-{mark}">
<{ds}Transforms>
<{ds}Transform Algorithm="{c14n}"></{ds}Transform>
</{ds}Transforms>
<{ds}DigestMethod Algorithm="{digest}"></{ds}DigestMethod>
<{ds}DigestValue>{properties_digest}</{ds}DigestValue>
</{ds}Reference>
</{ds}SignedInfo>"""
_VALUE_AND_KEY: Final = """
<{ds}SignatureValue>{value}</{ds}SignatureValue>
<{ds}KeyInfo>
<{ds}X509Data>
<{ds}X509Certificate>{certificate}</{ds}X509Certificate>
</{ds}X509Data>
</{ds}KeyInfo>
<{ds}Object>
<{xades}QualifyingProperties{declare_xades} Target="#s-{mark}">
"""
_PROPERTIES: Final = """\
<{xades}SignedProperties Id="p-{mark}">
<{xades}SignedSignatureProperties>
<{xades}SigningTime>{time}</{xades}SigningTime>
<{xades}SigningCertificateV2>
<{xades}Cert>
<{xades}CertDigest>
<{ds}DigestMethod Algorithm="{digest}"></{ds}DigestMethod>
<{ds}DigestValue>{certificate_digest}</{ds}DigestValue>
</{xades}CertDigest>
</{xades}Cert>
</{xades}SigningCertificateV2>
</{xades}SignedSignatureProperties>
<{xades}SignedDataObjectProperties>
<{xades}DataObjectFormat ObjectReference="#r-{mark}">
<{xades}MimeType>application/xml</{xades}MimeType>
</{xades}DataObjectFormat>
</{xades}SignedDataObjectProperties>
</{xades}SignedProperties>"""
_END: Final = """
</{xades}QualifyingProperties>
</{ds}Object>
</{ds}Signature>"""

_FIXED: Final = {
    "c14n": EXCLUSIVE_C14N,
    "enveloped": ENVELOPED,
}
"""What the templates name by a word, and no signature may have otherwise."""

# --- Writing --------------------------------------------------------------------------------------------

_OUR_DECLARATIONS: Final = (f' xmlns:ds="{DS}"'.encode(), f' xmlns:xades="{XADES}"'.encode())


def _ours(template: str) -> str:
    """The template with our prefixes and no white space, its fixed parts filled in, ready for `%`."""
    fixed = {
        "ds": "ds:",
        "xades": "xades:",
        "declare_ds": _OUR_DECLARATIONS[0].decode(),
        "declare_xades": _OUR_DECLARATIONS[1].decode(),
        **_FIXED,
    }
    return re.sub(r"\{(\w+)\}", lambda found: fixed.get(found[1], f"%({found[1]})s"), template.replace("\n", ""))


_WRITE_HEAD, _WRITE_INFO, _WRITE_VALUE_AND_KEY, _WRITE_PROPERTIES, _WRITE_END = map(
    _ours, (_HEAD, _INFO, _VALUE_AND_KEY, _PROPERTIES, _END)
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A signature that lacks only its value."""

    mark: str
    info: str
    properties: str
    certificate: str
    to_sign: bytes
    """SignedInfo in canonical form."""

    def finish(self, value: bytes) -> bytes:
        """The Signature element as it stands in a message, in canonical form."""
        free = {"mark": self.mark, "value": base64_of(value), "certificate": self.certificate}
        return (f"{_WRITE_HEAD % free}{self.info}{_WRITE_VALUE_AND_KEY % free}{self.properties}{_WRITE_END}").encode()


def draft(algorithm: Algorithm, mark: str, digest: bytes, certificate: bytes, at: datetime) -> Draft:
    """Everything of the signature of the message `m-MARK`, whose content has this digest, but the value.

    The digest is by the algorithm's own method, which is the one of all references of the signature.
    """
    text, certificate_digest = _written_certificate(certificate, algorithm.digest)
    free = {
        "mark": mark,
        "algorithm": algorithm.uri,
        "digest": algorithm.digest.uri,
        "message_digest": base64_of(digest),
        "time": write_time(at),
        "certificate_digest": certificate_digest,
    }
    properties = _WRITE_PROPERTIES % free
    alone = _properties_alone(properties.encode(), b"ds:", *_OUR_DECLARATIONS)
    info = _WRITE_INFO % (free | {"properties_digest": base64_of(algorithm.digest.of(alone))})
    return Draft(mark, info, properties, text, _info_alone(info.encode(), _OUR_DECLARATIONS[0]))


@lru_cache(maxsize=16)
def _written_certificate(certificate: bytes, digest: Digest) -> tuple[str, str]:
    """Base64 of a certificate of ours and of its digest: the same few sign everything."""
    return base64_of(certificate), base64_of(digest.of(certificate))


# --- Reading --------------------------------------------------------------------------------------------

_SPACE: Final = r"[ \t\n]*+"
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.-]*+"
_MARK: Final = r"[A-Za-z0-9_.-]{1,64}+"
_BASE64: Final = r"[A-Za-z0-9+/= \t\n]++"
_FREE: Final = {
    "ds": f"(?:{_NAME}:)?",
    "xades": f"(?:{_NAME}:)?",
    "declare_ds": f' xmlns(?::{_NAME})?="{re.escape(DS)}"',
    "declare_xades": f' xmlns(?::{_NAME})?="{re.escape(XADES)}"',
    "mark": _MARK,
    "algorithm": "[!#-%'-;=-~]++",
    # Whether it is the one of the key is seen when the key is known; it is the same in every reference.
    "digest": "|".join(map(re.escape, DIGESTS)),
    "message_digest": _BASE64,
    "properties_digest": _BASE64,
    "value": _BASE64,
    "certificate": _BASE64,
    "time": r"[0-9TZ:.+-]++",
    "certificate_digest": _BASE64,
}
"""What the signer fills in; a word that stands in two places of the templates is the same in both."""


def _shape() -> re.Pattern[bytes]:
    seen: set[str] = set()

    def piece(part: str) -> str:
        if part == "\n":
            return _SPACE
        if not part.startswith("{"):
            return re.escape(part)
        name = part[1:-1]
        if name in _FIXED:
            return re.escape(_FIXED[name])
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>{_FREE[name]})"

    def pattern(template: str) -> str:
        return "".join(map(piece, re.split(r"(\n|\{\w+\})", template)))

    head, info, middle, properties, end = map(pattern, (_HEAD, _INFO, _VALUE_AND_KEY, _PROPERTIES, _END))
    return re.compile(f"{head}(?P<signed_info>{info}){middle}(?P<signed_properties>{properties}){end}".encode())


_SHAPE: Final = _shape()


@quick
@dataclass(frozen=True, slots=True)
class Parts:
    """What a signature of our shape says. Nothing of it is believed yet but its shape."""

    signed: bytes
    """SignedInfo in canonical form: what the signature value has to fit."""
    value: bytes
    algorithm: str
    digest: Digest
    """The method of all references; the key's algorithm has to be one that goes with it."""
    mark: str
    """The signed message has the Id `m-MARK`."""
    message_digest: str
    kid: str
    """Key id: SHA-256 of the certificate in KeyInfo, which the signed properties name."""
    signed_at: datetime


END: Final = b"</Message>"
"""With it a message in canonical form ends; the signature stands before it."""
_REST: Final = re.compile(rf"[ \t\r\n]*+</(?:{_NAME}:)?Message[ \t\r\n]*+>[ \t\r\n]*+".encode())


def cut_signature(raw: bytes) -> tuple[Parts, int, int] | None:
    """The signature at the end of a message's bytes, with where it begins and ends, if it stands there in our shape.

    None for everything else: then only the tree can tell what it is. SignatureInvalid as in read_signature.
    """
    start = raw.rfind(b"<", 0, max(raw.rfind(b"Signature xmlns"), 0))
    found = _SHAPE.match(raw, start, start + SIGNATURE_BYTES) if start >= 0 else None
    if found is None:
        return None
    end = found.end()
    if raw[end:] != END and _REST.fullmatch(raw, end) is None:
        return None
    return _parts(found), start, end


def read_signature(canonical: bytes) -> Parts:
    """Read a Signature element in canonical form; SignatureInvalid for every shape but ours."""
    found = _SHAPE.fullmatch(canonical) if len(canonical) <= SIGNATURE_BYTES else None
    if found is None:
        raise SignatureInvalid(reason="the signature is not of the closed profile")
    return _parts(found)


def _parts(found: re.Match[bytes]) -> Parts:
    """What was found; the digest of the signed properties is checked here: both stand inside the signature."""
    # The groups in the order in which the templates have them.
    ds, declare_ds, mark, info, algorithm, method, message_digest, properties_digest, *rest = found.groups()
    value, certificate, xades, declare_xades, properties, time, named = rest
    digest = DIGESTS[method.decode()]
    _check_prefixes(ds, declare_ds, xades, declare_xades)
    kid, certificate_digest = _read_certificate(certificate, digest)
    if certificate_digest != _solid(named):
        raise SignatureInvalid(reason="KeyInfo holds another certificate than the signed properties name")
    alone = _properties_alone(properties, ds, declare_ds, declare_xades)
    if base64_of(digest.of(alone)) != _solid(properties_digest):
        raise SignatureInvalid(reason="the signed properties were changed after signing")
    try:
        signed_at = read_time(time.decode())
    except ValueError as error:
        raise SignatureInvalid(reason="the signing time cannot be read") from error
    return Parts(
        _info_alone(info, declare_ds),
        _unb64(value),
        algorithm.decode(),
        digest,
        mark.decode(),
        _solid(message_digest),
        kid,
        signed_at,
    )


@lru_cache(maxsize=256)
def _check_prefixes(ds: bytes, declare_ds: bytes, xades: bytes, declare_xades: bytes) -> None:
    """Each prefix is declared where it is used first: the bytes are read without what stands around them."""
    for prefix, declared, namespace in ((ds, declare_ds, DS), (xades, declare_xades, XADES)):
        name = b":" + prefix[:-1] if prefix else b""
        if declared != b' xmlns%s="%s"' % (name, namespace.encode()) or prefix[:3].lower() == b"xml":
            raise SignatureInvalid(reason="a prefix of the signature is not the one it declares")
    if ds == xades:
        raise SignatureInvalid(reason="the signature has one prefix for two namespaces")


@lru_cache(maxsize=256)
def _read_certificate(text: bytes, digest: Digest) -> tuple[str, str]:
    """Key id of a certificate as KeyInfo carries it, and the digest that the signed properties have to name."""
    certificate = _unb64(text)
    return hashlib.sha256(certificate).hexdigest(), base64_of(digest.of(certificate))


def is_mark(text: str) -> bool:
    """Whether Ids can be made of it."""
    return re.fullmatch(_MARK, text) is not None


# --- Canonical forms of the two signed parts --------------------------------------------------------------
#
# Exclusive C14N of a part differs from the same bytes within the whole in one thing: a declaration stands
# where its prefix is first used. In a shape without variants these places are known.


def _info_alone(info: bytes, declare_ds: bytes) -> bytes:
    return info.replace(b"SignedInfo>", b"SignedInfo" + declare_ds + b">", 1)


def _properties_alone(properties: bytes, ds: bytes, declare_ds: bytes, declare_xades: bytes) -> bytes:
    return (
        properties.replace(b"SignedProperties ", b"SignedProperties" + declare_xades + b" ", 1)
        .replace(b"<" + ds + b"DigestMethod ", b"<" + ds + b"DigestMethod" + declare_ds + b" ", 1)
        .replace(b"<" + ds + b"DigestValue>", b"<" + ds + b"DigestValue" + declare_ds + b">", 1)
    )


# --- Base64 ---------------------------------------------------------------------------------------------


def sha256_base64(data: bytes) -> str:
    """The digest by which receipts and books name a message, whatever its algorithm."""
    return base64_of(hashlib.sha256(data).digest())


def base64_of(data: bytes) -> str:
    """Base64 in one line, as XML-DSig carries it."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def _solid(text: bytes) -> str:
    """Base64 without the white space that XML allows in it."""
    return text.translate(None, b" \t\n").decode("ascii")


def _unb64(text: bytes) -> bytes:
    """Strict base64: decoders pass over bits and letters that do not belong, so the way back has to agree."""
    solid = _solid(text)
    try:
        data = binascii.a2b_base64(solid)
    except binascii.Error as error:
        raise SignatureInvalid(reason="not base64") from error
    if base64_of(data) != solid:
        raise SignatureInvalid(reason="base64 in a form that is not canonical")
    return data
