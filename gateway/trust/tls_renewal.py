"""A new TLS certificate takes the place of the old one while the node runs: made, pinned by partners, put in place.

The new key and its certificate stand by in `tls/next.*` until every partner is pinned to both certificates. What was
in use before stays in `tls/before.*` until the next renewal, for a partner that turns out not to know the new one.

The files say which certificate is shown, and the audit trail follows them: what was put in place by a run that was
cut off before its commit, or by hand, is found and written down (`note`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import KeyUnusable, Misuse
from gateway.settings import Settings
from gateway.store import numbers
from gateway.store.tables import Bookmark
from gateway.trust import certificates, keyfiles, tls
from gateway.trust.alarms import SYSTEM
from gateway.trust.certificates import UNFIT

NEXT: Final = "next"
BEFORE: Final = "before"
SHOWN: Final = "tls-shown"
"""Bookmark of the certificate that was last written down as the one in use."""
STANDS_BY: Final = "tls-next"
LOCK: Final = "tls"
"""The counter that whoever replaces the files holds until the commit."""
FOUND: Final = "found"
"""Outcome of what the node finds in place and nobody is known to have put there."""
_ACTIONS: Final = {SHOWN: Action.TLS_ACTIVATED, STANDS_BY: Action.TLS_GENERATED}


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
        _put_in_place(new_certificate, certificate, folder)
    except OSError as error:
        raise KeyUnusable("The TLS key cannot be put in place.", where=str(folder), reason=str(error)) from error
    return holder


def finish(settings: Settings) -> None:
    """Complete an activation that was cut off between key and certificate: with half a pair no node would start."""
    certificate, key = _places(settings)
    folder, password = settings.directory / "tls", settings.key_password()
    following = folder / f"{NEXT}.crt.pem"
    if not following.exists() or (folder / f"{NEXT}.pem").exists() or _serve(certificate, key, password):
        return
    if _serve(following, key, password):
        _put_in_place(following, certificate, folder)


def held(settings: Settings) -> dict[str, str]:
    """Fingerprints of the certificates that lie here, by what they are for; none that cannot be read."""
    if settings.tls is None:
        return {}
    places = {SHOWN: _places(settings)[0], STANDS_BY: settings.directory / "tls" / f"{NEXT}.crt.pem"}
    found = {}
    for name, path in places.items():
        with suppress(KeyUnusable):
            found[name] = certificates.fingerprint(_read(path))
    return found


def nothing_new(session: Session, settings: Settings) -> bool:
    """Whether the audit trail knows every certificate that lies here."""
    return all(_noted(session, name) == print_ for name, print_ in held(settings).items())


def note(session: Session, settings: Settings, now: datetime) -> None:
    """Write down which certificate is shown, and which stands by, where the audit trail does not know."""
    # Files know no transaction: whoever replaces them does so alone, and nobody looks meanwhile.
    numbers.hold(session, LOCK)
    for name, print_ in held(settings).items():
        if _noted(session, name) != print_:
            tell(session, settings, name, print_, _ACTIONS[name], actor=SYSTEM, now=now)


def tell(
    session: Session, settings: Settings, name: str, print_: str, action: Action, *, actor: str, now: datetime
) -> None:
    """Audit what somebody has put in place, or what was found there, and remember that it was."""
    session.merge(Bookmark(name=name, value=print_, updated=now))
    session.flush()
    outcome, detail = FOUND if actor == SYSTEM else audit.DONE, {"fingerprint": print_}
    audit.write(session, action, actor=actor, subject=settings.node, outcome=outcome, at=now, detail=detail)


def _noted(session: Session, name: str) -> str:
    row = session.get(Bookmark, name, populate_existing=True)
    return row.value if row is not None else ""


def _serve(certificate: Path, key: Path, password: bytes) -> bool:
    """Whether these two can serve together."""
    try:
        tls.check(certificate, key, password)
    except KeyUnusable:
        return False
    return True


def _put_in_place(following: Path, certificate: Path, folder: Path) -> None:
    _keep(certificate, folder / f"{BEFORE}.crt.pem", 0o644)
    following.replace(certificate)


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
