"""Who is asking: the node behind the request, the client behind the token, and bodies of bounded size."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from gateway.errors import InvalidRequest, NotAuthenticated, NotPermitted, TooLarge
from gateway.exchange.connection import Connection, check_bound
from gateway.exchange.node import Node
from gateway.trust import tokens
from gateway.trust.tokens import Client
from gateway.web.tls import certificate_of

MODEL_BYTES: Final = 512 * 1024
"""Of a request with a model: fifteen hundred words a field come to some 190 KB."""


def node_of(request: Request) -> Node:
    """The node this application was made for."""
    node: Node = request.app.state.node
    return node


CurrentNode = Annotated[Node, Depends(node_of)]


def connection_of(request: Request, node: CurrentNode) -> Connection:
    """How the request came in."""
    return Connection(certificate_of(request, node))


CurrentConnection = Annotated[Connection, Depends(connection_of)]


_TOKEN: Final = HTTPBearer(
    scheme_name="token",
    description="An access token of POST /v1/token, given against a JWT that the client's own key has signed.",
    auto_error=False,
)
"""Only tells OpenAPI what opens the door; what is in the token is judged below."""


def client_of(
    request: Request,
    node: CurrentNode,
    connection: CurrentConnection,
    _documented: Annotated[object, Security(_TOKEN)] = None,
) -> Client:
    """The partner or agency behind a bearer token (NotAuthenticated)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated
    now = node.clock()
    with node.database.read() as session:
        client = tokens.authenticate(
            session,
            token.strip(),
            issuer=node.settings.node,
            certificates_of=lambda party: node.keyring.verifiers(party, now, session),
            now=now,
        )
        # A token is worth nothing to whoever finds it: it opens the door to its own client only.
        check_bound(session, node, client.id, connection)
    return client


Proved = Annotated[Client, Depends(client_of)]


def exchanging(client: Proved, node: CurrentNode) -> Client:
    """A client that takes part in the exchange (NotPermitted for administrators: who keeps keys reads no records)."""
    if client.id in node.settings.administrators:
        raise NotPermitted(reason=f"{client.id} administers this node, and takes no part in its exchange")
    return client


CurrentClient = Annotated[Client, Depends(exchanging)]


def visitor_of(request: Request, node: CurrentNode, connection: CurrentConnection) -> Client | None:
    """The client behind a bearer token where there is one (NotAuthenticated); None for a stranger."""
    return client_of(request, node, connection) if "authorization" in request.headers else None


Visitor = Annotated[Client | None, Depends(visitor_of)]


def own_agency(client: CurrentClient, node: CurrentNode) -> Client:
    """A client that is an agency of this node's own state (NotPermitted for all others)."""
    if client.state != node.settings.state:
        raise NotPermitted(reason=f"{client.id} is not an agency of {node.settings.state}")
    return client


OwnAgency = Annotated[Client, Depends(own_agency)]


async def message_body(request: Request, node: CurrentNode) -> bytes:
    """The body of a message, refused as soon as it is larger than a message may be."""
    return await _body(request, node.settings.limits.message_bytes)


async def query_body(request: Request, node: CurrentNode) -> dict[str, Any]:
    """A small JSON object (InvalidRequest, TooLarge)."""
    return _object(await _body(request, node.settings.limits.query_bytes))


async def model_body(request: Request) -> dict[str, Any]:
    """A JSON object with a model of matching in it, which is larger than a query by the words of a population."""
    return _object(await _body(request, MODEL_BYTES))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        values = json.loads(raw)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidRequest("The body is not JSON.", reason=type(error).__name__) from error
    if not isinstance(values, dict):
        raise InvalidRequest("The body has to be a JSON object.")
    return values


async def upload_body(request: Request, node: CurrentNode) -> bytes:
    """The body of a national file, refused as soon as it is larger than a file may be."""
    return await _body(request, node.settings.limits.upload_bytes)


async def _body(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise TooLarge(f"At most {limit} bytes are read.")
    # The only asynchronous place: a plain function cannot read a request piece by piece.
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge(f"At most {limit} bytes are read.")
        parts.append(part)
    body = b"".join(parts)
    if not body:
        raise InvalidRequest("The request has no body.")
    return body


MessageBody = Annotated[bytes, Depends(message_body)]
QueryBody = Annotated[dict[str, Any], Depends(query_body)]
UploadBody = Annotated[bytes, Depends(upload_body)]
