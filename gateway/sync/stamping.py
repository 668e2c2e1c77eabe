"""Timestamps in the background: what was signed and received is stamped by every authority, never on the hot path.

What is new becomes rows that wait, one for each authority; each run takes what waits, oldest first, within bounds of
number and time. An authority that does not answer holds up no other, and its lag becomes an alarm. Of a checkpoint
the tree is stamped and not the statement: the statement is signed anew whenever somebody asks, the tree stays.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from cryptography.x509 import Certificate
from sqlalchemy import ColumnElement, String, cast, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from gateway.errors import Damaged, Refusal, Unavailable
from gateway.exchange.node import Node
from gateway.exchange.stamped import CHECKPOINT, RECEIPT, RECEIVED, SENT
from gateway.ledger import sealed
from gateway.message.timestamped import stamped_part
from gateway.partners.answer import UNREACHED, Deadline, bounded
from gateway.settings import TimestampAuthority
from gateway.store import tables
from gateway.store.vault import Locked
from gateway.sync.deliver import never
from gateway.trust import alarms, stamps

_log = logging.getLogger(__name__)

_NEW: Final = 2_000
"""Most rows of one kind that are looked through in one run."""
_EACH: Final = 200
"""Most timestamps asked of one authority in one run."""
_SECONDS: Final = 30.0
"""How long one authority is asked in one run."""
_TRIES: Final = 3
"""Failures in a row after which an authority is left alone until the next run."""
_AGAIN: Final = timedelta(seconds=60)
"""How long a row that failed waits."""
_OVERLAP: Final = timedelta(minutes=2)
"""How far back each run looks once more: longer than any transaction can have been open."""
_TOKEN_BYTES: Final = 64 * 1024
"""No timestamp with its certificates comes near this size."""


@dataclass(slots=True)
class Done:
    """What one run did."""

    entered: int = 0
    stamped: int = 0
    failed: int = 0


def stamp_now(node: Node) -> Done:
    """The same because somebody says so: what has just failed does not wait a minute first."""
    return stamp_due(node, patience=timedelta())


def stamp_due(node: Node, *, stopping: Callable[[], bool] = never, patience: timedelta = _AGAIN) -> Done:
    """Enter what is new, ask every authority for what waits, and raise or end its alarm.

    What failed is asked for again after `patience`.
    """
    done = Done()
    _forget_alarms(node)
    if not node.settings.stamps.authorities:
        return done
    with node.database.begin() as session:
        done.entered = enter(session, node)
    for authority in node.settings.stamps.authorities:
        if stopping():
            break
        _ask_for_all(node, authority, done, stopping, patience)
        with node.database.begin() as session:
            watch(session, node, authority)
    return done


def enter(session: Session, node: Node) -> int:
    """A waiting row for each signature and checkpoint that has none yet, for each authority."""
    wanted = node.settings.stamps.of
    return sum(_enter(session, node, source) for source in _sources(node) if source.kind in wanted)


def watch(session: Session, node: Node, authority: TimestampAuthority) -> None:
    """Raise the alarm of an authority whose oldest waiting row is too old; end it once it is not."""
    now = node.clock()
    oldest = session.scalar(
        select(func.min(tables.Stamp.created)).where(
            tables.Stamp.token.is_(None), tables.Stamp.authority == authority.name
        )
    )
    if oldest is not None and (now - oldest).total_seconds() > node.settings.stamps.late:
        detail = {"oldest": oldest.isoformat(timespec="seconds"), "waiting": waiting(session, authority.name)}
        alarms.raise_alarm(session, alarms.Code.STAMPS_LATE, authority.name, now, detail)
    else:
        alarms.clear(session, alarms.Code.STAMPS_LATE, authority.name, now)


def _forget_alarms(node: Node) -> None:
    """An authority that was taken out of the settings is not late: nobody asks it any more."""
    names = {each.name for each in node.settings.stamps.authorities}
    with node.database.read() as session:
        gone = {row.subject for row in alarms.open_alarms(session, alarms.Code.STAMPS_LATE)} - names
    for name in gone:
        with node.database.begin() as session:
            alarms.clear(session, alarms.Code.STAMPS_LATE, name, node.clock())


def waiting(session: Session, authority: str) -> int:
    """How many signatures wait for a timestamp of this authority."""
    query = select(func.count()).select_from(tables.Stamp)
    return session.scalar(query.where(tables.Stamp.token.is_(None), tables.Stamp.authority == authority)) or 0


def stamped_bytes(session: Session, node: Node, kind: str, subject: str) -> bytes:
    """What is timestamped of a row; empty once retention has erased it, and for what nobody has signed."""
    number = int(subject)
    if kind == CHECKPOINT:
        point = session.get(tables.LogCheckpoint, (node.settings.node, number))
        return b"" if point is None else sealed.canonical(_tree(point))
    columns = {
        RECEIVED: select(tables.Journal.raw).where(tables.Journal.id == number),
        SENT: select(tables.Outbox.raw).where(tables.Outbox.id == number),
        RECEIPT: select(tables.Outbox.receipt).where(tables.Outbox.id == number),
    }
    raw: bytes | None = session.scalar(columns[kind])
    try:
        return stamped_part(raw) if raw else b""
    except Refusal:
        # Rows from and for a foreign system stand in the same tables, and carry no signature.
        return b""


def _readable(session: Session, node: Node, kind: str, subject: str) -> bytes:
    """What is timestamped of a row; empty as well where it does not open any more: the log's check tells of that."""
    try:
        return stamped_bytes(session, node, kind, subject)
    except Locked as damage:
        if not isinstance(damage.refusal, Damaged):
            raise
        _log.error("row %s (%s) gets no timestamp: %s", subject, kind, damage.refusal.where)
        return b""


