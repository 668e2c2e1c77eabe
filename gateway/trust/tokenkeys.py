"""Keys of this node that live in a token: made there, opened to sign with, and never anywhere else."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate

from gateway.algorithms import registry
from gateway.algorithms.token import SCHEME, Place, Token, key_at
from gateway.errors import KeyUnusable
from gateway.settings import Settings
from gateway.trust import selfsigned
from gateway.trust.certificates import algorithm_of, key_id
from gateway.trust.keyfiles import Signer, read_private, years_of

__all__ = ["SCHEME", "Token", "create", "open_signer", "token_of"]

_PROBE = b"gateway: does this key belong to its certificate?"


def token_of(settings: Settings) -> Token | None:
    """The token that the settings name; it is opened when it is needed first."""
    named = settings.token
    if named is None:
        return None
    path = settings.directory / named.pin_file

    def pin() -> str:
        try:
            return read_private(path, "PIN of the token").decode().strip()
        except UnicodeDecodeError as error:
            raise KeyUnusable("The PIN of the token is no text.", where=str(path)) from error

    return Token(Place(named.module, named.label, pin))


def create(token: Token, *, party: str, algorithm: str, now: datetime, years: int = 2) -> tuple[Certificate, str]:
    """Make a key pair in the token, with a certificate by itself; returns it with the key's home (KeyUnusable)."""
    lifetime = years_of(years)
    if algorithm not in registry.makeable(now):
        raise KeyUnusable("New keys are made with " + ", ".join(registry.makeable(now)) + ".", where="algorithm")
    home, spki = token.generate(algorithm, party)
    key = key_at(token, home, algorithm)
    return selfsigned.issue(spki, key, party=party, now=now, until=now + lifetime), home


def open_signer(token: Token | None, home: str, certificate: Certificate) -> Signer:
    """Open the key of a certificate in the token (KeyUnusable says what is wrong with the token or the key)."""
    if token is None:
        raise KeyUnusable("The key lives in a token, but the settings name none: add the table [token].", where=home)
    algorithm = algorithm_of(certificate)
    key = key_at(token, home, algorithm)
    # It has to be the key of this certificate, or we would sign what nobody can verify.
    if not registry.holds(registry.of_certificate(certificate), key.sign(_PROBE), _PROBE):
        raise KeyUnusable("The private key in the token does not belong to the certificate.", where=home)
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Signer(key_id(certificate), algorithm, certificate, der, key)
