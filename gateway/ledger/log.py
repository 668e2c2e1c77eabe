"""The two Merkle trees of a node, kept in the database: append, prove, find.

`exchange` is what partners may ask proofs about. `audit` is the node's own: lodging an asylum case or
reading a record leaves nothing in a tree that a partner can watch grow (decision 0005).

Writers queue on the tree's counter until they commit. Whoever writes to both trees in one transaction takes
`exchange` first, always: two writers that took them crosswise would wait for each other for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from sqlalchemy import TextClause, insert, select, text
from sqlalchemy.orm import Session

from gateway.errors import LogInconsistent
from gateway.ledger import merkle
from gateway.ledger.merkle import Position
from gateway.store import numbers
from gateway.store.tables import Counter, LogLeaf, LogNode

Log = Literal["exchange", "audit"]


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a new leaf stands, with the proof that goes into a receipt."""

    index: int
    """Number of the leaf, counted from 0."""
    size: int
    """Leaves in the tree with this one."""
    root: bytes
    proof: tuple[bytes, ...]
    """Hashes from the leaf to the root."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be appended."""

    subject: str
    """What it is about: a message id, or an act."""
    content: str
    """The text that is hashed. Its first word is the subject, so that the subject is proved too."""


def message_entry(message_id: str, digest: str, verdict: str, *, direction: Literal["in", "out"] = "in") -> Entry:
    """The leaf about one message. The other side makes the same one from the receipt and checks its proof.

    The verdict of a message that came in is that of its receipt. One that goes out is `SENT` from the outbox,
    `ASKED` where it is a question whose answer we wait for, or the `ANSWER` to a partner's question.
    """
    return Entry(message_id, f"{message_id} {direction} {digest} {verdict}")


def receipt_entry(message_id: str, digest: str, verdict: str) -> Entry:
    """The leaf about the receipt of a message that we sent; `digest` is the receipt's own."""
    return Entry(message_id, f"{message_id} receipt {digest} {verdict}")


def append(session: Session, log: Log, subject: str, content: str, at: datetime) -> Appended:
    """Add one leaf at the end. Other writers to this tree wait until the session commits."""
    return append_all(session, log, [Entry(subject, content)], at)[0]


def append_all(session: Session, log: Log, entries: Sequence[Entry], at: datetime) -> list[Appended]:
    """Add several leaves in one go: as many statements as for one."""
    if not entries:
        return []
    for entry in entries:
        if entry.content.split(" ", 1)[0] != entry.subject or not entry.content.isprintable():
            raise ValueError("the content of a leaf is one printable line whose first word is the subject")
    _keep_order(session, log)
    first = numbers.take(session, _counter(log), len(entries)) - 1
    known = _fetch(session, log, merkle.frontier(first))
    edge = [known[position] for position in merkle.frontier(first)]
    appended: list[Appended] = []
    made: dict[Position, bytes] = {}
    for index, entry in enumerate(entries, first):
        leaf = merkle.leaf_hash(entry.content)
        proof = tuple(reversed(edge))
        made.update(_grow(edge, index, leaf))
        appended.append(Appended(index, index + 1, merkle.fold(edge), proof))
    # Straight to the tables: the object mapper would cost more than everything else here together.
    connection = session.connection()
    connection.execute(
        insert(LogLeaf),
        [
            {"log": log, "index": index, "subject": entry.subject, "content": entry.content, "at": at}
            for index, entry in enumerate(entries, first)
        ],
    )
    connection.execute(
        insert(LogNode),
        [{"log": log, "level": level, "index": index, "hash": value} for (level, index), value in made.items()],
    )
    return appended


def hold(session: Session, log: Log) -> None:
    """Queue for a tree now, although the leaf is appended later in the transaction."""
    _keep_order(session, log)
    # Taking no number makes the counter where there is none yet, so that even the first two wait for each other.
    numbers.take(session, _counter(log), 0)


def size(session: Session, log: Log) -> int:
    """How many leaves the tree has."""
    return session.scalar(select(Counter.value).where(Counter.name == _counter(log))) or 0


def root(session: Session, log: Log, size: int) -> bytes:
    """The root of the tree when it had `size` leaves."""
    return merkle.gather([(0, size)], lambda wanted: _fetch(session, log, wanted))[0]


def inclusion(session: Session, log: Log, index: int, size: int) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves."""
    return merkle.gather(merkle.inclusion_spans(index, size), lambda wanted: _fetch(session, log, wanted))


def consistency(session: Session, log: Log, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of the tree of `new` leaves."""
    return merkle.gather(merkle.consistency_spans(old, new), lambda wanted: _fetch(session, log, wanted))


def find(session: Session, log: Log, subject: str) -> list[LogLeaf]:
    """All leaves about a subject, oldest first."""
    if not subject.isprintable():
        return []
    query = select(LogLeaf).where(LogLeaf.log == log, LogLeaf.subject == subject).order_by(LogLeaf.index)
    return list(session.scalars(query))


def leaves(session: Session, log: Log, *, batch: int = 5_000) -> Iterator[tuple[int, str, str, bytes | None]]:
    """Every leaf in order as index, subject, content and the hash the tree holds for it (None: it is gone)."""
    query = (
        select(LogLeaf.index, LogLeaf.subject, LogLeaf.content, LogNode.hash)
        .outerjoin(LogNode, (LogNode.log == log) & (LogNode.level == 0) & (LogNode.index == LogLeaf.index))
        .where(LogLeaf.log == log)
        .order_by(LogLeaf.index)
    )
    for row in session.execute(query, execution_options={"yield_per": batch}):
        index, subject, content, value = row
        yield index, subject, content, value


def _grow(edge: list[bytes], index: int, leaf: bytes) -> Iterator[tuple[Position, bytes]]:
    """Put a leaf at the right edge and name every full subtree that it completes."""
    level, number, value = 0, index, leaf
    yield (level, number), value
    while number & 1:
        value = merkle.node_hash(edge.pop(), value)
        level, number = level + 1, number >> 1
        yield (level, number), value
    edge.append(value)


def _fetch(session: Session, log: Log, wanted: Sequence[Position]) -> dict[Position, bytes]:
    """The kept hashes of full subtrees; one that is missing means the tree was tampered with."""
    if not wanted:
        return {}
    values: dict[str, object] = {"log": log}
    for number, (level, index) in enumerate(wanted):
        values[f"level{number}"], values[f"index{number}"] = level, index
    query = _lookup(len(wanted))
    known = {(level, index): value for level, index, value in session.execute(query, values)}
    for level, index in wanted:
        if (level, index) not in known:
            raise LogInconsistent(reason=f"log {log}: node {index} of level {level} is missing")
    return known


@cache
def _lookup(count: int) -> TextClause:
    """The query for that many nodes, written once: building it anew costs ten times what running it does.

    Each position is spelled out in full, because SQLite reads the whole tree for `(level, index) IN (…)`.
    """
    each = (f'(log = :log AND level = :level{n} AND "index" = :index{n})' for n in range(count))
    return text(f'SELECT level, "index", hash FROM log_node WHERE {" OR ".join(each)}')  # noqa: S608 - numbers only


def _keep_order(session: Session, log: Log) -> None:
    held: set[str] = session.info.setdefault("logs-held", set())
    if log == "exchange" and held == {"audit"}:
        raise RuntimeError("take the exchange tree before the audit tree: log.hold(session, 'exchange')")
    held.add(log)


def _counter(log: Log) -> str:
    return f"log:{log}"
