"""The secret that two states share for linking without showing identities."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from gateway.errors import Misuse

LEAST: Final = 32
"""Bytes; a shorter secret could be guessed, and with it every name behind the keys."""
_MOST: Final = 4096


def read_secret(path: Path) -> bytes:
    """The bytes of the secret's file, which nobody else may read (Misuse)."""
    try:
        with open(path, "rb", opener=_at_once) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise Misuse("The secret is a file of its own.", where=str(path))
            if facts.st_mode & 0o077:
                raise Misuse(
                    f"Others can read the secret (mode {facts.st_mode & 0o777:04o}): run chmod 600 on the file, and "
                    "agree on another secret if others could really reach it.",
                    where=str(path),
                )
            secret = file.read(_MOST + 1)
    except (OSError, ValueError) as error:
        raise Misuse("The secret cannot be read.", where=str(path), reason=str(error)) from error
    if not LEAST <= len(secret) <= _MOST:
        raise Misuse(f"A secret has {LEAST} to {_MOST} random bytes.", where=str(path))
    if len(set(secret)) < LEAST // 4:
        raise Misuse("The secret repeats the same few bytes and could be guessed.", where=str(path))
    return secret


def _at_once(path: str, flags: int) -> int:
    """Without waiting, so that a pipe is refused and does not hold the command up."""
    return os.open(path, flags | os.O_NONBLOCK)
