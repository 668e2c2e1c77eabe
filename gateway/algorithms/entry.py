"""What one line of the registry of algorithms holds; the providers write such lines, the registry keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, Protocol

from cryptography.x509 import Certificate

Status = Literal["allowed", "verify-only", "disabled"]
"""`allowed`: keys are made, and we sign; `verify-only`: partners' signatures are still taken, nothing new is
signed by us; `disabled`: nothing is taken."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A status, and the first day on which it holds."""

    status: Status
    since: date | None
    """None: from the beginning."""
    source: str = ""
    """Why from that day: the publication that says so."""


class Hasher(Protocol):
    """A digest that grows with what is fed to it, as those of hashlib do."""

    def update(self, data: bytes, /) -> None:
        """Feed it."""

    def digest(self) -> bytes:
        """The digest of all it was fed."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of the references of a signature."""

    uri: str
    """Identifier in XML-DSig, of the DigestMethod."""
    new: Callable[[], Hasher]
    of: Callable[[bytes], bytes]
    """The digest of bytes that are all there."""


SHA256: Final = Digest(
    "http://www.w3.org/2001/04/xmlenc#sha256",
    hashlib.sha256,
    lambda data: hashlib.sha256(data).digest(),
)


@dataclass(frozen=True, slots=True)
class Form:
    """How keys are written whose kind `cryptography` does not know."""

    open: Callable[[bytes, bytes | None], Any]
    """(PKCS#8 in PEM, password or None): the private key that `sign` takes; KeyUnusable."""
    encrypted: Callable[[Any, bytes], bytes]
    """(private key, password): encrypted PKCS#8 in PEM."""
    spki: Callable[[Any], bytes]
    """(private key): SubjectPublicKeyInfo of its public half, DER."""
    self_signed: Callable[..., Certificate]
    """(private key, subject, first and last moment, extensions): its certificate by itself."""
    issued: Callable[[Certificate, Any], bool]
    """(certificate, public key of the issuer): whether the issuer signed it."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One signature algorithm of the closed profile, with the one digest that goes with it."""

    name: str
    uri: str
    """Identifier in XML-DSig (RFC 9231 where it has one)."""
    kind: str
    """The kind of key, for people: `EC P-256`."""
    strength: int
    """Bits (NIST SP 800-57 part 1 rev. 5, table 2)."""
    provider: str
    """Who carries it out: `software`, or the name of another module of this package."""
    verify: Callable[[Any, bytes, bytes], None]
    """(public key, signature, data): raises cryptography's InvalidSignature."""
    sign: Callable[[Any, bytes], bytes]
    """(private key, data): the raw value, as XML-DSig and JOSE carry it."""
    prove: Callable[[], None]
    """Run the known vectors; anything raised means that the provider cannot be relied on here."""
    generate: Callable[[], Any] | None = None
    """A new private key; None where new keys are not made with it."""
    digest: Digest = SHA256
    """Of the references and of the signing certificate; the message's own digest in receipts stays SHA-256."""
    jose: str = ""
    """Name in JOSE (RFC 7518, RFC 8037); empty: not for tokens."""
    jose_also: tuple[str, ...] = ()
    """Other names in JOSE under which a client may use the same key."""
    oid: str = ""
    """Identifier of the key in a certificate, where `cryptography` cannot load it."""
    load: Callable[[bytes], Any] | None = None
    """(SubjectPublicKeyInfo, DER): the public key that `verify` takes; goes with `oid`, raises KeyUnusable."""
    form: Form | None = None
    """How its keys are written; None: as `cryptography` does it."""
    by_agreement: bool = False
    """Taken only from a partner whose entry names it, never because nothing else was said."""
    stages: tuple[Stage, ...] = (Stage("allowed", None),)
    """In the order of their days."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key and the one algorithm it may be used with: the key decides, never a message (rule 9)."""

    algorithm: Algorithm
    material: Any
    """What the provider verifies with."""
