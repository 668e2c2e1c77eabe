"""The file of a node's data keys: `data.keys` in its directory, readable by the node's own user only.

Each key is wrapped (AES-256-GCM, its name as associated data) under a key that scrypt makes of the password of
the node's private keys. The last of the list seals; the others open what was sealed before.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gateway.errors import KeyUnusable
from gateway.store.vault import ID_LENGTH, SEARCH_SECRET, SECRET, DataKey, Keys, Vault, new_key, new_keys

NAME: Final = "data.keys"
"""The file's name in the node's directory."""
SETTLED: Final = timedelta(hours=1)
"""How long after a newer one was made a key may be dropped: what was begun under the old one is over by then."""
_COST: Final = {"n": 2**15, "r": 8, "p": 1}
"""Of scrypt: 32 MiB and some 80 ms a try. The password that `gateway init` makes has 256 random bits."""
_LARGEST: Final = 1 << 20
_SEARCH: Final = "search"

Stamp = tuple[int, int, int]
"""By which a changed file is known."""


def create(path: Path, password: bytes, now: datetime) -> None:
    """Make the file of a new node (KeyUnusable where there is one)."""
    if path.exists():
        raise KeyUnusable("There is a file of data keys already; a new one would open nothing.", where=str(path))
    _write(path, new_keys(now), password)


def open_vault(path: Path, password: bytes) -> Vault:
    """The vault of a node. It takes in what is added to the file later (KeyUnusable)."""
    seen, keys = _read(path, password)

    def renewed() -> Keys | None:
        nonlocal seen
        stamp = _stamp(path)
        if stamp in (None, seen):
            # A running node goes on with the keys it has while its file is away.
            return None
        read, found = _read(path, password)
        if found.search != keys.search:
            # Under another search key nothing would be found, and everything would be stored twice.
            raise KeyUnusable("The file of data keys is another node's; restore it from the backup.", where=str(path))
        seen = read
        return found

    return Vault(keys, renewed)


def rotate(path: Path, password: bytes, now: datetime) -> DataKey:
    """Add a key, which seals from now on; whoever runs takes it in with its next unit of work."""
    added = new_key(now)
    _change(path, password, lambda keys: replace(keys, data=(*keys.data, added)))
    return added


def drop(path: Path, password: bytes, key: DataKey) -> None:
    """Take an old key out of the file for good; the caller has made sure that nothing is sealed under it."""
    _change(path, password, lambda keys: replace(keys, data=tuple(each for each in keys.data if each != key)))


def _change(path: Path, password: bytes, change: Callable[[Keys], Keys]) -> None:
    with _alone(path):
        _, keys = _read(path, password)
        _write(path, change(keys), password)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One change at a time: two that add a key at once would lose one of them.

    The folder is locked and no file made, so that a command which is killed leaves nothing in the way of the next.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise KeyUnusable("The file of data keys cannot be changed.", where=str(path), reason=str(error)) from error
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            said = "The data keys are being changed by another command; try again."
            raise KeyUnusable(said, where=str(path), reason=str(error)) from error
        yield
    finally:
        os.close(folder)


def _write(path: Path, keys: Keys, password: bytes) -> None:
    if not password:
        raise KeyUnusable("The data keys need a password.", where=str(path))
    salt = os.urandom(16)
    wrapping = _wrapping(password, salt, **_COST)
    document = {
        "version": 1,
        "kdf": {"name": "scrypt", "salt": _text(salt), **_COST},
        "search": _wrap(wrapping, _SEARCH, keys.search),
        "keys": [
            {
                "id": key.id.hex(),
                "created": key.created.isoformat(),
                "wrapped": _wrap(wrapping, _name(key.id.hex(), key.created), key.secret),
            }
            for key in keys.data
        ],
    }
    draft = path.with_name(f".{path.name}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        # Values are sealed under a new key at once; a loss of power must not bring the older file back.
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise KeyUnusable("The file of data keys cannot be written.", where=str(path), reason=str(error)) from error


def _read(path: Path, password: bytes) -> tuple[Stamp | None, Keys]:
    stamp, content = _stamp(path), _content(path)
    try:
        document = json.loads(content)
        if document["version"] != 1:
            raise KeyUnusable("The file of data keys was made by a newer program.", where=str(path))
        cost = {name: int(document["kdf"][name]) for name in _COST}
        wrapping = _wrapping(password, _bytes(document["kdf"]["salt"]), **cost)
        data = tuple(_data_key(wrapping, entry) for entry in document["keys"])
        keys = Keys(_unwrap(wrapping, _SEARCH, document["search"], SEARCH_SECRET), data)
    except InvalidTag as error:
        raise KeyUnusable(
            "The data keys do not open: the password is wrong or the file is damaged; restore it from the backup.",
            where=str(path),
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError, MemoryError) as error:
        raise KeyUnusable(
            "The file of data keys is damaged; restore it from the backup.", where=str(path), reason=repr(error)
        ) from error
    if not data:
        raise KeyUnusable("The file of data keys holds none; restore it from the backup.", where=str(path))
    return stamp, keys


def _data_key(wrapping: bytes, entry: Mapping[str, Any]) -> DataKey:
    name, created = bytes.fromhex(entry["id"]), datetime.fromisoformat(entry["created"])
    if len(name) != ID_LENGTH or created.tzinfo is None:
        raise ValueError("a data key has a name of four bytes and a time with its zone")
    return DataKey(name, created, _unwrap(wrapping, _name(entry["id"], created), entry["wrapped"], SECRET))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid not in (os.geteuid(), 0):
                raise KeyUnusable("The data keys are not a file of the user who runs the node.", where=str(path))
            if facts.st_mode & 0o077:
                raise KeyUnusable(
                    f"Others can read the data keys (mode {facts.st_mode & 0o777:04o}): run chmod 600 on the file, "
                    "and rotate them if anybody had the chance to copy it.",
                    where=str(path),
                )
            return file.read(_LARGEST)
    except FileNotFoundError as error:
        raise KeyUnusable("The file of data keys is missing; restore it from the backup.", where=str(path)) from error
    except OSError as error:
        raise KeyUnusable("The file of data keys cannot be read.", where=str(path), reason=str(error)) from error


def _stamp(path: Path) -> Stamp | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_ino, facts.st_size


@lru_cache(8)
def _wrapping(password: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    """The key of the keys. Remembered, so that a process which opens a node again and again pays once."""
    if not 2**14 <= n <= 2**20 or not 1 <= r * p <= 64:
        raise ValueError("the cost of scrypt is out of bounds")
    return Scrypt(salt, SECRET, n, r, p).derive(password)


def _wrap(wrapping: bytes, name: str, secret: bytes) -> str:
    nonce = os.urandom(12)
    return _text(nonce + AESGCM(wrapping).encrypt(nonce, secret, name.encode()))


def _unwrap(wrapping: bytes, name: str, wrapped: str, length: int) -> bytes:
    raw = _bytes(wrapped)
    secret = AESGCM(wrapping).decrypt(raw[:12], raw[12:], name.encode())
    if len(secret) != length:
        raise ValueError("a key of another length")
    return secret


def _name(key: str, created: datetime) -> str:
    return f"data {key} {created.isoformat()}"


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return b64decode(text, validate=True)
