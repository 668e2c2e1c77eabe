"""The rows of the guarded tables held against the tree `rows`, and that tree against what the exchange tree says of it.

The newest leaf about each row is kept in a file of the moment, so that memory grows neither with the tree nor with
the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.exchange.held import BATCH, Wrong, telling
from gateway.ledger import log as tree
from gateway.ledger import rows
from gateway.ledger.log import Entry
from gateway.ledger.merkle import Growing, leaf_hash
from gateway.ledger.rows import GONE, GUARDED, ROWS, Guard
from gateway.store.tables import LogLeaf

_TOGETHER: Final = 500


def check(session: Session, *, keyed: bool = True) -> Iterator[Wrong]:
    """What in the guarded tables, or in their tree, does not hold; without the data keys, in the tree alone."""
    with TemporaryDirectory() as folder:
        newest = _Newest(Path(folder) / "newest.sqlite")
        try:
            yield from _tree(session, newest)
            for name in newest.guarded if keyed else ():
                if name in GUARDED:
                    yield from telling(name, _table(session, GUARDED[name], newest))
        finally:
            newest.close()


class _Newest:
    """The last word of the tree about each row."""

    def __init__(self, path: Path) -> None:
        self.guarded: list[str] = []
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE newest (subject TEXT PRIMARY KEY, place INTEGER, digest TEXT) WITHOUT ROWID")
        self._file.execute("BEGIN")
        self._waiting: list[tuple[str, int, str]] = []

    def note(self, subject: str, place: int, digest: str) -> None:
        self._waiting.append((subject, place, digest))
        if len(self._waiting) >= _TOGETHER:
            self.write()

    def write(self) -> None:
        self._file.executemany("INSERT OR REPLACE INTO newest VALUES (?, ?, ?)", self._waiting)
        self._waiting.clear()

    def of(self, subjects: list[str]) -> dict[str, tuple[int, str]]:
        """Place and digest by subject; each is asked for once, and is no row that is missing then."""
        marks = ", ".join("?" * len(subjects))
        found = self._file.execute(f"SELECT subject, place, digest FROM newest WHERE subject IN ({marks})", subjects)  # noqa: S608 - places only
        told = {subject: (place, digest) for subject, place, digest in found}
        self._file.execute(f"DELETE FROM newest WHERE subject IN ({marks})", subjects)  # noqa: S608 - places only
        return told

    def left(self, table: str) -> Iterator[int]:
        """Leaves of rows that nobody has asked about and that are not known to be gone."""
        query = "SELECT place FROM newest WHERE subject >= ? AND subject < ? AND digest <> ? ORDER BY place"
        yield from (place for (place,) in self._file.execute(query, (f"{table}:", f"{table};", GONE)))

    def close(self) -> None:
        self._file.close()


def _tree(session: Session, newest: _Newest) -> Iterator[Wrong]:
    """The leaves of the tree in their order, their hashes, and every root that the exchange tree speaks of."""
    anchors, grown, in_step = _anchors(session), Growing(), True
    yield from _anchored(anchors, grown)
    for index, subject, content, value in tree.leaves(session, ROWS):
        if in_step and index != grown.size:
            # No root behind it can be right.
            anchors, in_step = {}, False
            yield Wrong("LOG-POSITION", ROWS, grown.size)
        words, hashed = content.split(" "), leaf_hash(content)
        if hashed != value:
            yield Wrong("LOG-LEAF", ROWS, index)
        elif words[0] != subject:
            yield Wrong("LOG-SUBJECT", ROWS, index)
        elif subject == rows.BEGUN:
            newest.guarded += words[1:]
        else:
            newest.note(subject, index, words[-1])
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
    for some in rows.together(rows.entries_of(session, guard), _TOGETHER):
        told = newest.of([entry.subject for _, entry in some])
        for row, entry in some:
            yield from _row(guard, row, entry, told.get(entry.subject, (0, GONE)))
    for place in newest.left(guard.name):
        key = rows.key_in(session.get_one(LogLeaf, (ROWS, place)).content)
        yield Wrong("LOG-ROW-MISSING", guard.name, key, f"{guard.name} {key}")


def _row(guard: Guard, row: Mapping[str, Any], entry: Entry, told: tuple[int, str]) -> Iterator[Wrong]:
    key = "|".join(str(row[column.name]) for column in guard.key)
    if guard.covered(row) and told[1] != entry.content.split(" ")[-1]:
        code = "LOG-ROW-ADDED" if told[1] == GONE else "LOG-ROW"
        yield Wrong(code, guard.name, key, f"{guard.name} {key}")
