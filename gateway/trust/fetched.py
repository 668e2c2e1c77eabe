"""Which partner is proved to have which version of our directory of keys.

The proof is a fetch with an access token, or a signed receipt for a notice of our keys. Anybody may fetch
the directory; a stranger's fetch proves nothing and is not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.ledger import log
from gateway.store.tables import DirectoryFetch, Key, Partner
from gateway.trust import alarms, certificates


def known(session: Session, partner: str, serial: int) -> bool:
    """Whether a partner is proved to have this version, or a later one."""
    query = select(DirectoryFetch.partner).where(DirectoryFetch.partner == partner, DirectoryFetch.serial >= serial)
    return session.scalar(query) is not None


def record(session: Session, partner: str, serial: int, now: datetime) -> None:
    """Keep that a partner has a version of the directory; an older one than is known changes nothing."""
    if session.get(DirectoryFetch, partner) is None:
        try:
            with session.begin_nested():
                session.add(DirectoryFetch(partner=partner, serial=0, at=now))
        except IntegrityError:
            # The same partner's other fetch was first.
            pass
    row = session.get_one(DirectoryFetch, partner, with_for_update=True, populate_existing=True)
    if row.serial < serial:
        row.serial, row.at = serial, now
        session.flush()
        _know(session, now)


def _know(session: Session, now: datetime) -> None:
    """End the alarm about a key that partners did not know, once they all have it."""
    for alarm in alarms.open_alarms(session, alarms.Code.KEY_UNKNOWN):
        key = session.get(Key, alarm.subject)
        if key is None or not missing(session, key.serial or 0):
            log.hold(session, "exchange")
            alarms.clear(session, alarms.Code.KEY_UNKNOWN, alarm.subject, now)


def forget(session: Session, partners: Sequence[str]) -> None:
    """What these partners have is not known any more: they doubt a key that they had."""
    session.execute(delete(DirectoryFetch).where(DirectoryFetch.partner.in_(partners)))


def warn(session: Session, key: Key, now: datetime) -> None:
    """Raise the alarm about an active key of ours that partners are not known to have; none where all have it."""
    late = missing(session, key.serial or 0)
    if late:
        log.hold(session, "exchange")
        detail = {"fingerprint": certificates.print_of(key.kid), "partners": late}
        alarms.raise_alarm(session, alarms.Code.KEY_UNKNOWN, key.kid, now, detail)


def missing(session: Session, serial: int) -> list[str]:
    """The active partner nodes that are not known to have this version yet."""
    have = select(DirectoryFetch.partner).where(DirectoryFetch.serial >= serial)
    nodes = select(Partner.id).where(Partner.kind == "node", Partner.status == "active", Partner.id.not_in(have))
    return list(session.scalars(nodes.order_by(Partner.id)))


def seen(session: Session) -> list[tuple[str, int, datetime | None]]:
    """Every active partner node with the latest version it is known to have: 0 where there is none."""
    query = (
        select(Partner.id, DirectoryFetch.serial, DirectoryFetch.at)
        .outerjoin(DirectoryFetch, DirectoryFetch.partner == Partner.id)
        .where(Partner.kind == "node", Partner.status == "active")
        .order_by(Partner.id)
    )
    return [(name, serial or 0, at) for name, serial, at in session.execute(query)]
