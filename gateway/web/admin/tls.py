"""The node's TLS key and certificate; the key never leaves the node's directory."""

from __future__ import annotations

from typing import Annotated, Any

from cryptography import x509
from cryptography.x509 import Certificate
from fastapi import APIRouter, Depends
from pydantic import Field

from gateway.exchange import administration
from gateway.trust import certificates, tls
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Form, asks, form

router = APIRouter()


class Hosts(Form):
    """Where partners call this node."""

    hosts: list[Annotated[str, Field(min_length=1, max_length=253)]] = Field(min_length=1, max_length=20)


@router.post("/tls/generate", summary="Make a TLS key and certificate", status_code=201, openapi_extra=asks(Hosts))
def post_generate(
    node: CurrentNode, who: Administrator, asked: Annotated[Hosts, Depends(form(Hosts))]
) -> dict[str, Any]:
    """Refused where there is one. Partners pin the certificate that is answered."""
    with node.database.begin() as session:
        made = administration.make_tls(session, node.settings, asked.hosts, actor=who.id, now=node.clock())
    return _shown(made)


@router.get("/tls/certificate", summary="Our TLS certificate, for partners")
def get_certificate(node: CurrentNode, _who: Administrator) -> dict[str, Any]:
    """PEM, and the fingerprint that is read over the telephone."""
    return _shown(x509.load_pem_x509_certificates(tls.own_certificate(node.settings))[0])


def _shown(holder: Certificate) -> dict[str, Any]:
    return {
        "certificate": certificates.pem(holder),
        "fingerprint": certificates.fingerprint(holder),
        "not_after": holder.not_valid_after_utc,
    }
