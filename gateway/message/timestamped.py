"""What of a signed message is timestamped, and the message in the form XAdES-T for whoever wants it whole.

The closed profile carries no unsigned properties: a message stays as its sender signed it, and its timestamps are kept
beside it. For an archive or a court they are put where ETSI EN 319 132-1 has them (5.3: SignatureTimeStamp).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lxml import etree

from gateway.errors import SignatureInvalid
from gateway.message.parse import parse
from gateway.message.profile import DS, EXCLUSIVE_C14N, XADES, base64_of

_VALUE: Final = f"{{{DS}}}Signature/{{{DS}}}SignatureValue"
_PROPERTIES: Final = f"{{{DS}}}Signature/{{{DS}}}Object/{{{XADES}}}QualifyingProperties"


def stamped_part(raw: bytes) -> bytes:
    """The SignatureValue of a signed message in exclusive canonical form: what its timestamps are about."""
    value = _only(parse(raw, limit=len(raw)), _VALUE)
    return etree.tostring(value, method="c14n", exclusive=True, with_comments=False, with_tail=False)


def with_timestamps(raw: bytes, tokens: Sequence[bytes]) -> bytes:
    """The message with its timestamps (CMS tokens, DER) as unsigned properties; its signature still holds.

    A node does not take such a message: its profile is closed. Any verifier of XAdES does.
    """
    root = parse(raw, limit=len(raw))
    properties = _only(root, _PROPERTIES)
    unsigned = etree.SubElement(properties, f"{{{XADES}}}UnsignedProperties")
    holder = etree.SubElement(unsigned, f"{{{XADES}}}UnsignedSignatureProperties")
    for token in tokens:
        stamp = etree.SubElement(holder, f"{{{XADES}}}SignatureTimeStamp")
        etree.SubElement(stamp, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXCLUSIVE_C14N)
        etree.SubElement(stamp, f"{{{XADES}}}EncapsulatedTimeStamp").text = base64_of(token)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _only(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path)
    if found is None:
        raise SignatureInvalid(reason="the message is not signed in our profile")
    return found
