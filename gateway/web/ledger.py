"""The tamper-evident log, for those who want proof: partners with a token."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Query

from gateway.errors import InvalidRequest, NotFound
from gateway.ledger import checkpoint, log
from gateway.web.access import CurrentClient, CurrentNode

router = APIRouter(tags=["log"])


@router.get("/v1/log/checkpoint", summary="A signed checkpoint of the log as it stands")
def get_checkpoint(node: CurrentNode, _client: CurrentClient) -> dict[str, Any]:
    """Size and root of the exchange tree, signed now."""
    with node.database.begin() as session:
        point = checkpoint.issue(
            session, party=node.settings.node, log="exchange", signer=node.keyring.signer(session), now=node.clock()
        )
    return point.document


@router.get("/v1/log/proof/{message_id}", summary="Proof that a message stands in the log")
def get_proof(
    node: CurrentNode, _client: CurrentClient, message_id: str, size: Annotated[int, Query(ge=1)] = 0
) -> dict[str, Any]:
    """Leaf and inclusion proof against the tree of `size` leaves (the present one without it)."""
    with node.database.read() as session:
        leaves = log.find(session, "exchange", message_id)
        present = log.size(session, "exchange")
        size = size or present
        if size > present:
            raise InvalidRequest("The log has not that many leaves yet.", where="size")
        if not leaves or leaves[0].index >= size:
            raise NotFound("The log has no such message.", where=message_id)
        leaf = leaves[0]
        proof = log.inclusion(session, "exchange", leaf.index, size)
    return {"index": leaf.index, "size": size, "content": leaf.content, "proof": _encoded(proof)}


@router.get("/v1/log/consistency", summary="Proof that the log only grew")
def get_consistency(
    node: CurrentNode, _client: CurrentClient, old: Annotated[int, Query(ge=0)], new: Annotated[int, Query(ge=0)]
) -> dict[str, Any]:
    """Proof that the tree of `old` leaves is the beginning of the tree of `new` leaves."""
    with node.database.read() as session:
        if not old <= new <= log.size(session, "exchange"):
            raise InvalidRequest("Give old ≤ new ≤ the size of the log.", where="old,new")
        proof = log.consistency(session, "exchange", old, new)
    return {"old": old, "new": new, "proof": _encoded(proof)}


def _encoded(proof: list[bytes]) -> list[str]:
    return [base64.b64encode(step).decode() for step in proof]
