"""OpenSSL's gost engine, reached through ctypes: libcrypto 3 is found, the engine loaded, its calls typed.

The `cryptography` package carries an OpenSSL of its own without engines, so the system's libcrypto is used,
beside which the distribution installs the engine (Debian: libengine-gost-openssl). Nothing becomes a default of
the process: only the GOST algorithms themselves are registered, so TLS and everything else work as before.

ctypes lets other threads run during each call. libcrypto 3 and the engine lock what they share, a context is
never shared, and a key is only read after it was made; loading is the one step that needs a lock of ours, and
it stands in gateway.algorithms.gost.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_uint64, c_ulong, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.errors import AlgorithmUnavailable, KeyUnusable

ENGINE_PLACES: Final = (
    "/usr/lib/x86_64-linux-gnu/engines-3",
    "/usr/lib/aarch64-linux-gnu/engines-3",
    "/usr/lib64/engines-3",
    "/usr/lib/engines-3",
    "/usr/local/lib/engines-3",
    "/usr/local/lib64/engines-3",
)
"""Where distributions put engines, asked when the library itself finds none; OPENSSL_ENGINES stands before all."""

_OPENSSL_3: Final = 0x3000_0000
_INIT: Final = 0x02 | 0x04 | 0x08
"""OPENSSL_INIT_LOAD_CRYPTO_STRINGS, OPENSSL_INIT_ADD_ALL_CIPHERS and _DIGESTS (openssl/crypto.h)."""

_POINTER_OUT: Final = POINTER(c_void_p)
_PROTOTYPES: Final[dict[str, tuple[Any, ...]]] = {
    # Each name of libcrypto, what it returns, what it takes (man pages of section 3ssl).
    "OPENSSL_init_crypto": (c_int, c_uint64, c_void_p),
    "OpenSSL_version_num": (c_ulong,),
    "ERR_clear_error": (None,),
    "ERR_get_error": (c_ulong,),
    "ERR_error_string_n": (None, c_ulong, c_char_p, c_size_t),
    "ENGINE_by_id": (c_void_p, c_char_p),
    "ENGINE_ctrl_cmd_string": (c_int, c_void_p, c_char_p, c_char_p, c_int),
    "ENGINE_init": (c_int, c_void_p),
    "ENGINE_free": (c_int, c_void_p),
    "ENGINE_register_pkey_asn1_meths": (c_int, c_void_p),
    "ENGINE_register_pkey_meths": (c_int, c_void_p),
    "ENGINE_get_digest": (c_void_p, c_void_p, c_int),
    "OBJ_txt2nid": (c_int, c_char_p),
    "EVP_Digest": (c_int, c_char_p, c_size_t, c_char_p, POINTER(c_uint), c_void_p, c_void_p),
    "EVP_MD_CTX_new": (c_void_p,),
    "EVP_MD_CTX_free": (None, c_void_p),
    "EVP_MD_CTX_copy_ex": (c_int, c_void_p, c_void_p),
    "EVP_DigestInit_ex": (c_int, c_void_p, c_void_p, c_void_p),
    "EVP_DigestUpdate": (c_int, c_void_p, c_char_p, c_size_t),
    "EVP_DigestFinal_ex": (c_int, c_void_p, c_char_p, POINTER(c_uint)),
    "EVP_PKEY_CTX_new": (c_void_p, c_void_p, c_void_p),
    "EVP_PKEY_CTX_new_id": (c_void_p, c_int, c_void_p),
    "EVP_PKEY_CTX_free": (None, c_void_p),
    "EVP_PKEY_CTX_ctrl_str": (c_int, c_void_p, c_char_p, c_char_p),
    "EVP_PKEY_keygen_init": (c_int, c_void_p),
    "EVP_PKEY_keygen": (c_int, c_void_p, _POINTER_OUT),
    "EVP_PKEY_sign_init": (c_int, c_void_p),
    "EVP_PKEY_sign": (c_int, c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t),
    "EVP_PKEY_verify_init": (c_int, c_void_p),
    "EVP_PKEY_verify": (c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t),
    "EVP_PKEY_free": (None, c_void_p),
    "d2i_PUBKEY": (c_void_p, c_void_p, _POINTER_OUT, ctypes.c_long),
    "i2d_PUBKEY": (c_int, c_void_p, _POINTER_OUT),
    "EVP_PKEY2PKCS8": (c_void_p, c_void_p),
    "EVP_PKCS82PKEY": (c_void_p, c_void_p),
    "d2i_PKCS8_PRIV_KEY_INFO": (c_void_p, c_void_p, _POINTER_OUT, ctypes.c_long),
    "PKCS8_PRIV_KEY_INFO_free": (None, c_void_p),
    "PKCS8_encrypt": (c_void_p, c_int, c_void_p, c_char_p, c_int, c_char_p, c_int, c_int, c_void_p),
    "PKCS8_decrypt": (c_void_p, c_void_p, c_char_p, c_int),
    "d2i_X509_SIG": (c_void_p, c_void_p, _POINTER_OUT, ctypes.c_long),
    "i2d_X509_SIG": (c_int, c_void_p, _POINTER_OUT),
    "X509_SIG_free": (None, c_void_p),
    "EVP_aes_256_cbc": (c_void_p,),
}


@dataclass(frozen=True, slots=True)
class Engine:
    """The loaded engine: typed calls of libcrypto, and the pointer with which GOST is asked for."""

    lib: Any
    """libcrypto, every function of _PROTOTYPES with its types set."""
    pointer: int
    """ENGINE *, held until the process ends."""

    def digest(self, oid: str, data: bytes, size: int) -> bytes:
        """The digest of this object identifier over the data, `size` bytes."""
        method = self.lib.ENGINE_get_digest(self.pointer, self.number(oid))
        out, written = ctypes.create_string_buffer(64), c_uint(0)
        done = method and self.lib.EVP_Digest(data, len(data), out, byref(written), method, self.pointer)
        if not done or written.value != size:
            raise AlgorithmUnavailable(reason=f"the gost engine computes no digest: {self.complaint()}")
        return out.raw[:size]

    def number(self, oid: str) -> int:
        """OpenSSL's own number of an object identifier; 0 where it knows none."""
        return int(self.lib.OBJ_txt2nid(oid.encode()))

    def complaint(self) -> str:
        """What OpenSSL says about the last failure of this thread; its queue is emptied."""
        said: list[str] = []
        text = ctypes.create_string_buffer(256)
        while code := self.lib.ERR_get_error():
            self.lib.ERR_error_string_n(code, text, len(text))
            said.append(text.value.decode("ascii", "replace"))
        return "; ".join(said) or "no reason given"

    def want(self, pointer: int | None, what: str, *, where: str = "") -> int:
        """The pointer that a call returned (KeyUnusable with `what` where it returned none)."""
        if not pointer:
            raise KeyUnusable(what, where=where, reason=f"{what} {self.complaint()}")
        return pointer

    @contextmanager
    def held(self, pointer: int, free: str) -> Iterator[int]:
        """A pointer that is freed with this function when the block ends, and what OpenSSL complained of with it."""
        try:
            yield pointer
        finally:
            getattr(self.lib, free)(pointer)
            # An old complaint must not be read as the reason of a later failure.
            self.lib.ERR_clear_error()

    def encoded(self, encode: Callable[..., int], pointer: int) -> bytes:
        """The DER that an i2d function writes, first asked for its size, then written into memory of ours."""
        size = encode(pointer, None)
        if size <= 0:
            raise KeyUnusable("OpenSSL cannot encode the key.", reason=self.complaint())
        buffer = ctypes.create_string_buffer(size)
        end = c_void_p(ctypes.addressof(buffer))
        if encode(pointer, byref(end)) != size:
            raise KeyUnusable("OpenSSL cannot encode the key.", reason=self.complaint())
        return buffer.raw

    def decoded(self, decode: Callable[..., int | None], der: bytes, what: str) -> int:
        """What a d2i function reads at the beginning of the bytes (KeyUnusable with `what`)."""
        # OpenSSL moves the pointer; the buffer is ours and outlives the call.
        buffer = ctypes.create_string_buffer(der, len(der) or 1)
        place = c_void_p(ctypes.addressof(buffer))
        return self.want(decode(None, byref(place), len(der)), what)


