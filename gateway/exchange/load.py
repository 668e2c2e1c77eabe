"""A register's whole file into the node: mapped, kept, matched and findable, a million persons in minutes.

What is committed is whole, and remembers how far it came in the same transaction. A load that was killed is
simply started again: it goes on after the last commit, and whatever it repeats is unchanged.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from gateway import audit
from gateway.audit import Action
from gateway.errors import Misuse, NotPermitted
from gateway.exchange import absence, readahead, submit
from gateway.exchange.node import Node
from gateway.exchange.readahead import Lot, Order
from gateway.mapping import profile
from gateway.mapping.convert import Tally
from gateway.mapping.declaration import Profile
from gateway.store.bulk import make_room
from gateway.store.tables import Bookmark

TOGETHER: Final = 20
"""Lots in one commit. The keys of persons fall all over their index, so each commit rewrites much of it: few
commits are quick, and between them the others who write wait for some seconds."""


@dataclass(slots=True)
class Loaded:
    """What became of a file."""

    tally: Tally = field(default_factory=Tally)
    kept: submit.Submitted = field(default_factory=submit.Submitted)
    """Since this start; what an interrupted one had kept before counts as skipped."""
    skipped: int = 0
    """Rows that an interrupted load had kept before."""
    withdrawn: int = 0
    absence: absence.Verdict = "not-said"
    absent: int = 0


Reading = Callable[[Order], AbstractContextManager[Iterator[Lot]]]


@contextmanager
def here(order: Order) -> Iterator[Iterator[Lot]]:
    """The file read by this very process, for small files."""
    yield readahead.read(order)


def load(
    node: Node,
    name: str,
    source: Path,
    *,
    actor: str,
    progress: Callable[[Lot], None] = lambda _lot: None,
    reading: Reading = readahead.ahead,
) -> Loaded:
    """Keep the records of a national file of our own state, and everything that follows for their persons.

    `name` is a profile's. `progress` is told every lot once it is kept. Raises NotPermitted for another state's
    profile, and Refusals for a file that cannot be read as a whole; rows are judged one by one.
    """
    # 1. Whose file it is, and how far an interrupted load of it came.
    chosen, now = profile.load(name), node.clock()
    if chosen.state != node.settings.state:
        raise NotPermitted(f"This node takes registers of {node.settings.state} only.", where=name)
    work = _Work(node, chosen, now, f"load:{readahead.digest(source)[:32]}:{chosen.label}"[:80], progress)
    done = work.begin()
    # 2. Lot by lot, several in one commit.
    order = Order(name, source, node.settings.state, node.search_secret, now, done)
    with seldom_collected(), reading(order) as lots:
        while (reached := work.keep_some(lots, done)) != done:
            done = reached
    # 3. What the snapshot lacks, and the books.
    work.conclude(actor)
    return work.loaded


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage in cycles a hundred times less often.

    The objects of a lot live until it is kept, and hardly any of them are part of a cycle: to look through all of
    them again and again takes a fifth of the time.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@dataclass(slots=True)
class _Work:
    """One file on its way into the node."""

    node: Node
    chosen: Profile
    now: datetime
    mark: str
    """Name of the bookmark that says how many rows are kept."""
    progress: Callable[[Lot], None]
    loaded: Loaded = field(default_factory=Loaded)
    present: set[str] = field(default_factory=set)
    """Ids of the file's records, where its profile concludes something from what is missing."""

    def begin(self) -> int:
        """The rows that an interrupted load of the same file has kept."""
        with self.node.database.begin() as session:
            value = session.scalar(select(Bookmark.value).where(Bookmark.name == self.mark))
            if value is None:
                # Where another process begins at this moment, the first that keeps some goes on, and the other ends.
                with suppress(IntegrityError), session.begin_nested():
                    session.execute(insert(Bookmark).values(name=self.mark, value="0", updated=self.now))
        self.loaded.skipped = int(value or 0)
        return self.loaded.skipped

    def keep_some(self, lots: Iterator[Lot], before: int) -> int:
        """Keep the next lots in one transaction; the rows kept by then, as many as `before` at the file's end."""
        terms, done = submit.HandingIn(self.node.settings.state, None, self.now), before
        with self.node.database.begin() as session:
            # Before any record, so that whoever loads the same file waits here and has kept nothing yet.
            at = session.scalar(select(Bookmark.value).where(Bookmark.name == self.mark).with_for_update())
            if at != str(before):
                raise Misuse("Another process is loading this file.", where=self.chosen.label)
            make_room(session)
            for lot in islice(lots, TOGETHER):
                self._count(lot)
                submit.keep_prepared(session, self.node, lot.prepared, terms, self.loaded.kept)
                self.loaded.withdrawn += absence.deleted(session, lot.withdrawn, state=terms.state, now=self.now)
                self.progress(lot)
                done = lot.rows
            if done != before:
                session.execute(
                    update(Bookmark).where(Bookmark.name == self.mark).values(value=str(done), updated=self.now)
                )
        return done

    def conclude(self, actor: str) -> None:
        """Judge what the snapshot lacks, take the bookmark away, and write the audit."""
        # A load that was interrupted has not seen all ids itself, and concludes nothing.
        whole = not (self.loaded.tally.rejected or self.loaded.kept.refused or self.loaded.skipped)
        with self.node.database.begin() as session:
            gone = absence.missing(session, self.chosen, self.present, whole=whole, now=self.now)
            self.loaded.withdrawn += gone.withdrawn
            self.loaded.absence, self.loaded.absent = gone.verdict, gone.absent
            session.execute(delete(Bookmark).where(Bookmark.name == self.mark))
            audit.write(
                session,
                Action.RECORD_SUBMITTED,
                actor=actor,
                subject=self.chosen.label,
                outcome=f"{self.loaded.kept.stored} stored, {self.loaded.withdrawn} withdrawn",
                at=self.now,
            )

    def _count(self, lot: Lot) -> None:
        tally, more = self.loaded.tally, lot.tally
        tally.rows, tally.mapped = tally.rows + more.rows, tally.mapped + more.mapped
        tally.warned, tally.rejected = tally.warned + more.warned, tally.rejected + more.rejected
        self.loaded.kept.refused += sum(lot.refused.values())
        self.loaded.kept.codes += lot.refused
        if self.chosen.snapshot and self.chosen.absence_withdraws:
            self.present |= {item.record.record_id for item in lot.prepared}
