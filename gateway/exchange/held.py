"""What the checks of journal and outbox have in common: a flaw, the leaves in order, and the bytes of the rows.

Bytes are read apart from the rows, a few megabytes at a time, so that memory grows neither with the number of
messages nor, but for one message, with their size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gateway.audit import Action
from gateway.ledger import rowleaf
from gateway.ledger.later import Acts
from gateway.ledger.log import Log
from gateway.store.columns import vault_of
from gateway.store.tables import Audit, Journal, LogLeaf, Outbox
from gateway.store.vault import Locked

BATCH: Final = {"yield_per": 2_000}
_TOGETHER: Final = 500
_BYTES: Final = 8 * 1024 * 1024
"""Most that is read together, but for one message that alone is larger."""

UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, Locked, DBAPIError)
"""What reading raises where a value is none of its column's kind."""

Check = Callable[[bytes | None, bytes | None], bool]
"""Whether raw and receipt, opened, are what they have to be; None is what is not there or does not open."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One flaw."""

    code: str
    log: str
    """The tree, or the table of a row that no leaf speaks of."""
    position: int | str
    """In the tree; the key of such a row."""
    row: str = ""


def telling(table: str, found: Iterator[Wrong]) -> Iterator[Wrong]:
    """A value that is not even of its column's kind, as SQLite takes it, is a finding and not the end of the check."""
    try:
        yield from found
    except UNREADABLE as error:
        if is_outage(error):
            raise
        yield Wrong("LOG-ROW-UNREADABLE", table, 0)


def is_outage(error: Exception) -> bool:
    """Whether the database did not answer, rather than hold a text that is not UTF-8."""
    return isinstance(error, DBAPIError) and "decode" not in str(error.orig).lower()


def leaves(session: Session, log: Log) -> Iterator[tuple[int, str]]:
    """Every leaf in order: index and content."""
    query = select(LogLeaf.index, LogLeaf.content).where(LogLeaf.log == log).order_by(LogLeaf.index)
    yield from session.execute(query, execution_options=BATCH)


def resigned(session: Session, words: int) -> dict[str, str]:
    """The newest digest of what was signed anew: by message for the outbox (3 words), by leaf for the journal (4)."""
    like = LogLeaf.content.like(f"% {rowleaf.RESIGNED} %")
    query = select(LogLeaf.content).where(LogLeaf.log == "exchange", like).order_by(LogLeaf.index)
    found = (content.split(" ") for content in session.scalars(query, execution_options=BATCH))
    return {each[0 if words == 3 else 3]: each[2] for each in found if len(each) == words}


def acts(session: Session, action: Action, table: str = "") -> Acts:
    """Rows that an act of the audit trail names; of one table, where acts of this kind speak of several."""
    query = select(Audit.at, Audit.detail).where(Audit.action == action)
    if table:
        query = query.where(Audit.subject == table)
    return Acts((at, _ranges(detail)) for at, detail in session.execute(query, execution_options=BATCH))


def _ranges(detail: Any) -> list[list[int]]:
    """The rows that an act names; none where it was changed to say something else, which its own leaf tells."""
    told = detail.get("rows") if isinstance(detail, dict) else None
    ranges = told if isinstance(told, list) else []
    if all(isinstance(each, list) and [type(number) for number in each] == [int, int] for each in ranges):
        return ranges
    return []


class Bytes:
    """Rows whose bytes are still to be looked at; whatever a check does not like is given back as it was noted."""

    def __init__(self, session: Session, table: type[Journal | Outbox]) -> None:
        self._session, self._table, self._vault = session, table, vault_of(session)
        self._waiting: dict[int, tuple[Check, Wrong]] = {}
        self._size = 0

    def note(self, number: int, size: int, check: Check, wrong: Wrong) -> Iterator[Wrong]:
        """One row; those noted before are looked at once they are many, or large."""
        if len(self._waiting) >= _TOGETHER or (self._waiting and self._size + size > _BYTES):
            yield from self.rest()
        self._waiting[number] = check, wrong
        self._size += size

    def rest(self) -> Iterator[Wrong]:
        """What was noted and not yet looked at."""
        waiting, self._waiting, self._size = self._waiting, {}, 0
        table = self._table
        stored: list[Any] = [rowleaf.as_stored(table, name) for name in rowleaf.BYTES]
        query = select(table.id, *stored).where(table.id.in_(waiting)).order_by(table.id)
        for number, raw, receipt in self._session.execute(query, execution_options={"yield_per": 50}):
            check, wrong = waiting[number]
            places = (f"{table.__tablename__}.{name}" for name in rowleaf.BYTES)
            opened = [rowleaf.opened(self._vault, *each) for each in zip(places, (raw, receipt), strict=True)]
            shut = any(kept is not None and clear is None for kept, clear in zip((raw, receipt), opened, strict=True))
            if shut or not check(*opened):
                yield wrong
