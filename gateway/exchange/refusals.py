"""Bytes that nobody is proved to have sent, sealed into the log: many of them by one leaf.

Whoever has no key can make us refuse as often as they like. If each refusal were a leaf, a stranger could
make the tree grow, and every message of a partner would queue behind it. So the trace is kept at once, and
a leaf over all traces since the last one is appended whenever a checkpoint is due: the log grows by one
leaf however many there were, and no checkpoint leaves out what was refused before it. Until then each is
guarded like any other row (gateway.ledger.rows).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.ledger import log, rowleaf, rows, rowstate
from gateway.ledger.guarded import GUARDED
from gateway.store import numbers, written
from gateway.store.columns import vault_of
from gateway.store.database import Database
from gateway.store.tables import Journal

SUBJECT: Final = "refusals"
CUT: Final = "cut "
"""Begins what a trace claims of which only the first bytes are kept; their own digest follows."""
_TOGETHER: Final = 10_000
"""Most refusals under one leaf, so that sealing after a flood does not hold the log for long."""
_LOOKED_AT: Final = "refusals"
"""The counter of leaves of the tree `rows` in which traces have been looked for."""
_TRACES: Final = GUARDED[Journal.__tablename__]
COLUMNS: Final = tuple(rowleaf.readable(Journal))
"""What the leaf covers of each row; its bytes are held against the digest in it."""


def traced(session: Session, row: int) -> None:
    """Tell the guard of rows about a trace that is new."""
    written.note(session, Journal.__tablename__, {(row,): written.ABSENT})


def seal(database: Database) -> int:
    """Append leaves for every refusal that none covers yet; return how many refusals that were."""
    count = 0
    while (sealed_now := _seal(database)) is not None:
        count += sealed_now
    return count


def content(session: Session, some: Sequence[Any]) -> str:
    """The leaf over these rows, in the order of their ids. It is keyed, because the reasons stay inside."""
    vault = vault_of(session)
    return f"{SUBJECT} {len(some)} rows {rowleaf.batch(vault, [rowleaf.values(vault, row) for row in some])}"


def _seal(database: Database) -> int | None:
    """Seal the next traces that the node has left, and how many; None where it has left none since.

    A row that somebody else has slipped in, or changed, has no leaf of the guard that fits: it is never sealed, so that
    the node does not vouch for it.
    """
    with database.read() as session:
        # Nothing is written, and nobody waits, where nothing was refused.
        if session.execute(select(Journal.id).where(*_TRACES.among).limit(1)).first() is None:
            return None
    with database.begin() as session:
        # Whoever holds the log is the only one to seal, and nobody leaves a trace meanwhile.
        log.hold(session, "exchange")
        log.hold(session, "rows")
        said, end = _said(session)
        since = numbers.reached(session, _LOOKED_AT)
        if end == since:
            return None
        numbers.reach(session, _LOOKED_AT, end)
        own = []
        for some in rowstate.together(said, rowstate.TOGETHER):
            states = rowstate.states_of(session.connection(), _TRACES, [(int(key),) for key in some])
            own += [row["id"] for row, key, digest in states if said[key] == digest]
        _mark(session, sorted(own))
        # A leaf of the exchange tree covers them from now on.
        written.note(session, _TRACES.name, {(row,): said[str(row)] for row in own})
    return len(own)


def _said(session: Session) -> tuple[dict[str, str], int]:
    """What the guard says of the next traces, by their ids, and where in its tree the rest begins."""
    said: dict[str, str] = {}
    since = numbers.reached(session, _LOOKED_AT)
    for place, told in rows.said_since(session, _TRACES.name, since, _TOGETHER):
        said.update((key, digest) for key, digest, _ in told if digest != rowstate.GONE)
        since = place + 1
        if len(said) >= _TOGETHER:
            break
    return said, since


def holds_bytes(digest: str, claimed: str, raw: bytes) -> bool:
    """Whether the bytes that are kept of a message are those that came."""
    return hashlib.sha256(raw).hexdigest() == (claimed.removeprefix(CUT) if claimed.startswith(CUT) else digest)


def _mark(session: Session, ids: Sequence[int]) -> None:
    if not ids:
        return
    found = [
        row
        for some in rowstate.together(ids, 500)
        for row in session.execute(select(*COLUMNS).where(Journal.id.in_(some)).order_by(Journal.id))
    ]
    place = log.append(session, "exchange", SUBJECT, content(session, found))
    for some in rowstate.together(ids, 500):
        session.execute(update(Journal).where(Journal.id.in_(some)).values(log_index=place.index))
