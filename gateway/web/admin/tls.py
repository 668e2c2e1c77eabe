"""The node's TLS key and certificate; the key never leaves the node's directory."""

from __future__ import annotations

from typing import Annotated, Any

from cryptography.x509 import Certificate
from fastapi import APIRouter, Depends
from pydantic import Field

from gateway.exchange import administration
from gateway.trust import certificates, tls_renewal
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Form, Now, asks, form

router = APIRouter()


class Hosts(Form):
    """Where partners call this node."""

    hosts: list[Annotated[str, Field(min_length=1, max_length=253)]] = Field(min_length=1, max_length=20)
    next: bool = Field(default=False, description="To stand by beside the one in use, until it is activated.")


@router.post("/tls/generate", summary="Make a TLS key and certificate", status_code=201, openapi_extra=asks(Hosts))
def post_generate(
    node: CurrentNode, who: Administrator, asked: Annotated[Hosts, Depends(form(Hosts))]
) -> dict[str, Any]:
    """Refused where there is one; with `next` a second one stands by. Partners pin the certificate that is answered."""
    now = node.clock()
    with node.database.begin() as session:
        made = administration.make_tls(session, node.settings, asked.hosts, following=asked.next, actor=who.id, now=now)
    return _shown(made)


@router.post("/tls/activate", summary="Show the TLS certificate that stands by", openapi_extra=asks(Now))
def post_activate(node: CurrentNode, who: Administrator, _asked: Annotated[Now, Depends(form(Now))]) -> dict[str, Any]:
    """Once partners have pinned it: this node shows it within seconds, a proxy once it is told to reload."""
    with node.database.begin() as session:
        return _shown(administration.activate_tls(session, node.settings, actor=who.id, now=node.clock()))


@router.get("/tls/certificate", summary="Our TLS certificate, for partners")
def get_certificate(node: CurrentNode, _who: Administrator) -> dict[str, Any]:
    """PEM, and the fingerprint that is read over the telephone; `next` is the one that stands by, to be pinned too."""
    present, *following = tls_renewal.offered(node.settings)
    return _shown(present) | {"next": _shown(following[0]) if following else None}


def _shown(holder: Certificate) -> dict[str, Any]:
    return {
        "certificate": certificates.pem(holder),
        "fingerprint": certificates.fingerprint(holder),
        "not_after": holder.not_valid_after_utc,
    }
