"""What we sign we verify, and only what was signed is given on; the known shapes of toolkits are read."""

from __future__ import annotations

import base64
import hashlib
import runpy
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from gateway.errors import MalformedXml
from gateway.message.envelope import Kind
from gateway.message.parse import NS, parse
from gateway.message.signature import verify
from gateway.message.wssecurity.hints import Hint, fits
from gateway.message.wssecurity.names import DS, SOAP11, SOAP12, WSSE, WSSE11, WSU, SecurityHeaderInvalid
from gateway.message.wssecurity.sign import sign
from gateway.trust import keyfiles

ATTACKS = runpy.run_path(str(Path(__file__).with_name("attacks.py")))
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"


@pytest.mark.parametrize("version", [SOAP11, SOAP12])
@pytest.mark.parametrize("algorithm", ["p256", "rsa", "ed25519"])
def test_what_is_signed_is_verified_and_given_on(secured, verified, version, algorithm, now):
    proof = verified(secured(algorithm, version=version), algorithm)
    assert proof.version == version
    assert proof.body.tag == f"{{{version}}}Body"
    assert proof.body[0][0].tag == f"{{{NS}}}Message"
    assert proof.addressing.action == f"{NS}:SubmitMessage"
    assert (proof.created, proof.expires) == (now, now + timedelta(minutes=5))
    assert proof.signer.party == "BLR/GATE"
    assert proof.confirmed is None


@pytest.mark.parametrize("kind", Kind)
def test_the_message_inside_still_verifies_on_its_own(secured, verified, keys, kind):
    message = verified(secured(kind=kind)).body[0][0]
    raw = etree.tostring(message, method="c14n", exclusive=True)
    assert verify(raw, keys["p256"].trusted(), limit=1_000_000).header.kind is kind


def test_an_answer_confirms_what_it_answers(secured, verified):
    assert verified(secured(confirm=b"the value")).confirmed == b"the value"


def test_an_envelope_without_a_header_gets_one(keys, verified, now):
    text = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><x:Op xmlns:x="urn:x"/></s:Body></s:Envelope>'
    raw = sign(etree.fromstring(text), keys["p256"], now).content
    assert verified(raw).body[0].tag == "{urn:x}Op"


@pytest.mark.parametrize(
    "text",
    [
        f'<s:Envelope xmlns:s="{SOAP11}"></s:Envelope>',
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Header><a:Security xmlns:a="{WSSE}"/></s:Header><s:Body/></s:Envelope>',
    ],
)
def test_what_is_no_envelope_or_signed_already_is_not_signed(keys, now, text):
    with pytest.raises(MalformedXml):
        sign(etree.fromstring(text), keys["p256"], now)


def test_signing_again_alone_changes_nothing(secured, verified, keys):
    for algorithm in ("p256", "rsa", "ed25519"):
        scene = ATTACKS["Scene"](secured(algorithm), keys[algorithm], keys["stranger"])
        scene.sign_again()
        assert verified(etree.tostring(scene.root), algorithm)


X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#"
WSU_ID = f"{{{WSU}}}Id"
SHAPES = {}


def shape(change):
    """One thing in which toolkits differ from what we write ourselves."""
    SHAPES[change.__name__] = change
    return change


def name_the_key(s, part):
    s.security.remove(s.token)
    s.key_info[0].replace(s.key_info[0][0], part)


def identifier(kind, text):
    named = etree.Element(f"{{{WSSE}}}KeyIdentifier", ValueType=kind)
    named.text = text
    return named


@shape
def plain_ids(s):
    for element in (s.body, s.timestamp):
        element.set("Id", element.attrib.pop(WSU_ID))


@shape
def one_id_in_both_spellings(s):
    s.body.set("Id", s.body.get(WSU_ID))


@shape
def another_id_beside(s):
    s.body.set("Id", "_0")


@shape
def no_key_info(s):
    s.signature.replace(s.key_info, s.key_info[0])


@shape
def ids_on_signature_key_info_and_token_reference(s):
    s.signature.set("Id", "SIG-1")
    s.key_info.set("Id", "KI-1")
    s.key_info[0].set(WSU_ID, "STR-1")


@shape
def a_type_of_the_token(s):
    s.key_info[0].set(f"{{{WSSE11}}}TokenType", f"{X509}X509v3")


@shape
def a_signed_token(s):
    more = deepcopy(s.references[0])
    more.set("URI", "#" + s.token.get(WSU_ID))
    s.info.append(more)


@shape
def a_thumbprint(s):
    name_the_key(s, ATTACKS["_thumbprint"](s.key))


@shape
def a_subject_key_identifier(s):
    name_the_key(s, identifier(f"{X509}X509SubjectKeyIdentifier", base64.b64encode(b"subject key").decode()))


@shape
def a_certificate_in_the_key_identifier(s):
    name_the_key(s, identifier(f"{X509}X509v3", s.token.text))