def load() -> Engine:
    """Load libcrypto and its gost engine (AlgorithmUnavailable says what is missing). Call it once."""
    lib = _libcrypto()
    lib.OPENSSL_init_crypto(_INIT, None)
    engine = lib.ENGINE_by_id(b"gost") or _from_file(lib)
    lib.ERR_clear_error()
    if not engine:
        raise AlgorithmUnavailable(
            "OpenSSL's gost engine is not installed (Debian: libengine-gost-openssl); "
            "OPENSSL_ENGINES names a folder of its own. / "
            "Не установлен модуль gost для OpenSSL (Debian: libengine-gost-openssl)."
        )
    # Registered are the public-key methods of GOST alone: nothing else of the process changes.
    ready = (
        lib.ENGINE_init(engine)
        and lib.ENGINE_register_pkey_asn1_meths(engine)
        and lib.ENGINE_register_pkey_meths(engine)
    )
    if not ready:
        reason = Engine(lib, engine).complaint()
        lib.ENGINE_free(engine)
        raise AlgorithmUnavailable(
            "OpenSSL's gost engine does not start. / Модуль gost для OpenSSL не запускается.", reason=reason
        )
    return Engine(lib, engine)


def _libcrypto() -> Any:
    """The system's libcrypto 3 with every function typed; OpenSSL without engines counts as missing."""
    for name in ("libcrypto.so.3", ctypes.util.find_library("crypto")):
        try:
            lib: Any = ctypes.CDLL(name or "libcrypto.so")
            for function, (result, *arguments) in _PROTOTYPES.items():
                typed = getattr(lib, function)
                typed.restype, typed.argtypes = result, arguments
        except (OSError, AttributeError):
            continue
        if lib.OpenSSL_version_num() >= _OPENSSL_3:
            return lib
    raise AlgorithmUnavailable(
        "GOST needs libcrypto of OpenSSL 3 with engines. / Для ГОСТ нужна библиотека libcrypto OpenSSL 3 с модулями."
    )


def _from_file(lib: Any) -> int | None:
    """The engine from the folders where distributions put it, loaded by its path."""
    named = os.environ.get("OPENSSL_ENGINES")
    for place in (named,) if named else ENGINE_PLACES:
        path = Path(place) / "gost.so"
        if not path.is_file():
            continue
        engine: int | None = lib.ENGINE_by_id(b"dynamic")
        orders = ((b"SO_PATH", os.fsencode(path)), (b"ID", b"gost"), (b"LOAD", None))
        if engine and all(lib.ENGINE_ctrl_cmd_string(engine, order, value, 0) for order, value in orders):
            return engine
        if engine:
            lib.ENGINE_free(engine)
    return None
