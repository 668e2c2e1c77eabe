"""Messages over REST: signed XML in, signed XML out; and changes for those who pull with a token."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from gateway import audit
from gateway.audit import Action
from gateway.exchange.answer import changes_for
from gateway.exchange.receive import receive
from gateway.ledger import log
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.profile import sha256_base64
from gateway.message.signature import sign
from gateway.partners import directory
from gateway.web.access import CurrentClient, CurrentConnection, CurrentNode, MessageBody
from gateway.web.faults import status_of
from gateway.web.leaving import afterwards, wait_for_bucket

XML = "application/xml"
router = APIRouter(tags=["messages"])

_SIGNED: dict[int | str, dict[str, Any]] = {
    200: {"content": {XML: {}}, "description": "The signed answer."},
    "4XX": {
        "content": {XML: {}, "application/problem+json": {}},
        "description": "A signed refusal; a problem document where the sender is not proved.",
    },
}


@router.post(
    "/v1/messages",
    summary="Send a signed message",
    responses=_SIGNED,
    openapi_extra={"requestBody": {"required": True, "content": {XML: {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def post_message(node: CurrentNode, connection: CurrentConnection, raw: MessageBody) -> Response:
    """Signed XML in, signed receipt or answer out; the same message again gets the same answer."""
    began = time.monotonic()
    answer = receive(node, raw, channel="rest", connection=connection)
    wait_for_bucket(node, answer.content, began)
    return Response(answer.content, status_of(answer.code), media_type=XML, background=afterwards(node, raw, answer))


@router.get("/v1/changes", summary="Pull changes", responses=_SIGNED, response_class=Response)
def get_changes(
    node: CurrentNode,
    client: CurrentClient,
    after: Annotated[int, Query(ge=0, le=2**62, description="Last position you have; 0 to begin.")] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Response:
    """A signed ChangeBatch with what was disclosed to you after a position of your own sequence."""
    began = time.monotonic()
    now = node.clock()
    with node.database.begin() as session:
        partner = directory.get(session, client.id)
        body, count = changes_for(session, node, partner, after=after, limit=limit, now=now)
        message_id = str(uuid.uuid4())
        header = Header(
            message_id=message_id,
            conversation_id=message_id,
            kind=Kind.CHANGE_BATCH,
            sender=Party.of(node.settings.node),
            receiver=Party.of(client.id),
            created=now,
            expires=now + timedelta(seconds=node.settings.message_lifetime),
            purpose="STAY_CONTROL",
            agreement="feed",
        )
        unsigned = write_message(header, body)
        content = sign(unsigned, node.keyring.signer(session), now)
        leaf = log.message_entry(message_id, sha256_base64(unsigned), "ANSWER", direction="out")
        log.append(session, "exchange", leaf.subject, leaf.content)
        audit.write(
            session,
            Action.CHANGES_READ,
            actor=client.id,
            subject=f"after {after}",
            outcome=f"{count} disclosed",
            at=now,
        )
    wait_for_bucket(node, content, began)
    return Response(content, media_type=XML)
