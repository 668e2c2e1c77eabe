"""The data keys that stored values are sealed with, administered; the keys themselves never leave their file."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from gateway.exchange import sealing
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Form, Now, asks, form

router = APIRouter()


class Portion(Form):
    """How long to go on in one request."""

    seconds: float = Field(default=20, gt=0, le=60, description="Ask again while `left` is more than 0.")


class Dropped(Form):
    """An old data key."""

    id: str = Field(pattern="^[0-9a-f]{8}$")


@router.get("/vault", summary="The data keys, and how much is under each")
def get_status(node: CurrentNode, _who: Administrator) -> list[dict[str, Any]]:
    """`seals` is the newest; what is under one that `opens` waits to be resealed."""
    return sealing.status(node.database)


@router.post("/vault/rotate", summary="Add a data key, which seals from now on", status_code=201,
             openapi_extra=asks(Now))  # fmt: skip
def post_rotate(node: CurrentNode, who: Administrator, _asked: Annotated[Now, Depends(form(Now))]) -> dict[str, Any]:
    """Make a backup of `data.keys` on the machine afterwards: what is sealed now opens with the new file only."""
    return {"id": sealing.rotate(node.settings, node.database, actor=who.id, now=node.clock())}


@router.post("/vault/reseal", summary="Bring older values under the newest key", openapi_extra=asks(Portion))
def post_reseal(
    node: CurrentNode, who: Administrator, asked: Annotated[Portion, Depends(form(Portion))]
) -> dict[str, Any]:
    """A portion, while the node works on; what is done is done, so ask again until nothing is left."""
    end = time.monotonic() + asked.seconds
    return sealing.bring_forward(node.database, actor=who.id, now=node.clock(), stopping=lambda: time.monotonic() > end)


@router.post("/vault/drop", summary="Destroy a data key under which nothing is left", openapi_extra=asks(Dropped))
def post_drop(
    node: CurrentNode, who: Administrator, asked: Annotated[Dropped, Depends(form(Dropped))]
) -> dict[str, Any]:
    """An hour after the next one was made, or later; older backups then need an older `data.keys`."""
    sealing.drop(node.settings, node.database, asked.id, actor=who.id, now=node.clock())
    return {"dropped": asked.id}
