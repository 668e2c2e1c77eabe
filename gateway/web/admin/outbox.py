"""Messages that wait for partners, and those that were given up on. What is in them is not for these eyes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, model_validator

from gateway.exchange import send
from gateway.settings import PartnerId
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Form, asks, form

router = APIRouter()


class Again(Form):
    """Dead letters to be sent again: all of one partner, or one message."""

    partner: PartnerId | Literal[""] = ""
    message: str = Field(default="", max_length=36, pattern="^[!-~]*$")

    @model_validator(mode="after")
    def _said(self) -> Again:
        if not self.partner and not self.message:
            raise ValueError("say which: partner or message")
        return self


@router.get("/outbox", summary="What waits, and what was given up on")
def get_outbox(
    node: CurrentNode,
    _who: Administrator,
    which: Annotated[Literal["all", "dead"], Query(description="`dead`: what was given up on, alone.")] = "all",
) -> list[dict[str, Any]]:
    """The first five hundred, with the code of the last failure."""
    with node.database.read() as session:
        return send.unsettled(session, dead=which == "dead")


@router.post("/outbox/resend", summary="Send dead letters again", openapi_extra=asks(Again))
def post_resend(
    request: Request, node: CurrentNode, who: Administrator, asked: Annotated[Again, Depends(form(Again))]
) -> dict[str, Any]:
    """They wait in the queue again; the job of kind `deliver` takes them in its turn."""
    with node.database.begin() as session:
        # Delivering is not the web's affair: the application was given the function.
        revived = request.app.state.revive(
            session, actor=who.id, partner=asked.partner, message_id=asked.message, now=node.clock()
        )
    return {"revived": revived}
