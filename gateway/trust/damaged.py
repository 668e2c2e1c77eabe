"""Certificates that the database holds and that cannot be read any more: each is refused alone, and told of.

Whoever works with certificates passes over such a row, so that one of them stops nobody else's messages. Here
administrators learn which it is, until it is mended or over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import KeyUnusable
from gateway.store.tables import Anchor, Key, Partner
from gateway.trust import alarms, certificates, tls
from gateway.trust.alarms import Code

_OVER: Final = ("retired", "revoked")
"""States of the keys that nothing depends on any more."""


def rows(session: Session) -> dict[str, str]:
    """What each row is that cannot be read: its subject, as an alarm names it, and what is wrong with it."""
    found = {}
    for subject, check in _held(session):
        try:
            check()
        except KeyUnusable as refusal:
            found[subject] = refusal.detail
    return found


def nothing_to_say(session: Session) -> bool:
    """Whether every row can be read, and no alarm is left of one: then nobody has to write."""
    return not rows(session) and not alarms.open_alarms(session, Code.ROW_DAMAGED)


def warn(session: Session, now: datetime) -> None:
    """Raise the alarm of every row that cannot be read, and end those that are over."""
    found = rows(session)
    for subject, reason in found.items():
        alarms.raise_alarm(session, Code.ROW_DAMAGED, subject, now, {"reason": reason})
    for row in alarms.open_alarms(session, Code.ROW_DAMAGED):
        if row.subject not in found:
            alarms.clear(session, Code.ROW_DAMAGED, row.subject, now)


def _held(session: Session) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every certificate that something depends on: its subject, and what reads it."""
    keys = select(Key.kid, Key.certificate).where(Key.status.not_in(_OVER)).order_by(Key.kid)
    for kid, text in session.execute(keys):
        yield f"key {kid}", partial(certificates.held, kid, text)
    anchors = select(Anchor.party, Anchor.fingerprint, Anchor.certificate).where(Anchor.status == "active")
    for party, fingerprint, text in session.execute(anchors.order_by(Anchor.party, Anchor.fingerprint)):
        yield f"anchor {party} {fingerprint[:16]}", partial(certificates.held, fingerprint, text)
    pins = select(Partner.id, Partner.tls_certificate).where(Partner.status == "active", Partner.tls_certificate != "")
    for party, text in session.execute(pins.order_by(Partner.id)):
        yield f"tls {party}", partial(tls.ends, text)
