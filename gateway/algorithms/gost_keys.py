"""Keys of GOST R 34.10-2012 in the gost engine: read, made, written, and used over a Streebog digest.

Byte orders, as RFC 7091, RFC 9215 and the XML profile have them: a signature is s and r, each big-endian of the
curve's width, as the engine writes it; a digest is read as a little-endian number by the engine itself; a public
key is X and Y little-endian. Lengths are checked before every call, because the engine ends the process over a
digest of another length.
"""

from __future__ import annotations

import ctypes
import os
import weakref
from ctypes import byref, c_size_t, c_uint, c_void_p
from typing import Any, Final

from asn1crypto import pem

from gateway.algorithms.gost_engine import Engine
from gateway.algorithms.gost_forms import KINDS, Kind, kind_of, unarmored
from gateway.errors import AlgorithmUnavailable, KeyUnusable

ITERATIONS: Final = 100_000
"""PBKDF2 rounds under which a private key is encrypted; a file is opened once in a process."""


class Streebog:
    """A digest that grows with what is fed to it; of one thread at a time, as those of hashlib are."""

    def __init__(self, engine: Engine, kind: Kind) -> None:
        self._engine, self._size = engine, kind.size
        self._context = self._new()
        weakref.finalize(self, engine.lib.EVP_MD_CTX_free, self._context).atexit = False
        method = engine.lib.ENGINE_get_digest(engine.pointer, engine.number(kind.digest))
        if not method or engine.lib.EVP_DigestInit_ex(self._context, method, engine.pointer) != 1:
            raise self._broken()

    def update(self, data: bytes, /) -> None:
        """Feed it."""
        if self._engine.lib.EVP_DigestUpdate(self._context, data, len(data)) != 1:
            raise self._broken()

    def digest(self) -> bytes:
        """The digest of all it was fed so far; more may follow."""
        lib, out, written = self._engine.lib, ctypes.create_string_buffer(64), c_uint(0)
        with self._engine.held(self._new(), "EVP_MD_CTX_free") as copy:
            done = lib.EVP_MD_CTX_copy_ex(copy, self._context) == 1
            if not done or lib.EVP_DigestFinal_ex(copy, out, byref(written)) != 1 or written.value != self._size:
                raise self._broken()
        return out.raw[: self._size]

    def _new(self) -> int:
        return self._engine.want(self._engine.lib.EVP_MD_CTX_new(), "The gost engine computes no digest.")

    def _broken(self) -> AlgorithmUnavailable:
        return AlgorithmUnavailable(reason=f"the gost engine computes no digest: {self._engine.complaint()}")


