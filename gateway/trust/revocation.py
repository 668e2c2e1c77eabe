"""What a CA says about its revoked certificates, and where it says so.

No database and no network here. A statement counts only when the issuer of the certificate signed it, or for
OCSP somebody whom the issuer named for it; when it is about this certificate; and when it is no older than
what was known before. Lists are read in gateway.trust.revocation_lists, answers in gateway.trust.responders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509 import Certificate, CertificateRevocationList, RevokedCertificate, ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from gateway.errors import RevocationRefused
from gateway.trust import certificates
from gateway.trust.certificates import UNFIT, extension

PLACES: Final = 4
"""Addresses asked for one certificate; a CA names one or two."""
NONE: Final = "none"
"""What the settings say of a CA that publishes nothing: its certificates are taken without being asked about."""
_UNREADABLE: Final = "unreadable"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one certificate can be asked about."""

    url: str
    """As the certificate or the settings name it."""
    address: str
    """Where to ask in its stead: a mirror of the settings, else the same."""
    trusted: bool
    """Whether the settings say so: then it may lie on this machine."""
    serial: str
    """For OCSP the serial number asked about, hexadecimal; empty for a list."""
    issuer: str
    """Fingerprint of the issuer's certificate."""

    @property
    def key(self) -> tuple[str, str, str]:
        """The key of its row."""
        return self.url, self.serial, self.issuer


@dataclass(frozen=True, slots=True)
class Statement:
    """What a list or an answer says."""

    this_update: datetime
    next_update: datetime | None
    number: int
    """Of a list, which only grows; 0 where it has none."""
    content: CertificateRevocationList | ocsp.OCSPSingleResponse

    @property
    def until(self) -> datetime:
        """When the next one is due."""
        return self.next_update or self.this_update


@dataclass(frozen=True, slots=True)
class Revoked:
    """That a certificate is revoked."""

    since: datetime
    """From when its signatures count for nothing: the invalidity date, where the CA states one."""
    hold: bool
    """Whether the CA may take it back (certificateHold)."""
    reason: str
    """The CA's word for why (RFC 5280, section 5.3.1)."""


def places(certificate: Certificate, issuer: Certificate, addresses: Mapping[str, str]) -> tuple[Place, ...]:
    """Where a certificate can be asked about, lists first; none where neither it nor the settings name a place.

    `addresses` of the settings replace an address by another one, or name one for the certificates of an
    issuer, by its fingerprint.
    """
    by = certificates.key_id(issuer)
    serial = f"{certificate.serial_number:x}"[:64]
    named = [(url, "") for url in _list_urls(certificate)] + [(url, serial) for url in _responders(certificate)]
    if not named and addresses.get(by, NONE) != NONE:
        named = [(addresses[by], "")]
    return tuple(
        Place(url, addresses.get(url, url), url in addresses or by in addresses, number, by)
        for url, number in named[:PLACES]
    )


def check_begun(statement: Statement, at: datetime, skew: timedelta) -> None:
    """Refuse a statement of a time to come (RevocationRefused)."""
    if statement.this_update > at + skew:
        raise RevocationRefused("The CA's statement is of a time to come; compare the clocks.")
    if statement.next_update is not None and statement.next_update < statement.this_update:
        raise RevocationRefused("The CA's statement ends before it begins.")


def check_newer(statement: Statement, before: Statement) -> None:
    """Refuse a statement older than one that was seen: by it a revocation could be undone (RevocationRefused)."""
    if statement.number < before.number or statement.this_update < before.this_update:
        raise RevocationRefused("The CA's statement is older than one that was seen before.")


def revoked(statement: Statement, certificate: Certificate) -> Revoked | None:
    """Whether a statement about the certificate says that it is revoked."""
    content = statement.content
    if isinstance(content, CertificateRevocationList):
        entry = content.get_revoked_certificate_by_serial_number(certificate.serial_number)
        return None if entry is None else _entry(entry)
    if content.certificate_status is not ocsp.OCSPCertStatus.REVOKED:
        return None
    since = content.revocation_time_utc or statement.this_update
    try:
        reason = content.revocation_reason or x509.ReasonFlags.unspecified
    except UNFIT:
        # The library knows ten reasons, and finds out only here. An eleventh revokes all the same.
        return Revoked(since, False, _UNREADABLE)
    return Revoked(since, reason is x509.ReasonFlags.certificate_hold, reason.value)


def covers(statement: Statement, certificate: Certificate) -> bool:
    """Whether a list speaks of certificates of this kind at all: some hold only those of CAs, or of users."""
    if not isinstance(statement.content, CertificateRevocationList):
        return True
    scope = scope_of(statement.content)
    if scope is None:
        return True
    basic = extension(certificate, x509.BasicConstraints)
    return not (scope.only_contains_user_certs if basic and basic.ca else scope.only_contains_ca_certs)


def scope_of(crl: CertificateRevocationList) -> x509.IssuingDistributionPoint | None:
    """Which part of its certificates a list speaks of, where it says so."""
    try:
        return crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return None


def _list_urls(certificate: Certificate) -> Iterator[str]:
    points = extension(certificate, x509.CRLDistributionPoints) or ()
    for point in points:
        # A list signed by another CA, or of some reasons only, is refused; so nobody asks for it.
        if point.crl_issuer is None and point.reasons is None:
            yield from _web_addresses(point.full_name or ())


def _responders(certificate: Certificate) -> Iterator[str]:
    for access in extension(certificate, x509.AuthorityInformationAccess) or ():
        if access.access_method == AuthorityInformationAccessOID.OCSP:
            yield from _web_addresses([access.access_location])


def _web_addresses(names: object) -> Iterator[str]:
    for each in names if isinstance(names, list | tuple) else ():
        if isinstance(each, x509.UniformResourceIdentifier) and is_web_address(each.value):
            yield each.value


def is_web_address(text: str) -> bool:
    """Whether a text is an address that is asked: http or https, without a user, and not too long for a row."""
    try:
        address = urlsplit(text)
        fit = address.port != 0
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and len(text) <= 400 and "@" not in address.netloc
    return fit and plain and address.scheme in ("http", "https") and bool(address.hostname)


def _entry(entry: RevokedCertificate) -> Revoked:
    """One line of a list. A line that cannot be read revokes all the same."""
    since, reason = entry.revocation_date_utc, "unspecified"
    try:
        for each in entry.extensions:
            if isinstance(each.value, x509.InvalidityDate):
                since = min(since, each.value.invalidity_date_utc)
            elif isinstance(each.value, x509.CRLReason):
                reason = each.value.reason.value
    except UNFIT:
        reason = _UNREADABLE
    return Revoked(since, reason == x509.ReasonFlags.certificate_hold.value, reason)
