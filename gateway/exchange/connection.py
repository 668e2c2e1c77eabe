"""The TLS identity of a caller is bound to who has signed: nobody hands in another's message or token.

A message is believed for its signature alone. The binding adds that a signed message which leaked cannot be
handed in by whoever found it, and that a stolen signing key is of no use without the stolen TLS key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.exchange.node import Node
from gateway.store import tables
from gateway.trust import tls


@dataclass(frozen=True, slots=True)
class Connection:
    """What is known of the way by which something came in."""

    certificate: bytes | None = None
    """The client's TLS certificate (DER) whose key it has proved to hold."""


UNSECURED: Final = Connection()
"""Nothing is known: a call from the machine itself, or a node without TLS."""


class TlsIdentity(Refusal):
    """What came in over a connection that is not its sender's."""

    code = "tls-identity"
    status = 403
    title_en = "The connection is not the sender's own: its TLS certificate is another, or none."
    title_ru = "Соединение не принадлежит отправителю: сертификат TLS другой или отсутствует."


def check_bound(session: Session, node: Node, party: str, connection: Connection) -> None:
    """Refuse (TlsIdentity) what `party` signed where the connection is not its own.

    A node without TLS in its settings has nothing to compare with.
    """
    settings = node.settings.tls
    if settings is None:
        return
    pins = session.scalar(select(tables.Partner.tls_certificate).where(tables.Partner.id == party)) or ""
    if not pins:
        if settings.unbound == "accepted":
            return
        raise TlsIdentity(reason=f"no TLS certificate is entered for {party}")
    if not tls.pinned(pins, connection.certificate):
        shown = "another certificate" if connection.certificate else "no certificate"
        raise TlsIdentity(reason=f"{party} signed, but the connection shows {shown}")
