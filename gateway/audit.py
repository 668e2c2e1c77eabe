"""The audit trail: who did or read what, for which purpose, with which result. Appended only.

Every row is sealed by a leaf in the node's own `audit` tree. Administrative acts leave a leaf in the
`exchange` tree as well, so that a partner can hold a node to the keys, partners and agreements it had.
Both leaves are the digest of the row with a random salt: nobody who sees a hash can guess what it hides.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.ledger import sealed
from gateway.ledger.log import Entry, OpenEnd
from gateway.store.database import Database
from gateway.store.tables import Audit

SALT = "salt"
"""The member of `detail` that keeps a digest from being guessed."""


class Action(StrEnum):
    """Everything that is audited. A new kind of act starts with a line here."""

    RECORD_READ = "record-read"
    RECORD_SUBMITTED = "record-submitted"
    CHANGES_READ = "changes-read"
    PERSON_QUERY = "person-query"
    WATCHLIST_QUERY = "watchlist-query"
    LOG_READ = "log-read"
    MESSAGE_RECEIVED = "message-received"
    MESSAGE_REFUSED = "message-refused"
    MESSAGE_SENT = "message-sent"
    MESSAGE_RECALLED = "message-recalled"
    MESSAGE_DEAD = "message-dead"
    MESSAGE_RESENT = "message-resent"
    MESSAGES_FLAGGED = "messages-flagged"
    MESSAGES_ERASED = "messages-erased"
    REVIEW_DECIDED = "review-decided"
    REVIEWS_READ = "reviews-read"
    LINK_READ = "link-read"
    LINK_JUDGED = "link-judged"
    LINK_DENIED = "link-denied"
    RELINK_STARTED = "relink-started"
    RELINK_READY = "relink-ready"
    RELINK_ACCEPTED = "relink-accepted"
    RELINK_REJECTED = "relink-rejected"
    RELINK_DONE = "relink-done"
    RELINK_READ = "relink-read"
    TOKEN_ISSUED = "token-issued"  # noqa: S105 - the name of an act, not a secret
    TOKEN_DENIED = "token-denied"  # noqa: S105 - the name of an act, not a secret
    PARTNER_PROPOSED = "partner-proposed"
    PARTNER_APPROVED = "partner-approved"
    PARTNER_SUSPENDED = "partner-suspended"
    PARTNER_PINNED = "partner-pinned"
    PARTNER_CHANGED = "partner-changed"
    KEY_GENERATED = "key-generated"
    KEY_CERTIFIED = "key-certified"
    KEY_PROPOSED = "key-proposed"
    KEY_PUBLISHED = "key-published"
    KEY_ACTIVATED = "key-activated"
    KEY_RETIRED = "key-retired"
    KEY_REVOKED = "key-revoked"
    ANCHOR_PROPOSED = "anchor-proposed"
    ANCHOR_APPROVED = "anchor-approved"
    ANCHOR_REMOVED = "anchor-removed"
    KEY_DOUBTED = "key-doubted"
    KEY_EXPIRES = "key-expires"
    DIRECTORY_ACCEPTED = "directory-accepted"
    DIRECTORY_REFUSED = "directory-refused"
    CHECKPOINT_ACCEPTED = "checkpoint-accepted"
    CHECKPOINT_REFUSED = "checkpoint-refused"
    CHECKPOINT_FORGOTTEN = "checkpoint-forgotten"
    APPROVAL_REQUESTED = "approval-requested"
    APPROVAL_APPROVED = "approval-approved"
    APPROVAL_REJECTED = "approval-rejected"
    APPROVAL_EXPIRED = "approval-expired"
    APPROVAL_DENIED = "approval-denied"
    APPROVAL_EXECUTED = "approval-executed"
    AGREEMENT_ADDED = "agreement-added"
    AGREEMENT_ENDED = "agreement-ended"
    TLS_GENERATED = "tls-generated"
    TLS_ACTIVATED = "tls-activated"
    VAULT_ROTATED = "vault-rotated"
    VAULT_RESEALED = "vault-resealed"
    VAULT_DROPPED = "vault-dropped"
    ADMINISTRATION_DONE = "administration-done"
    ADMINISTRATION_DENIED = "administration-denied"
    ALARM_RAISED = "alarm-raised"
    ALARM_ENDED = "alarm-ended"
    ALARM_CLEARED = "alarm-cleared"


ADMINISTRATIVE = (
    frozenset(
        action
        for action in Action
        if action.value.split("-")[0]
        in {"partner", "key", "anchor", "directory", "approval", "agreement", "tls", "vault"}
    )
    | {Action.ALARM_CLEARED, Action.CHECKPOINT_FORGOTTEN}
) - {Action.KEY_EXPIRES}
"""Acts about partners, keys, agreements and alarms; no act about a person or a message is ever among them.

An alarm that the node raises or ends by itself, and what time does to a key, is no act of anybody.
"""

DONE = "done"
"""The outcome of what simply succeeded; a failure has the code of its refusal."""


def write(
    session: Session,
    action: Action,
    *,
    actor: str,
    subject: str,
    outcome: str,
    at: datetime,
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Audit:
    """Append one row and its leaf. `detail` holds plain JSON values and never a personal one."""
    values = {
        "at": at,
        "actor": _fitting(actor, 80),
        "action": action.value,
        "subject": _fitting(subject, 120),
        "purpose": _fitting(purpose, 32),
        "outcome": _fitting(outcome, 40),
        "detail": {**(detail or {}), SALT: secrets.token_hex(16)},
    }
    # The exchange tree first, as everywhere; both before the row, whose number the leaves cover.
    shown = OpenEnd(session, "exchange", 1) if action in ADMINISTRATIVE else None
    end = OpenEnd(session, "audit", 1)
    row = Audit(**values, log_index=end.next)
    session.add(row)
    session.flush()
    said = digest(row)
    if shown is not None:
        shown.add(Entry("act", f"act {said}"))
        shown.write()
    end.add(Entry(action.value, f"{action.value} {said}"))
    end.write()
    return row


def digest(row: Audit) -> str:
    """What the leaf of a row says: SHA-256 over everything in it, hexadecimal."""
    document = {
        "id": row.id,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "purpose": row.purpose,
        "outcome": row.outcome,
        "detail": row.detail,
    }
    return hashlib.sha256(sealed.canonical(document)).hexdigest()


@contextmanager
def keeping_traces(database: Database) -> Iterator[Session]:
    """A unit of work in which a refusal still commits what was audited before it was raised.

    Only for work that checks everything before it changes anything: tokens, approvals, queries.
    """
    refusal: Refusal | None = None
    with database.begin() as session:
        try:
            yield session
        except Refusal as error:
            refusal = error
    if refusal is not None:
        raise refusal


def _fitting(text: str, length: int) -> str:
    """A text as its column takes it: a stranger's claim may be long, or hold what a database refuses."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:length])
