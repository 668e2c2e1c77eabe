"""Who administers: agencies of our own state that the settings name, each a client with a key of its own.

The actor of an act is the client, never a name in the request, so that four eyes are two keys
(docs/decisions/0024-administrators.md). Whatever is turned away is audited.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import NotPermitted, Refusal
from gateway.exchange.administration import Asked
from gateway.exchange.node import Node
from gateway.trust.tokens import Client
from gateway.web.access import CurrentNode, Proved, query_body
from gateway.web.faults import misfit

_Form = TypeVar("_Form", bound=BaseModel)


def administrator(request: Request, node: CurrentNode, client: Proved) -> Iterator[Client]:
    """A client that the settings name as administrator (NotPermitted); refusals of what it asks are audited."""
    try:
        if client.id not in node.settings.administrators or client.state != node.settings.state:
            raise NotPermitted(reason=f"{client.id} is no administrator of this node")
        yield client
    except (Refusal, RequestValidationError) as error:
        refusal = error if isinstance(error, Refusal) else misfit(error.errors())
        with node.database.begin() as session:
            audit.write(
                session,
                Action.ADMINISTRATION_DENIED,
                actor=client.id,
                subject=f"{request.method} {request.url.path}",
                outcome=refusal.code,
                at=node.clock(),
                detail={"reason": refusal.reason[:400]},
            )
        raise


Administrator = Annotated[Client, Depends(administrator)]


class Form(BaseModel):
    """A request in JSON; a field that is not known is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=64 * 1024)


class Now(Form):
    """An act that needs no more words."""


class Reasoned(Form):
    """An act of which the audit has to know why."""

    reason: str = Field(min_length=1, max_length=400, description="Why, for the audit, on one line.")

    @field_validator("reason")
    @classmethod
    def _said(cls, reason: str) -> str:
        if not reason.strip() or not reason.isprintable():
            raise ValueError("give a reason of 1 to 400 characters, on one line")
        return reason


def form(
    model: type[_Form], body: Callable[..., Awaitable[dict[str, Any]]] = query_body
) -> Callable[[dict[str, Any]], _Form]:
    """A dependency that reads the body (InvalidRequest names the field), bounded as a query is, or as `body` says."""

    def read(values: dict[str, Any] = Depends(body)) -> _Form:  # noqa: B008 - no annotation can name what is given here
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise misfit(error.errors()) from error

    return read


def asks(model: type[BaseModel]) -> dict[str, Any]:
    """What OpenAPI says of a body that is read by `form`."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}


def note(session: Session, node: Node, who: Client, act: str) -> None:
    """Audit an act that leaves no other trace of who wanted it."""
    audit.write(session, Action.ADMINISTRATION_DONE, actor=who.id, subject=act, outcome=audit.DONE, at=node.clock())


def propose(
    node: Node, who: Client, word: Reasoned, act: Callable[..., Asked], *what: Any, **more: Any
) -> dict[str, Any]:
    """Ask for an act of gateway.exchange.administration; the answer is for whoever has to compare and approve."""
    with node.database.begin() as session:
        asked = act(session, node.settings, *what, actor=who.id, reason=word.reason, now=node.clock(), **more)
    return {
        "approval": asked.approval,
        "subject": asked.subject,
        "needed": asked.needed,
        "fingerprint": asked.fingerprint,
    }
