"""A node at work: its settings and the few things every step needs, wired once by the program's edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.algorithms import registry
from gateway.errors import AlgorithmUnavailable
from gateway.message.signature import TrustedKey
from gateway.message.wssecurity.hints import Hint, fits
from gateway.settings import Settings
from gateway.store.database import Database
from gateway.trust.keyring import Keyring, KnownKey
from gateway.watchlist.live import Watchlist


@dataclass(frozen=True, slots=True)
class Node:
    """One installation, as the steps of an exchange see it."""

    settings: Settings
    database: Database
    keyring: Keyring
    watchlist: Watchlist
    search_secret: bytes
    """Key of the hashes by which persons are found; never leaves the node."""
    clock: Callable[[], datetime]

    def trusted(self, kid: str) -> TrustedKey:
        """The approved key of a key id (UnknownPartner, SignatureInvalid for an algorithm that is not agreed)."""
        key = self.keyring.trusted(kid, self.clock())
        return _trusted(key)

    def named(self, hint: Hint) -> TrustedKey:
        """The approved key that a WS-Security header names, in whichever way it does (UnknownPartner)."""
        if hint.kind == "certificate":
            return self.trusted(hint.value.hex())
        # Once it is found, it is held to everything that a key is held to which signs messages.
        return self.trusted(self.keyring.find(lambda certificate: fits(hint, certificate), self.clock()).kid)


def _trusted(key: KnownKey) -> TrustedKey:
    try:
        return TrustedKey(key.kid, key.party, registry.of_certificate(key.certificate), key.begins, key.not_after)
    except AlgorithmUnavailable as refusal:
        # What is installed on this machine is for our own log, not for who sends us messages.
        raise AlgorithmUnavailable(reason=refusal.reason) from refusal
