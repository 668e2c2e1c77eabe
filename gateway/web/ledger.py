"""The tamper-evident log, for those who want proof: partners with a token."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.errors import InvalidRequest, LogInconsistent, NotFound, SignatureInvalid
from gateway.exchange import refusals
from gateway.ledger import checkpoint, log, rows, sealed, witness
from gateway.ledger.checkpoint import Checkpoint
from gateway.store import tables
from gateway.trust import alarms, certificates
from gateway.trust.alarms import Code
from gateway.web.access import CurrentClient, CurrentNode, QueryBody

router = APIRouter(tags=["log"])


@router.get("/v1/log/checkpoint", summary="A signed checkpoint of the log as it stands")
def get_checkpoint(node: CurrentNode, _client: CurrentClient) -> dict[str, Any]:
    """Size and root of the exchange tree, signed now; what was refused before is in it."""
    refusals.seal(node.database)
    rows.anchor(node.database, node.settings.node)
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
        leaves = log.about_message(session, message_id)
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


@router.get("/v1/log/witnesses", summary="Who has countersigned checkpoints, of this node or of a partner")
def get_witnesses(
    node: CurrentNode, _client: CurrentClient, party: Annotated[list[str] | None, Query(max_length=100)] = None
) -> dict[str, Any]:
    """The newest countersignature of each witness of this node's log, or this node's own of the parties named."""
    own, statements = node.settings.node, []
    with node.database.read() as session:
        for name in dict.fromkeys(party or [own]):
            if name == own:
                statements += witness.newest(session, own)
            elif name.isprintable():
                statements += witness.newest(session, name, by=own)
    return {"witnesses": [statement.document for statement in statements]}


@router.post("/v1/log/witness", summary="Countersign a checkpoint of this node")
def post_witness(node: CurrentNode, client: CurrentClient, values: QueryBody) -> dict[str, Any]:
    """Keep a partner's countersignature; one of a tree that we do not have is an alarm here."""
    with audit.keeping_traces(node.database) as session:
        # 1. The partner's own word, about a checkpoint that this node has signed.
        known = dict(node.keyring.verifiers(client.id, node.clock(), session))
        certificate = known.get(str(values.get("kid")))
        if certificate is None:
            raise SignatureInvalid(reason=f"{client.id} countersigns with a key that is not known")
        statement = witness.verify(values, certificate)
        point = statement.checkpoint
        if statement.by != client.id or point.party != node.settings.node or point.log != "exchange":
            raise InvalidRequest("Countersign a checkpoint of this node, in your own name.", where="by, checkpoint")
        _check_own(session, point)
        # 2. It is the tree that we have, or somebody else speaks with our key, or our past was changed.
        if point.size > log.size(session, "exchange") or log.root(session, "exchange", point.size) != point.root:
            evidence = {"reason": "a partner holds another checkpoint of this log", "shown": statement.document}
            alarms.raise_alarm(session, Code.LOG_BROKEN, node.settings.node, node.clock(), evidence)
            raise LogInconsistent(reason=f"{client.id} holds a checkpoint of ours that is not of this tree")
        # 3. Kept, to be shown to whoever asks.
        witness.keep(session, statement)
    return {"party": point.party, "size": point.size}


def _check_own(session: Session, point: Checkpoint) -> None:
    """One of our own keys has signed it, whatever became of the key since (SignatureInvalid)."""
    own = session.scalar(
        select(tables.Key.certificate).where(tables.Key.own, tables.Key.kid == str(point.document["kid"]))
    )
    if own is None:
        raise SignatureInvalid(reason="a checkpoint that no key of ours has signed")
    sealed.check(point.document, certificates.load(own))


def _encoded(proof: list[bytes]) -> list[str]:
    return [base64.b64encode(step).decode() for step in proof]
