"""Others verify what we sign, and we verify what others sign in our profile."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess

import pytest
import signxml
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.message.profile import DS, XADES
from gateway.message.signature import verify

LIMIT = 1_000_000
METHODS = {"p256": "ecdsa-sha256", "rsa": "rsa-sha256"}

JAVA = """
import java.io.FileInputStream;
import java.security.cert.CertificateFactory;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

public class Check {
    public static void main(String[] arguments) throws Exception {
        var builders = DocumentBuilderFactory.newInstance();
        builders.setNamespaceAware(true);
        var certificates = CertificateFactory.getInstance("X.509");
        var certificate = certificates.generateCertificate(new FileInputStream(arguments[0]));
        for (int number = 1; number < arguments.length; number++) {
            var document = builders.newDocumentBuilder().parse(arguments[number]);
            document.getDocumentElement().setIdAttribute("Id", true);
            var properties = document.getElementsByTagNameNS("http://uri.etsi.org/01903/v1.3.2#", "SignedProperties");
            var signature = document.getElementsByTagNameNS("http://www.w3.org/2000/09/xmldsig#", "Signature");
            var context = new DOMValidateContext(certificate.getPublicKey(), signature.item(0));
            context.setIdAttributeNS((Element) properties.item(0), null, "Id");
            var read = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
            System.out.println(read.validate(context) && read.getSignedInfo().getReferences().size() == 2);
        }
    }
}
"""


@pytest.mark.parametrize("algorithm", ["p256", "rsa"])
def test_signxml_verifies_ours(algorithm, signed, keys):
    results = signxml.XMLVerifier().verify(
        signed(algorithm),
        x509_cert=keys[algorithm].certificate,
        id_attribute="Id",
        expect_config=signxml.SignatureConfiguration(location="./", expect_references=2),
    )
    assert [result.signed_xml.tag.rpartition("}")[2] for result in results] == ["Message", "SignedProperties"]


@pytest.mark.parametrize("algorithm", ["p256", "rsa"])
def test_xmlsec_verifies_ours(algorithm, signed, keys):
    root = etree.fromstring(signed(algorithm))
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    pem = keys[algorithm].certificate.public_bytes(Encoding.PEM)
    context.key = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.CERT_PEM, None)
    context.verify(root[-1])


@pytest.mark.tool
@pytest.mark.parametrize("algorithm", ["p256", "p384", "rsa", "ed25519"])
def test_the_jdk_verifies_ours_and_not_a_changed_one(algorithm, signed, keys, tmp_path):
    if shutil.which("javac") is None:
        pytest.skip("no JDK on this machine")
    good = signed(algorithm)
    (tmp_path / "Check.java").write_text(JAVA)
    (tmp_path / "cert.pem").write_bytes(keys[algorithm].certificate.public_bytes(Encoding.PEM))
    (tmp_path / "good.xml").write_bytes(good)
    (tmp_path / "bad.xml").write_bytes(good.replace(b"1985", b"1986"))
    subprocess.run(["javac", "Check.java"], cwd=tmp_path, check=True)
    said = subprocess.run(
        ["java", "-cp", ".", "Check", "cert.pem", "good.xml", "bad.xml"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split() == ["true", "false"], said.stderr[-2000:]


@pytest.mark.tool
@pytest.mark.parametrize("algorithm", ["p256", "rsa"])
def test_the_distributions_xmlsec1_verifies_ours_and_not_a_changed_one(algorithm, signed, keys, tmp_path):
    program = shutil.which("xmlsec1")
    if program is None:
        pytest.skip("xmlsec1 is not installed")
    (tmp_path / "cert.pem").write_bytes(keys[algorithm].certificate.public_bytes(Encoding.PEM))
    good = signed(algorithm)
    verdicts = []
    for name, raw in (("good.xml", good), ("bad.xml", good.replace(b"1985", b"1986"))):
        (tmp_path / name).write_bytes(raw)
        said = subprocess.run(
            [
                program, "--verify", "--pubkey-cert-pem", "cert.pem",
                "--id-attr:Id", "urn:cis:migration-exchange:1:Message", "--id-attr:Id", f"{XADES}:SignedProperties",
                name,
            ],
            cwd=tmp_path, check=False, capture_output=True, text=True,
        )  # fmt: skip
        verdicts.append((said.returncode, "SignedInfo References (ok/all): 2/2" in said.stderr))
    assert verdicts[0] == (0, True), said.stderr
    assert verdicts[1][0] != 0


def _template(prefix: str, indent: str, method: str, mark: str, certificate: bytes) -> str:
    """A signature of our profile as a partner's own program would lay it out, without digests and value."""
    p = f"{prefix}:" if prefix else ""
    xmlns = f"xmlns:{prefix}" if prefix else "xmlns"
    exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
    sha256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    digest = base64.b64encode(hashlib.sha256(certificate).digest()).decode()
    lines = f"""<{p}Signature {xmlns}="{DS}" Id="s-{mark}">
<{p}SignedInfo>
<{p}CanonicalizationMethod Algorithm="{exclusive}"/>
<{p}SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{method}"/>
<{p}Reference URI="#m-{mark}" Id="r-{mark}">
<{p}Transforms>
<{p}Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
<{p}Transform Algorithm="{exclusive}"/>
</{p}Transforms>
<{p}DigestMethod Algorithm="{sha256}"/>
<{p}DigestValue></{p}DigestValue>
</{p}Reference>
<{p}Reference URI="#p-{mark}" Type="http://uri.etsi.org/01903#SignedProperties">
<{p}Transforms>
<{p}Transform Algorithm="{exclusive}"/>
</{p}Transforms>
<{p}DigestMethod Algorithm="{sha256}"/>
<{p}DigestValue></{p}DigestValue>
</{p}Reference>
</{p}SignedInfo>
<{p}SignatureValue></{p}SignatureValue>
<{p}KeyInfo>
<{p}X509Data>
<{p}X509Certificate></{p}X509Certificate>
</{p}X509Data>
</{p}KeyInfo>
<{p}Object>
<q:QualifyingProperties xmlns:q="{XADES}" Target="#s-{mark}">
<q:SignedProperties Id="p-{mark}">
<q:SignedSignatureProperties>
<q:SigningTime>2026-03-02T12:00:00+03:00</q:SigningTime>
<q:SigningCertificateV2>
<q:Cert>
<q:CertDigest>
<{p}DigestMethod Algorithm="{sha256}"/>
<{p}DigestValue>{digest}</{p}DigestValue>
</q:CertDigest>
</q:Cert>
</q:SigningCertificateV2>
</q:SignedSignatureProperties>
<q:SignedDataObjectProperties>
<q:DataObjectFormat ObjectReference="#r-{mark}">
<q:MimeType>application/xml</q:MimeType>
</q:DataObjectFormat>
</q:SignedDataObjectProperties>
</q:SignedProperties>
</q:QualifyingProperties>
</{p}Object>
</{p}Signature>"""
    return lines.replace("\n", indent)


