"""How a key of ours gets its certificate: a request goes out to a CA, and a certificate comes in.

A key is named after its certificate. Until it has one that partners may see, it goes by the name of the one it
gave itself, and moves to its lasting name when a CA's certificate comes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from asn1crypto import core, csr, keys, pem, x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, load_der_x509_csr
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import KeyUnusable
from gateway.store.tables import Key
from gateway.trust import anchors, certificates, lifecycle
from gateway.trust.keyfiles import Signer
from gateway.trust.selfsigned import in_der, method_of


def request(signer: Signer, party: str) -> bytes:
    """A request for a certificate (PKCS #10, PEM), signed with the key itself to prove that we have it.

    Made from the raw signature, so a key in a token makes one like a key in a file.
    """
    method = method_of(signer.algorithm)
    public = signer.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": x509.Name.build({"common_name": party}),
            "subject_pk_info": keys.PublicKeyInfo.load(public),
            "attributes": csr.CRIAttributes([_extensions()]),
        }
    )
    made = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": method,
            "signature": core.OctetBitString(in_der(signer.algorithm, signer.sign(info.dump()))),
        }
    ).dump()
    if not load_der_x509_csr(made).is_signature_valid:
        raise KeyUnusable("The key does not sign what its certificate verifies.", where=signer.kid)
    return bytes(pem.armor("CERTIFICATE REQUEST", made))


def take_in(session: Session, data: bytes, *, actor: str, now: datetime) -> Key:
    """Give a generated key the certificate in this file, with its chain behind it; returns its row, renamed.

    The key is found by its public part. KeyUnusable says what is wrong: no certificate of a key of ours, one
    that is not fit for signing, or a key that has its certificate already.
    """
    # 1. Which key it is for; what else is in the file belongs to its chain.
    found = _read(data)
    key, certificate = _own_of(session, found)
    kid = certificates.key_id(certificate)
    if key.status != "generated":
        same = "This very certificate is" if key.kid == kid else "Another certificate is"
        raise KeyUnusable(
            f"{same} in use for this key, which is {key.status}. A new certificate goes with a new key.", where=key.kid
        )
    # 2. Whether it is fit for signing now.
    chain = [each for each in found if each != certificate]
    certificates.check(certificate, now)
    if key.party in anchors.active(session):
        anchors.check(session, certificate, chain, party=key.party, at=now)
    # 3. The row moves to the name of the certificate; the private part stays where it is.
    before = key.kid
    session.delete(key)
    session.flush()
    named = Key(
        kid=kid,
        party=key.party,
        own=True,
        algorithm=key.algorithm,
        certificate=certificates.pem(certificate, chain),
        home=key.home,
        status="certified",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        changed=now,
        entered=key.entered,
    )
    session.add(named)
    lifecycle.touch(session)
    detail = {"party": key.party, "was": before, "issuer": certificate.issuer.rfc4514_string()[:200]}
    audit.write(session, Action.KEY_CERTIFIED, actor=actor, subject=kid, outcome=audit.DONE, at=now, detail=detail)
    return named


def _extensions() -> csr.CRIAttribute:
    """That the key is for signing only, as our own certificates say."""
    usage = x509.Extension(
        {
            "extn_id": "key_usage",
            "critical": True,
            "extn_value": x509.KeyUsage({"digital_signature", "non_repudiation"}),
        }
    )
    return csr.CRIAttribute({"type": "extension_request", "values": csr.SetOfExtensions([x509.Extensions([usage])])})


def _read(data: bytes) -> tuple[Certificate, ...]:
    if len(data) > certificates.CERTIFICATE_BYTES or data.count(b"-----BEGIN") > certificates.CHAIN_CERTIFICATES:
        raise KeyUnusable("The file is too large for a certificate and its chain.")
    if b"PRIVATE KEY-----" in data:
        raise KeyUnusable("This file holds a private key. Give the certificate only, and never let a private key out.")
    try:
        return certificates.load_all(data.decode())
    except UnicodeDecodeError as error:
        raise KeyUnusable("The file is not a certificate in PEM form.") from error


def _own_of(session: Session, found: Sequence[Certificate]) -> tuple[Key, Certificate]:
    """The key of ours that one of these certificates is for."""
    ours = {}
    for key in session.scalars(select(Key).where(Key.own)):
        # A row that was damaged is no reason to turn away the certificate of another key.
        with suppress(KeyUnusable):
            ours[_public(certificates.load(key.certificate))] = key
    for certificate in found:
        mine = ours.get(_public(certificate))
        if mine is not None:
            return mine, certificate
    raise KeyUnusable("The certificate is for another key than any of this node's.")


def _public(certificate: Certificate) -> bytes:
    """The public key as it stands in the certificate, whatever algorithm it is of."""
    return bytes(x509.Certificate.load(certificate.public_bytes(Encoding.DER)).public_key.dump())
