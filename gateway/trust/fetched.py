"""Which partner is proved to have which version of our directory of keys.

The proof is a fetch with an access token, or a signed receipt for a notice of our keys. Anybody may fetch
the directory; a stranger's fetch proves nothing and is not kept.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.store.tables import DirectoryFetch, Partner


def known(session: Session, partner: str, serial: int) -> bool:
    """Whether a partner is proved to have this version, or a later one."""
    query = select(DirectoryFetch.partner).where(DirectoryFetch.partner == partner, DirectoryFetch.serial >= serial)
    return session.scalar(query) is not None


def record(session: Session, partner: str, serial: int, now: datetime) -> None:
    """Keep that a partner has a version of the directory; an older one than is known changes nothing."""
    if session.get(DirectoryFetch, partner) is None:
        try:
            with session.begin_nested():
                session.add(DirectoryFetch(partner=partner, serial=serial, at=now))
        except IntegrityError:
            # The same partner's other fetch was first.
            pass
        else:
            return
    row = session.get_one(DirectoryFetch, partner, with_for_update=True, populate_existing=True)
    if row.serial < serial:
        row.serial, row.at = serial, now


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
