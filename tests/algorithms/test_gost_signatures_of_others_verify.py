"""Signatures that CryptoPro made, not we: both verify, and no changed byte of theirs does."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from asn1crypto import x509
from lxml import etree

from gateway.algorithms import gost
from gateway.algorithms.gost_keys import PublicKey

FILES = Path(__file__).parents[3] / "shared" / "data" / "xml" / "gost"

pytestmark = [
    pytest.mark.tool,
    pytest.mark.shared_data,
    pytest.mark.skipif(bool(gost.missing()), reason=gost.missing()),
    pytest.mark.skipif(not FILES.is_dir(), reason="the shared test data are not beside the project"),
]
DS = {"ds": "http://www.w3.org/2000/09/xmldsig#"}


def parts(name: str) -> tuple[PublicKey, bytes, bytes, bytes, bytes]:
    """Key, SignedInfo in canonical form, signature, digest named, and the content the digest is of.

    These files use inclusive C14N and a reference to the whole document, which no message of ours may: they
    test the algorithm alone, and the message path refuses them.
    """
    root = etree.parse(FILES / f"enveloped-{name}.cryptopro.xml").getroot()
    text = {tag: root.findtext(f".//ds:{tag}", "", DS) for tag in ("X509Certificate", "SignatureValue", "DigestValue")}
    certificate = x509.Certificate.load(base64.b64decode(text["X509Certificate"]))
    info = root.find(".//ds:SignedInfo", DS)
    assert info is not None
    # A document of its own, because inclusive C14N of a part is not to be relied on (docs/decisions/0004).
    signed_info = etree.fromstring(etree.tostring(info, with_tail=False))
    signed = etree.tostring(signed_info, method="c14n")
    signature = root.find(".//ds:Signature", DS)
    assert signature is not None
    signature.getparent().remove(signature)
    spki = bytes(certificate["tbs_certificate"]["subject_public_key_info"].dump())
    value, digest = (base64.b64decode(text[tag]) for tag in ("SignatureValue", "DigestValue"))
    return gost.public_key(spki), signed, value, digest, etree.tostring(root, method="c14n")


@pytest.mark.parametrize("name", gost.NAMES)
def test_digest_and_signature_verify(name: str) -> None:
    key, signed, signature, digest, content = parts(name)
    assert key.kind.name == name
    assert gost.digest(name, content) == digest
    assert key.holds(signature, signed)


@pytest.mark.parametrize("name", gost.NAMES)
def test_no_changed_byte_verifies(name: str) -> None:
    key, signed, signature, digest, content = parts(name)
    for at in range(len(signature)):
        changed = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
        assert not key.holds(changed, signed)
    for at in range(0, len(signed), 16):
        assert not key.holds(signature, signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])
    assert gost.digest(name, content + b" ") != digest


@pytest.mark.parametrize("name", gost.NAMES)
def test_their_self_signed_certificates_verify(name: str) -> None:
    text = etree.parse(FILES / f"enveloped-{name}.cryptopro.xml").findtext(".//ds:X509Certificate", "", DS)
    certificate = x509.Certificate.load(base64.b64decode(text))
    tbs = certificate["tbs_certificate"]
    key = gost.public_key(bytes(tbs["subject_public_key_info"].dump()))
    assert key.holds(certificate["signature_value"].native, bytes(tbs.dump()))
