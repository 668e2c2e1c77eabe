"""How this node calls partners over HTTP: within a time, without detours, under TLS where the address says so."""

from __future__ import annotations

import httpx

from gateway.exchange.node import Node
from gateway.store import tables
from gateway.trust import tls


def caller(node: Node, partner: tables.Partner, *, patience: float | None = None) -> httpx.Client:
    """A client for one partner; use it as a context manager. `patience` in seconds, else the settings' own.

    Proxies and redirects of the environment must not carry a message elsewhere. To an https address we show our
    TLS certificate, and only the partner's pinned one is believed, where there is one.
    """
    secure = partner.endpoint.lower().startswith("https:")
    return httpx.Client(
        timeout=patience or node.settings.delivery_timeout,
        trust_env=False,
        follow_redirects=False,
        verify=tls.client_context(node.settings, partner.tls_certificate) if secure else False,
    )