@shape
def a_certificate_in_x509_data(s):
    data = ATTACKS["_data"](s.key)
    name_the_key(s, data)
    issuer = etree.SubElement(data, f"{{{DS}}}X509IssuerSerial")
    etree.SubElement(issuer, f"{{{DS}}}X509IssuerName").text = "CN=BLR/GATE"
    etree.SubElement(issuer, f"{{{DS}}}X509SerialNumber").text = "1"


@shape
def lists_of_prefixes(s):
    for place, prefixes in ((s.info[0], "s"), (s.references[0][0][0], "s wsu"), (s.references[1][0][0], "")):
        etree.SubElement(place, f"{{{EXC}}}InclusiveNamespaces").set("PrefixList", prefixes)


@shape
def another_order_in_the_headers(s):
    s.security.insert(0, s.signature)
    s.security.append(s.token)
    s.header.insert(0, s.security)


@shape
def white_space_between_the_parts(s):
    for element in (s.root, s.header, s.security, s.body, s.signature, s.info, *s.references):
        element.text = "\n  "


@shape
def base64_in_lines(s):
    s.token.text = "\n" + "\n".join(s.token.text[n : n + 64] for n in range(0, len(s.token.text), 64)) + "\n"


@shape
def no_must_understand(s):
    s.security.attrib.clear()


@pytest.mark.parametrize("version", [SOAP11, SOAP12])
@pytest.mark.parametrize("name", SHAPES)
def test_the_shapes_of_stock_toolkits_are_read(secured, verified, keys, name, version):
    scene = ATTACKS["Scene"](secured("rsa", version=version), keys["rsa"], keys["stranger"])
    SHAPES[name](scene)
    scene.sign_again()
    assert verified(etree.tostring(scene.root), "rsa").signer.party == "BLR/GATE"


def test_a_timestamp_may_be_off_by_the_skew_and_no_more(secured, verified, now):
    raw = secured()
    assert verified(raw, now=now - timedelta(seconds=60))
    assert verified(raw, now=now + timedelta(minutes=6))
    for moment in (now - timedelta(seconds=61), now + timedelta(seconds=361)):
        with pytest.raises(SecurityHeaderInvalid) as refusal:
            verified(raw, now=moment)
        assert "timestamp" in refusal.value.reason


def test_what_is_given_on_is_read_from_the_signed_bytes(secured, verified):
    raw = secured()
    tree = parse(raw, limit=len(raw))
    body = verified(raw).body
    assert body.getparent() is None
    assert (
        hashlib.sha256(etree.tostring(body, method="c14n", exclusive=True)).digest()
        == hashlib.sha256(etree.tostring(tree[1], method="c14n", exclusive=True)).digest()
    )


def test_an_id_that_a_body_has_already_is_kept(keys, verified, now):
    text = f'<s:Envelope xmlns:s="{SOAP11}" xmlns:u="{WSU}"><s:Body u:Id="mine"><a/></s:Body></s:Envelope>'
    assert verified(sign(etree.fromstring(text), keys["p256"], now).content).body.get(WSU_ID) == "mine"


def test_a_hint_fits_one_certificate_and_no_other(keys, now):
    private = ec.generate_private_key(ec.SECP256R1())
    ours = keyfiles.self_signed(private, party="BLR/GATE", now=now, until=now + timedelta(days=1))
    subject = ours.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    hints = {
        "certificate": ours.fingerprint(hashes.SHA256()),
        "thumbprint": ours.fingerprint(hashes.SHA1()),  # noqa: S303 - as WS-Security has it
        "subject-key": subject,
    }
    for kind, value in hints.items():
        assert fits(Hint(kind, value), ours)
        assert not fits(Hint(kind, value), keys["rsa"].certificate), "it has another digest, or no such extension"


def test_an_envelope_with_hundreds_of_namespaces_is_refused_before_they_cost_anything(secured, verified):
    many = "".join(f' xmlns:n{number}="urn:{number}"' for number in range(60))
    raw = secured().replace(b"<x:SubmitMessage", b"<x:SubmitMessage" + many.encode())
    raw = raw.replace(b"</x:SubmitMessage>", (f"<a{many}/>" * 5).encode() + b"</x:SubmitMessage>")
    with pytest.raises(MalformedXml, match="namespaces"):
        verified(raw)


def test_a_body_whose_canonical_form_is_many_times_longer_is_refused(secured, verified):
    raw = secured().replace(b"<x:SubmitMessage", b'<x:SubmitMessage xmlns:n="urn:' + b"n" * 1800 + b'"')
    raw = raw.replace(b"</x:SubmitMessage>", b"<n:a/>" * 20_000 + b"</x:SubmitMessage>")
    with pytest.raises(SecurityHeaderInvalid) as refusal:
        verified(raw, limit=8 * len(raw))
    assert "many times longer" in refusal.value.reason
