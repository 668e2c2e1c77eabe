"""The rows of the guarded tables held against the tree `rows`, and that tree against what the exchange tree says of it.

The newest leaf about each row is kept in a file of the moment, so that memory grows neither with the tree nor with
the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.exchange.held import BATCH, Wrong, telling
from gateway.ledger import log as tree
from gateway.ledger import rowstate
from gateway.ledger.check import MOST_FINDINGS
from gateway.ledger.guarded import GUARDED, Guard
from gateway.ledger.merkle import Growing, leaf_hash
from gateway.ledger.rows import BEGUN, ROWS, SPOILT
from gateway.ledger.rowstate import GONE, NEW, TOGETHER, UNKNOWN
from gateway.store.columns import vault_of
from gateway.store.tables import LogLeaf, RowDigest


def check(session: Session, *, keyed: bool = True) -> Iterator[Wrong]:
    """What in the guarded tables, or in their tree, does not hold; without the data keys, in the tree alone."""
    with TemporaryDirectory() as folder:
        newest = _Newest(Path(folder) / "newest.sqlite")
        try:
            unread = False
            for wrong in telling("log_leaf", _tree(session, newest, keyed=keyed)):
                unread = unread or wrong.code == "LOG-ROW-UNREADABLE"
                yield wrong
            if unread:
                # Nobody can tell what the rest of the tree says of the rows.
                return
            known = set()
            for name in newest.guarded if keyed else ():
                if name in GUARDED:
                    for wrong in telling(name, _table(session, GUARDED[name], newest)):
                        # What was changed twice, or beside the tree as well, is told once.
                        if wrong not in known:
                            known.add(wrong)
                            yield wrong
        finally:
            newest.close()


class _Newest:
    """The last word of the tree about each row."""

    def __init__(self, path: Path) -> None:
        self.guarded: list[str] = []
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        columns = "place INTEGER, name TEXT, key TEXT, digest TEXT, was TEXT, wrong INTEGER, PRIMARY KEY (name, key)"
        self._file.execute(f"CREATE TABLE newest ({columns}) WITHOUT ROWID")
        self._file.execute("BEGIN")
        self._waiting: list[tuple[int, str, str, str, str, bool]] = []

    def note(self, place: int, table: str, rows_told: list[tuple[str, str, str]]) -> None:
        # A row that nothing was told of cannot have been there before.
        self._waiting += [(place, table, key, digest, was, was not in (NEW, UNKNOWN)) for key, digest, was in rows_told]
        if len(self._waiting) >= TOGETHER:
            self.write()

    def write(self) -> None:
        self._file.executemany(
            """INSERT INTO newest VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name, key) DO UPDATE SET
                place = excluded.place, digest = excluded.digest, wrong = wrong OR CASE excluded.was
                WHEN '?' THEN 0 WHEN '+' THEN digest <> '-' ELSE digest <> excluded.was END""",
            self._waiting,
        )
        self._waiting.clear()

    def spoil(self, table: str, keys: str) -> None:
        """Note that rows were not what they had to be."""
        self.write()
        spoilt = [(table, key) for key in rowstate.keys_in(keys)]
        self._file.executemany("UPDATE newest SET wrong = 1 WHERE name = ? AND key = ?", spoilt)

    def otherwise(self, table: str) -> list[str]:
        """Keys of rows that were not, before the node wrote them, what the word before says; the oldest first."""
        query = "SELECT key FROM newest WHERE name = ? AND wrong ORDER BY place, key LIMIT ?"
        return [key for (key,) in self._file.execute(query, (table, MOST_FINDINGS))]

    def of(self, table: str, keys: list[str]) -> dict[str, str]:
        """Digests by key; each is asked for once, and is no row that is missing then."""
        where = f"name = ? AND key IN ({', '.join('?' * len(keys))})"
        told = dict(self._file.execute(f"SELECT key, digest FROM newest WHERE {where}", [table, *keys]))  # noqa: S608 - places only
        self._file.execute(f"DELETE FROM newest WHERE {where}", [table, *keys])  # noqa: S608 - places only
        return told

    def left(self, table: str) -> Iterator[str]:
        """Keys of rows that nobody has asked about and that are not known to be gone, the oldest word first."""
        query = "SELECT key FROM newest WHERE name = ? AND digest <> ? ORDER BY place, key"
        yield from (key for (key,) in self._file.execute(query, (table, GONE)))
        self._file.execute("DELETE FROM newest WHERE name = ?", (table,))

    def close(self) -> None:
        self._file.close()


def _tree(session: Session, newest: _Newest, *, keyed: bool) -> Iterator[Wrong]:
    """The leaves of the tree in their order, their hashes and seals, and all roots that the exchange tree speaks of."""
    anchors, grown, in_step = _anchors(session), Growing(), True
    vault = vault_of(session) if keyed else None
    yield from _anchored(anchors, grown)
    for index, subject, content, seal, value in tree.leaves(session, ROWS):
        if in_step and index != grown.size:
            # No root behind it can be right.
            anchors, in_step = {}, False
            yield Wrong("LOG-POSITION", ROWS, grown.size)
        hashed = leaf_hash(content) if isinstance(content, str) else b""
        if hashed != value or not hashed:
            yield Wrong("LOG-LEAF", ROWS, index)
        elif content.partition(" ")[0] != subject:
            yield Wrong("LOG-SUBJECT", ROWS, index)
        elif vault is not None and seal != tree.seal(vault, ROWS, index, content):
            yield Wrong("LOG-SEAL", ROWS, index)
        elif subject == BEGUN:
            newest.guarded += content.split(" ")[1:]
        elif subject == SPOILT:
            newest.spoil(*content.split(" ")[1:3])
        else:
            newest.note(index, subject, rowstate.told(content))
        grown.add(hashed)
        yield from _anchored(anchors, grown)
    newest.write()
    for place, _ in anchors.values():
        yield Wrong("LOG-ANCHOR", "exchange", place)


def _anchors(session: Session) -> dict[int, tuple[int, str]]:
    """What the exchange tree says: by the size of the tree, where it says so and the root."""
    query = select(LogLeaf.index, LogLeaf.content).where(LogLeaf.log == "exchange", LogLeaf.subject == ROWS)
    found: dict[int, tuple[int, str]] = {}
    for index, content in session.execute(query.order_by(LogLeaf.index), execution_options=BATCH):
        words = content.split(" ")
        # A leaf that was changed is found with the exchange tree itself.
        if len(words) == 3 and words[1].isdecimal():
            found.setdefault(int(words[1]), (index, words[2]))
    return found


def _anchored(anchors: dict[int, tuple[int, str]], grown: Growing) -> Iterator[Wrong]:
    place, root = anchors.pop(grown.size, (0, ""))
    if root and root != grown.root().hex():
        yield Wrong("LOG-ANCHOR", "exchange", place)


def _table(session: Session, guard: Guard, newest: _Newest) -> Iterator[Wrong]:
    """Every row of a table, and then every row that is not there."""
    yield from (_wrong("LOG-ROW", guard, key) for key in newest.otherwise(guard.name))
    yield from _compared(session, guard, newest)
    if guard.apart:
        query = select(RowDigest.key, RowDigest.digest).where(RowDigest.of == guard.name)
        for row in session.execute(query, execution_options=BATCH):
            newest.note(0, guard.name, [(row.key, row.digest, UNKNOWN)])
        newest.write()
        yield from _compared(session, guard.whole, newest)


def _compared(session: Session, guard: Guard, newest: _Newest) -> Iterator[Wrong]:
    for some in rowstate.together(rowstate.states(session, guard), TOGETHER):
        told = newest.of(guard.name, [key for _, key, _ in some])
        for row, key, digest in some:
            if guard.covered(row) and (said := told.get(key, GONE)) != digest:
                yield _wrong("LOG-ROW-ADDED" if said == GONE else "LOG-ROW", guard, key)
    for key in newest.left(guard.name):
        yield _wrong("LOG-ROW-MISSING", guard, key)


def _wrong(code: str, guard: Guard, key: str) -> Wrong:
    shown = rowstate.shown(key)
    return Wrong(code, guard.name, shown, f"{guard.name} {shown}")
