"""CAs of a party, and what else of a partner's trust takes two people: WS-Security, a log that begins anew."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from gateway.exchange import administration
from gateway.settings import PartnerId
from gateway.trust import anchors, standing
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Reasoned, asks, form, propose

router = APIRouter()


class NewAnchor(Reasoned):
    """A CA that may issue certificates of one party, and of nobody else."""

    party: PartnerId
    certificate: str = Field(description="PEM of the CA's certificate.")


class OldAnchor(Reasoned):
    """An anchor to be removed."""

    party: PartnerId
    fingerprint: str = Field(min_length=8, max_length=95, description="SHA-256 of the certificate, or its beginning.")


class SoapSecurity(Reasoned):
    """Whether a partner's SOAP envelopes carry WS-Security."""

    partner: PartnerId
    on: bool


class Restarted(Reasoned):
    """A partner whose log begins anew, its fork explained."""

    partner: PartnerId


@router.get("/anchors", summary="The CAs of every party")
def get_anchors(node: CurrentNode, _who: Administrator) -> list[dict[str, Any]]:
    """Where chains may end, for whom, and until when."""
    with node.database.read() as session:
        return [anchors.shown(row) for row in anchors.listed(session)]


@router.get("/anchors/revocation", summary="What CAs last said of revoked certificates")
def get_sources(node: CurrentNode, _who: Administrator) -> list[dict[str, Any]]:
    """Every CRL and OCSP answer in use, how old it is, and what is wrong with it."""
    with node.database.read() as session:
        return standing.sources(session)


@router.post("/anchors", summary="Propose a CA for one party", status_code=202, openapi_extra=asks(NewAnchor))
def post_anchor(
    node: CurrentNode, who: Administrator, asked: Annotated[NewAnchor, Depends(form(NewAnchor))]
) -> dict[str, Any]:
    """Chains may end there once others have compared its fingerprint and approved."""
    return propose(node, who, asked, administration.propose_anchor, asked.party, asked.certificate.encode())


@router.post("/anchors/remove", summary="Ask for a CA to be removed", status_code=202, openapi_extra=asks(OldAnchor))
def post_removal(
    node: CurrentNode, who: Administrator, asked: Annotated[OldAnchor, Depends(form(OldAnchor))]
) -> dict[str, Any]:
    """What hangs on it is refused once others have approved."""
    return propose(node, who, asked, administration.propose_anchor_removal, asked.party, asked.fingerprint)


@router.post(
    "/partners/soap-security",
    summary="Ask for WS-Security on a partner's envelopes",
    status_code=202,
    openapi_extra=asks(SoapSecurity),
)
def post_soap_security(
    node: CurrentNode, who: Administrator, asked: Annotated[SoapSecurity, Depends(form(SoapSecurity))]
) -> dict[str, Any]:
    """It holds once others have approved."""
    return propose(node, who, asked, administration.propose_soap_security, asked.partner, on=asked.on)


@router.post(
    "/log/restart", summary="Ask for a partner's log to begin anew", status_code=202, openapi_extra=asks(Restarted)
)
def post_restart(
    node: CurrentNode, who: Administrator, asked: Annotated[Restarted, Depends(form(Restarted))]
) -> dict[str, Any]:
    """What was seen of it is forgotten once others have approved."""
    return propose(node, who, asked, administration.propose_log_restart, asked.partner)
