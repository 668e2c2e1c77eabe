"""Timestamps by other authorities: how they stand, and the tokens. What was stamped is not for these eyes."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from gateway.exchange import stamped
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Now, asks, form, note

router = APIRouter()


@router.get("/stamps", summary="How the timestamp authorities stand")
def get_status(node: CurrentNode, _who: Administrator) -> list[dict[str, Any]]:
    """What each has stamped, what waits for it, and what is wrong with it."""
    with node.database.read() as session:
        return stamped.status(session, node.settings)


@router.post("/stamps/run", summary="Ask every authority for what waits, now", openapi_extra=asks(Now))
def post_run(
    request: Request, node: CurrentNode, who: Administrator, _asked: Annotated[Now, Depends(form(Now))]
) -> dict[str, Any]:
    """New rows, timestamps that came, and failures."""
    with node.database.begin() as session:
        note(session, node, who, "stamps run")
    # Calling authorities is not the web's affair: the application was given the function.
    done = request.app.state.stamp(node)
    return {"entered": done.entered, "stamped": done.stamped, "failed": done.failed}


@router.get("/stamps/{message}", summary="The timestamps of a message, checked anew")
def get_stamps(node: CurrentNode, _who: Administrator, message: str) -> list[dict[str, Any]]:
    """Whether each holds, the digest it stands over, and the token (DER, Base64), for `openssl ts -verify`.

    The message itself stays here: it holds records, which no administrator reads (`gateway stamps export`).
    """
    with node.database.read() as session:
        rows = stamped.of_message(session, message)
    return [
        stamped.checked(node.settings, row)
        | {"digest": row.digest, "token": base64.b64encode(row.token).decode() if row.token else None}
        for row in rows
    ]
