"""The life of a key: proposed → published → active → retiring → retired, and revoked at any time.

Ours is published at least two cache lifetimes before it signs, and the key before it stays acceptable while
messages signed with it are on their way. A partner's key is proposed with its certificate and becomes active
by approval, or comes in through the partner's own signed directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import KeyUnusable, NotFound
from gateway.store import numbers
from gateway.store.tables import Approval, Key
from gateway.trust import anchors, certificates, keyfiles
from gateway.trust.keyfiles import Algorithm

CHANGES = "keys"
"""The counter that moves with every change of a key: the keyring's cache and the directory's serial."""
CHANGED_HERE = "keys-changed"
"""Marks a session whose own, not yet committed, changes no cache may keep."""

BEFORE = {
    "published": ("proposed",),
    "active": ("published", "proposed"),
    "retiring": ("active",),
    "retired": ("retiring",),
    "revoked": ("proposed", "published", "active", "retiring", "retired"),
}
"""The states from which a state can be reached."""

ACTIONS = {
    "published": Action.KEY_PUBLISHED,
    "active": Action.KEY_ACTIVATED,
    "retiring": Action.KEY_RETIRED,
    "retired": Action.KEY_RETIRED,
    "revoked": Action.KEY_REVOKED,
}


def generate(
    session: Session,
    directory: Path,
    *,
    party: str,
    algorithm: Algorithm,
    password: bytes,
    now: datetime,
    years: int = 2,
    actor: str,
) -> Key:
    """Make a key pair of our own: its files and its row, `proposed`."""
    certificate = keyfiles.create(directory, party=party, algorithm=algorithm, password=password, now=now, years=years)
    return _add(session, certificate, party=party, own=True, action=Action.KEY_GENERATED, actor=actor, now=now)


def propose(
    session: Session,
    certificate: Certificate,
    *,
    party: str,
    actor: str,
    now: datetime,
    chain: Sequence[Certificate] = (),
) -> Key:
    """Enter a partner's certificate, `proposed`: it verifies nothing until somebody else approves it.

    One that a CA has issued comes with its `chain`, and needs an anchor of its party (KeyUnusable).
    """
    certificates.check(certificate, now)
    anchors.check(session, certificate, chain, party=party, at=now)
    action = Action.KEY_PROPOSED
    return _add(session, certificate, party=party, own=False, action=action, actor=actor, now=now, chain=chain)


def publish(session: Session, kid: str, *, actor: str, now: datetime) -> Key:
    """Show a key of ours in the directory, so that partners know it before it signs."""
    return _move(session, _own(session, kid), "published", actor=actor, now=now)


def activate(session: Session, kid: str, *, actor: str, now: datetime) -> Key:
    """Sign with a published key of ours from now on (the one before it is retiring), or trust a partner's."""
    key = get(session, kid)
    if key.own and key.status == "proposed":
        raise KeyUnusable("Publish the key first, so that partners know it before it signs.", where=kid)
    if now >= key.not_after:
        raise KeyUnusable("The certificate of the key has expired.", where=kid)
    if key.own:
        for other in session.scalars(select(Key).where(Key.own, Key.status == "active", Key.kid != kid)):
            _move(session, other, "retiring", actor=actor, now=now)
    return _move(session, key, "active", actor=actor, now=now)


def retire(session: Session, kid: str, *, actor: str, now: datetime) -> Key:
    """End the overlap: what an old key signs is not accepted any more."""
    return _move(session, get(session, kid), "retired", actor=actor, now=now)


def revoke(session: Session, kid: str, *, invalid_since: datetime, actor: str, reason: str, now: datetime) -> Key:
    """Stop trusting a key at once; messages signed since `invalid_since` are to be listed and flagged."""
    key = get(session, kid)
    if invalid_since > now:
        raise KeyUnusable("A key cannot be invalid since a time to come.", where="invalid_since")
    key.invalid_since = invalid_since
    return _move(session, key, "revoked", actor=actor, now=now, reason=reason)


def revoke_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `key-revoke`: payload `{"kid", "invalid_since"}`."""
    since = datetime.fromisoformat(approval.payload["invalid_since"])
    revoke(session, approval.payload["kid"], invalid_since=since, actor=actor, reason=approval.reason, now=now)


ACTS = {"key-revoke": revoke_approved}
"""What an approval can set in motion here, by its action."""


def get(session: Session, kid: str) -> Key:
    """A key by its name (NotFound)."""
    # A name with a zero character would be an error of PostgreSQL instead of an answer.
    key = session.get(Key, kid) if kid.isprintable() else None
    if key is None:
        raise NotFound("There is no key of that name.", where=kid)
    return key


def touch(session: Session) -> None:
    """Tell every cache of keys that something changed."""
    session.info[CHANGED_HERE] = True
    numbers.take(session, CHANGES)


def _own(session: Session, kid: str) -> Key:
    key = get(session, kid)
    if not key.own:
        raise KeyUnusable("Only keys of this node are published by it.", where=kid)
    return key


def _add(
    session: Session,
    certificate: Certificate,
    *,
    party: str,
    own: bool,
    action: Action,
    actor: str,
    now: datetime,
    chain: Sequence[Certificate] = (),
) -> Key:
    kid = certificates.key_id(certificate)
    if session.get(Key, kid) is not None:
        raise KeyUnusable("This certificate is already entered; every key belongs to one party once.", where=kid)
    key = Key(
        kid=kid,
        party=party,
        own=own,
        algorithm=certificates.algorithm_of(certificate),
        certificate=certificates.pem(certificate, chain),
        home=f"file:{kid}.pem" if own else "",
        status="proposed",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        changed=now,
    )
    session.add(key)
    touch(session)
    audit.write(session, action, actor=actor, subject=kid, outcome=audit.DONE, at=now, detail={"party": party})
    return key


def _move(session: Session, key: Key, status: str, *, actor: str, now: datetime, reason: str = "") -> Key:
    if key.status not in BEFORE[status]:
        raise KeyUnusable(f"A key that is {key.status} cannot become {status}.", where=key.kid)
    detail = {"party": key.party, "from": key.status, "to": status, "reason": reason}
    key.status, key.changed = status, now
    touch(session)
    action = ACTIONS[status]
    audit.write(session, action, actor=actor, subject=key.kid, outcome=audit.DONE, at=now, detail=detail)
    return key