def _tree(point: tables.LogCheckpoint) -> dict[str, Any]:
    return {"party": point.party, "log": "exchange", "size": point.size, "root": point.root}


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows of one kind that are to be stamped."""

    kind: str
    key: InstrumentedAttribute[int]
    at: InstrumentedAttribute[Any]
    """When a row came to be."""
    wanted: ColumnElement[bool]


def _sources(node: Node) -> tuple[_Source, ...]:
    journal, outbox, point = tables.Journal, tables.Outbox, tables.LogCheckpoint
    return (
        _Source(RECEIVED, journal.id, journal.received, journal.sender.is_not(None)),
        _Source(SENT, outbox.id, outbox.delivered, outbox.delivered.is_not(None)),
        _Source(RECEIPT, outbox.id, outbox.delivered, outbox.receipt.is_not(None)),
        _Source(CHECKPOINT, point.size, point.at, point.party == node.settings.node),
    )


def _enter(session: Session, node: Node, source: _Source) -> int:
    """New rows of one kind, from where the last run has left off."""
    mark = session.get(tables.Bookmark, f"stamps:{source.kind}")
    now = node.clock()
    since = datetime.fromisoformat(mark.value) if mark is not None else now - _OVERLAP
    entered, last = 0, since
    known = exists().where(tables.Stamp.kind == source.kind, tables.Stamp.subject == cast(source.key, String))
    query = select(source.key, source.at).where(source.wanted, source.at >= since, ~known)
    rows = session.execute(query.order_by(source.at, source.key).limit(_NEW)).all()
    for number, when in rows:
        last = when
        part = _readable(session, node, source.kind, str(number))
        if not part:
            continue
        entered += 1
        digest = hashlib.sha256(part).hexdigest()
        session.add_all(
            tables.Stamp(kind=source.kind, subject=str(number), authority=each.name, digest=digest, created=now)
            for each in node.settings.stamps.authorities
        )
    # Where not all was looked through the next run goes on, else it begins where a late commit may still turn up.
    reached = (min(last, now - _OVERLAP) if len(rows) == _NEW else now - _OVERLAP).isoformat()
    if mark is None:
        session.add(tables.Bookmark(name=f"stamps:{source.kind}", value=reached, updated=now))
    else:
        mark.value, mark.updated = reached, now
    return entered


def _ask_for_all(
    node: Node, authority: TimestampAuthority, done: Done, stopping: Callable[[], bool], patience: timedelta
) -> None:
    """Ask one authority for what waits for it, within the bounds of a run."""
    try:
        roots = stamps.anchors(node.settings.directory / authority.trust)
    except Refusal as refusal:
        # Its file is not as it should be. The others are asked all the same, and the lag will be an alarm.
        _log.warning("%s: %s", authority.name, refusal.reason)
        done.failed += 1
        return
    now, end, failures = node.clock(), time.monotonic() + _SECONDS, 0
    with node.database.read() as session:
        stamp = tables.Stamp
        # A try of a time to come was noted under a clock that has been set back since.
        again = or_(stamp.tried.is_(None), stamp.tried <= now - patience, stamp.tried > now)
        query = select(stamp.id).where(stamp.token.is_(None), stamp.authority == authority.name, again)
        # What was tried goes to the end: a few that always fail must not keep the others from their turn.
        rows = session.scalars(
            query.order_by(func.coalesce(stamp.tried, stamp.created), stamp.tried.is_not(None), stamp.id).limit(_EACH)
        ).all()
    with httpx.Client(timeout=10, trust_env=False, follow_redirects=False) as client:
        for row in rows:
            if stopping() or failures >= _TRIES or time.monotonic() > end:
                break
            try:
                stamped = _stamp(node, client, authority, roots, row)
            except Damaged as refusal:
                # The authority has not failed. The row waits, and its lag will be an alarm.
                _note(node, row, {"tried": node.clock(), "trouble": f"{refusal.code}: {refusal.where}"[:200]})
                done.failed += 1
                continue
            if stamped:
                done.stamped, failures = done.stamped + 1, 0
            else:
                done.failed, failures = done.failed + 1, failures + 1


def _stamp(
    node: Node, client: httpx.Client, authority: TimestampAuthority, roots: Sequence[Certificate], row: int
) -> bool:
    """One timestamp; whether it was had (Damaged). Nothing is held in the database while the authority is asked."""
    with node.database.read() as session:
        waits = session.get(tables.Stamp, row)
        part = stamped_bytes(session, node, waits.kind, waits.subject) if waits is not None else b""
    if waits is None or waits.token is not None:
        # Another process was first.
        return True
    trouble, stamped = "", None
    if not part or hashlib.sha256(part).hexdigest() != waits.digest:
        # Erased on time, or changed since: nothing is left to stamp.
        with node.database.begin() as session:
            session.execute(delete(tables.Stamp).where(tables.Stamp.id == row, tables.Stamp.token.is_(None)))
        return True
    try:
        asked = stamps.request(part)
        answer = _post(client, authority, asked.as_bytes())
        stamped = stamps.judge(answer, asked, bytes.fromhex(waits.digest), roots, now=node.clock())
    except Refusal as refusal:
        trouble = f"{refusal.code}: {refusal.reason}"[:200]
    values: dict[str, Any] = {"tried": node.clock(), "trouble": trouble}
    if stamped is not None:
        values |= {"token": stamped.token, "stamped": stamped.at}
    _note(node, row, values)
    return stamped is not None


def _note(node: Node, row: int, values: dict[str, Any]) -> None:
    """Write down how it went, unless another process has had the timestamp meanwhile."""
    with node.database.begin() as session:
        session.execute(update(tables.Stamp).where(tables.Stamp.id == row, tables.Stamp.token.is_(None)).values(values))


def _post(client: httpx.Client, authority: TimestampAuthority, query: bytes) -> bytes:
    deadline = Deadline(15, authority.name)
    headers = {"Content-Type": "application/timestamp-query"}
    try:
        with client.stream("POST", authority.url, content=query, headers=headers) as response:
            answer = bounded(response.iter_bytes(), _TOKEN_BYTES, deadline, authority.name)
    except UNREACHED as error:
        raise Unavailable(
            "The timestamp authority does not answer.", where=authority.name, reason=str(error)
        ) from error
    if response.status_code != 200:
        raise Unavailable(f"The timestamp authority answers http-{response.status_code}.", where=authority.name)
    return answer
