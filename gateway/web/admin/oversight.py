"""Approvals, alarms and how the node stands, for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select

from gateway import audit
from gateway.exchange import administration, in_words, status
from gateway.store import tables
from gateway.trust import alarms, approvals
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Reasoned, asks, form

router = APIRouter()


class Vote(Reasoned):
    """A word on what somebody else asked for."""


class Clearing(Reasoned):
    """An alarm that is over."""

    code: str = Field(max_length=40)
    subject: str = Field(max_length=120)


_Vote = Annotated[Vote, Depends(form(Vote))]


def _shown(row: tables.Approval, votes: Sequence[tables.ApprovalVote]) -> dict[str, Any]:
    names = ("id", "action", "subject", "payload", "reason", "requested_by", "requested", "expires", "needed", "status")
    cast = [{"actor": v.actor, "verdict": v.verdict, "reason": v.reason, "at": v.at} for v in votes]
    return {name: getattr(row, name) for name in names} | {"digest": approvals.digest(row), "votes": cast}


@router.get("/approvals", summary="What waits for another person, or was decided")
def get_approvals(
    node: CurrentNode,
    _who: Administrator,
    which: Annotated[Literal["waiting", "all"], Query(description="`all`: the last thousand as well.")] = "waiting",
) -> list[dict[str, Any]]:
    """What was asked for, in words and as it will be carried out, by whom and why, and the votes there are."""
    with node.database.read() as session:
        newest = select(tables.Approval).order_by(tables.Approval.requested.desc(), tables.Approval.id).limit(1_000)
        rows = session.scalars(newest).all() if which == "all" else approvals.waiting(session, node.clock())
        votes = approvals.votes(session, rows)
        return [_shown(row, votes[row.id]) | in_words.of(session, row).as_dict() for row in rows]


@router.post("/approvals/{approval}/approve", summary="Agree", openapi_extra=asks(Vote))
def post_approve(node: CurrentNode, who: Administrator, approval: str, vote: _Vote) -> dict[str, Any]:
    """Never to what one asked for oneself, and once; with the last vote that is needed it is carried out."""
    with audit.keeping_traces(node.database) as session:
        done = approvals.approve(
            session, approval, actor=who.id, reason=vote.reason, now=node.clock(), acts=administration.acts(node)
        )
    # A key that was just approved or revoked counts from the next request on.
    node.keyring.forget()
    return {"id": done.id, "action": done.action, "subject": done.subject, "status": done.status}


@router.post("/approvals/{approval}/reject", summary="Say no, which ends it", openapi_extra=asks(Vote))
def post_reject(node: CurrentNode, who: Administrator, approval: str, vote: _Vote) -> dict[str, Any]:
    """One rejection suffices; whoever asked takes it back the same way."""
    with audit.keeping_traces(node.database) as session:
        done = approvals.reject(session, approval, actor=who.id, reason=vote.reason, now=node.clock())
    return {"id": done.id, "action": done.action, "subject": done.subject, "status": done.status}


@router.get("/alarms", summary="What is wrong and stays so")
def get_alarms(
    node: CurrentNode,
    _who: Administrator,
    which: Annotated[Literal["open", "all"], Query(description="`all`: the last thousand that are over too.")] = "open",
) -> list[dict[str, Any]]:
    """The alarms that hold, the oldest first."""
    newest = select(tables.Alarm).order_by(tables.Alarm.raised.desc()).limit(1_000)
    with node.database.read() as session:
        rows = session.scalars(newest).all()[::-1] if which == "all" else alarms.open_alarms(session)
        return [alarms.shown(row) for row in rows]


@router.post("/alarms/clear", summary="Clear an alarm", openapi_extra=asks(Clearing))
def post_clear(
    node: CurrentNode, who: Administrator, asked: Annotated[Clearing, Depends(form(Clearing))]
) -> dict[str, Any]:
    """It comes back while its cause is there."""
    with node.database.begin() as session:
        alarms.dismiss(session, asked.code, asked.subject, actor=who.id, reason=asked.reason, now=node.clock())
    return {"code": asked.code, "subject": asked.subject}


@router.get("/status", summary="How the node stands")
def get_status(node: CurrentNode, _who: Administrator) -> dict[str, Any]:
    """Keys and their ends, partners, alarms, what waits, and how much of the log is signed."""
    with node.database.read() as session:
        return status.status(session, node)