class PublicKey:
    """A public key in the engine; compares equal to the same key."""

    def __init__(self, engine: Engine, kind: Kind, pointer: int, spki: bytes) -> None:
        self.kind = kind
        self.spki = spki
        """SubjectPublicKeyInfo, DER."""
        self._engine, self._pointer = engine, pointer
        weakref.finalize(self, engine.lib.EVP_PKEY_free, pointer).atexit = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other.spki == self.spki

    def __hash__(self) -> int:
        return hash(self.spki)

    def holds(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature is this key's over Streebog of the data."""
        return self.holds_over(signature, self._engine.digest(self.kind.digest, data, self.kind.size))

    def holds_over(self, signature: bytes, digest: bytes) -> bool:
        """Whether the signature is this key's over the digest."""
        if len(signature) != 2 * self.kind.size or len(digest) != self.kind.size:
            return False
        lib = self._engine.lib
        with self._context() as context:
            if lib.EVP_PKEY_verify_init(context) != 1:
                raise KeyUnusable("The gost engine cannot verify with this key.", reason=self._engine.complaint())
            return bool(lib.EVP_PKEY_verify(context, signature, len(signature), digest, len(digest)) == 1)

    def _context(self) -> Any:
        """A fresh context, for one call: contexts are what OpenSSL does not share between threads."""
        engine = self._engine
        made = engine.want(engine.lib.EVP_PKEY_CTX_new(self._pointer, engine.pointer), "The key cannot be used.")
        return engine.held(made, "EVP_PKEY_CTX_free")


class PrivateKey(PublicKey):
    """A private key in the engine, with its public half."""

    def sign(self, data: bytes) -> bytes:
        """The signature over Streebog of the data: s and r, each big-endian."""
        digest = self._engine.digest(self.kind.digest, data, self.kind.size)
        lib, width = self._engine.lib, 2 * self.kind.size
        out, written = ctypes.create_string_buffer(width), c_size_t(width)
        with self._context() as context:
            done = lib.EVP_PKEY_sign_init(context) == 1
            done = done and lib.EVP_PKEY_sign(context, out, byref(written), digest, len(digest)) == 1
            if not done or written.value != width:
                raise KeyUnusable("The gost engine cannot sign with this key.", reason=self._engine.complaint())
        return out.raw

    def encrypted(self, password: bytes) -> bytes:
        """The private key as encrypted PKCS#8 in PEM (PBES2, AES-256)."""
        engine, lib, salt = self._engine, self._engine.lib, os.urandom(16)
        what = "The private key cannot be encrypted."
        plain = engine.want(lib.EVP_PKEY2PKCS8(self._pointer), what)
        with engine.held(plain, "PKCS8_PRIV_KEY_INFO_free"):
            # -1 asks for PBES2 with the cipher given (PKCS8_encrypt(3)).
            locked = lib.PKCS8_encrypt(
                -1, lib.EVP_aes_256_cbc(), password, len(password), salt, len(salt), ITERATIONS, plain
            )
            with engine.held(engine.want(locked, what), "X509_SIG_free") as sealed:
                der = engine.encoded(lib.i2d_X509_SIG, sealed)
        return bytes(pem.armor("ENCRYPTED PRIVATE KEY", der))


def public_key(engine: Engine, spki: bytes, *, test: bool = False) -> PublicKey:
    """The key of a SubjectPublicKeyInfo, on a curve we take (KeyUnusable)."""
    kind = kind_of(spki, test=test)
    what = "The GOST public key is malformed, or no point of its curve."
    pointer = engine.decoded(engine.lib.d2i_PUBKEY, spki, what)
    return PublicKey(engine, kind, pointer, spki)


def generate(engine: Engine, name: str) -> PrivateKey:
    """A new key on the tc26 parameter set A."""
    kind, lib = KINDS[name], engine.lib
    what = "The gost engine cannot make a key."
    context = engine.want(lib.EVP_PKEY_CTX_new_id(engine.number(kind.key), engine.pointer), what)
    made = c_void_p(None)
    with engine.held(context, "EVP_PKEY_CTX_free"):
        done = lib.EVP_PKEY_keygen_init(context) == 1
        done = done and lib.EVP_PKEY_CTX_ctrl_str(context, b"paramset", kind.engine_set) == 1
        done = done and lib.EVP_PKEY_keygen(context, byref(made)) == 1
        return _private(engine, engine.want(made.value if done else None, what))


def private_key(engine: Engine, data: bytes, password: bytes | None, *, test: bool = False) -> PrivateKey:
    """The key of a PKCS#8 file in PEM, encrypted or not (KeyUnusable where it does not open)."""
    what = "The private key does not open: the password is wrong or the file is damaged."
    label, der = unarmored(data)
    lib = engine.lib
    if label == "PRIVATE KEY":
        plain = engine.decoded(lib.d2i_PKCS8_PRIV_KEY_INFO, der, what)
    elif label == "ENCRYPTED PRIVATE KEY" and password:
        with engine.held(engine.decoded(lib.d2i_X509_SIG, der, what), "X509_SIG_free") as locked:
            plain = engine.want(lib.PKCS8_decrypt(locked, password, len(password)), what)
    else:
        raise KeyUnusable(what, reason=f"the file is a {label}, the password is {'given' if password else 'missing'}")
    with engine.held(plain, "PKCS8_PRIV_KEY_INFO_free"):
        return _private(engine, engine.want(lib.EVP_PKCS82PKEY(plain), what), test=test)


def _private(engine: Engine, pointer: int, *, test: bool = False) -> PrivateKey:
    """Wrap a key that OpenSSL made; it is freed where it is none of ours."""
    try:
        spki = engine.encoded(engine.lib.i2d_PUBKEY, pointer)
        return PrivateKey(engine, kind_of(spki, test=test), pointer, spki)
    except KeyUnusable:
        engine.lib.EVP_PKEY_free(pointer)
        raise
