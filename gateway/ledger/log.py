"""The Merkle trees of a node, kept in the database: append, prove, find.

`exchange` is what partners may ask proofs about. `audit` is the node's own: lodging an asylum case or
reading a record leaves nothing in a tree that a partner can watch grow (decision 0005). `rows` guards rows that
neither speaks of (gateway.ledger.rows).

Writers queue on the tree's counter until they commit. Whoever writes to both trees in one transaction takes
`exchange` first, always: two writers that took them crosswise would wait for each other for ever. `rows` comes last.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Final, Literal

from sqlalchemy import TextClause, select, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from gateway.errors import LogInconsistent
from gateway.ledger import merkle
from gateway.ledger.merkle import Position
from gateway.store import numbers
from gateway.store.columns import vault_of
from gateway.store.tables import Counter, LogLeaf, LogNode
from gateway.store.vault import Vault

Log = Literal["exchange", "audit", "rows"]
SIZES: Final = "log:"
"""How the names of the counters begin that hold the sizes of the trees."""
BLOCK: Final = 4096
"""Leaves that are filed together (LogLeaf.block)."""
_MESSAGE_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BLOCKS_AT_ONCE: Final = 5_000
"""Blocks that one statement looks through for a subject: twenty million leaves."""


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a new leaf stands, with the proof that goes into a receipt."""

    index: int
    """Number of the leaf, counted from 0."""
    leaf: bytes
    """Its hash."""
    proof: tuple[bytes, ...]
    """Hashes from the leaf to the root."""

    @property
    def size(self) -> int:
        """Leaves in the tree with this one."""
        return self.index + 1

    @property
    def root(self) -> bytes:
        """The root of that tree. Folded when asked for: of a batch, hardly anybody asks for all."""
        return reduce(lambda right, left: merkle.node_hash(left, right), self.proof, self.leaf)


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


def append(session: Session, log: Log, subject: str, content: str) -> Appended:
    """Add one leaf at the end. Other writers to this tree wait until the session commits."""
    return append_all(session, log, [Entry(subject, content)])[0]


def append_all(session: Session, log: Log, entries: Sequence[Entry]) -> list[Appended]:
    """Add several leaves in one go: as many statements as for one."""
    if not entries:
        return []
    end = OpenEnd(session, log, len(entries))
    appended = [end.add(entry) for entry in entries]
    end.write()
    return appended


