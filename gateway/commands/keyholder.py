"""A private key that somebody brings along on the command line, opened to sign with."""

from __future__ import annotations

import getpass
import os
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.commands.terminal import pick, read_file
from gateway.errors import KeyUnusable
from gateway.trust import certificates, keyfiles

_MOST_BYTES: Final = 1024**2


def signer(key: Path, certificate: Path, now: datetime) -> keyfiles.Signer:
    """The signer of a key file and its certificate; unlike the node's own key it may be unencrypted.

    KeyUnusable where the two do not belong together, cannot be opened or are not good now; Misuse for no file.
    """
    named = certificates.read(read_file(certificate, _MOST_BYTES), now)
    raw = read_file(key, _MOST_BYTES)
    private = keyfiles.opened(raw, _password(key) if b"ENCRYPTED" in raw else None, named, where=str(key))
    keyfiles.check_belongs(private, named, where=str(key))
    return keyfiles.signer(private, named)


def _password(key: Path) -> bytes:
    """From GATEWAY_KEY_PASSWORD, or asked for on a terminal."""
    given = os.environ.get("GATEWAY_KEY_PASSWORD")
    if given is None and os.isatty(0):
        given = getpass.getpass(pick("Password of the key: ", "Пароль ключа: "))
    if not given:
        raise KeyUnusable("The key is encrypted; set GATEWAY_KEY_PASSWORD.", where=str(key))
    return given.encode()
