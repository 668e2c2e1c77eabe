// Signs an envelope as WSS4J does, or verifies one, with the JDK's own XML signatures (Santuario, which WSS4J uses too).
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.ExcC14NParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

public class Envelopes {
    static final String OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
    static final String WSSE = OASIS + "wssecurity-secext-1.0.xsd";
    static final String WSU = OASIS + "wssecurity-utility-1.0.xsd";
    static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM");

    public static void main(String[] arguments) throws Exception {
        DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
        builders.setNamespaceAware(true);
        Document document = builders.newDocumentBuilder().parse(new File(arguments[1]));
        if (arguments[0].equals("sign")) {
            sign(document, arguments);
        } else {
            System.out.println(verify(document, arguments[2]));
        }
    }

    // sign ENVELOPE KEY.der ALGORITHM-OF-KEY SIGNATURE-URI PREFIXES OUT
    static void sign(Document document, String[] arguments) throws Exception {
        byte[] der = Files.readAllBytes(Path.of(arguments[2]));
        PrivateKey key = KeyFactory.getInstance(arguments[3]).generatePrivate(new PKCS8EncodedKeySpec(der));
        List<String> prefixes = arguments[5].isEmpty() ? List.of() : Arrays.asList(arguments[5].split(" "));
        Element security = (Element) document.getElementsByTagNameNS(WSSE, "Security").item(0);
        Element token = (Element) document.getElementsByTagNameNS(WSSE, "BinarySecurityToken").item(0);
        List<Reference> references = new ArrayList<>();
        List<Element> identified = identified(document);
        for (Element element : identified) {
            if (element == token) {
                continue;
            }
            Transform transform = FACTORY.newTransform(CanonicalizationMethod.EXCLUSIVE,
                prefixes.isEmpty() ? null : (TransformParameterSpec) new ExcC14NParameterSpec(prefixes));
            references.add(FACTORY.newReference("#" + element.getAttributeNS(WSU, "Id"),
                FACTORY.newDigestMethod(DigestMethod.SHA256, null), List.of(transform), null, null));
        }
        SignedInfo info = FACTORY.newSignedInfo(
            FACTORY.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE,
                prefixes.isEmpty() ? null : (C14NMethodParameterSpec) new ExcC14NParameterSpec(prefixes)),
            FACTORY.newSignatureMethod(arguments[4], null), references);
        Element named = document.createElementNS(WSSE, "wsse:SecurityTokenReference");
        named.setAttributeNS(WSU, "wsu:Id", "STR-1");
        Element reference = document.createElementNS(WSSE, "wsse:Reference");
        reference.setAttribute("URI", "#" + token.getAttributeNS(WSU, "Id"));
        reference.setAttribute("ValueType", OASIS + "x509-token-profile-1.0#X509v3");
        named.appendChild(reference);
        KeyInfo keys = FACTORY.getKeyInfoFactory().newKeyInfo(List.of(new DOMStructure(named)), "KI-1");
        DOMSignContext context = new DOMSignContext(key, security, security.getFirstChild());
        context.setDefaultNamespacePrefix("ds");
        for (Element element : identified) {
            context.setIdAttributeNS(element, WSU, "Id");
        }
        FACTORY.newXMLSignature(info, keys, null, "SIG-1", null).sign(context);
        var transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty("omit-xml-declaration", "yes");
        transformer.transform(new DOMSource(document), new StreamResult(new File(arguments[6])));
    }

    // verify ENVELOPE CERTIFICATE.pem
    static boolean verify(Document document, String certificate) throws Exception {
        PublicKey key;
        try (var stream = Files.newInputStream(Path.of(certificate))) {
            key = CertificateFactory.getInstance("X.509").generateCertificate(stream).getPublicKey();
        }
        Element security = (Element) document.getElementsByTagNameNS(WSSE, "Security").item(0);
        Node signature = null;
        for (Node child = security.getFirstChild(); child != null; child = child.getNextSibling()) {
            if ("Signature".equals(child.getLocalName())) {
                signature = child;
            }
        }
        DOMValidateContext context = new DOMValidateContext(key, signature);
        for (Element element : identified(document)) {
            context.setIdAttributeNS(element, WSU, "Id");
        }
        return FACTORY.unmarshalXMLSignature(context).validate(context);
    }

    static List<Element> identified(Document document) {
        List<Element> found = new ArrayList<>();
        NodeList all = document.getElementsByTagNameNS("*", "*");
        for (int index = 0; index < all.getLength(); index++) {
            Element element = (Element) all.item(index);
            if (element.hasAttributeNS(WSU, "Id")) {
                found.add(element);
            }
        }
        return found;
    }
}
