"""Four eyes: an administrative act is asked for by one person and approved by others before it happens.

Nobody approves their own request, nobody votes twice, one rejection ends it, and an open request dies by
itself. Every vote that is turned away is audited too, so call these inside `audit.keeping_traces`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import ApprovalClosed, ApprovalRequired, InvalidRequest, NotFound, Refusal
from gateway.ledger import sealed
from gateway.store.tables import Approval, ApprovalVote, Audit
from gateway.trust import persons

Act = Callable[[Session, Approval, str, datetime], None]
"""What an approval sets in motion: the session, the approval, who gave the last vote, and when."""

LIFETIME: Final = timedelta(days=7)
"""How long a request waits for its votes."""


def request(
    session: Session,
    action: str,
    subject: str,
    payload: Mapping[str, Any],
    *,
    actor: str,
    reason: str,
    now: datetime,
    needed: int = 1,
    lifetime: timedelta = LIFETIME,
) -> Approval:
    """Ask for an act. `payload` is carried out as it stands here; `needed` other people have to agree."""
    _who_and_why(actor, reason)
    if needed < 1 or lifetime <= timedelta():
        raise InvalidRequest("An approval needs at least one other person and some time.", where="needed")
    approval = Approval(
        id=str(uuid4()),
        action=action,
        subject=subject,
        payload=dict(payload),
        reason=reason,
        requested_by=actor,
        requested=now,
        expires=now + lifetime,
        needed=needed,
        status="open",
    )
    session.add(approval)
    session.flush()
    _audit(session, Action.APPROVAL_REQUESTED, approval, actor=actor, reason=reason, now=now)
    return approval


def approve(
    session: Session, approval_id: str, *, actor: str, reason: str, now: datetime, acts: Mapping[str, Act]
) -> Approval:
    """Agree. With the last vote that is needed the act of `acts` named by the approval is carried out."""
    # 1. Who may vote.
    approval = _votable(session, approval_id, actor=actor, reason=reason, now=now)
    # 2. The vote, and with the last one the act: both or neither, so a failed act can be approved again.
    try:
        with session.begin_nested():
            session.add(ApprovalVote(approval_id=approval.id, actor=actor, verdict="approve", reason=reason, at=now))
            session.flush()
            done = len(_voters(session, approval.id)) >= approval.needed
            if done:
                _carry_out(session, approval, acts, actor, now)
    except Refusal as refusal:
        _audit(session, Action.APPROVAL_EXECUTED, approval, actor=actor, reason=reason, now=now, outcome=refusal.code)
        raise
    # 3. The trace, after the act: everyone takes the counters of the database in the same order.
    _audit(session, Action.APPROVAL_APPROVED, approval, actor=actor, reason=reason, now=now)
    if done:
        _audit(session, Action.APPROVAL_EXECUTED, approval, actor=actor, reason=approval.reason, now=now)
    return approval


def reject(session: Session, approval_id: str, *, actor: str, reason: str, now: datetime) -> Approval:
    """Say no, which ends it. Whoever asked may take the request back the same way."""
    approval = _votable(session, approval_id, actor=actor, reason=reason, now=now, own=True)
    session.add(ApprovalVote(approval_id=approval.id, actor=actor, verdict="reject", reason=reason, at=now))
    approval.status = "rejected"
    session.flush()
    _audit(session, Action.APPROVAL_REJECTED, approval, actor=actor, reason=reason, now=now)
    return approval


def waiting(session: Session, now: datetime) -> list[Approval]:
    """The requests that wait for a vote, oldest first."""
    query = select(Approval).where(Approval.status == "open", Approval.expires > now)
    return list(session.scalars(query.order_by(Approval.requested, Approval.id)))


def is_awaited(session: Session, action: str, subject: str, now: datetime) -> bool:
    """Whether a request for this act on this subject waits for a vote."""
    return any((each.action, each.subject) == (action, subject) for each in waiting(session, now))


def votes(session: Session, requests: Sequence[Approval]) -> dict[str, list[ApprovalVote]]:
    """The votes on each of these requests by its id, the first one first."""
    found: dict[str, list[ApprovalVote]] = {each.id: [] for each in requests}
    query = select(ApprovalVote).where(ApprovalVote.approval_id.in_(found))
    for vote in session.scalars(query.order_by(ApprovalVote.at)):
        found[vote.approval_id].append(vote)
    return found


def late(session: Session, now: datetime) -> list[Approval]:
    """The requests whose time is over and that nobody has closed yet."""
    query = select(Approval).where(Approval.status == "open", Approval.expires <= now)
    return list(session.scalars(query))


def expire(session: Session, now: datetime) -> int:
    """Close the requests whose time is over; returns how many."""
    closed = 0
    for each in late(session, now):
        # Held until the commit: a vote that came in between has closed it already.
        approval = session.get_one(Approval, each.id, with_for_update=True, populate_existing=True)
        if approval.status == "open":
            _expire(session, approval, now)
            closed += 1
    return closed


def digest(approval: Approval) -> str:
    """SHA-256 of what will be carried out, and on whose word: the audit shows that it was not exchanged since."""
    document = {
        "action": approval.action,
        "subject": approval.subject,
        "payload": approval.payload,
        "requested_by": approval.requested_by,
        "needed": approval.needed,
        "expires": approval.expires.astimezone(UTC).isoformat(),
    }
    return hashlib.sha256(sealed.canonical(document)).hexdigest()


def _carry_out(session: Session, approval: Approval, acts: Mapping[str, Act], actor: str, now: datetime) -> None:
    act = acts.get(approval.action)
    if act is None:
        raise InvalidRequest(f"Nothing is known to carry out for {approval.action}.", where="action")
    approval.status = "approved"
    session.flush()
    act(session, approval, actor, now)


def _votable(
    session: Session, approval_id: str, *, actor: str, reason: str, now: datetime, own: bool = False
) -> Approval:
    """The open request this person may vote on now; an attempt that is turned away is audited."""
    approval = _asked(session, approval_id, actor=actor, reason=reason, now=now)
    if approval.status == "open" and now >= approval.expires:
        _expire(session, approval, now)
    denial = ""
    if approval.status != "open":
        denial = f"It is {approval.status}; ask again if need be."
    elif persons.likeness(approval.requested_by) == persons.likeness(actor) and not own:
        denial = "Whoever asked cannot approve; a second person has to."
    elif persons.likeness(actor) in map(persons.likeness, _voters(session, approval_id)):
        denial = "You have already voted on this request; another person has to."
    elif not own and not _as_asked(session, approval):
        denial = "The request is not what was asked for; reject it, look for who changed it, and ask again."
    if denial:
        _audit(session, Action.APPROVAL_DENIED, approval, actor=actor, reason=reason, now=now, outcome="denied")
        raise (ApprovalClosed if approval.status != "open" else ApprovalRequired)(denial, where=approval_id)
    return approval


def _asked(session: Session, approval_id: str, *, actor: str, reason: str, now: datetime) -> Approval:
    """The request that somebody speaks of, who says who they are and why."""
    try:
        _who_and_why(actor, reason)
        # The row stays locked until the commit, so two last votes cannot both carry the act out.
        known = approval_id.isprintable()
        approval = session.get(Approval, approval_id, with_for_update=True, populate_existing=True) if known else None
        if approval is None:
            raise NotFound("There is no request of that name.", where=approval_id)
    except Refusal as refusal:
        audit.write(
            session, Action.APPROVAL_DENIED, actor=actor, subject=approval_id, outcome=refusal.code, at=now,
            detail={"reason": refusal.detail},
        )  # fmt: skip
        raise
    return approval


def _as_asked(session: Session, approval: Approval) -> bool:
    """Whether the request stands as the audit saw it asked for: a row that was changed since opens nothing."""
    asked = select(Audit.detail).where(Audit.action == Action.APPROVAL_REQUESTED, Audit.subject == approval.id)
    return [detail.get("digest") for detail in session.scalars(asked)] == [digest(approval)]


def _voters(session: Session, approval_id: str) -> set[str]:
    return set(session.scalars(select(ApprovalVote.actor).where(ApprovalVote.approval_id == approval_id)))


def _expire(session: Session, approval: Approval, now: datetime) -> None:
    approval.status = "expired"
    session.flush()
    _audit(session, Action.APPROVAL_EXPIRED, approval, actor="clock", reason="", now=now)


def _who_and_why(actor: str, reason: str) -> None:
    persons.check(actor)
    persons.check_reason(reason)


def _audit(
    session: Session,
    action: Action,
    approval: Approval,
    *,
    actor: str,
    reason: str,
    now: datetime,
    outcome: str = audit.DONE,
) -> None:
    detail = {"action": approval.action, "subject": approval.subject, "digest": digest(approval), "reason": reason}
    audit.write(session, action, actor=actor, subject=approval.id, outcome=outcome, at=now, detail=detail)
