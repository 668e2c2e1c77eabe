"""Signing and verifying at 4 KB and 1 MB, beside their floors, signxml and python-xmlsec.

The floor is what no implementation can leave out: parse (with the same hardened options as ours), one
exclusive C14N, SHA-256, and the raw operation. `sign-…` starts where a node does, from the bytes it has
written itself; they are canonical already, so it may fall below a floor that parses. `sign-foreign-…` signs
XML of other origin and does all of it. Peers parse, sign with one reference and no XAdES properties, and
write; verifying they are given our message with both references.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import signxml
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

from benchmarks.report import Row, interleaved, row
from gateway.algorithms import registry
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.signature import TrustedKey, canonical, sign, verify

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIMIT = 100_000_000
SIZES = (("4k", 4096, 400), ("1m", 1 << 20, 15))
PERSON = (
    '<Record><RecordId>{0:08d}</RecordId><Category>labour-permit</Category><Person><Name kind="primary" script="Cyrl">'
    "<FamilyName>Аманов</FamilyName><GivenName>Ержан</GivenName></Name><BirthDate>1985-06-15</BirthDate></Person></Record>"
)


@dataclass(frozen=True)
class Key:
    """A key as the gateway's signers are: it gives the raw value that XML-DSig carries."""

    algorithm: str
    private: Any
    certificate_der: bytes

    def sign(self, data: bytes) -> bytes:
        if self.algorithm == "p256":
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if self.algorithm == "rsa2048":
            return bytes(self.private.sign(data, padding.PKCS1v15(), hashes.SHA256()))
        return bytes(self.private.sign(data))

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate_der)

    @property
    def private_pem(self) -> bytes:
        return bytes(self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@dataclass(frozen=True)
class Signer:
    """The key under the name that the registry of algorithms knows."""

    key: Key
    algorithm: str
    certificate_der: bytes
    sign: Callable[[bytes], bytes]


def make_key(algorithm: str) -> Key:
    private: Any = {
        "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "rsa2048": lambda: rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }[algorithm]()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "BLR/GATE")])
    certificate = x509.CertificateBuilder(name, name, private.public_key(), 1, NOW, NOW + timedelta(days=900)).sign(
        private, None if algorithm == "ed25519" else hashes.SHA256()
    )
    return Key(algorithm, private, certificate.public_bytes(Encoding.DER))


def message(size: int) -> bytes:
    """A message of about `size` bytes before it is signed, with the markup of a batch of records."""
    identifier = str(uuid.UUID(int=size))
    header = Header(
        identifier,
        identifier,
        Kind.RECORD_BATCH,
        Party("BLR", "GATE"),
        Party("KAZ", "GATE"),
        NOW,
        NOW + timedelta(hours=1),
        "MIGRATION_CONTROL",
        "CIS-2026",
        sequence=1,
    )
    empty = len(write_message(header, "<RecordBatch></RecordBatch>"))
    count = max(1, (size - empty) // len(PERSON.format(0).encode()))
    return write_message(header, f"<RecordBatch>{''.join(map(PERSON.format, range(count)))}</RecordBatch>")


def measure(scale: float) -> list[Row]:
    """Rows of `var/bench.json`; the scale changes the number of rounds, not the sizes."""
    rows = []
    for algorithm in ("p256", "rsa2048", "ed25519"):
        key = make_key(algorithm)
        for size, count, rounds in SIZES:
            rows += _measure_one(f"{size}-{algorithm}", key, message(count), max(3, int(rounds * scale)))
    return rows


def _measure_one(name: str, key: Key, content: bytes, rounds: int) -> list[Row]:
    signer = Signer(key, key.algorithm.removesuffix("2048"), key.certificate_der, key.sign)
    signed = sign(content, signer, NOW)
    public = key.private.public_key()
    # As a node's directory of keys holds it: its algorithm was decided when it was approved.
    kid = hashlib.sha256(key.certificate_der).hexdigest()
    trusted = TrustedKey(kid, "BLR/GATE", registry.of_certificate(key.certificate))
    peers = key.algorithm != "ed25519"
    signing: dict[str, Callable[[], object]] = {
        "floor": lambda: _floor(content, lambda: key.sign(_SIGNED_INFO)),
        "ours": lambda: sign(content, signer, NOW),
        "foreign": lambda: sign(canonical(content, limit=LIMIT), signer, NOW),
    }
    fits, value = registry.of_key(public), key.sign(_SIGNED_INFO)
    verifying: dict[str, Callable[[], object]] = {
        "floor": lambda: _floor(signed, lambda: fits.verify(public, value, _SIGNED_INFO)),
        "ours": lambda: verify(signed, lambda _: trusted, limit=LIMIT),
    }
    if peers:
        signing |= {"signxml": _signxml_sign(key, content), "python-xmlsec": _xmlsec_sign(key, content)}
        verifying |= {"signxml": _signxml_verify(key, signed), "python-xmlsec": _xmlsec_verify(key, signed)}
    took = _milliseconds(interleaved(signing, rounds))
    floor, ours, foreign = took.pop("floor"), took.pop("ours"), took.pop("foreign")
    checked = _milliseconds(interleaved(verifying, rounds))
    return [
        row(f"sign-{name}", "ms", ours, floor, took),
        row(f"sign-foreign-{name}", "ms", foreign, floor, took),
        row(f"verify-{name}", "ms", checked.pop("ours"), checked.pop("floor"), checked),
    ]


def _milliseconds(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value * 1000, 5) for name, value in seconds.items()}


# --- Floor and peers ------------------------------------------------------------------------------------

_SIGNED_INFO = b"x" * 1400
"""As many bytes as our SignedInfo has."""

_PARSER = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, collect_ids=False)


def _floor(raw: bytes, operation: Callable[[], object]) -> None:
    root = etree.fromstring(raw, _PARSER)
    hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True, with_comments=False)).digest()
    operation()


