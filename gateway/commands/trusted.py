"""The certificates somebody trusts, from a folder of PEM files as it is found: with keys and notes beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID

from gateway.algorithms import registry
from gateway.commands.terminal import read_file, warn
from gateway.errors import Misuse, Refusal, UnknownPartner
from gateway.message.envelope import PARTY
from gateway.message.signature import TrustedKey
from gateway.trust import certificates

ENDINGS: Final = frozenset({".pem", ".crt", ".cer"})
_MOST_BYTES: Final = 1024**2


def read(place: Path) -> list[Certificate]:
    """Every certificate in a folder or a file, whatever its state today (Misuse where there is no such place).

    A file that holds none is named on standard error and passed over: it must not hide the others.
    """
    if not place.exists():
        raise Misuse("The folder with trusted certificates is not there.", where=str(place))
    try:
        files = [place] if not place.is_dir() else [path for path in place.iterdir() if path.suffix.lower() in ENDINGS]
    except OSError as error:
        raise Misuse("The folder cannot be read.", where=str(place), reason=str(error)) from error
    found: list[Certificate] = []
    for path in sorted(files):
        try:
            found += x509.load_pem_x509_certificates(read_file(path, _MOST_BYTES))
        except (Refusal, *certificates.UNFIT):
            warn("no certificate in PEM form, passed over", "не сертификат в форме PEM, пропущен", where=str(path))
    return found


def keys(holders: Iterable[Certificate], at: datetime) -> Callable[[str], TrustedKey]:
    """The keys of these certificates by key id, judged at a time.

    The function returned raises UnknownPartner for a key id that no certificate has, and KeyUnusable for one
    whose certificate is not fit for signing at that time.
    """
    known = {certificates.key_id(certificate): certificate for certificate in holders}

    def trusted(kid: str) -> TrustedKey:
        certificate = known.get(kid)
        if certificate is None:
            raise UnknownPartner(reason=f"no trusted certificate has the key id {kid[:16]}")
        certificates.check(certificate, at)
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        return TrustedKey(kid, party(certificate), registry.of_certificate(certificate), begins, ends)

    return trusted


def name(kid: str, holders: Iterable[Certificate]) -> str:
    """Who holds a key, as its certificate says: the partner, else the whole subject, else the key id itself."""
    holder = next(certificate for certificate in holders if certificates.key_id(certificate) == kid)
    return party(holder) or holder.subject.rfc4514_string() or kid


def party(certificate: Certificate) -> str | None:
    """The partner a certificate is made out to: its common name, where that has the form STATE/AGENCY."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else ""
    return name if PARTY.fullmatch(name) else None
