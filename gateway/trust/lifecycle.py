"""The life of a key: generated → certified → published → active → retiring → retired; revoked at any time.

Ours is published before it signs: it becomes active once every partner is proved to have a directory that
shows it, and the key before it stays acceptable while messages signed with it are on their way. A partner's
key is proposed with its certificate and becomes active by approval, or comes in through the partner's own
signed directory (docs/decisions/0018-key-lifecycle.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.x509 import Certificate
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.algorithms.token import Token
from gateway.audit import Action
from gateway.errors import KeyUnusable, NotFound
from gateway.ledger import log
from gateway.store import numbers
from gateway.store.tables import Approval, Counter, Key
from gateway.trust import anchors, approvals, certificates, compromise, fetched, keyfiles, tokenkeys
from gateway.trust.keyfiles import Algorithm

CHANGES = "keys"
"""The counter that moves with every change of a key: the keyring's cache and the directory's serial."""
CHANGED_HERE = "keys-changed"
"""Marks a session whose own, not yet committed, changes no cache may keep."""

OVERLAP: Final = timedelta(days=7)
"""How long an old key stays acceptable: as long as a message lives."""

REMEMBERED: Final = timedelta(days=365)
"""How long after the end of its certificate a revoked key stays in the directory, which has a bounded size."""

BEFORE = {
    "certified": ("generated",),
    "published": ("certified",),
    "active": ("published", "proposed"),
    "retiring": ("active",),
    "retired": ("retiring",),
    "revoked": ("generated", "certified", "proposed", "published", "active", "retiring", "retired"),
}
"""The states from which a state can be reached; `generated` to `published` are ours, `proposed` a partner's."""

ACTIONS = {
    "certified": Action.KEY_CERTIFIED,
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
    token: Token | None = None,
) -> Key:
    """Make a key pair of our own, `generated`: nobody is shown it until it has a certificate (gateway.trust.certify).

    The certificate that it bears meanwhile is its own. With a `token` the private part is made and stays there;
    without, it is a file under the password.
    """
    if token is not None:
        certificate, home = tokenkeys.create(token, party=party, algorithm=algorithm, now=now, years=years)
    else:
        certificate = keyfiles.create(
            directory, party=party, algorithm=algorithm, password=password, now=now, years=years
        )
        home = f"file:{certificates.key_id(certificate)}.pem"
    return _add(session, certificate, party=party, home=home, action=Action.KEY_GENERATED, actor=actor, now=now)


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
    _forget_unwanted(session, certificates.key_id(certificate), now)
    action = Action.KEY_PROPOSED
    return _add(session, certificate, party=party, home="", action=action, actor=actor, now=now, chain=chain)


def certify(session: Session, kid: str, *, actor: str, now: datetime) -> Key:
    """Keep the certificate that a key of ours gave itself: partners compare its fingerprint, no CA vouches for it."""
    return _move(session, own(session, kid), "certified", actor=actor, now=now, reason="its own certificate")


def publish(session: Session, kid: str, *, actor: str, now: datetime) -> Key:
    """Show a key of ours in the directory, so that partners know it before it signs."""
    key = own(session, kid)
    if now >= key.not_after:
        raise KeyUnusable("The certificate of the key has expired.", where=kid)
    _move(session, key, "published", actor=actor, now=now)
    key.serial = session.scalar(select(Counter.value).where(Counter.name == CHANGES))
    return key


def activate(session: Session, kid: str, *, actor: str, now: datetime, reason: str = "") -> Key:
    """Sign with a published key of ours from now on (the one before it is retiring), or trust a partner's.

    KeyUnusable names the partners that are not known to have our key yet, unless a `reason` is given: those
    would refuse what it signs.
    """
    # Before anything is read: of two keys that are activated at once the second takes over from the first.
    log.hold(session, "exchange")
    key = get(session, kid)
    session.refresh(key, ["status"])
    if key.own and key.status in ("generated", "certified"):
        raise KeyUnusable("Publish the key first, so that partners know it before it signs.", where=kid)
    if now >= key.not_after:
        raise KeyUnusable("The certificate of the key has expired.", where=kid)
    late: list[str] = []
    if key.own and key.status == "published":
        late = fetched.missing(session, key.serial or 0)
        if late and not reason:
            raise KeyUnusable(
                f"These partners have not fetched the key yet and would refuse what it signs: {', '.join(late)}. "
                "Wait until they have, or give a reason.",
                where=kid,
            )
        for other in session.scalars(select(Key).where(Key.own, Key.status == "active", Key.kid != kid)):
            _move(session, other, "retiring", actor=actor, now=now)
    return _move(session, key, "active", actor=actor, now=now, reason=reason, late=late)


