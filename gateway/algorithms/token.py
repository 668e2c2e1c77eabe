"""Private keys in a token: an HSM, a smart card or a software token, reached through PKCS#11; they never leave it.

Where a key signs is no matter of its algorithm: what it signs looks like the signature of a key in a file. The
library initialises a module for a single thread, so that all calls of one module go through one lock. What a
process knows of a module ends with a fork and with the loss of the token: the module is then initialised again,
by whoever needs it next.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, unquote_to_bytes

import pkcs11
from asn1crypto import core, keys
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass, exceptions
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from gateway.algorithms.software import RSA_BITS
from gateway.errors import KeyUnusable

SCHEME: Final = "pkcs11:"
"""With it the home of a key in a token begins (RFC 7512)."""

WAIT: Final = 20.0
"""Seconds that a thread waits for its turn at a module: a network HSM may take a few over reconnecting."""

_MECHANISMS: Final[dict[str, tuple[Mechanism, Callable[[bytes], bytes]]]] = {
    # Most tokens sign a digest of a curve's size, and only some the data: the digest is public, so it is made here.
    "p256": (Mechanism.ECDSA, lambda data: hashlib.sha256(data).digest()),
    "p384": (Mechanism.ECDSA, lambda data: hashlib.sha384(data).digest()),
    "rsa": (Mechanism.SHA256_RSA_PKCS, bytes),
    "rsa2048": (Mechanism.SHA256_RSA_PKCS, bytes),
    "ed25519": (Mechanism.EDDSA, bytes),
}
_CURVES: Final = {"p256": "secp256r1", "p384": "secp384r1"}
_ED25519: Final = core.ObjectIdentifier("1.3.101.112").dump()
_NEVER_OUT: Final = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True}
_WRONG_PIN: Final = (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange)
_CANNOT_MAKE: Final = (
    exceptions.MechanismInvalid,
    exceptions.MechanismParamInvalid,
    exceptions.FunctionNotSupported,
    exceptions.DomainParamsInvalid,
    exceptions.AttributeValueInvalid,
    exceptions.TemplateInconsistent,
    exceptions.KeySizeRange,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token is, and how it is opened."""

    module: str
    """File of the PKCS#11 module."""
    label: str
    pin: Callable[[], str]
    """Reads the PIN at every login (KeyUnusable)."""


class _Module:
    """One PKCS#11 module in this process, with what it knows."""

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self.generation = 0
        """Moves when everything that was known of slots, sessions and logins is gone."""
        self.refused: dict[str, bytes] = {}
        """Digests of PINs that a token has refused, by its label: tokens lock themselves after a few tries."""
        self._path = path
        self._library: Any = None

    @contextmanager
    def turn(self, label: str) -> Iterator[None]:
        """The module for one thread at a time; a call of it that hangs keeps the others no longer than WAIT."""
        if not self.lock.acquire(timeout=WAIT):
            raise KeyUnusable("The token does not answer; an earlier call of its module still waits.", where=label)
        try:
            yield
        finally:
            self.lock.release()

    def library(self) -> Any:
        """The module, initialised in this process."""
        if self._library is None:
            library = pkcs11.lib(self._path)
            if _forked:
                # The parent has initialised it, which is worth nothing here (PKCS#11 2.40, section 5.4).
                with suppress(exceptions.PKCS11Error):
                    library.finalize()
                library.initialize()
            self._library = library
        return self._library

    def restart(self) -> None:
        """Initialise the module again; every session of this process is gone."""
        self.generation += 1
        library, self._library = self.library(), None
        with suppress(exceptions.PKCS11Error):
            library.finalize()
        library.initialize()
        self._library = library


_modules: dict[str, _Module] = {}
_forked = False


def _module(path: str) -> _Module:
    return _modules.get(path) or _modules.setdefault(path, _Module(path))


def _forget() -> None:
    """In a new process: a lock that another thread of the parent held would never be free again."""
    global _forked  # noqa: PLW0603 - a fact about the process.
    _forked = True
    _modules.clear()


