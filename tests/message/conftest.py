"""Keys, signed messages, and every attack on them: the generator that the wrapping tests draw from."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.errors import UnknownPartner
from gateway.message import signature
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.signature import TrustedKey

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ID = "5b0ce6a2-4f0e-4a7b-9d4e-0c6f1f5a7e11"
NS = "urn:cis:migration-exchange:1"
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
BODY = "<Text>Аманов Ержан, 1985</Text>"


@dataclass(frozen=True)
class Key:
    """A private key with its certificate; it signs as the gateway's own signers do."""

    algorithm: str
    private: Any
    certificate_der: bytes

    @property
    def kid(self) -> str:
        return hashlib.sha256(self.certificate_der).hexdigest()

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate_der)

    @property
    def private_pem(self) -> bytes:
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, data: bytes) -> bytes:
        if self.algorithm in ("p256", "p384"):
            kind, width = (hashes.SHA256(), 32) if self.algorithm == "p256" else (hashes.SHA384(), 48)
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(kind)))
            return r.to_bytes(width, "big") + s.to_bytes(width, "big")
        if self.algorithm == "rsa":
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(data)

    def trusted(self, party: str = "BLR/GATE") -> Callable[[str], TrustedKey]:
        """A directory that holds this key only."""

        def find(kid: str) -> TrustedKey:
            if kid != self.kid:
                raise UnknownPartner(reason="no such key")
            return TrustedKey(kid, party, self.private.public_key())

        return find


def make_key(algorithm: str, name: str) -> Key:
    private: Any
    if algorithm == "p256":
        private = ec.generate_private_key(ec.SECP256R1())
    elif algorithm == "p384":
        private = ec.generate_private_key(ec.SECP384R1())
    elif algorithm == "rsa":
        private = rsa.generate_private_key(65537, 3072)
    else:
        private = ed25519.Ed25519PrivateKey.generate()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3650))
        .sign(private, None if algorithm == "ed25519" else hashes.SHA256())
    )
    return Key(algorithm, private, certificate.public_bytes(serialization.Encoding.DER))


@pytest.fixture(scope="session")
def keys() -> dict[str, Key]:
    """One key of each algorithm, and a stranger's."""
    made = {name: make_key(name, "BLR/GATE") for name in ("p256", "p384", "rsa", "ed25519")}
    return made | {"stranger": make_key("p256", "BLR/GATE")}


def make_header(kind: Kind = Kind.PING, **changes: Any) -> Header:
    parts: dict[str, Any] = {
        "message_id": ID,
        "conversation_id": ID,
        "kind": kind,
        "sender": Party("BLR", "GATE"),
        "receiver": Party("KAZ", "GATE"),
        "created": NOW,
        "expires": NOW + timedelta(hours=1),
        "purpose": "KEY_ADMIN",
        "agreement": "CIS-2026",
        "sequence": 7,
    }
    return Header(**(parts | changes))


@pytest.fixture(scope="session")
def header() -> Callable[..., Header]:
    return make_header


@pytest.fixture(scope="session")
def unsigned() -> Callable[..., bytes]:
    """unsigned(kind=…, body=…): a message in canonical form."""

    def write(kind: Kind = Kind.PING, body: str = BODY, **changes: Any) -> bytes:
        return write_message(make_header(kind, **changes), f"<{kind}>{body}</{kind}>")

    return write


@pytest.fixture(scope="session")
def signed(keys: dict[str, Key], unsigned: Callable[..., bytes]) -> Callable[..., bytes]:
    """signed(algorithm, kind=…, body=…): a good message."""

    def make(algorithm: str = "p256", **what: Any) -> bytes:
        return signature.sign(unsigned(**what), keys[algorithm], NOW)

    return make


@pytest.fixture(scope="session")
def round_trip(keys: dict[str, Key]) -> Callable[..., signature.VerifiedMessage]:
    """round_trip(content, algorithm): signed and verified."""

    def run(content: bytes, algorithm: str = "p256") -> signature.VerifiedMessage:
        key = keys[algorithm]
        return signature.verify(signature.sign(content, key, NOW), key.trusted(), limit=1_000_000)

    return run


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


# --- Attacks --------------------------------------------------------------------------------------------

Tree = Any
_attacks: dict[str, tuple[Callable[..., Any], bool]] = {}


