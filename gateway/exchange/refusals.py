"""Bytes that nobody is proved to have sent, sealed into the log: many of them by one leaf.

Whoever has no key can make us refuse as often as they like. If each refusal were a leaf, a stranger could
make the tree grow, and every message of a partner would queue behind it. So the trace is kept at once, and
a leaf over all traces since the last one is appended whenever a checkpoint is due: the log grows by one
leaf however many there were, and no checkpoint leaves out what was refused before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.ledger import log, rowleaf, sealed
from gateway.ledger.log import Entry
from gateway.store.columns import vault_of
from gateway.store.database import Database
from gateway.store.tables import Journal

SUBJECT: Final = "refusals"
CUT: Final = "cut "
"""Begins what a trace claims of which only the first bytes are kept; their own digest follows."""
_TOGETHER: Final = 10_000
"""Most refusals under one leaf, so that sealing after a flood does not hold the log for long."""
COLUMNS: Final = tuple(rowleaf.readable(Journal))
"""What the leaf covers of each row; its bytes are held against the digest in it."""


def seal(database: Database, now: datetime) -> int:
    """Append leaves for every refusal that none covers yet; return how many refusals that were."""
    count = 0
    while sealed_now := _seal(database, now):
        count += sealed_now
    return count


def content(session: Session, rows: Sequence[Any]) -> str:
    """The leaf over these rows, in the order of their ids. It is keyed, because the reasons stay inside."""
    vault = vault_of(session)
    return f"{SUBJECT} {len(rows)} rows {rowleaf.batch(vault, [rowleaf.values(vault, row) for row in rows])}"


def former_content(rows: Iterable[Any]) -> str:
    """The leaf as earlier versions of this program wrote it, over five columns."""
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(sealed.canonical(_covered(row)) + b"\n")
        count += 1
    return f"{SUBJECT} {count} {digest.hexdigest()}"


def _seal(database: Database, now: datetime) -> int:
    query = select(*COLUMNS).where(Journal.sender.is_(None), Journal.log_index.is_(None)).order_by(Journal.id)
    with database.read() as session:
        # Nothing is written, and nobody waits, where nothing was refused.
        if session.execute(query.limit(1)).first() is None:
            return 0
    with database.begin() as session:
        # Whoever holds the log is the only one to seal.
        log.hold(session, "exchange")
        rows = session.execute(query.limit(_TOGETHER)).all()
        _mark(session, rows, now)
    return len(rows)


def holds_bytes(digest: str, claimed: str, raw: bytes) -> bool:
    """Whether the bytes that are kept of a message are those that came."""
    return hashlib.sha256(raw).hexdigest() == (claimed.removeprefix(CUT) if claimed.startswith(CUT) else digest)


def _mark(session: Session, rows: Sequence[Any], now: datetime) -> None:
    if not rows:
        return
    place = log.append_all(session, "exchange", [Entry(SUBJECT, content(session, rows))], now)[0]
    ids = [row.id for row in rows]
    for start in range(0, len(ids), 500):
        session.execute(update(Journal).where(Journal.id.in_(ids[start : start + 500])).values(log_index=place.index))


def _covered(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "digest": row.digest,
        "code": row.code,
        "channel": row.channel,
        "received": row.received.astimezone(UTC).isoformat(timespec="microseconds"),
    }