os.register_at_fork(after_in_child=_forget)


class Token:
    """A node's token. Nothing is opened before it is needed; safe to share between threads and over a fork."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._owner: tuple[_Module, int] | None = None
        """The module and its generation to which the session belongs."""
        self._login: Any = None
        """The session that has logged in; closing it would log out all others of this process."""
        self._keys: dict[bytes, Any] = {}

    def sign(self, key_id: bytes, algorithm: str, data: bytes) -> bytes:
        """The raw signature value by the private key of this id (KeyUnusable)."""
        mechanism, prepared = _MECHANISMS[algorithm]
        given = prepared(data)

        def act() -> bytes:
            key = self._keys.get(key_id)
            if key is None:
                key = self._keys[key_id] = self._found(key_id)
            return bytes(key.sign(given, mechanism=mechanism))

        return bytes(self._done(act))

    def generate(self, algorithm: str, label: str) -> tuple[str, bytes]:
        """A new key pair: its home (a PKCS#11 URI) and its SubjectPublicKeyInfo in DER (KeyUnusable).

        The private key is made in the token, marked as never to be taken out; a token that marks it otherwise
        is not used.
        """
        if algorithm not in _MECHANISMS or algorithm == "rsa2048":
            raise KeyUnusable("Keys of this algorithm are not made in a token.", where=algorithm)
        key_id = secrets.token_bytes(8)

        def act() -> bytes:
            writing = self._library().get_token(token_label=self.place.label).open(rw=True)
            try:
                public, private = _pair(writing, algorithm, key_id, label)
                if private[Attribute.EXTRACTABLE] or not private[Attribute.SENSITIVE]:
                    private.destroy()
                    raise KeyUnusable("The token made a key that can be taken out of it; it is not used.")
                return _spki(public, algorithm)
            finally:
                writing.close()

        made = self._done(act)
        return home_of(self.place.label, label, key_id), bytes(made)

    def _found(self, key_id: bytes) -> Any:
        # In a new session, and read to its end: the library cannot close a search whose session has ended.
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: key_id}
        found = list(self._login.token.open().get_objects(wanted))
        if len(found) != 1:
            raise exceptions.NoSuchKey
        return found[0]

    def _library(self) -> Any:
        return _module(self.place.module).library()

    def _done(self, act: Callable[[], Any]) -> Any:
        """What an act in the open token gives; a token that was lost is opened once more."""
        module = _module(self.place.module)
        with module.turn(self.place.label), self._told():
            try:
                self._open(module)
                return act()
            except (*_WRONG_PIN, exceptions.PinLocked, exceptions.PinExpired, *_CANNOT_MAKE):
                raise
            except exceptions.PKCS11Error:
                # Pulled out, restarted, or logged out by another: nothing of what was open can be used.
                module.restart()
                self._open(module)
                return act()

    def _open(self, module: _Module) -> None:
        """A session that is logged in, where there is none of this process and generation."""
        if self._owner == (module, module.generation):
            return
        token = module.library().get_token(token_label=self.place.label)
        pin = self.place.pin()
        digest = hashlib.sha256(pin.encode()).digest()
        if module.refused.get(self.place.label) == digest:
            raise exceptions.PinIncorrect
        try:
            self._login = token.open(user_pin=pin)
        except exceptions.UserAlreadyLoggedIn:
            # A login counts for the whole process.
            self._login = token.open()
        except _WRONG_PIN:
            module.refused[self.place.label] = digest
            raise
        self._keys = {}
        self._owner = (module, module.generation)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The module's errors as sentences."""
        try:
            yield
        except exceptions.PKCS11Error as error:
            self._owner = None
            reason = f"{type(error).__name__} {error}".strip()
            raise KeyUnusable(_sentence(error), where=self.place.label, reason=reason) from error


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A private key in a token."""

    token: Token
    key_id: bytes
    algorithm: str

    def sign(self, data: bytes) -> bytes:
        """The raw signature value (KeyUnusable)."""
        return self.token.sign(self.key_id, self.algorithm, data)


def home_of(token: str, label: str, key_id: bytes) -> str:
    """The PKCS#11 URI of a private key (RFC 7512, section 2.3)."""
    name = "".join(f"%{octet:02X}" for octet in key_id)
    return f"{SCHEME}token={quote(token, safe='')};object={quote(label, safe='')};id={name};type=private"


def key_at(token: Token, home: str, algorithm: str) -> TokenKey:
    """The key of a home in this token (KeyUnusable for another token, and for what is no such home)."""
    parts = dict(part.partition("=")[::2] for part in home.removeprefix(SCHEME).split(";"))
    if not home.startswith(SCHEME) or "id" not in parts or algorithm not in _MECHANISMS:
        raise KeyUnusable("The home of the key is no PKCS#11 URI of a key this node can use.", where=home)
    if unquote(parts.get("token", "")) != token.place.label:
        raise KeyUnusable("The key lives in another token than the settings name.", where=home)
    return TokenKey(token, unquote_to_bytes(parts["id"]), algorithm)


def _pair(session: Any, algorithm: str, key_id: bytes, label: str) -> tuple[Any, Any]:
    how: dict[str, Any] = {
        "id": key_id,
        "label": label,
        "store": True,
        "capabilities": MechanismFlag.SIGN | MechanismFlag.VERIFY,
        "private_template": _NEVER_OUT,
    }
    if algorithm == "rsa":
        pair = session.generate_keypair(KeyType.RSA, RSA_BITS, **how)
    elif algorithm == "ed25519":
        domain = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _ED25519}, local=True)
        pair = domain.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, **how)
    else:
        curve = encode_named_curve_parameters(_CURVES[algorithm])
        domain = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True)
        pair = domain.generate_keypair(**how)
    public, private = pair
    return public, private


