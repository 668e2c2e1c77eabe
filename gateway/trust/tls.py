"""The node's identity on the wire: a certificate of its own, never the signing key, and TLS 1.3 contexts.

What protects a message is its signature; TLS keeps its content from listeners and lets only known parties
knock. Partners are pinned: their certificate was compared by two people like their signing key, so no public
authority can vouch for a stranger. A pin may hold several certificates, the old and the new, while one replaces
the other.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.errors import KeyUnusable, Misuse
from gateway.settings import Settings
from gateway.trust import keyfiles
from gateway.trust.certificates import UNFIT, check_readable
from gateway.trust.selfsigned import HEAD_START

YEARS: Final = 1
"""How long a TLS certificate of our own making lives."""
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"


def create(
    directory: Path, *, party: str, hosts: Iterable[str], password: bytes, now: datetime, name: str = "tls"
) -> Certificate:
    """Make the node's TLS key (encrypted, 0600) and a self-signed certificate, `tls/tls.*` in its directory.

    It serves and it calls, so it is for both. KeyUnusable where the files cannot be written or are there. Of a run
    that was cut off nothing is left that is in the way of the next; only one at a time may be under way.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, party, list(hosts), now)
    folder = directory / "tls"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        encrypted = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password),
        )
        shown = certificate.public_bytes(serialization.Encoding.PEM)
        keyfiles.write_pair(folder / f"{name}.pem", encrypted, folder / f"{name}.crt.pem", shown)
    except FileExistsError as error:
        raise KeyUnusable(
            "There is such a TLS key already. To replace the one in use: gateway tls generate --next, then "
            "gateway tls activate (docs/tls.md).",
            where=str(folder / f"{name}.pem"),
        ) from error
    except OSError as error:
        raise KeyUnusable("The TLS key cannot be written.", where=str(folder), reason=str(error)) from error
    return certificate


def own_certificate(settings: Settings) -> bytes:
    """The node's TLS certificate, PEM, as partners pin it (KeyUnusable)."""
    if settings.tls is None:
        raise Misuse("This node has no TLS: add [tls] to its settings (docs/tls.md).", where="tls")
    path = settings.directory / settings.tls.certificate
    try:
        # Written anew, so that nothing else of the file gets out: some keep the key beside the certificate.
        found = x509.load_pem_x509_certificates(path.read_bytes())
        return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in found)
    except (OSError, *UNFIT) as error:
        raise KeyUnusable(
            "The TLS certificate cannot be read; make one with `gateway tls generate`.", where=str(path)
        ) from error


def pin(pem: bytes, now: datetime) -> str:
    """What a partner is pinned to: one or two certificates that are good now, as PEM (KeyUnusable)."""
    if b"PRIVATE KEY-----" in pem:
        raise KeyUnusable("This file holds a private key. Send the certificate only, and never let a private key out.")
    try:
        found = x509.load_pem_x509_certificates(pem)
        good = [each.not_valid_before_utc <= now < each.not_valid_after_utc for each in found]
    except UNFIT as error:
        raise KeyUnusable("The file is not a certificate in PEM form.", reason=str(error)) from error
    if len(found) > 2:
        raise KeyUnusable("A partner is pinned to one TLS certificate, or to its old and its new one.")
    if not all(good):
        raise KeyUnusable("The TLS certificate is not valid today.")
    return "".join(item.public_bytes(serialization.Encoding.PEM).decode() for item in found)


def pinned(pins: str, certificate: bytes | None) -> bool:
    """Whether this certificate (DER) is one of the pinned ones (PEM); of pins that cannot be read it is none."""
    try:
        return certificate is not None and certificate in _der(pins)
    except KeyUnusable:
        return False


def ends(pins: str) -> list[datetime]:
    """When each of a partner's pinned certificates (PEM) ends (KeyUnusable)."""
    return [certificate.not_valid_after_utc for certificate in _certificates(pins)]