def attack(function: Callable[..., Any]) -> Callable[..., Any]:
    """On the tree of a good message; what it returns (bytes, a new root, or nothing) is sent."""
    _attacks[function.__name__] = (function, False)
    return function


def resigned(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and then SignedInfo is signed again with the true key: the shape alone has to refuse it."""
    _attacks[function.__name__] = (function, True)
    return function


class Scene:
    """A good message taken apart, with what an attacker may add to it."""

    def __init__(self, raw: bytes, key: Key, stranger: Key) -> None:
        self.raw, self.key, self.stranger = raw, key, stranger
        self.root = etree.fromstring(raw)
        self.header, self.body, self.signature = self.root
        self.info = self.find("SignedInfo")

    def find(self, name: str, n: int = 0) -> Tree:
        return self.signature.findall(f".//{{{DS}}}{name}")[n]

    def evil_body(self) -> Tree:
        kind = etree.QName(self.body[0]).localname
        return etree.fromstring(f'<Body xmlns="{NS}"><{kind}><Text>other</Text></{kind}></Body>')

    def evil_root(self) -> Tree:
        """A message of the attacker's own with the true header and another body; no signature yet."""
        evil = etree.fromstring(self.raw)
        evil.remove(evil[2])
        evil[1][0][0].text = "other"
        return evil

    def copy(self, element: Tree | None = None) -> Tree:
        return etree.fromstring(etree.tostring(self.root if element is None else element, with_tail=False))

    def new(self, name: str, namespace: str = DS, **attributes: str) -> Tree:
        return etree.Element(f"{{{namespace}}}{name}", attributes, nsmap={None: namespace})

    def bytes(self, result: Any) -> bytes:
        if isinstance(result, bytes):
            return result
        return etree.tostring(self.root if result is None else result, encoding="utf-8")

    def sign_again(self) -> None:
        data = etree.tostring(self.info, method="c14n", exclusive=True)
        self.find("SignatureValue").text = base64.b64encode(self.key.sign(data)).decode()


def _replace(scene: Scene, old: bytes, new: bytes, count: int = 1) -> bytes:
    assert old in scene.raw, old
    return scene.raw.replace(old, new, count)


def make_attack(name: str, raw: bytes, key: Key, stranger: Key) -> bytes:
    function, again = _attacks[name]
    scene = Scene(raw, key, stranger)
    result = function(scene)
    if again:
        assert result is None
        scene.sign_again()
    return scene.bytes(result)


@pytest.fixture(scope="session")
def attacked(keys: dict[str, Key]) -> Callable[[str, bytes, str], bytes]:
    """attacked(name, raw, algorithm): the message after that attack."""
    return lambda name, raw, algorithm: make_attack(name, raw, keys[algorithm], keys["stranger"])


@pytest.fixture(scope="session")
def signed_again(keys: dict[str, Key]) -> Callable[[bytes, str], bytes]:
    """signed_again(raw, algorithm): what re-signing alone does, which has to be harmless."""

    def run(raw: bytes, algorithm: str) -> bytes:
        scene = Scene(raw, keys[algorithm], keys["stranger"])
        scene.sign_again()
        return scene.bytes(None)

    return run


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "attack_name" in metafunc.fixturenames:
        metafunc.parametrize("attack_name", sorted(_attacks))


# The signed element moved, copied, nested, beside, inside an Object.


@attack
def signed_message_nested_in_the_body_of_another(s: Scene) -> Any:
    evil = s.evil_root()
    evil.set("Id", "m-other")
    s.root.remove(s.signature)
    evil[1][0].append(s.root)
    evil.append(s.signature)
    return evil


@attack
def signed_message_nested_whole(s: Scene) -> Any:
    evil = s.evil_root()
    evil[1][0].append(s.root)
    return evil


@attack
def signed_message_nested_whole_with_its_signature_copied_outside(s: Scene) -> Any:
    evil = s.evil_root()
    evil[1][0].append(s.root)
    evil.append(s.copy(s.signature))
    return evil


@attack
def signed_message_inside_object_of_the_signature(s: Scene) -> Any:
    evil = s.evil_root()
    evil.set("Id", "m-other")
    evil.append(s.signature)
    s.find("Object").append(s.root)
    return evil


@attack
def signed_message_inside_a_second_object(s: Scene) -> Any:
    evil = s.evil_root()
    evil.append(s.signature)
    holder = s.new("Object")
    holder.append(s.root)
    s.signature.append(holder)
    return evil


@attack
def signed_message_inside_key_info(s: Scene) -> Any:
    evil = s.evil_root()
    evil.append(s.signature)
    s.find("KeyInfo").append(s.root)
    return evil


@attack
def signed_message_beside_another_under_a_new_root(s: Scene) -> Any:
    root = etree.Element(f"{{{NS}}}Messages", nsmap={None: NS})
    root.extend([s.evil_root(), s.root])
    return root


@attack
def signed_message_under_a_message_as_wrapper(s: Scene) -> Any:
    evil = etree.Element(f"{{{NS}}}Message", {"Id": f"m-{ID}"}, nsmap={None: NS})
    evil.extend([s.root, s.evil_root()[1], s.copy(s.signature)])
    return evil


@attack
def signed_body_moved_beside_another(s: Scene) -> None:
    s.root.insert(1, s.evil_body())


@attack
def another_body_behind_the_signed_one(s: Scene) -> None:
    s.root.insert(2, s.evil_body())


@attack
def another_header_before_the_signed_one(s: Scene) -> None:
    other = s.copy(s.header)
    other.find(f"{{{NS}}}Agreement").text = "other"
    s.root.insert(0, other)


@attack
def signed_body_moved_into_object(s: Scene) -> None:
    s.find("Object").append(s.body)
    s.root.insert(1, s.evil_body())


@attack
def body_replaced(s: Scene) -> None:
    s.root.replace(s.body, s.evil_body())


@attack
def signature_of_another_message(s: Scene) -> Any:
    evil = s.evil_root()
    evil.append(s.signature)
    return evil


# Ids.


def _duplicate_id(spelling: str, value: str) -> Callable[[Scene], None]:
    def put(s: Scene) -> None:
        s.body[0].set(spelling, value)

    return put


for _spelling in ("Id", "ID", "id", f"{{{WSU}}}Id", "{http://www.w3.org/XML/1998/namespace}id", "AssertionID"):
    for _letter in "msrp":
        _name = f"duplicate_{_letter}_id_spelt_{re.sub('[^A-Za-z]', '_', _spelling.rpartition('/')[2])}"
        _attacks[_name] = (_duplicate_id(_spelling, f"{_letter}-{ID}"), False)
_attacks["duplicate_id_with_a_space_that_xml_id_trims"] = (
    _duplicate_id("{http://www.w3.org/XML/1998/namespace}id", f" m-{ID} "),
    False,
)


@attack
def id_of_the_message_given_to_the_body_and_the_root_renamed(s: Scene) -> None:
    s.root.set("Id", "m-other")
    s.body.set("Id", f"m-{ID}")


@attack
def root_without_id(s: Scene) -> None:
    del s.root.attrib["Id"]


@attack
def root_with_id_and_upper_case_id(s: Scene) -> None:
    s.root.set("ID", f"m-{ID}")


@attack
def signature_has_the_id_of_the_message(s: Scene) -> None:
    s.signature.set("Id", f"m-{ID}")


@attack
def key_info_has_the_id_of_the_message(s: Scene) -> None:
    s.find("KeyInfo").set("Id", f"m-{ID}")


@attack
def value_has_the_id_of_the_message(s: Scene) -> None:
    s.find("SignatureValue").set("Id", f"m-{ID}")


@attack
def object_has_the_id_of_the_properties(s: Scene) -> None:
    s.find("Object").set("Id", f"p-{ID}")


# Signatures missing, doubled, out of place.


@attack
def signature_stripped(s: Scene) -> None:
    s.root.remove(s.signature)


@attack
def signature_emptied(s: Scene) -> None:
    for child in list(s.signature):
        s.signature.remove(child)


@attack
def signature_first(s: Scene) -> None:
    s.root.insert(0, s.signature)


@attack
def signature_between_header_and_body(s: Scene) -> None:
    s.root.insert(1, s.signature)


@attack
def signature_in_the_body(s: Scene) -> None:
    s.body.append(s.signature)


@attack
def signature_in_the_header(s: Scene) -> None:
    s.header.append(s.signature)


@attack
def signature_twice(s: Scene) -> None:
    s.root.append(s.copy(s.signature))


@attack
def second_signature_in_the_body(s: Scene) -> None:
    s.body[0].append(s.copy(s.signature))


@attack
def second_signature_in_the_signature(s: Scene) -> None:
    s.find("Object").append(s.copy(s.signature))


@attack
def element_behind_the_signature(s: Scene) -> None:
    s.root.append(s.evil_body())


@attack
def text_behind_the_signature(s: Scene) -> None:
    s.signature.tail = "other"


@attack
def no_break_space_behind_the_signature(s: Scene) -> None:
    s.signature.tail = "\u00a0"


@attack
def white_space_behind_the_signature(s: Scene) -> None:
    s.signature.tail = "\n"


@attack
def text_inside_the_signature(s: Scene) -> None:
    s.find("KeyInfo").text = "other"


@attack
def signature_in_another_namespace(s: Scene) -> bytes:
    return _replace(s, DS.encode(), b"http://www.w3.org/2000/09/xmldsig")


@attack
def signature_of_the_exchange_namespace(s: Scene) -> None:
    s.signature.tag = f"{{{NS}}}Signature"


# References.


@resigned
def no_reference(s: Scene) -> None:
    for reference in s.info.findall(f"{{{DS}}}Reference"):
        s.info.remove(reference)


@resigned
def only_the_reference_of_the_properties(s: Scene) -> None:
    s.info.remove(s.find("Reference"))


@resigned
def only_the_reference_of_the_message(s: Scene) -> None:
    s.info.remove(s.find("Reference", 1))


@resigned
def references_swapped(s: Scene) -> None:
    s.info.append(s.find("Reference"))


@resigned
def reference_twice(s: Scene) -> None:
    s.info.insert(2, s.copy(s.find("Reference")))


@resigned
def two_references_to_the_message(s: Scene) -> None:
    s.info.replace(s.find("Reference", 1), s.copy(s.find("Reference")))


def _uri(value: str, n: int) -> Callable[[Scene], None]:
    return lambda s: s.find("Reference", n).set("URI", value)


for _name, _value in {
    "empty": "",
    "of_the_signature": f"#s-{ID}",
    "of_the_other": f"#p-{ID}",
    "external": "http://127.0.0.1/other.xml",
    "xpointer": f"#xpointer(id('m-{ID}'))",
    "file": "file:///etc/hostname",
    "unknown": "#other",
}.items():
    _attacks[f"reference_uri_{_name}"] = (_uri(_value, 0), True)
    if _name != "of_the_other":
        _attacks[f"second_reference_uri_{_name}"] = (_uri(_value, 1), True)


@resigned
def reference_without_uri(s: Scene) -> None:
    del s.find("Reference").attrib["URI"]


@resigned
def reference_of_a_manifest(s: Scene) -> None:
    s.find("Reference").set("Type", DS + "Manifest")


@resigned
def manifest_in_object(s: Scene) -> None:
    manifest = s.new("Manifest")
    manifest.append(s.copy(s.find("Reference")))
    s.find("Object").insert(0, manifest)


@resigned
def second_reference_without_type(s: Scene) -> None:
    del s.find("Reference", 1).attrib["Type"]


# Transforms and algorithms.


def _transform(n: int, algorithm: str) -> Callable[[Scene], None]:
    return lambda s: s.find("Transform", n).set("Algorithm", algorithm)


for _name, _algorithm in {
    "inclusive": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "with_comments": EXC + "WithComments",
    "base64": DS + "base64",
    "xpath": "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "xslt": "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "unknown": "urn:other",
    "empty": "",
}.items():
    for _n in range(3):
        _attacks[f"transform_{_n}_{_name}"] = (_transform(_n, _algorithm), True)


@resigned
def transforms_reversed(s: Scene) -> None:
    s.find("Transforms").append(s.find("Transform"))


@resigned
def transform_missing(s: Scene) -> None:
    s.find("Transforms").remove(s.find("Transform", 1))


@resigned
def transform_enveloped_missing(s: Scene) -> None:
    s.find("Transforms").remove(s.find("Transform"))


@resigned
def transforms_missing(s: Scene) -> None:
    s.find("Reference").remove(s.find("Transforms"))


@resigned
def transform_too_many(s: Scene) -> None:
    s.find("Transforms").append(s.copy(s.find("Transform", 1)))


@resigned
def transform_with_an_xpath(s: Scene) -> None:
    path = s.new("XPath")
    path.text = "not(ancestor-or-self::Body)"
    s.find("Transform").append(path)


@resigned
def inclusive_namespaces_of_the_transform(s: Scene) -> None:
    s.find("Transform", 1).append(s.new("InclusiveNamespaces", EXC, PrefixList="ds"))


@resigned
def inclusive_namespaces_of_signed_info(s: Scene) -> None:
    s.find("CanonicalizationMethod").append(s.new("InclusiveNamespaces", EXC, PrefixList="ds"))


@resigned
def signed_info_with_inclusive_c14n(s: Scene) -> None:
    s.find("CanonicalizationMethod").set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")


for _name, _algorithm in {
    "hmac": "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    "ecdsa_sha1": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
    "rsa_sha1": DS + "rsa-sha1",
    "dsa": DS + "dsa-sha1",
    "rsa_pss": "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    "unknown": "urn:other",
}.items():
    _attacks[f"method_{_name}"] = (
        lambda s, algorithm=_algorithm: s.find("SignatureMethod").set("Algorithm", algorithm),
        True,
    )


@resigned
def method_of_another_key(s: Scene) -> None:
    other = "rsa-sha256" if s.key.algorithm != "rsa" else "ecdsa-sha256"
    s.find("SignatureMethod").set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#" + other)


@resigned
def method_with_a_truncated_hmac(s: Scene) -> None:
    s.find("SignatureMethod").append(s.new("HMACOutputLength"))


@attack
def hmac_keyed_with_the_public_key(s: Scene) -> None:
    s.find("SignatureMethod").set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    public = s.key.private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    mac = hmac.HMAC(public, hashes.SHA256())
    mac.update(etree.tostring(s.info, method="c14n", exclusive=True))
    s.find("SignatureValue").text = base64.b64encode(mac.finalize()).decode()


@resigned
def digest_sha1(s: Scene) -> None:
    s.find("DigestMethod").set("Algorithm", DS + "sha1")
    content = etree.tostring(s.evil_root(), method="c14n", exclusive=True)
    s.find("DigestValue").text = base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


@resigned
def digest_method_with_a_parameter(s: Scene) -> None:
    s.find("DigestMethod").append(s.new("Parameter"))


# Values.


def _value(change: Callable[[bytes], bytes]) -> Callable[[Scene], None]:
    def put(s: Scene) -> None:
        element = s.find("SignatureValue")
        element.text = base64.b64encode(change(base64.b64decode(element.text))).decode()

    return put


def _der(value: bytes) -> bytes:
    half = len(value) // 2
    return encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))


