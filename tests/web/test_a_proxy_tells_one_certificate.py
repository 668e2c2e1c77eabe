"""The header in which a proxy tells its client's certificate: believed from the proxy, once, and while it is valid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import Request

from gateway.settings import Tls
from gateway.trust import keyfiles
from gateway.web.tls import certificate_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def certificate(party: str):
    key = ec.generate_private_key(ec.SECP256R1())
    return keyfiles.self_signed(key, party=party, now=NOW, until=NOW + timedelta(days=30))


OWN, OTHER = certificate("KAZ/GATE TLS"), certificate("UZB/GATE TLS")


def told(*certificates) -> str:
    return quote("".join(each.public_bytes(Encoding.PEM).decode() for each in certificates))


def seen(*headers: str, peer: str = "127.0.0.1", proxies=("127.0.0.1", "::1"), at: datetime = NOW) -> bytes | None:
    node = SimpleNamespace(settings=SimpleNamespace(tls=Tls(ends_at="proxy", proxies=proxies)), clock=lambda: at)
    values = [(b"x-ssl-client-cert", header.encode()) for header in headers]
    return certificate_of(Request({"type": "http", "headers": values, "client": (peer, 4711)}), node)


@pytest.mark.parametrize(
    ("peer", "proxies"),
    [
        ("127.0.0.1", ("127.0.0.1",)),
        ("::ffff:127.0.0.1", ("127.0.0.1",)),
        ("127.0.0.1", ("::ffff:127.0.0.1",)),
        ("::1", ("0:0:0:0:0:0:0:1",)),
    ],
)
def test_the_proxy_is_believed_however_its_address_is_written(peer, proxies) -> None:
    assert seen(told(OWN), peer=peer, proxies=proxies) == OWN.public_bytes(Encoding.DER)


@pytest.mark.parametrize("peer", ["127.0.0.2", "::ffff:127.0.0.2", "unix", "", "::127.0.0.1"])
def test_nobody_else_is(peer) -> None:
    assert seen(told(OWN), peer=peer) is None


@pytest.mark.parametrize(
    "headers", [(told(OWN), told(OTHER)), (told(OTHER), told(OWN)), (told(OWN), told(OWN)), ("", told(OWN))]
)
def test_of_two_headers_none_is_believed(headers) -> None:
    assert seen(*headers) is None


@pytest.mark.parametrize("header", ["", "%", "nonsense", told(OWN, OTHER), told(OWN)[:-60]])
def test_what_is_not_one_certificate_is_none(header) -> None:
    assert seen(header) is None


def test_a_certificate_after_its_day_is_none() -> None:
    assert seen(told(OWN), at=NOW + timedelta(days=31)) is None


def test_a_certificate_that_cannot_be_read_is_none(odd_certificate: bytes) -> None:
    assert seen(quote(odd_certificate.decode())) is None
