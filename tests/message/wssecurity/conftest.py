"""Signed envelopes, and a verifier that knows one partner by its certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest
from lxml import etree

from gateway.errors import UnknownPartner
from gateway.message.envelope import Kind
from gateway.message.parse import NS
from gateway.message.signature import TrustedKey
from gateway.message.wssecurity.addressing import ANONYMOUS, Addressing, write_addressing
from gateway.message.wssecurity.hints import Hint, fits
from gateway.message.wssecurity.names import SOAP11, WSA, WSU
from gateway.message.wssecurity.sign import sign
from gateway.message.wssecurity.verify import VerifiedEnvelope, read_envelope, verify

NOW = datetime.fromisoformat("2026-03-02T09:00:00Z")


@pytest.fixture(scope="session")
def secured(keys: dict[str, Any], signed: Callable[..., bytes]) -> Callable[..., bytes]:
    """secured(algorithm, version=…, kind=…): an envelope signed by the partner."""

    @lru_cache(maxsize=64)
    def make(
        algorithm: str = "p256", version: str = SOAP11, kind: Kind = Kind.PING, confirm: bytes | None = None
    ) -> bytes:
        text = (
            f'<s:Envelope xmlns:s="{version}" xmlns:wsa="{WSA}" xmlns:wsu="{WSU}"><s:Header/><s:Body>'
            f'<x:SubmitMessage xmlns:x="{NS}:soap">{signed(algorithm, kind=kind).decode()}</x:SubmitMessage>'
            "</s:Body></s:Envelope>"
        )
        envelope = etree.fromstring(text)
        write_addressing(envelope, Addressing(message_id="urn:uuid:1", to=ANONYMOUS, action=f"{NS}:SubmitMessage"))
        return sign(envelope, keys[algorithm], NOW, confirm=confirm).content

    return make


@pytest.fixture(scope="session")
def verified(keys: dict[str, Any]) -> Callable[..., VerifiedEnvelope]:
    """verified(raw, algorithm): as a node does that has approved the one key of this algorithm."""

    def check(raw: bytes, algorithm: str = "p256", now: datetime = NOW, limit: int = 1_000_000) -> VerifiedEnvelope:
        key = keys[algorithm]

        def find(hint: Hint) -> TrustedKey:
            known = hint.value == b"subject key" if hint.kind == "subject-key" else fits(hint, key.certificate)
            if not known:
                raise UnknownPartner(reason="no such key")
            return TrustedKey(key.kid, "BLR/GATE", key.private.public_key())

        return verify(read_envelope(raw, limit=1_000_000), find, now=now, skew=timedelta(seconds=60), limit=limit)

    return check