for _name, _change in {
    "empty": lambda _: b"",
    "zero": lambda value: bytes(len(value)),
    "short": lambda value: value[:-1],
    "without_leading_byte": lambda value: value[1:],
    "long": lambda value: value + b"\0",
    "padded": lambda value: b"\0" + value,
    "doubled": lambda value: value * 2,
    "widened": lambda value: bytes(1) + value[: len(value) // 2] + bytes(1) + value[len(value) // 2 :],
    "der": _der,
    "flipped": lambda value: bytes([value[0] ^ 1]) + value[1:],
    "swapped": lambda value: value[len(value) // 2 :] + value[: len(value) // 2],
    "ones": lambda value: b"\xff" * len(value),
}.items():
    _attacks[f"value_{_name}"] = (_value(_change), False)


def _text_of(name: str, change: Callable[[str], str]) -> Callable[[Scene], None]:
    def put(s: Scene) -> None:
        element = s.find(name)
        element.text = change(element.text)

    return put


def _loose_bits(text: str) -> str:
    """Another base64 of the same bytes: the last letter's unused bits are set."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    end = len(text.rstrip("="))
    return text[: end - 1] + letters[letters.index(text[end - 1]) + 1] + text[end:]


for _name in ("SignatureValue", "DigestValue"):
    _attacks[f"loose_bits_in_{_name}"] = (_text_of(_name, _loose_bits), _name == "DigestValue")
    _attacks[f"junk_in_{_name}"] = (_text_of(_name, lambda text: text[:4] + "-_" + text[4:]), _name == "DigestValue")
    _attacks[f"no_break_space_in_{_name}"] = (
        _text_of(_name, lambda text: text[:4] + "\u00a0" + text[4:]),
        _name == "DigestValue",
    )
    _attacks[f"padding_missing_in_{_name}"] = (_text_of(_name, lambda text: text.rstrip("=")[:-1]), False)
    _attacks[f"element_in_{_name}"] = (
        lambda s, name=_name: s.find(name).append(s.new("Other")),
        _name == "DigestValue",
    )
    _attacks[f"comment_in_{_name}"] = (
        lambda s, name=_name: s.find(name).insert(0, etree.Comment("other")),
        _name == "DigestValue",
    )


# Truncation by comment, processing instruction, CDATA; DTD; encodings.


@attack
def comment_in_the_content(s: Scene) -> bytes:
    return _replace(s, "Аманов".encode(), "Ама<!-- -->нов".encode())


@attack
def processing_instruction_in_the_content(s: Scene) -> bytes:
    return _replace(s, "Аманов".encode(), "Ама<?other?>нов".encode())


@attack
def cdata_in_the_content(s: Scene) -> bytes:
    return _replace(s, "Аманов".encode(), "<![CDATA[Аманов]]>".encode())


@attack
def comment_before_the_message(s: Scene) -> bytes:
    return b"<!-- other -->" + s.raw


@attack
def stylesheet_before_the_message(s: Scene) -> bytes:
    return b'<?xml-stylesheet href="other"?>' + s.raw


@attack
def dtd_before_the_message(s: Scene) -> bytes:
    return b"<!DOCTYPE Message []>" + s.raw


@attack
def entity_for_the_content(s: Scene) -> bytes:
    return '<!DOCTYPE Message [<!ENTITY e "Аманов">]>'.encode() + _replace(s, "Аманов".encode(), b"&e;")


@attack
def default_id_by_dtd(s: Scene) -> bytes:
    kind = etree.QName(s.body[0]).localname.encode()
    return b'<!DOCTYPE Message [<!ATTLIST %s Id ID "m-other">]>' % kind + s.raw


@attack
def utf_16_with_mark(s: Scene) -> bytes:
    return s.raw.decode().encode("utf-16")


@attack
def utf_16_without_mark(s: Scene) -> bytes:
    return ('<?xml version="1.0"?>' + s.raw.decode()).encode("utf-16-le")


@attack
def utf_16_hides_a_dtd(s: Scene) -> bytes:
    return ('<?xml version="1.0"?><!DOCTYPE Message []>' + s.raw.decode()).encode("utf-16-be")


@attack
def utf_32(s: Scene) -> bytes:
    return s.raw.decode().encode("utf-32")


@attack
def utf_7(s: Scene) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-7"?>' + s.raw.replace(b"other", b"+ADw-Other/+AD4-")


@attack
def utf_7_with_spaces_round_the_equals_sign(s: Scene) -> bytes:
    return b'<?xml version="1.0" encoding = "UTF-7"?>' + s.raw


@attack
def latin_encoding_declared(s: Scene) -> bytes:
    return b'<?xml version="1.0" encoding="ISO-8859-5"?>' + s.raw


@attack
def xml_1_1(s: Scene) -> bytes:
    return b'<?xml version="1.1"?>' + s.raw


@attack
def zero_byte(s: Scene) -> bytes:
    return s.raw + b"\0"


@attack
def invalid_utf_8(s: Scene) -> bytes:
    return _replace(s, "А".encode(), b"\xd0")


@attack
def truncated(s: Scene) -> bytes:
    return s.raw[:-20]


@attack
def second_document_behind_the_first(s: Scene) -> bytes:
    return s.raw + s.raw


# SignedInfo and KeyInfo.


@attack
def second_signed_info_before(s: Scene) -> None:
    s.signature.insert(0, s.copy(s.info))


@attack
def second_signed_info_behind(s: Scene) -> None:
    s.signature.insert(1, s.copy(s.info))


@attack
def forged_signed_info_and_the_true_one_in_object(s: Scene) -> None:
    forged = s.copy(s.info)
    s.find("Object").append(s.info)
    s.signature.insert(0, forged)
    content = etree.tostring(s.evil_root(), method="c14n", exclusive=True)
    s.find("DigestValue").text = base64.b64encode(hashlib.sha256(content).digest()).decode()
    s.root.replace(s.body, s.evil_root()[1])


@attack
def signed_info_in_a_wrapper(s: Scene) -> None:
    wrapper = s.new("Wrapper")
    wrapper.append(s.info)
    s.signature.insert(0, wrapper)


@resigned
def signed_info_with_an_attribute(s: Scene) -> None:
    s.info.set("Id", "other")


@resigned
def signed_info_with_a_foreign_child(s: Scene) -> None:
    s.info.append(s.new("Other", "urn:other"))


@resigned
def signed_info_with_text(s: Scene) -> None:
    s.info.text = "other"


@attack
def prefix_of_signed_info_bound_to_another_namespace(s: Scene) -> bytes:
    return _replace(s, b"<ds:SignedInfo>", b'<ds:SignedInfo xmlns:ds="urn:other">')


@attack
def prefix_redeclared_inside_signed_info(s: Scene) -> bytes:
    raw = _replace(s, b"<ds:Reference ", b'<x:Reference xmlns:x="http://www.w3.org/2000/09/xmldsig#" ')
    return raw.replace(b"</ds:Reference>", b"</x:Reference>", 1)


@attack
def forged_with_the_attackers_key_under_the_true_certificate(s: Scene) -> None:
    s.root.replace(s.body, s.evil_root()[1])
    content = etree.tostring(s.evil_root(), method="c14n", exclusive=True)
    s.find("DigestValue").text = base64.b64encode(hashlib.sha256(content).digest()).decode()
    data = etree.tostring(s.info, method="c14n", exclusive=True)
    s.find("SignatureValue").text = base64.b64encode(s.stranger.sign(data)).decode()


@attack
def certificate_of_the_attacker(s: Scene) -> None:
    s.find("X509Certificate").text = base64.b64encode(s.stranger.certificate_der).decode()


@attack
def certificate_digest_of_the_attacker(s: Scene) -> None:
    s.find("X509Certificate").text = base64.b64encode(s.stranger.certificate_der).decode()
    s.find("DigestValue", 2).text = base64.b64encode(hashlib.sha256(s.stranger.certificate_der).digest()).decode()


@attack
def two_certificates(s: Scene) -> None:
    s.find("X509Data").append(s.copy(s.find("X509Certificate")))


@attack
def key_info_missing(s: Scene) -> None:
    s.signature.remove(s.find("KeyInfo"))


@attack
def key_info_twice(s: Scene) -> None:
    s.signature.insert(2, s.copy(s.find("KeyInfo")))


for _name in ("KeyName", "KeyValue", "RetrievalMethod", "PGPData", "MgmtData"):
    _attacks[f"key_info_with_{_name}"] = (
        lambda s, name=_name: s.find("KeyInfo").insert(0, s.new(name, URI="http://127.0.0.1/key")),
        False,
    )


@attack
def object_missing(s: Scene) -> None:
    s.signature.remove(s.find("Object"))


@attack
def object_twice(s: Scene) -> None:
    s.signature.append(s.copy(s.find("Object")))


@attack
def signing_time_changed(s: Scene) -> bytes:
    return _replace(s, b"<xades:SigningTime>2026", b"<xades:SigningTime>2027")


@attack
def properties_for_another_signature(s: Scene) -> bytes:
    return _replace(s, b'Target="#s-', b'Target="#t-')


@attack
def unsigned_properties_added(s: Scene) -> None:
    qualifying = s.signature.find(f".//{{{XADES}}}QualifyingProperties")
    qualifying.append(s.new("UnsignedProperties", XADES))


# Foreign things in and on the message.


@attack
def xml_base_on_the_message(s: Scene) -> None:
    s.root.set("{http://www.w3.org/XML/1998/namespace}base", "http://127.0.0.1/")


@attack
def xml_space_in_the_body(s: Scene) -> None:
    s.body.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


@attack
def foreign_attribute_on_the_message(s: Scene) -> None:
    s.root.set("{urn:other}a", "b")


@attack
def foreign_element_in_the_body(s: Scene) -> None:
    s.body[0].append(s.new("Other", "urn:other"))


@attack
def element_without_namespace_in_the_body(s: Scene) -> bytes:
    return _replace(s, b"<Text>", b'<Text xmlns="">')


@attack
def default_namespace_of_another_version(s: Scene) -> bytes:
    return _replace(s, b"exchange:1", b"exchange:2")


@attack
def relative_namespace(s: Scene) -> bytes:
    return _replace(s, b"<Body>", b'<Body xmlns:other="relative">')
