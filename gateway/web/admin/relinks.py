"""The population linked again under another model, administered: begun, looked at, accepted by others, rejected."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select

from gateway import audit
from gateway.exchange import administration, relinking
from gateway.matching.model import Wishes
from gateway.matching.yardstick import described
from gateway.store.tables import LinkModel, Relink
from gateway.web.access import MODEL_BYTES, CurrentNode, model_body
from gateway.web.admin.access import Administrator, Form, Reasoned, asks, form

router = APIRouter()


class Wished(Form):
    """What the thresholds of a learned model follow from."""

    false_links: float = Field(ge=0.001, le=1_000, description="False links to expect among 10,000 newcomers.")
    review_share: float = Field(ge=0.0001, le=1, description="Share of newcomers sent to a human by chance.")


class NewRun(Reasoned):
    """A run under a model; without one, it is learned from the population."""

    model: str = Field(default="", max_length=MODEL_BYTES // 2, description="The model's JSON.")
    wishes: Wished | None = Field(default=None, description="For a model that is learned; else as before.")


class Word(Reasoned):
    """A word on the diff."""


class Yes(Word):
    """Agreement to the diff of a run."""

    run: int | None = Field(default=None, description="The run that was looked at; refused if another one waits.")


@router.get("/relinks", summary="The newest runs, and the models this node has learned")
def get_relinks(node: CurrentNode, _who: Administrator) -> dict[str, Any]:
    """A run that waits for others is `ready`."""
    with node.database.read() as session:
        runs = session.scalars(select(Relink).order_by(Relink.id.desc()).limit(100)).all()
        models = session.scalars(select(LinkModel).order_by(LinkModel.created, LinkModel.name)).all()
        return {"runs": list(map(relinking.shown, runs)), "models": list(map(described, models))}


@router.post("/relinks", summary="Begin a run", status_code=202, openapi_extra=asks(NewRun))
def post_relink(
    node: CurrentNode, who: Administrator, asked: Annotated[NewRun, Depends(form(NewRun, model_body))]
) -> dict[str, Any]:
    """A job of kind `relink`, or `gateway relink run`, carries it on."""
    wishes = Wishes(**asked.wishes.model_dump()) if asked.wishes else None
    with node.database.begin() as session:
        run = relinking.start(session, node, actor=who.id, reason=asked.reason, content=asked.model, wishes=wishes)
        return relinking.shown(run)


@router.get("/relinks/diff", summary="What the newest run would split and merge")
def get_diff(
    node: CurrentNode,
    who: Administrator,
    kind: Annotated[Literal["", "split", "merge"], Query(description="Empty for both.")] = "",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> dict[str, Any]:
    """Counts by size, and the largest changes; no value of a person, and nobody who is hidden."""
    with audit.keeping_traces(node.database) as session:
        return relinking.diff(session, node, actor=who.id, kind=kind, limit=limit)


@router.post("/relinks/accept", summary="Accept the diff", openapi_extra=asks(Yes))
def post_accept(node: CurrentNode, who: Administrator, word: Annotated[Yes, Depends(form(Yes))]) -> dict[str, Any]:
    """Never by whoever began it. With the last vote it takes, the job switches to the new model."""
    acts, now = administration.acts(node), node.clock()
    with audit.keeping_traces(node.database) as session:
        run = relinking.accept(session, run=word.run, actor=who.id, reason=word.reason, now=now, acts=acts)
        return relinking.shown(run)


@router.post("/relinks/reject", summary="End the run", openapi_extra=asks(Word))
def post_reject(node: CurrentNode, who: Administrator, word: Annotated[Word, Depends(form(Word))]) -> dict[str, Any]:
    """What holds stays as it is."""
    with audit.keeping_traces(node.database) as session:
        return relinking.shown(relinking.reject(session, actor=who.id, reason=word.reason, now=node.clock()))
