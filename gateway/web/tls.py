"""Which certificate a caller shows in TLS: read from the connection itself, or told by the proxy before us."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import Request
from sqlalchemy import select
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.errors import KeyUnusable, Refusal
from gateway.exchange.node import Node
from gateway.store import tables
from gateway.trust import tls
from gateway.trust.certificates import UNFIT

PROXY_HEADER = "x-ssl-client-cert"
"""Where the proxy puts the certificate its client showed: PEM, percent-encoded (nginx: $ssl_client_escaped_cert)."""
_log = logging.getLogger(__name__)
_LOOK_AGAIN = 5.0
"""Seconds until a newly pinned partner is let in."""


class IdentifyingProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which also tells the application what its client showed in TLS (ASGI extension `tls`)."""

    _shown: bytes | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the parent
        """Remember the certificate of the handshake that has just ended."""
        super().connection_made(transport)
        connection = transport.get_extra_info("ssl_object")
        self._shown = connection.getpeercert(True) if connection is not None else None

    def on_message_begin(self) -> None:
        """Hand it to each request of the connection."""
        super().on_message_begin()
        self.scope["extensions"] = {"tls": {"client_cert": self._shown}}


def certificate_of(request: Request, node: Node) -> bytes | None:
    """The certificate (DER) the caller has proved to hold; None without one, or without TLS."""
    settings = node.settings.tls
    if settings is None:
        return None
    if settings.ends_at == "node":
        shown: bytes | None = request.scope.get("extensions", {}).get("tls", {}).get("client_cert")
        return shown
    told = request.headers.getlist(PROXY_HEADER)
    # A proxy that adds its header to the client's own would let the client choose: of two, none is believed.
    if len(told) != 1 or request.client is None or not _same_address(request.client.host, settings.proxies):
        return None
    try:
        (certificate,) = x509.load_pem_x509_certificates(unquote(told[0]).encode())
        # The node's own TLS takes no certificate after its day; a proxy that only hands on does not look.
        over = node.clock() >= certificate.not_valid_after_utc
    except UNFIT:
        return None
    return None if over else certificate.public_bytes(Encoding.DER)


def _same_address(host: str, proxies: Iterable[str]) -> bool:
    """Whether a peer is one of these, also where a socket for both families shows 127.0.0.1 as ::ffff:127.0.0.1."""
    return _plain(host) in {_plain(proxy) for proxy in proxies}


def _plain(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(getattr(address, "ipv4_mapped", None) or address)


class Door:
    """The context of the listening socket, kept open for exactly the partners that are entered.

    Whoever is pinned anew is let in within seconds. Who is no longer pinned may still shake hands until the
    next start, and is then refused by the binding of each message and token.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._admitted: set[str] = set()
        self._ended = threading.Event()
        self._version = tls.version(node.settings)
        self.context: ssl.SSLContext = tls.server_context(node.settings)
        self.look()

    def look(self) -> None:
        """Admit every active partner that was not admitted before, and show our own newest certificate."""
        version = tls.version(self._node.settings)
        if version != self._version:
            tls.renew(self.context, self._node.settings)
            self._version = version
        query = select(tables.Partner.tls_certificate).where(
            tables.Partner.status == "active", tables.Partner.tls_certificate != ""
        )
        with self._node.database.read() as session:
            for pins in set(session.scalars(query)) - self._admitted:
                # Damaged pins let nobody in, and keep nobody else out; an alarm names the partner.
                with suppress(KeyUnusable):
                    tls.admit(self.context, pins)
                    self._admitted.add(pins)

    def keep_looking(self) -> None:
        """Look again every few seconds, until `close`."""
        threading.Thread(target=self._watch, name="tls-door", daemon=True).start()

    def close(self) -> None:
        """Stop looking."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_AGAIN):
            try:
                self.look()
            except Refusal:
                continue  # the database does not answer now, or half a pair is in place; all stays as it was
            except Exception:  # noqa: BLE001 - see below.
                # A bug, or an error that is not known here. Whoever stopped looking would let in nobody new, and show
                # an old certificate past its end.
                _log.exception("the door could not be looked after")