def server_context(settings: Settings) -> ssl.SSLContext:
    """TLS 1.3 for those who call us; whom it lets in is added by `admit` (KeyUnusable)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    _Own.of(settings).load_into(context)
    asked = settings.tls is None or settings.tls.clients == "asked"
    context.verify_mode = ssl.CERT_OPTIONAL if asked else ssl.CERT_REQUIRED
    # A pinned certificate is its own anchor, whoever issued it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def version(settings: Settings) -> int:
    """What changes when our own certificate is replaced (Misuse where the settings have no TLS)."""
    return _Own.of(settings).version()


def renew(context: ssl.SSLContext, settings: Settings) -> None:
    """Show our present certificate from the next connection on (KeyUnusable, and the old one is still shown)."""
    own = _Own.of(settings)
    # A context in use that was given half a pair would turn everybody away.
    check(own.certificate, own.key, own.password)
    own.load_into(context)


def check(certificate: Path, key: Path, password: bytes) -> None:
    """Refuse a certificate and a key that cannot serve together (KeyUnusable)."""
    _Own(certificate, key, password).load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))


def admit(context: ssl.SSLContext, pins: str) -> None:
    """Let the holders of these certificates (PEM) in; a context that is in use takes them at once (KeyUnusable)."""
    if not pins:
        return
    # The library before OpenSSL, which would keep the first of two where the second is damaged.
    _certificates(pins)
    try:
        context.load_verify_locations(cadata=pins)
    except ssl.SSLError as error:
        raise _damaged(error) from error


def client_context(settings: Settings, pins: str) -> ssl.SSLContext:
    """TLS 1.3 towards a partner: its pinned certificate or a public authority's word, and our own certificate.

    Built once for each partner and each version of our certificate (KeyUnusable).
    """
    own = _Own.of(settings) if settings.tls is not None else None
    return _client_context(own, own.version() if own is not None else 0, pins)


@dataclass(frozen=True, slots=True)
class _Own:
    """Where our TLS certificate and its key lie."""

    certificate: Path
    key: Path
    password: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> _Own:
        """From the settings (Misuse where they have no TLS)."""
        if settings.tls is None:
            raise Misuse("This node has no TLS: add [tls] to its settings (docs/tls.md).", where="tls")
        place = settings.directory
        return cls(place / settings.tls.certificate, place / settings.tls.key, settings.key_password())

    def version(self) -> int:
        """What changes when the certificate is replaced."""
        try:
            return self.certificate.stat().st_mtime_ns
        except OSError:
            return 0

    def load_into(self, context: ssl.SSLContext) -> None:
        """Show this certificate in TLS (KeyUnusable)."""
        keyfiles.check_private(self.key)
        try:
            context.load_cert_chain(self.certificate, self.key, password=self.password)
        except (OSError, ssl.SSLError, ValueError) as error:
            raise KeyUnusable(
                "The TLS certificate and its key cannot be used: one is missing or damaged, they do not belong "
                "together, or the password is wrong.",
                where=str(self.key),
                reason=str(error),
            ) from error


@lru_cache(maxsize=256)
def _client_context(own: _Own | None, version: int, pins: str) -> ssl.SSLContext:  # noqa: ARG001 - a new version is a new entry
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if pins:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        admit(context, pins)
    else:
        context.load_default_certs()
    if own is not None:
        own.load_into(context)
    return context


@lru_cache(maxsize=1024)
def _der(pins: str) -> frozenset[bytes]:
    if not pins:
        return frozenset()
    return frozenset(item.public_bytes(serialization.Encoding.DER) for item in _certificates(pins))


def _certificates(pins: str) -> list[Certificate]:
    try:
        found = x509.load_pem_x509_certificates(pins.encode())
        for certificate in found:
            check_readable(certificate)
    except UNFIT as error:
        raise _damaged(error) from error
    return found


def _damaged(error: Exception) -> KeyUnusable:
    return KeyUnusable("The partner's pinned TLS certificate cannot be read; pin it anew.", reason=str(error))


def _certificate(key: ec.EllipticCurvePrivateKey, party: str, hosts: list[str], now: datetime) -> Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{party} TLS")])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - HEAD_START)
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .add_extension(usage, critical=True)
        .add_extension(both, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass  # not an address, so it is a name
    try:
        return x509.DNSName(text)
    except ValueError as error:
        raise Misuse("A host is an address or a name in ASCII letters.", where="--host", reason=str(error)) from error
