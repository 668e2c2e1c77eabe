"""What seals the values that tell of a person, so that a stolen database file tells nothing about anybody.

A sealed value is `version (1) | key id (4) | salt (8) | nonce (12) | ciphertext and tag (16)`, AES-256-GCM with
the place (`table.column`) as associated data. It is sealed under a key that this process has drawn from the data
key with a salt of its own: with random nonces one key may seal 2^32 values (NIST SP 800-38D, 8.3), which a busy
node would reach within two weeks. A value that is searched for is hidden instead: AES-SIV (RFC 5297) gives equal
values the same text, which is a keyed hash to whoever lacks the key, and opens again to whoever has it.
"""

from __future__ import annotations

import binascii
import hmac
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.exc import DontWrapMixin

from gateway.errors import Damaged, KeyUnusable, Refusal

_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_VERSION: Final = b"\x01"
ID_LENGTH: Final = 4
MARK: Final = 1 + ID_LENGTH
"""Bytes at the beginning of a sealed value that say under which data key it is."""
_HEAD: Final = MARK + 8
_BODY: Final = _HEAD + 12
_TAG: Final = 16
SECRET: Final = 32
"""Bytes of a data key."""
SEARCH_SECRET: Final = 64
"""Bytes of the search key."""
_MOST: Final = 2**30
"""Values sealed under one drawn key: a quarter of what is allowed, since threads and forks count on their own."""
_REMEMBERED: Final = 4096
"""Drawn keys kept ready: one for every start of every process that has sealed something."""


class Locked(DontWrapMixin, Exception):  # noqa: N818 - it says what the value is
    """A value that does not open here; the database turns it into `refusal` when the unit of work ends.

    No refusal by itself: whoever judges records one by one must not mistake it for a judgement on a record.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key under which values are sealed."""

    id: bytes
    created: datetime
    secret: bytes = field(repr=False)

    @property
    def mark(self) -> bytes:
        """How every value begins that is sealed under it."""
        return _VERSION + self.id


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys of a node's database."""

    search: bytes = field(repr=False)
    """Key of what is searched for. It stays for the life of the database: a new one would find nothing."""
    data: tuple[DataKey, ...]
    """The newest, which seals, comes last."""

    @property
    def newest(self) -> DataKey:
        """The key that seals."""
        return self.data[-1]


class _Drawn:
    """A key that this process has drawn for itself, with what stands before everything it seals."""

    __slots__ = ("aead", "head", "left")

    def __init__(self, key: DataKey) -> None:
        self.head = key.mark + os.urandom(_HEAD - MARK)
        self.aead = _draw(key, self.head)
        self.left = _MOST


class Vault:
    """Seals and opens values; any number of threads may use it."""

    _drawn: _Drawn

    def __init__(self, keys: Keys, renewed: Callable[[], Keys | None] = lambda: None) -> None:
        """`renewed` gives the keys once more where they have changed since it was last asked."""
        self._renewed = renewed
        self._take(keys)

    @property
    def keys(self) -> Keys:
        """The keys at hand."""
        return self._keys

    def refresh(self) -> None:
        """Take in a key that another process has added; called at the beginning of every unit of work."""
        if (keys := self._renewed()) is not None:
            self._take(keys)

    def seal(self, place: bytes, clear: bytes) -> bytes | bytearray:
        """The sealed value; nothing stays nothing, so that a tombstone can be seen from outside."""
        if not clear:
            return b""
        drawn = self._drawn
        if drawn.left <= 0:
            drawn = self._drawn = _Drawn(self._keys.newest)
        drawn.left -= 1
        nonce = os.urandom(12)
        # Into one buffer, since a batch of 100 MB should not be copied once more.
        sealed = bytearray(_BODY + len(clear) + _TAG)
        sealed[:_BODY] = drawn.head + nonce
        drawn.aead.encrypt_into(nonce, clear, place, memoryview(sealed)[_BODY:])
        return sealed

    def unseal(self, place: bytes, sealed: bytes) -> bytes:
        """What was sealed for this place (Locked: it was changed or moved, or its key is missing)."""
        if not sealed:
            return b""
        aead = self._aeads.get(sealed[:_HEAD]) or self._aead_of(place, sealed)
        try:
            return aead.decrypt(sealed[_HEAD:_BODY], memoryview(sealed)[_BODY:], place)
        except (InvalidTag, ValueError) as error:
            raise Locked(Damaged(where=place.decode())) from error

    def hide(self, domain: bytes, clear: str) -> str:
        """The text by which a value is found again; equal values of one domain are hidden alike."""
        if not clear:
            return ""
        return urlsafe_b64encode(self._siv.encrypt(clear.encode(), [domain])).rstrip(b"=").decode()

    def reveal(self, domain: bytes, hidden: str) -> str:
        """What was hidden (Locked)."""
        if not hidden:
            return ""
        try:
            # What urlsafe_b64decode does, at a third of its price: a start reveals a million numbers.
            text = (hidden + "=" * (-len(hidden) % 4)).encode("ascii").translate(_URL_SAFE)
            return self._siv.decrypt(binascii.a2b_base64(text), [domain]).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise Locked(Damaged(where=domain.decode())) from error

    def digest(self, place: bytes, clear: bytes) -> bytes:
        """A keyed digest that stays the same for the life of the database: nobody without the key can try a guess."""
        return hmac.digest(self._digesting, place + b"\0" + clear, "sha256")

    def _take(self, keys: Keys) -> None:
        self._keys = keys
        self._digesting = HKDF(SHA256(), 32, salt=None, info=b"gateway row digest").derive(keys.search)
        self._by_mark = {key.mark: key for key in keys.data}
        self._siv = AESSIV(keys.search)
        self._aeads: dict[bytes, AESGCM] = {}
        self._drawn = _Drawn(keys.newest)

    def _aead_of(self, place: bytes, sealed: bytes) -> AESGCM:
        """The key of a value of another process, or of an earlier start."""
        if not sealed.startswith(_VERSION) or len(sealed) < _BODY + _TAG:
            raise Locked(Damaged(where=place.decode(), reason="no sealed value"))
        if sealed[:MARK] not in self._by_mark:
            # Another process may have added it a moment ago.
            self.refresh()
        key = self._by_mark.get(sealed[:MARK])
        if key is None:
            said = (
                f"A stored value is sealed under the data key {sealed[1:MARK].hex()}, which is not in the node's file "
                "of data keys; restore that file from the backup."
            )
            raise Locked(KeyUnusable(said, where=place.decode()))
        if len(self._aeads) >= _REMEMBERED:
            self._aeads.clear()
        aead = self._aeads[sealed[:_HEAD]] = _draw(key, sealed[:_HEAD])
        return aead


def new_key(now: datetime) -> DataKey:
    """A fresh data key."""
    return DataKey(os.urandom(ID_LENGTH), now, os.urandom(SECRET))


def new_keys(now: datetime) -> Keys:
    """The keys of a new node."""
    return Keys(os.urandom(SEARCH_SECRET), (new_key(now),))


def _draw(key: DataKey, head: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=head[MARK:], info=b"gateway sealed column").derive(key.secret))