def _spki(public: Any, algorithm: str) -> bytes:
    if algorithm == "rsa":
        numbers = {
            "modulus": int.from_bytes(public[Attribute.MODULUS]),
            "public_exponent": int.from_bytes(public[Attribute.PUBLIC_EXPONENT]),
        }
        return bytes(keys.PublicKeyInfo.wrap(keys.RSAPublicKey(numbers), "rsa").dump())
    if algorithm == "ed25519":
        # The point stands in an OCTET STRING (PKCS#11 3.0, section 2.3.5), and alone in the key (RFC 8410).
        point = core.OctetString.load(public[Attribute.EC_POINT]).native
        return bytes(keys.PublicKeyInfo({"algorithm": {"algorithm": "ed25519"}, "public_key": point}).dump())
    return bytes(encode_ec_public_key(public))


_SENTENCES: Final[tuple[tuple[tuple[type[exceptions.PKCS11Error], ...], str], ...]] = (
    (
        (exceptions.NoSuchToken,),
        "There is no token of this label: it is not plugged in, or the module cannot see it.",
    ),
    (
        _WRONG_PIN,
        (
            "The token refuses the PIN of the pin file. This PIN is not tried again, because a token locks itself "
            "after a few tries: correct the file."
        ),
    ),
    ((exceptions.PinLocked,), "The token is locked after wrong PINs; its security officer unlocks it."),
    ((exceptions.PinExpired,), "The PIN of the token has expired; set a new one and write it into the pin file."),
    ((exceptions.NoSuchKey,), "The token holds no private key of this id."),
    (_CANNOT_MAKE, "The token cannot do this with a key of this algorithm."),
)


def _sentence(error: exceptions.PKCS11Error) -> str:
    if "while loading" in str(error):
        return "The PKCS#11 module of the token cannot be loaded."
    found = (sentence for kinds, sentence in _SENTENCES if isinstance(error, kinds))
    return next(found, "The token does not work: it was taken out, or its module has an error.")
