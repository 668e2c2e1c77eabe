"""What there is to know of keys before one acts: the registry of algorithms, our certificate, who has fetched it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from gateway.algorithms import registry
from gateway.trust import certificates, directory
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator

router = APIRouter()


@router.get("/keys/algorithms", summary="The registry of signature algorithms")
def get_algorithms(node: CurrentNode, _who: Administrator) -> list[dict[str, Any]]:
    """Status, days with their sources, provider, and whether it works on this machine."""
    return registry.listed(node.clock().date())


@router.get("/keys/certificate", summary="The certificate of the active key, for partners")
def get_certificate(node: CurrentNode, _who: Administrator) -> dict[str, Any]:
    """PEM, and the fingerprint that is read over the telephone."""
    with node.database.read() as session:
        signer = node.keyring.signer(session)
    holder = signer.certificate
    return {"kid": signer.kid, "certificate": certificates.pem(holder), "fingerprint": certificates.fingerprint(holder)}


@router.get("/keys/directory", summary="The signed directory of our keys")
def get_directory(node: CurrentNode, _who: Administrator) -> dict[str, Any]:
    """As partners get it from /v1/keys."""
    with node.database.read() as session:
        signer = node.keyring.signer(session)
        return directory.directory(session, party=node.settings.node, signer=signer, now=node.clock())


@router.get("/keys/fetched", summary="Which partner knows which of our keys")
def get_fetched(node: CurrentNode, _who: Administrator) -> dict[str, Any]:
    """The version of the directory that each partner is proved to have, and the published keys that wait."""
    with node.database.read() as session:
        return directory.known(session)