def retire(
    session: Session, kid: str, *, actor: str, now: datetime, overlap: timedelta = OVERLAP, reason: str = ""
) -> Key:
    """End the overlap: what an old key signs is not accepted any more.

    KeyUnusable for a key of ours that was replaced less than `overlap` ago, unless a `reason` is given.
    """
    key = get(session, kid)
    if key.own and key.status == "retiring" and now < key.changed + overlap and not reason:
        raise KeyUnusable(
            f"Messages signed with this key may be on their way until {key.changed + overlap:%Y-%m-%d %H:%M} UTC. "
            "Wait until then, or give a reason.",
            where=kid,
        )
    return _move(session, key, "retired", actor=actor, now=now, reason=reason)


def over(session: Session, now: datetime, overlap: timedelta) -> list[Key]:
    """Keys of ours whose time is over: retiring for `overlap`, or revoked and expired for so long that nobody asks."""
    retiring = and_(Key.status == "retiring", Key.changed <= now - overlap)
    told = and_(Key.status == "revoked", Key.serial.is_not(None), Key.not_after <= now - REMEMBERED)
    return list(session.scalars(select(Key).where(Key.own, or_(retiring, told)).order_by(Key.kid)))


def settle(session: Session, now: datetime, overlap: timedelta) -> int:
    """Retire our keys whose overlap is over, and leave those long revoked out of the directory; returns how many."""
    keys = over(session, now, overlap)
    for key in keys:
        if key.status == "retiring":
            _move(session, key, "retired", actor="system", now=now, reason="the overlap is over")
        else:
            # Its row stays; what has no serial is not shown, and a directory that changes has a new serial.
            key.serial = None
            touch(session)
    return len(keys)


def revoke(session: Session, kid: str, *, invalid_since: datetime, actor: str, reason: str, now: datetime) -> Key:
    """Stop trusting a key at once; what came since `invalid_since` is flagged (gateway.trust.compromise)."""
    key = get(session, kid)
    if invalid_since > now:
        raise KeyUnusable("A key cannot be invalid since a time to come.", where="invalid_since")
    key.invalid_since = invalid_since
    _move(session, key, "revoked", actor=actor, now=now, reason=reason)
    compromise.take_effect(session, key, now)
    return key


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


def shown(key: Key) -> dict[str, Any]:
    """A key in plain values, with the fingerprint that people read to each other."""
    return {"kid": key.kid, "status": key.status, "fingerprint": certificates.print_of(key.kid)}


def touch(session: Session) -> int:
    """Tell every cache of keys that something changed; returns the serial of the directory that shows it."""
    session.info[CHANGED_HERE] = True
    # Every change of a key leaves a leaf in the log. Two that took the two counters crosswise, as a change here and a
    # partner's notice could, would wait for each other for ever: so the log's comes first, for all.
    log.hold(session, "exchange")
    return numbers.take(session, CHANGES)


def own(session: Session, kid: str) -> Key:
    """A key of this node (NotFound, KeyUnusable)."""
    key = get(session, kid)
    if not key.own:
        raise KeyUnusable("This is no key of this node; only its owner decides on it.", where=kid)
    return key


def _forget_unwanted(session: Session, kid: str, now: datetime) -> None:
    """Make way for a certificate that was proposed before, perhaps for the wrong party, and that nobody approved.

    One that is doubted has been believed before; whose it is stays as it was.
    """
    key = session.get(Key, kid, with_for_update=True, populate_existing=True)
    if key is None or key.own or key.status != "proposed" or key.vouched:
        return
    if approvals.is_awaited(session, "key-add", kid, now) or approvals.is_awaited(
        session, "partner-add", key.party, now
    ):
        return
    session.delete(key)
    session.flush()


def _add(
    session: Session,
    certificate: Certificate,
    *,
    party: str,
    home: str,
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
        own=bool(home),
        algorithm=certificates.algorithm_of(certificate),
        certificate=certificates.pem(certificate, chain),
        home=home,
        status="generated" if home else "proposed",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        changed=now,
        entered=now,
    )
    session.add(key)
    touch(session)
    audit.write(session, action, actor=actor, subject=kid, outcome=audit.DONE, at=now, detail={"party": party})
    return key


def _move(
    session: Session,
    key: Key,
    status: str,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    late: Sequence[str] = (),
) -> Key:
    # Changes of keys queue here, and whoever was before us may have moved this one on: a revoked key stays so.
    touch(session)
    session.refresh(key, ["status"])
    if key.status not in BEFORE[status]:
        raise KeyUnusable(f"A key that is {key.status} cannot become {status}.", where=key.kid)
    detail: dict[str, Any] = {"party": key.party, "from": key.status, "to": status, "reason": reason}
    if late:
        detail["without"] = list(late)
    key.status, key.changed = status, now
    session.flush()
    action = ACTIONS[status]
    audit.write(session, action, actor=actor, subject=key.kid, outcome=audit.DONE, at=now, detail=detail)
    return key
