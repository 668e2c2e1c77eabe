"""Envelopes signed by others are read, and ours by others: the JDK (as WSS4J signs) and xmlsec (as zeep does)."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
import xmlsec
from cryptography.hazmat.primitives import serialization
from lxml import etree

from gateway.message.wssecurity.names import BASE64, SOAP11, SOAP12, WSA, WSSE, WSU, X509V3, SecurityHeaderInvalid

SOURCE = Path(__file__).with_name("Envelopes.java")
URIS = {
    "rsa": ("RSA", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
    "p256": ("EC", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
}
PREFIXES = ("", "soapenv", "soapenv xsi wsu", "nobody soapenv")


@pytest.fixture(scope="module")
def java(tmp_path_factory):
    """java(arguments…): what the compiled program prints."""
    if shutil.which("javac") is None:
        pytest.skip("no JDK is installed")
    place = tmp_path_factory.mktemp("java")
    subprocess.run(["javac", "-d", str(place), str(SOURCE)], check=True, timeout=120, capture_output=True)

    def run(*arguments):
        command = ["java", "-cp", str(place), "Envelopes", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture
def unsigned_envelope(keys, signed):
    """What a Java stack has before its Signature: prefixes declared above, a default namespace, a token."""

    def make(algorithm, version=SOAP11):
        token = base64.b64encode(keys[algorithm].certificate_der).decode()
        return (
            f'<soapenv:Envelope xmlns:soapenv="{version}" xmlns="urn:default" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f'<soapenv:Header xmlns:wsa="{WSA}"><wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" '
            f'soapenv:mustUnderstand="1"><wsse:BinarySecurityToken EncodingType="{BASE64}" ValueType="{X509V3}" '
            f'wsu:Id="X509-1">{token}</wsse:BinarySecurityToken><wsu:Timestamp wsu:Id="TS-1">'
            "<wsu:Created>2026-03-02T09:00:00.123Z</wsu:Created><wsu:Expires>2026-03-02T09:05:00.123Z</wsu:Expires>"
            f'</wsu:Timestamp></wsse:Security><wsa:MessageID xmlns:wsu="{WSU}" wsu:Id="id-2">urn:uuid:2</wsa:MessageID>'
            f'</soapenv:Header><soapenv:Body xmlns:wsu="{WSU}" wsu:Id="id-1">'
            '<x:SubmitMessage xmlns:x="urn:cis:migration-exchange:1:soap">'
            f"{signed(algorithm).decode()}</x:SubmitMessage></soapenv:Body></soapenv:Envelope>"
        )

    return make


@pytest.mark.tool
@pytest.mark.parametrize("algorithm", URIS)
@pytest.mark.parametrize("prefixes", PREFIXES)
def test_the_jdk_signs_as_wss4j_does_and_we_read_it(  # noqa: PLR0917 - fixtures, given by name
    java, keys, unsigned_envelope, verified, tmp_path, algorithm, prefixes
):
    (tmp_path / "in.xml").write_text(unsigned_envelope(algorithm))
    (tmp_path / "key.der").write_bytes(
        keys[algorithm].private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    name, uri = URIS[algorithm]
    java("sign", tmp_path / "in.xml", tmp_path / "key.der", name, uri, prefixes, tmp_path / "out.xml")
    raw = (tmp_path / "out.xml").read_bytes()
    proof = verified(raw, algorithm)
    assert proof.signer.party == "BLR/GATE"
    assert proof.addressing.message_id == "urn:uuid:2"
    with pytest.raises(SecurityHeaderInvalid):
        verified(raw.replace(b"urn:uuid:2", b"urn:uuid:3"), algorithm)


@pytest.mark.tool
@pytest.mark.parametrize("algorithm", URIS)
@pytest.mark.parametrize("version", [SOAP11, SOAP12])
def test_the_jdk_verifies_what_we_sign(  # noqa: PLR0917 - fixtures, given by name
    java, keys, secured, tmp_path, algorithm, version
):
    raw = secured(algorithm, version=version, confirm=b"asked")
    (tmp_path / "cert.pem").write_bytes(keys[algorithm].certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "in.xml").write_bytes(raw)
    assert java("verify", tmp_path / "in.xml", tmp_path / "cert.pem") == "true"
    (tmp_path / "in.xml").write_bytes(raw.replace(b"urn:uuid:1", b"urn:uuid:2"))
    assert java("verify", tmp_path / "in.xml", tmp_path / "cert.pem") == "false"


@pytest.mark.parametrize("algorithm", URIS)
@pytest.mark.parametrize("prefixes", PREFIXES)
def test_xmlsec_signs_with_lists_of_prefixes_and_we_read_it(keys, unsigned_envelope, verified, algorithm, prefixes):
    envelope = etree.fromstring(unsigned_envelope(algorithm))
    method = xmlsec.Transform.RSA_SHA256 if algorithm == "rsa" else xmlsec.Transform.ECDSA_SHA256
    signature = xmlsec.template.create(envelope, xmlsec.Transform.EXCL_C14N, method, ns="ds")
    security = envelope.find(f".//{{{WSSE}}}Security")
    security.append(signature)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(keys[algorithm].private_pem, xmlsec.KeyFormat.PEM)
    for element in envelope.iter():
        name = element.get(f"{{{WSU}}}Id")
        if name and name != "X509-1":
            context.register_id(element, "Id", WSU)
            reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=f"#{name}")
            transform = xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
            if prefixes:
                xmlsec.template.transform_add_c14n_inclusive_namespaces(transform, prefixes)
    context.sign(signature)
    key_info = xmlsec.template.ensure_key_info(signature)
    named = etree.SubElement(key_info, f"{{{WSSE}}}SecurityTokenReference")
    etree.SubElement(named, f"{{{WSSE}}}Reference", URI="#X509-1", ValueType=X509V3)
    assert verified(etree.tostring(envelope), algorithm).signer.party == "BLR/GATE"
