"""Answers of OCSP responders about one certificate (RFC 6960), read with distrust."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import Certificate, ExtendedKeyUsage, KeyUsage, ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.algorithms.software import RSA_BITS_LEAST
from gateway.errors import KeyUnusable, RevocationRefused
from gateway.trust import certificates
from gateway.trust.certificates import UNFIT, WEAK_HASHES, extension
from gateway.trust.revocation import Statement, check_begun


def question(certificate: Certificate, issuer: Certificate) -> bytes:
    """The question to a responder (DER). SHA-1 only names the issuer there, and is what every responder knows."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 - see above
    return builder.build().public_bytes(serialization.Encoding.DER)


def read(data: bytes, certificate: Certificate, issuer: Certificate, at: datetime, skew: timedelta) -> Statement:
    """An answer about one certificate, signed by its issuer or a responder the issuer named (RevocationRefused)."""
    try:
        response = ocsp.load_der_ocsp_response(data)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise RevocationRefused(f"The responder answers {response.response_status.name.lower()}.")
        single = next((each for each in response.responses if _is_about(each, certificate, issuer)), None)
        _check_response(response, issuer, at)
    except UNFIT as error:
        raise RevocationRefused("This is not an answer of an OCSP responder.", reason=str(error)) from error
    if single is None:
        raise RevocationRefused("The answer is about another certificate.")
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise RevocationRefused("The responder does not know the certificate.")
    statement = Statement(single.this_update_utc, single.next_update_utc, 0, single)
    check_begun(statement, at, skew)
    return statement


def _is_about(single: ocsp.OCSPSingleResponse, certificate: Certificate, issuer: Certificate) -> bool:
    if single.serial_number != certificate.serial_number:
        return False
    # The library makes the same hashes for a question, so the two are compared as they stand there.
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, single.hash_algorithm)
    asked = builder.build()
    return (single.issuer_key_hash, single.issuer_name_hash) == (asked.issuer_key_hash, asked.issuer_name_hash)


def _check_response(response: ocsp.OCSPResponse, issuer: Certificate, at: datetime) -> None:
    """Signed by the issuer, or by a responder that the issuer itself has made one (RFC 6960, section 4.2.2.2)."""
    for candidate in (issuer, *response.certificates[: certificates.CHAIN_CERTIFICATES]):
        if candidate is not issuer and not _may_answer(candidate, issuer, at):
            continue
        if _signed(response, candidate):
            return
    raise RevocationRefused("The answer is not signed by the CA, nor by a responder of its own.")


def _may_answer(responder: Certificate, issuer: Certificate, at: datetime) -> bool:
    try:
        responder.verify_directly_issued_by(issuer)
        certificates.check_time(responder, at)
        purposes = extension(responder, ExtendedKeyUsage)
        usage = extension(responder, KeyUsage)
        weak = isinstance(responder.signature_hash_algorithm, WEAK_HASHES)
    except (*UNFIT, InvalidSignature, KeyUnusable):
        return False
    named = purposes is not None and ExtendedKeyUsageOID.OCSP_SIGNING in purposes
    return named and not weak and (usage is None or usage.digital_signature)


def _signed(response: ocsp.OCSPResponse, signer: Certificate) -> bool:
    key, algorithm = signer.public_key(), response.signature_hash_algorithm
    data, signature = response.tbs_response_bytes, response.signature
    if isinstance(algorithm, WEAK_HASHES):
        return False
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        elif algorithm is None:
            return False
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS_LEAST:
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        else:
            return False
    except (*UNFIT, InvalidSignature):
        return False
    return True
