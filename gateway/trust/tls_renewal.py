"""A new TLS certificate takes the place of the old one while the node runs: made, pinned by partners, put in place.

The new key and its certificate stand by in `tls/next.*` until every partner is pinned to both certificates. What was
in use before stays in `tls/before.*` until the next renewal, for a partner that turns out not to know the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate

from gateway.errors import KeyUnusable, Misuse
from gateway.settings import Settings
from gateway.trust import keyfiles, tls
from gateway.trust.certificates import UNFIT

NEXT: Final = "next"
BEFORE: Final = "before"


def prepare(settings: Settings, hosts: Sequence[str], now: datetime) -> Certificate:
    """Make the key and the certificate that will follow (KeyUnusable where some stand by already)."""
    _places(settings)
    return tls.create(
        settings.directory, party=settings.node, hosts=hosts, password=settings.key_password(), now=now, name=NEXT
    )


def offered(settings: Settings) -> list[Certificate]:
    """What partners pin: the certificate in use, and the one that stands by where there is one (KeyUnusable)."""
    found = x509.load_pem_x509_certificates(tls.own_certificate(settings))[:1]
    following = settings.directory / "tls" / f"{NEXT}.crt.pem"
    return [*found, _read(following)] if following.exists() else found


def pem(offer: Sequence[Certificate]) -> bytes:
    """Certificates one after the other, as a pin takes them."""
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in offer)


def activate(settings: Settings, now: datetime) -> Certificate:
    """Show the certificate that stands by from now on (KeyUnusable); a running node takes it in within seconds.

    A run that is cut off is finished by the next one: the key changes place first, the certificate last.
    """
    certificate, key = _places(settings)
    folder = settings.directory / "tls"
    new_certificate, new_key = folder / f"{NEXT}.crt.pem", folder / f"{NEXT}.pem"
    # 1. What stands by is good, and belongs together.
    if not new_certificate.exists():
        raise KeyUnusable("No TLS key stands by; make one with `gateway tls generate --next`.", where=str(folder))
    holder = _read(new_certificate)
    if not holder.not_valid_before_utc <= now < holder.not_valid_after_utc:
        raise KeyUnusable("The TLS certificate that stands by is not valid today.", where=str(new_certificate))
    tls.check(new_certificate, new_key if new_key.exists() else key, settings.key_password())
    # 2. It takes the place of what was in use, which is kept beside it.
    try:
        if new_key.exists():
            _keep(key, folder / f"{BEFORE}.pem", 0o600)
            new_key.replace(key)
        _keep(certificate, folder / f"{BEFORE}.crt.pem", 0o644)
        new_certificate.replace(certificate)
    except OSError as error:
        raise KeyUnusable("The TLS key cannot be put in place.", where=str(folder), reason=str(error)) from error
    return holder


def _places(settings: Settings) -> tuple[Path, Path]:
    """Where certificate and key in use lie."""
    if settings.tls is None:
        raise Misuse("This node has no TLS: add [tls] to its settings (docs/tls.md).", where="tls")
    return settings.directory / settings.tls.certificate, settings.directory / settings.tls.key


def _keep(path: Path, copy: Path, mode: int) -> None:
    copy.unlink(missing_ok=True)
    keyfiles.write_new(copy, path.read_bytes(), mode)


def _read(path: Path) -> Certificate:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (OSError, *UNFIT) as error:
        raise KeyUnusable("The TLS certificate cannot be read.", where=str(path), reason=str(error)) from error
