"""Lists of revoked certificates (CRL, RFC 5280 section 5), read with distrust."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.x509 import Certificate, CertificateRevocationList
from cryptography.x509.oid import ExtensionOID

from gateway.errors import RevocationRefused
from gateway.trust.certificates import UNFIT, WEAK_HASHES, extension
from gateway.trust.revocation import Place, Statement, check_begun, scope_of

_LIST_EXTENSIONS: Final = frozenset({ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER})
"""Extensions of a list that may be critical."""


def read(data: bytes, place: Place, issuer: Certificate, at: datetime, skew: timedelta) -> Statement:
    """A list of revoked certificates, signed by this issuer (RevocationRefused)."""
    # 1. A list of this issuer, by its own signature.
    try:
        crl = (x509.load_pem_x509_crl if data.startswith(b"-----BEGIN") else x509.load_der_x509_crl)(data)
        delta = any(each.oid == ExtensionOID.DELTA_CRL_INDICATOR for each in crl.extensions)
        critical = {each.oid for each in crl.extensions if each.critical}
        _check_signer(crl, issuer)
        signed = crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # DSA and others are refused
        weak = isinstance(crl.signature_hash_algorithm, WEAK_HASHES)
        number = _number(crl)
        statement = Statement(crl.last_update_utc, crl.next_update_utc, number, crl)
    except UNFIT as error:
        raise RevocationRefused("This is not a list of revoked certificates.", reason=str(error)) from error
    if not signed or weak:
        raise RevocationRefused("The list is not signed by the CA it is asked of, or with a broken hash.")
    # 2. The whole list, of this CA, of this place.
    if delta or critical - _LIST_EXTENSIONS:
        raise RevocationRefused("The list is a delta, or has a critical extension this node does not process.")
    _check_scope(crl, place)
    # 3. Of a time that has come.
    check_begun(statement, at, skew)
    return statement


def _check_signer(crl: CertificateRevocationList, issuer: Certificate) -> None:
    if crl.issuer != issuer.subject:
        raise RevocationRefused("The list is that of another CA.")
    usage = extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.crl_sign:
        raise RevocationRefused("The CA's certificate does not allow it to sign lists (cRLSign).")


def _check_scope(crl: CertificateRevocationList, place: Place) -> None:
    """Refuse a list in another's name, of some reasons, or of another part of the CA's certificates."""
    scope = scope_of(crl)
    if scope is None:
        return
    if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs:
        raise RevocationRefused("The list is indirect, of some reasons only, or of attribute certificates.")
    names = [each.value for each in scope.full_name or () if isinstance(each, x509.UniformResourceIdentifier)]
    # A CA may cut its list in parts: one part must not stand for another (RFC 5280, section 6.3.3).
    if (names or scope.relative_name) and place.url not in names:
        raise RevocationRefused("The list is that of another place: it names itself after another address.")


def _number(crl: CertificateRevocationList) -> int:
    try:
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return 0