class OpenEnd:
    """Places taken at the end of a tree, for leaves of which one may say something about where another stands.

    Other writers to the tree wait from here until the session commits. The leaves are there after write().
    """

    __slots__ = ("_count", "_edge", "_first", "_leaves", "_log", "_nodes", "_session", "_vault")

    def __init__(self, session: Session, log: Log, count: int) -> None:
        _keep_order(session, log)
        self._session, self._log, self._count, self._vault = session, log, count, vault_of(session)
        self._first = numbers.take(session, _counter(log), count) - 1
        known = _fetch(session, log, merkle.frontier(self._first))
        self._edge = [known[position] for position in merkle.frontier(self._first)]
        self._leaves: list[tuple[str, int, int, str, str, str]] = []
        self._nodes: list[tuple[str, int, int, bytes]] = []

    @property
    def next(self) -> int:
        """Number of the leaf that is added next."""
        return self._first + len(self._leaves)

    def add(self, entry: Entry) -> Appended:
        """The next leaf, with its proof in the tree that ends with it."""
        content = entry.content
        if content.split(" ", 1)[0] != entry.subject or not content.isprintable():
            raise ValueError("the content of a leaf is one printable line whose first word is the subject")
        log, index, edge, leaf = self._log, self.next, self._edge, merkle.leaf_hash(content)
        appended = Appended(index, leaf, tuple(reversed(edge)))
        sealed = seal(self._vault, log, index, content)
        self._leaves.append((log, index, index // BLOCK, entry.subject, content, sealed))
        self._nodes.append((log, 0, index, leaf))
        # Every full subtree that this leaf completes is kept: roots and proofs are folded from those.
        level, number, value = 0, index, leaf
        while number & 1:
            value = merkle.node_hash(edge.pop(), value)
            level, number = level + 1, number >> 1
            self._nodes.append((log, level, number, value))
        edge.append(value)
        return appended

    def write(self) -> None:
        """Write the leaves. Every place that was taken has to have one, or the tree would have a hole."""
        if len(self._leaves) != self._count:
            raise ValueError(f"{self._count} places were taken in the log, {len(self._leaves)} leaves are there")
        connection = self._session.connection()
        # Straight to the driver: the toolkit would cost more than everything else here together.
        into_leaves, into_nodes = _inserts(connection.dialect)
        connection.exec_driver_sql(into_leaves, self._leaves)
        connection.exec_driver_sql(into_nodes, self._nodes)


def seal(vault: Vault, log: Log, index: int, content: str) -> str:
    """What shows that this node has put this content at this place: 96 bits of a keyed digest.

    Hashes can be computed by everybody. Whoever can write into the database, but has no key of the node, can make no
    leaf that holds, and put none of the node's at another place.
    """
    return b64encode(vault.digest(b"leaf", f"{log} {index} {content}".encode())[:12]).decode()


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


def find(session: Session, log: Log, subject: str, *, since: int = 0, most: int | None = None) -> list[LogLeaf]:
    """The leaves about a subject from a place on, oldest first."""
    if not subject.isprintable():
        return []
    found: list[LogLeaf] = []
    blocks = size(session, log) // BLOCK + 1
    for start in range(since // BLOCK, blocks, _BLOCKS_AT_ONCE):
        wanted = range(start, min(start + _BLOCKS_AT_ONCE, blocks))
        query = select(LogLeaf).where(LogLeaf.block.in_(wanted), LogLeaf.subject == subject, LogLeaf.log == log)
        query = query.where(LogLeaf.index >= since).order_by(LogLeaf.index)
        found += session.scalars(query if most is None else query.limit(most - len(found)))
        if len(found) == most:
            break
    return found


def about_message(session: Session, message_id: str) -> list[LogLeaf]:
    """All leaves of the exchange tree about a message, oldest first. What is no message id names none.

    Whoever asks for a proof may be a partner: acts, and how the tree of rows stands, are no affair of theirs.
    """
    return find(session, "exchange", message_id) if _MESSAGE_ID.fullmatch(message_id) else []


def leaves(session: Session, log: Log, *, batch: int = 5_000) -> Iterator[tuple[int, str, str, str, bytes | None]]:
    """Every leaf in order as index, subject, content, seal and the hash the tree holds for it (None: it is gone)."""
    query = (
        select(LogLeaf.index, LogLeaf.subject, LogLeaf.content, LogLeaf.seal, LogNode.hash)
        .outerjoin(LogNode, (LogNode.log == log) & (LogNode.level == 0) & (LogNode.index == LogLeaf.index))
        .where(LogLeaf.log == log)
        .order_by(LogLeaf.index)
    )
    for row in session.execute(query, execution_options={"yield_per": batch}):
        index, subject, content, sealed, value = row
        yield index, subject, content, sealed, value


@cache
def _inserts(dialect: Dialect) -> tuple[str, str]:
    """The statements for leaves and nodes in the words of the driver."""
    one = {"qmark": "?", "pyformat": "%s", "format": "%s"}[dialect.paramstyle]
    leaf, node = ", ".join([one] * 6), ", ".join([one] * 4)
    return (
        f'INSERT INTO log_leaf (log, "index", block, subject, content, seal) VALUES ({leaf})',  # noqa: S608 - places only
        f'INSERT INTO log_node (log, level, "index", hash) VALUES ({node})',  # noqa: S608 - places only
    )


def _fetch(session: Session, log: Log, wanted: Sequence[Position]) -> dict[Position, bytes]:
    """The kept hashes of full subtrees; one that is missing, or is none, means the tree was tampered with."""
    if not wanted:
        return {}
    values: dict[str, object] = {"log": log}
    for number, (level, index) in enumerate(wanted):
        values[f"level{number}"], values[f"index{number}"] = level, index
    query = _lookup(len(wanted))
    rows = session.execute(query, values)
    known = {(level, index): value for level, index, value in rows if isinstance(value, bytes)}
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
    return f"{SIZES}{log}"
