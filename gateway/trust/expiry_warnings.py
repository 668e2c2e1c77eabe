"""What is about to expire: signing keys of ours and of partners, and the certificates both sides show in TLS.

An alarm holds from sixty days out until the key or certificate is replaced. At each step on the way there is one
line in the audit trail, however often somebody looks. A key that another has taken over from (`retiring`) may end.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import KeyUnusable, Refusal
from gateway.settings import Settings
from gateway.store.tables import Alarm, Anchor, Key, Partner
from gateway.trust import alarms, certificates, tls
from gateway.trust.alarms import Code

STEPS: Final = (60, 30, 14, 7, 1, 0)
"""Days before the end at which a warning is given (message-security, "Keys, time, log"); 0 once it has come."""
USED: Final = ("published", "active")
"""States of the keys whose end matters."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something that ends on a day."""

    subject: str
    """The key's id, `anchor STATE/AGENCY FINGERPRINT`, or `tls STATE/AGENCY`."""
    party: str
    kind: str
    """`key`, `chain` where a certificate that came with the key ends before it, `anchor` for a CA, or `tls`."""
    ends: datetime

    def days_left(self, now: datetime) -> int:
        """Whole days until the end; negative once it is over."""
        return (self.ends - now).days

    def step(self, now: datetime) -> int | None:
        """The last step that was crossed; None while the end is far."""
        return min((step for step in STEPS if self.ends - now <= timedelta(days=step)), default=None)


def terms(session: Session, settings: Settings) -> list[Term]:
    """Every key and certificate in use with its end, the soonest first."""
    found = [_of_key(key) for key in session.scalars(select(Key).where(Key.status.in_(USED)))]
    # A CA that was approved for a party stands in no key's row, and all chains below it end with it.
    for anchor in session.scalars(select(Anchor).where(Anchor.status == "active")):
        # What cannot be read has an alarm of its own (gateway.trust.damaged), and holds up no other warning.
        with suppress(KeyUnusable):
            found.append(_of_anchor(anchor))
    if settings.tls is not None:
        found += _of_own_tls(settings)
    pinned = select(Partner.id, Partner.tls_certificate).where(Partner.tls_certificate != "")
    for party, pins in session.execute(pinned.where(Partner.status == "active")):
        with suppress(KeyUnusable):
            # While one certificate replaces another both are pinned, and the longer one is the new one.
            found.append(Term(f"tls {party}", party, "tls", max(tls.ends(pins))))
    return sorted(found, key=lambda term: (term.ends, term.subject))


def warn(session: Session, settings: Settings, now: datetime) -> list[Term]:
    """Raise the alarm of whatever ends soon, and end those that are over; returns what crossed a step since."""
    soon = {term.subject: term for term in terms(session, settings) if term.step(now) is not None}
    news = [term for term in soon.values() if _warn(session, term, now)]
    for row in alarms.open_alarms(session, Code.KEY_EXPIRES):
        if row.subject not in soon:
            alarms.clear(session, Code.KEY_EXPIRES, row.subject, now)
    return news


def nothing_to_say(session: Session, settings: Settings, now: datetime) -> bool:
    """Whether nothing ends soon and no alarm is left of what did: then nobody has to write."""
    near = any(term.step(now) is not None for term in terms(session, settings))
    return not near and not alarms.open_alarms(session, Code.KEY_EXPIRES)


def _warn(session: Session, term: Term, now: datetime) -> bool:
    step, ends = term.step(now), term.ends.isoformat()
    # The row stays when an alarm is over or was cleared by a person, so it tells what was said before.
    row = session.get(Alarm, (Code.KEY_EXPIRES, term.subject), populate_existing=True)
    said = row.detail if row is not None else {}
    detail = {"party": term.party, "kind": term.kind, "ends": ends, "step": step, "days_left": term.days_left(now)}
    known = said.get("ends") == ends and said.get("step") == step
    alarms.raise_alarm(session, Code.KEY_EXPIRES, term.subject, now, detail)
    if not known:
        actor, outcome = alarms.SYSTEM, f"{step} days"
        audit.write(
            session, Action.KEY_EXPIRES, actor=actor, subject=term.subject, outcome=outcome, at=now, detail=detail
        )
    return not known


def _of_key(key: Key) -> Term:
    try:
        chain = min(certificate.not_valid_after_utc for certificate in certificates.load_all(key.certificate))
    except Refusal:
        # What cannot be read is refused wherever it is used; here its row says enough.
        chain = key.not_after
    kind = "chain" if chain < key.not_after else "key"
    return Term(key.kid, key.party, kind, min(chain, key.not_after))


def _of_anchor(anchor: Anchor) -> Term:
    subject = f"anchor {anchor.party} {anchor.fingerprint[:16]}"
    return Term(subject, anchor.party, "anchor", certificates.load(anchor.certificate).not_valid_after_utc)


def _of_own_tls(settings: Settings) -> Sequence[Term]:
    try:
        ends = tls.ends(tls.own_certificate(settings).decode())
    except Refusal:
        # A certificate that cannot be read keeps the node from starting, which says it louder.
        return []
    return [Term(f"tls {settings.node}", settings.node, "tls", min(ends))]