def _signxml_sign(key: Key, content: bytes) -> Callable[[], object]:
    method = "ecdsa-sha256" if key.algorithm == "p256" else "rsa-sha256"
    certificate, uri = [key.certificate], "#" + etree.fromstring(content).get("Id", "")

    def run() -> bytes:
        peer = signxml.XMLSigner(
            signature_algorithm=method, c14n_algorithm=signxml.CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
        )
        root = peer.sign(
            etree.fromstring(content),
            key=key.private,
            cert=certificate,
            reference_uri=uri,
            id_attribute="Id",
        )
        return etree.tostring(root)

    return run


def _signxml_verify(key: Key, signed: bytes) -> Callable[[], object]:
    certificate = key.certificate
    config = signxml.SignatureConfiguration(location="./", expect_references=2)
    return lambda: signxml.XMLVerifier().verify(signed, x509_cert=certificate, id_attribute="Id", expect_config=config)


def _xmlsec_sign(key: Key, content: bytes) -> Callable[[], object]:
    loaded = xmlsec.Key.from_memory(key.private_pem, xmlsec.KeyFormat.PEM, None)
    loaded.load_cert_from_memory(key.certificate.public_bytes(Encoding.PEM), xmlsec.KeyFormat.CERT_PEM)
    method = xmlsec.Transform.ECDSA_SHA256 if key.algorithm == "p256" else xmlsec.Transform.RSA_SHA256

    def run() -> bytes:
        root = etree.fromstring(content)
        xmlsec.tree.add_ids(root, ["Id"])
        template = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, method)
        root.append(template)
        reference = xmlsec.template.add_reference(template, xmlsec.Transform.SHA256, uri="#" + root.get("Id"))
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
        context = xmlsec.SignatureContext()
        context.key = loaded
        context.sign(template)
        return etree.tostring(root)

    return run


def _xmlsec_verify(key: Key, signed: bytes) -> Callable[[], object]:
    loaded = xmlsec.Key.from_memory(key.certificate.public_bytes(Encoding.PEM), xmlsec.KeyFormat.CERT_PEM, None)

    def run() -> None:
        root = etree.fromstring(signed)
        xmlsec.tree.add_ids(root, ["Id"])
        context = xmlsec.SignatureContext()
        context.key = loaded
        context.verify(root[-1])

    return run
