"""The steps of a rotation that partners have to hear of, and the emergency in which a key is revoked.

The states of a key are gateway.trust.lifecycle's; here the partners are told, each with a key that it knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import KeyUnusable
from gateway.exchange import notices
from gateway.exchange.node import Node
from gateway.message.signature import Signer
from gateway.store.tables import Approval, Key
from gateway.trust import fetched, lifecycle, takeover, tokenkeys
from gateway.trust.approvals import Act


def publish(session: Session, node: Node, kid: str, *, actor: str, now: datetime) -> Key:
    """Show a key of ours in the directory, and send the directory to every partner node."""
    key = lifecycle.publish(session, kid, actor=actor, now=now)
    notices.announce(session, node, now=now)
    return key


def retire(session: Session, node: Node, kid: str, *, actor: str, now: datetime, reason: str = "") -> Key:
    """End the overlap of an old key, as long as the settings say; what still waits under it is signed anew."""
    overlap = timedelta(seconds=node.settings.key_overlap)
    return lifecycle.retire(session, kid, actor=actor, now=now, overlap=overlap, reason=reason)


def revoke(
    session: Session, node: Node, kid: str, *, invalid_since: datetime, actor: str, reason: str, now: datetime
) -> Key:
    """Revoke a key at once. Of one of ours the partners are told before anything else, and another takes its place.

    A partner believes the notice only under a key that it knows. That is the published key that stands by, where
    the partner has it; else it is the revoked key itself, whose last word it is: it can end its own trust and
    bring in nobody else's.
    """
    key = lifecycle.get(session, kid)
    own, in_use = key.own, key.own and key.status == "active"
    shown = key.serial is not None
    last = _opened(node, session, kid) if in_use else None
    lifecycle.revoke(session, kid, invalid_since=invalid_since, actor=actor, reason=reason, now=now)
    if not own or not shown:
        return key
    if in_use:
        partners = [name for name, _, _ in fetched.seen(session)]
        heir = _stand_by(node, session, now) or _made_now(session, node, key, actor=actor, now=now)
        first, doubted = heir.serial or 0, heir.changed >= invalid_since
        lifecycle.activate(session, heir.kid, actor=actor, now=now, reason=f"in the place of {kid[:16]}")
        if doubted:
            # What was published under the stolen key since it was stolen, partners doubt with it.
            fetched.forget(session, partners)
        late = fetched.missing(session, first)
        fetched.warn(session, heir, now)
        notices.announce(
            session, node, now=now, urgent=True, signer_of=lambda partner: last if partner in late else None
        )
    else:
        notices.announce(session, node, now=now, urgent=True)
    return key


def acts(node: Node) -> Mapping[str, Act]:
    """What an approval can set in motion about keys, by its action, on a node that can tell its partners."""

    def revoke_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
        since = datetime.fromisoformat(approval.payload["invalid_since"])
        revoke(
            session, node, approval.payload["kid"], invalid_since=since, actor=actor, reason=approval.reason, now=now
        )

    return {**lifecycle.ACTS, **takeover.ACTS, "key-revoke": revoke_approved}


def _opened(node: Node, session: Session, kid: str) -> Signer | None:
    """A key of ours that can sign; None where its private part is lost."""
    try:
        return node.keyring.opened(kid, session)
    except KeyUnusable:
        return None


def _stand_by(node: Node, session: Session, now: datetime) -> Key | None:
    """The published key that most partners know already: the one that was published first, if it opens."""
    query = select(Key).where(Key.own, Key.status == "published", Key.not_before <= now, Key.not_after > now)
    waiting = session.scalars(query.order_by(Key.serial)).all()
    return next((key for key in waiting if _opened(node, session, key.kid) is not None), None)


def _made_now(session: Session, node: Node, lost: Key, *, actor: str, now: datetime) -> Key:
    """A new key for a node that had none standing by. Its partners cannot know it: people compare its fingerprint."""
    make = partial(
        lifecycle.generate,
        session,
        node.settings.directory,
        party=node.settings.node,
        algorithm=lost.algorithm,
        password=node.settings.key_password(),
        actor=actor,
        now=now,
    )
    token = tokenkeys.token_of(node.settings) if lost.home.startswith(tokenkeys.SCHEME) else None
    try:
        made = make(token=token)
    except KeyUnusable:
        if token is None:
            raise
        # A token that is gone with the key must not hold its revocation up.
        made = make()
    lifecycle.certify(session, made.kid, actor=actor, now=now)
    return lifecycle.publish(session, made.kid, actor=actor, now=now)
