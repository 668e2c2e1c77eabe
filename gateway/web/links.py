"""`/v1/links`: who is taken for whom and why, for the reviewers of our own state, who also decide.

Reviewers are clients that the settings name, each with a key of its own, and never administrators: who keeps keys
reads nothing about people (docs/decisions/0029-links.md). What lies across the asylum firewall is there for our
asylum unit and courts alone, asking for `PROTECTION`; to everybody else it is the same as what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gateway import audit
from gateway.audit import Action
from gateway.errors import NotPermitted
from gateway.exchange.linking import Desk
from gateway.exchange.node import Node
from gateway.exchange.sight import Viewer
from gateway.matching.waterfall import draw
from gateway.trust.tokens import Client
from gateway.web.access import CurrentClient, CurrentNode
from gateway.web.admin.access import asks, form
from gateway.web.faults import language_of


def reviewer(request: Request, node: CurrentNode, client: CurrentClient) -> Client:
    """A client that the settings name as reviewer (NotPermitted, which is audited)."""
    if client.id in node.settings.reviewers and client.state == node.settings.state:
        return client
    refusal = NotPermitted(reason=f"{client.id} is no reviewer of this node")
    with node.database.begin() as session:
        audit.write(
            session, Action.LINK_DENIED, actor=client.id, subject=f"{request.method} /v1/links",
            outcome=refusal.code, at=node.clock(),
        )  # fmt: skip
    raise refusal


Reviewer = Annotated[Client, Depends(reviewer)]

router = APIRouter(prefix="/v1/links", tags=["links"], dependencies=[Depends(reviewer)])


class Asked(BaseModel):
    """Whom the register's own reference means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str = Field(max_length=32)
    state: str = Field(pattern="^[A-Z]{3}$")
    agency: str = Field(max_length=32)
    system: str = Field(max_length=64)
    ref: str = Field(min_length=1, max_length=200)


class Word(BaseModel):
    """A human's word on a pair."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str = Field(max_length=32)
    verdict: Literal["same", "different", "unsure", "ask"] = Field(
        description="`ask` takes back what was said and puts the pair before a human again."
    )
    reason: str = Field(min_length=1, max_length=400, description="Why, on one line.")


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks for which purpose, and in which language they read."""

    node: Node
    client: Client
    purpose: str
    language: str

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The reviewer's desk in one unit of work, which keeps the traces of a refusal."""
        with audit.keeping_traces(self.node.database) as session:
            yield Desk(session, self.node, Viewer(self.client.id, self.client.agency_class, self.purpose))


def question(
    request: Request,
    node: CurrentNode,
    client: Reviewer,
    purpose: Annotated[str, Query(max_length=32, description="Code of the purpose, for example `STAY_CONTROL`.")],
    language: Annotated[Literal["ru", "en"] | None, Query(description="By default as `Accept-Language` says.")] = None,
) -> Question:
    """The question behind a request that reads."""
    return Question(node, client, purpose, language or language_of(request))


Asking = Annotated[Question, Depends(question)]
Values = Annotated[bool, Query(description="With what both say, where your class may read it.")]


@router.post("/find", summary="Find a person by the register's own reference", openapi_extra=asks(Asked))
def post_find(
    request: Request, node: CurrentNode, client: Reviewer, asked: Annotated[Asked, Depends(form(Asked))]
) -> dict[str, Any]:
    """The person as `GET /v1/links/persons/{person}` shows them; references of people stand in no address."""
    with Question(node, client, asked.purpose, language_of(request)).desk() as desk:
        return desk.show(f"{asked.state}/{asked.agency}/{asked.system}/{asked.ref}", language_of(request))


@router.get("/persons/{person}", summary="A person, the identity, and the judgements in force")
def get_person(asking: Asking, person: str) -> dict[str, Any]:
    """`person` is a name such as `p-7k2m9x0q4r8t1`, or the id of one of the person's records."""
    with asking.desk() as desk:
        return desk.show(person, asking.language)


@router.get("/persons/{person}/history", summary="Everything that happened to the identities of a person")
def get_history(asking: Asking, person: str) -> dict[str, Any]:
    """Who joined and left and when, and every judgement with its reason; `person` may be an identity's id."""
    with asking.desk() as desk:
        return desk.history(person, asking.language)


@router.get("/pairs/{one}/{other}", summary="Why two persons are, or are not, taken for one human being")
def get_pair(asking: Asking, one: str, other: str, values: Values = False) -> dict[str, Any]:  # noqa: FBT002 - FastAPI passes parameters of a query by name
    """Evidence field by field in bits, thresholds, model, the judgement in force and every one before it."""
    with asking.desk() as desk:
        told, names, pair = desk.explain(one, other, asking.language)
        shown = {"one": names[0], "other": names[1]} | told.as_dict()
        return shown | {"values": desk.values(pair)} if values else shown


@router.get(
    "/pairs/{one}/{other}/waterfall.svg", summary="The evidence on a pair as a picture", response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}},
)  # fmt: skip
def get_waterfall(asking: Asking, one: str, other: str, values: Values = False) -> Response:  # noqa: FBT002 - as above
    """SVG for bright and dark screens and for paper; no value of a person unless it is asked for."""
    with asking.desk() as desk:
        told, names, pair = desk.explain(one, other, asking.language)
        picture = draw(told, names, desk.values(pair) if values else None)
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.post("/pairs/{one}/{other}", summary="Decide on a pair", openapi_extra=asks(Word))
def post_pair(
    node: CurrentNode, client: Reviewer, one: str, other: str, word: Annotated[Word, Depends(form(Word))]
) -> dict[str, Any]:
    """It stands until another human's word on the pair; only the identities it touches are computed anew."""
    with Question(node, client, word.purpose, "en").desk() as desk:
        return desk.decide(one, other, word.verdict, word.reason)


@router.get("/reviews", summary="Pairs that wait for a human")
def get_reviews(
    asking: Asking,
    after: Annotated[str, Query(max_length=80, description="`one,other` of the last pair of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[dict[str, Any]]:
    """Those that wait longest come first."""
    with asking.desk() as desk:
        return desk.questions(asking.language, after=after, limit=limit)
