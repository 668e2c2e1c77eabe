"""The watchlist of a running node: the table is the truth, an index in memory answers.

Readers take one reference to an immutable state and never wait. A refresh reads the rows changed since the
last one, puts them into a small second index, and hides their older versions in the main one. When the small
index has grown, the next refresh builds a new main index and swaps it in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import numpy as np
from sqlalchemy import func, select

from gateway.store.database import Database
from gateway.store.tables import WatchlistEntry
from gateway.watchlist.build import build
from gateway.watchlist.entries import COLUMNS, Entry, read_entry
from gateway.watchlist.index import Index
from gateway.watchlist.postings import Rows, distinct
from gateway.watchlist.query import Answer, Query, Withheld, screen

LARGEST_DELTA: Final = 20_000
"""Changed entries after which a new main index is built: a second one of that size costs a query little."""
_ROWS_AT_A_TIME: Final = 100
"""Few, so that rows die young: with ten thousand at a time the collector of garbage took half of a start."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What queries see: swapped as a whole, never changed."""

    main: Index
    delta: Index
    changes: Mapping[str, Entry]
    """Entries changed since the main index was built, by record id; inactive ones too."""
    hidden: Rows
    """Entries of the main index that `changes` replaces, ascending."""
    seen: int
    """Highest change number taken in."""


def _empty() -> Snapshot:
    nothing = build(())
    return Snapshot(nothing, nothing, {}, np.empty(0, dtype=np.uint32), 0)


class Watchlist:
    """Holder of the current snapshot; any number of threads may ask while one refreshes."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], *, largest_delta: int = LARGEST_DELTA
    ) -> None:
        self._database = database
        self._clock = clock
        self._largest_delta = largest_delta
        self._snapshot = _empty()
        self._refreshing = threading.Lock()

    @property
    def size(self) -> int:
        """Active entries that can be found now."""
        now = self._snapshot
        return now.main.size - len(now.hidden) + now.delta.size

    def query(self, query: Query, *, state: str, withheld: Withheld | None = None) -> Answer:
        """Ask for a state; see gateway.watchlist.query.screen."""
        now = self._snapshot
        parts = ((now.main, now.hidden), (now.delta, None))
        return screen(parts, query, today=self._clock().date(), state=state, withheld=withheld)

    def refresh(self) -> int:
        """Take in what changed in the table since the last time; how many rows that were.

        A second refresh at the same time waits for the first; queries never wait.
        """
        with self._refreshing:
            now = self._snapshot
            waiting = self._waiting_after(now.seen)
            if len(now.changes) + waiting > self._largest_delta:
                self._snapshot = self._rebuilt()
            elif waiting:
                self._snapshot = _with_changes(now, *self._changed_after(now.seen))
            return waiting

    def _waiting_after(self, seen: int) -> int:
        """How many entries have changed, up to one more than a delta holds: enough to know that a rebuild is due."""
        changed = select(WatchlistEntry.changed).where(WatchlistEntry.changed > seen).limit(self._largest_delta + 1)
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(changed.subquery())) or 0

    def _changed_after(self, seen: int) -> tuple[list[Entry], int]:
        """Changed entries, those too that came since they were counted, and the last number."""
        wanted = (
            select(*COLUMNS, WatchlistEntry.changed)
            .where(WatchlistEntry.changed > seen)
            .order_by(WatchlistEntry.changed)
        )
        with self._database.read() as session:
            rows = session.execute(wanted).all()
        return [read_entry(row[:-1]) for row in rows], rows[-1].changed if rows else seen

    def _rebuilt(self) -> Snapshot:
        """A new main index from the whole table, as one consistent reading of it."""
        with self._database.read() as session:
            seen = session.scalar(select(func.max(WatchlistEntry.changed))) or 0
            active = select(*COLUMNS).where(WatchlistEntry.active, WatchlistEntry.changed <= seen)
            rows = session.execute(active.execution_options(yield_per=_ROWS_AT_A_TIME))
            main = build(map(read_entry, rows))
        nothing = build(())
        hidden = np.empty(0, dtype=np.uint32)
        return Snapshot(main, nothing, MappingProxyType({}), hidden, seen)


def _with_changes(now: Snapshot, changed: list[Entry], seen: int) -> Snapshot:
    changes = {**now.changes, **{entry.record_id: entry for entry in changed}}
    replaced = now.main.entries_of({entry.record_id for entry in changed})
    hidden = distinct(np.concatenate((now.hidden, replaced)))
    return Snapshot(now.main, build(changes.values()), MappingProxyType(changes), hidden, seen)
