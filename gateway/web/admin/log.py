"""The tamper-evident log for administrators: how it stands, signed, proved, checked and taken away to be checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse
from pydantic import Field

from gateway import audit
from gateway.audit import Action
from gateway.exchange import logbook
from gateway.partners import directory
from gateway.settings import PartnerId
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Form, Now, asks, form, note
from gateway.web.admin.files import handed_over

router = APIRouter()


class Visited(Form):
    """Whose log to visit."""

    partner: PartnerId | None = Field(default=None, description="One partner; every one without it.")


@router.get("/log", summary="How the logs stand")
def get_status(node: CurrentNode, _who: Administrator) -> dict[str, Any]:
    """Our log and who has countersigned it; the partners' logs as seen here, and which have forked."""
    with node.database.read() as session:
        return logbook.status(session, node.settings.node)


@router.post("/log/checkpoint", summary="Sign the log as it stands", openapi_extra=asks(Now))
def post_checkpoint(
    node: CurrentNode, who: Administrator, _asked: Annotated[Now, Depends(form(Now))]
) -> dict[str, Any]:
    """The checkpoint; it covers the trace of this act."""
    with node.database.begin() as session:
        note(session, node, who, "log checkpoint")
    return logbook.signed(node)


@router.post("/log/witness", summary="Visit the partners' logs now", openapi_extra=asks(Visited))
def post_witness(
    request: Request, node: CurrentNode, who: Administrator, asked: Annotated[Visited, Depends(form(Visited))]
) -> dict[str, Any]:
    """Each checkpoint has to continue the last, and is countersigned."""
    with node.database.begin() as session:
        if asked.partner:
            directory.get(session, asked.partner)
        note(session, node, who, f"log witness {asked.partner or ''}".rstrip())
    # Calling partners is not the web's affair: the application was given the function.
    return {"outcome": request.app.state.witness(node, asked.partner or "")}


@router.get("/log/prove/{message}", summary="Prove that a message stands in the log")
def get_proof(node: CurrentNode, _who: Administrator, message: str) -> dict[str, Any]:
    """Its leaf, which names the digest and the verdict, and the way to the root."""
    with node.database.read() as session:
        return logbook.prove(session, message)


@router.post("/log/verify", summary="Check this node's own log", openapi_extra=asks(Now))
def post_verify(node: CurrentNode, who: Administrator, _asked: Annotated[Now, Depends(form(Now))]) -> dict[str, Any]:
    """All trees and every row that they speak of; each finding names its position, and a flaw becomes an alarm."""
    report = logbook.verify(node)
    with node.database.begin() as session:
        note(session, node, who, "log verify")
    return logbook.shown(report)


@router.get("/log/export", summary="The log with its checkpoints, to be checked elsewhere", response_class=FileResponse)
def get_export(
    node: CurrentNode,
    who: Administrator,
    tree: Annotated[Literal["exchange", "audit"], Query(description="Which of the two trees.")] = "exchange",
) -> FileResponse:
    """JSON lines: identifiers, digests and verdicts, nothing of what was exchanged. `gateway log verify` reads them."""
    with node.database.begin() as session:
        audit.write(session, Action.LOG_READ, actor=who.id, subject=tree, outcome=audit.DONE, at=node.clock())
    return handed_over(lambda file: logbook.write(node, file, tree), "application/jsonl", f"{tree}.jsonl")
