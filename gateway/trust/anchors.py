"""Anchors: the CAs at which the chains of one party's certificates may end, and nobody else's.

Proposed by one person, approved by another, and removed the same way. The CA of one state never vouches for
another: an anchor belongs to one party, which may be this node itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import ChainNotAnchored, InvalidRequest, KeyUnusable, NotFound
from gateway.ledger import log
from gateway.store import numbers
from gateway.store.tables import Anchor, Approval
from gateway.trust import approvals, certificates, chains

CHANGES: Final = "trust"
"""The counter that moves with every change of an anchor and with every new word of a CA on its certificates."""
CHANGED_HERE: Final = "trust-changed"
"""Marks a session whose own, not yet committed, changes no cache may keep."""
ADD: Final = "anchor-add"
REMOVE: Final = "anchor-remove"


def read(data: bytes, now: datetime) -> Certificate:
    """The certificate of a CA from a file, PEM or DER, fit to be an anchor at `now` (KeyUnusable)."""
    if len(data) > certificates.CERTIFICATE_BYTES:
        raise KeyUnusable("The file is too large for one certificate.")
    if b"PRIVATE KEY-----" in data:
        raise KeyUnusable("This file holds a private key. Send the certificate only, and never let a private key out.")
    if data.count(b"-----BEGIN CERTIFICATE-----") > 1:
        raise KeyUnusable("The file holds several certificates; enter each CA by itself.")
    loading = x509.load_pem_x509_certificate if b"-----BEGIN" in data else x509.load_der_x509_certificate
    try:
        certificate = loading(data)
    except certificates.UNFIT as error:
        raise KeyUnusable("The file is not a certificate in PEM or DER form.", reason=str(error)) from error
    chains.check_anchor(certificate, now)
    return certificate


def propose(
    session: Session,
    certificate: Certificate,
    *,
    party: str,
    actor: str,
    reason: str,
    now: datetime,
    needed: int = 1,
) -> Approval:
    """Enter a CA of a party as `proposed`, and ask for the approval with which chains may end there."""
    chains.check_anchor(certificate, now)
    key = {"party": party, "fingerprint": certificates.key_id(certificate)}
    row = session.get(Anchor, (party, key["fingerprint"]))
    if row is not None and row.status == "active":
        raise InvalidRequest("This CA is an anchor of the party already.", where=key["fingerprint"][:16])
    if row is None:
        session.add(Anchor(**key, certificate=certificates.pem(certificate), status="proposed", changed=now))
    else:
        row.status, row.changed = "proposed", now
    session.flush()
    _audit(session, Action.ANCHOR_PROPOSED, key, actor=actor, reason=reason, now=now)
    return approvals.request(session, ADD, _subject(key), key, actor=actor, reason=reason, now=now, needed=needed)


def propose_removal(
    session: Session, fingerprint: str, *, party: str, actor: str, reason: str, now: datetime, needed: int = 1
) -> Approval:
    """Ask for an anchor to be removed; what hangs on it is refused from the approval on."""
    row = get(session, fingerprint, party=party)
    key = {"party": row.party, "fingerprint": row.fingerprint}
    return approvals.request(session, REMOVE, _subject(key), key, actor=actor, reason=reason, now=now, needed=needed)


def get(session: Session, beginning: str, *, party: str) -> Anchor:
    """An anchor that is not removed, by the beginning of its fingerprint (NotFound)."""
    wanted = beginning.replace(":", "").lower()
    rows = [row for row in listed(session, party) if len(wanted) >= 8 and row.fingerprint.startswith(wanted)]
    if len(rows) != 1:
        raise NotFound("Give at least eight characters of the fingerprint of exactly one anchor.", where=beginning)
    return rows[0]


def listed(session: Session, party: str = "") -> Sequence[Anchor]:
    """The anchors of a party, or of all, that are not removed."""
    query = select(Anchor).where(Anchor.status != "removed").order_by(Anchor.party, Anchor.fingerprint)
    return session.scalars(query.where(Anchor.party == party) if party else query).all()


def shown(row: Anchor) -> dict[str, Any]:
    """An anchor in plain values: whose, which CA, and until when; a damaged row says neither of the last two."""
    holder = None
    with suppress(KeyUnusable):
        holder = certificates.held(row.fingerprint, row.certificate)
    return {
        "party": row.party,
        "fingerprint": row.fingerprint,
        "subject": "" if holder is None else chains.name(holder),
        "status": row.status,
        "not_after": None if holder is None else holder.not_valid_after_utc,
    }


def active(session: Session) -> Mapping[str, tuple[Certificate, ...]]:
    """The anchors that count, by party; at one whose row was damaged no chain ends, and the others hold."""
    found: dict[str, tuple[Certificate, ...]] = {}
    query = select(Anchor.party, Anchor.fingerprint, Anchor.certificate).where(Anchor.status == "active")
    for party, fingerprint, text in session.execute(query.order_by(Anchor.party, Anchor.fingerprint)):
        with suppress(KeyUnusable):
            found[party] = (*found.get(party, ()), certificates.held(fingerprint, text))
    return found


def check(
    session: Session, certificate: Certificate, between: Sequence[Certificate], *, party: str, at: datetime
) -> None:
    """Refuse a certificate of a party that a CA has issued and that has no good chain now (KeyUnusable)."""
    if not chains.is_self_signed(certificate):
        chains.check(certificate, between, active(session).get(party, ()), at)


def touch(session: Session) -> None:
    """Tell every keyring that chains have to be judged again."""
    session.info[CHANGED_HERE] = True
    # The log's counter before ours, as wherever keys change.
    log.hold(session, "exchange")
    numbers.take(session, CHANGES)


def add_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `anchor-add`: payload `{"party", "fingerprint"}`."""
    row = _row(session, approval, ("proposed",))
    chains.check_anchor(certificates.load(row.certificate), now)
    _move(session, row, "active", Action.ANCHOR_APPROVED, actor=actor, reason=approval.reason, now=now)


def remove_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `anchor-remove`: payload `{"party", "fingerprint"}`."""
    row = _row(session, approval, ("proposed", "active"))
    _move(session, row, "removed", Action.ANCHOR_REMOVED, actor=actor, reason=approval.reason, now=now)


ACTS: Final = {ADD: add_approved, REMOVE: remove_approved}
"""What an approval can set in motion here, by its action."""


def _row(session: Session, approval: Approval, before: tuple[str, ...]) -> Anchor:
    key = approval.payload["party"], approval.payload["fingerprint"]
    row = session.get(Anchor, key, with_for_update=True, populate_existing=True)
    if row is None or row.status not in before:
        raise ChainNotAnchored("The anchor is in another state by now; ask again.", where=approval.subject)
    return row


def _move(
    session: Session, row: Anchor, status: str, action: Action, *, actor: str, reason: str, now: datetime
) -> None:
    row.status, row.changed = status, now
    touch(session)
    _audit(session, action, {"party": row.party, "fingerprint": row.fingerprint}, actor=actor, reason=reason, now=now)


def _subject(key: Mapping[str, str]) -> str:
    return f"{key['party']} {key['fingerprint'][:16]}"


def _audit(session: Session, action: Action, key: Mapping[str, str], *, actor: str, reason: str, now: datetime) -> None:
    detail: dict[str, Any] = {**key, "reason": reason}
    audit.write(session, action, actor=actor, subject=_subject(key), outcome=audit.DONE, at=now, detail=detail)