@pytest.mark.parametrize("algorithm", ["p256", "rsa"])
@pytest.mark.parametrize("prefix", ["ds", "", "dsig"])
@pytest.mark.parametrize("indent", ["", "\n  "])
@pytest.mark.parametrize("message_prefix", ["", "mx"])
def test_we_verify_what_xmlsec_signs_in_our_profile(algorithm, prefix, indent, message_prefix, request):
    keys, unsigned = request.getfixturevalue("keys"), request.getfixturevalue("unsigned")
    key = keys[algorithm]
    content = unsigned().decode().replace("><", f">{indent}<")
    if message_prefix:
        content = content.replace("</", f"</{message_prefix}:").replace("<", f"<{message_prefix}:")
        content = content.replace(f"<{message_prefix}:/{message_prefix}:", f"</{message_prefix}:")
        content = content.replace("xmlns=", f"xmlns:{message_prefix}=")
    root = etree.fromstring(content)
    mark = root.get("Id").removeprefix("m-")
    root.append(etree.fromstring(_template(prefix, indent, METHODS[algorithm], mark, key.certificate_der)))
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key.private_pem, xmlsec.KeyFormat.PEM, None)
    context.key.load_cert_from_memory(key.certificate.public_bytes(Encoding.PEM), xmlsec.KeyFormat.CERT_PEM)
    context.sign(root[-1])
    raw = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    verified = verify(raw, key.trusted(), limit=LIMIT)
    assert verified.header.message_id == mark
    assert verified.signed_at == verified.header.created
    assert verified.root[1][0][0].text == "Аманов Ержан, 1985"
