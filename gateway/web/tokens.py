"""Tokens for machines (OAuth 2.0 client credentials, RFC 7523) and the directory of our keys."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse

from gateway import audit
from gateway.errors import InvalidRequest
from gateway.exchange.connection import check_bound
from gateway.trust import directory, fetched, tokens
from gateway.web.access import CurrentConnection, CurrentNode, Visitor

router = APIRouter(tags=["access"])

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@router.post("/v1/token", summary="Get an access token")
def post_token(
    node: CurrentNode,
    connection: CurrentConnection,
    grant_type: Annotated[str, Form()],
    client_assertion: Annotated[str, Form(max_length=tokens.TOKEN_BYTES)],
    client_assertion_type: Annotated[str, Form()],
) -> JSONResponse:
    """Five minutes of access for a client that signs a JWT with the key it is registered with."""
    if grant_type != "client_credentials":
        raise InvalidRequest("Only client_credentials is offered.", where="grant_type")
    if client_assertion_type != _ASSERTION:
        raise InvalidRequest(f"Only {_ASSERTION} is offered.", where="client_assertion_type")
    now = node.clock()
    with audit.keeping_traces(node.database) as session:
        granted = tokens.exchange(
            session,
            client_assertion,
            audience=f"{node.settings.url}/v1/token",
            issuer=node.settings.node,
            signer=node.keyring.signer(session),
            certificates_of=lambda party: node.keyring.verifiers(party, now, session, again=True),
            now=now,
            check=lambda client: check_bound(session, node, client, connection),
        )
    return JSONResponse(
        {"access_token": granted.token, "token_type": "Bearer", "expires_in": granted.expires_in},
        headers={"Cache-Control": "no-store"},
    )


@router.get("/v1/keys", summary="The signed directory of this node's keys")
def get_keys(node: CurrentNode, visitor: Visitor) -> dict[str, Any]:
    """Certificates and their states, signed, with a serial that only grows.

    Anybody may ask. Of a partner that shows an access token we keep which version it has, so that a new key
    signs only once every partner knows it.
    """
    now = node.clock()
    with node.database.read() as session:
        document = directory.directory(session, party=node.settings.node, signer=node.keyring.signer(session), now=now)
        news = visitor is not None and not fetched.known(session, visitor.id, document["serial"])
    if visitor is not None and news:
        with node.database.begin() as session:
            fetched.record(session, visitor.id, document["serial"], now)
    return document
