"""Which rows the tree `rows` holds (gateway.ledger.rows), and which columns of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, ColumnElement

from gateway.ledger import rowleaf
from gateway.ledger.log import SIZES
from gateway.store import tables
from gateway.store.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """What is covered of one table."""

    table: Any
    """The SQLAlchemy table."""
    without: frozenset[str] = frozenset()
    """Columns that are covered otherwise."""
    covered: Callable[[Mapping[str, Any]], bool] = field(default=lambda _row: True)
    """Whether a row of these values is held against this tree; else something else covers it."""
    among: tuple[ColumnElement[bool], ...] = ()
    """Which rows, where they are few of many: whoever writes those tells of them, and of those that are no longer
    among them (gateway.store.written.note)."""
    apart: bool = False
    """Whether the digests of the rows are kept in RowDigest: for rows that are written every few seconds for ever.
    Their leaves say only that they are there."""

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.table.name)

    @property
    def columns(self) -> list[Column[Any]]:
        """The columns that the digest covers, the primary key among them."""
        return [column for column in self.table.columns if column.name not in self.without]

    @property
    def whole(self) -> Guard:
        """What is covered by the leaf and the digest beside the tree together."""
        return _whole(self) if self.apart else self

    @property
    def key(self) -> list[Column[Any]]:
        """The primary key."""
        return list(self.table.primary_key.columns)


@cache
def _whole(guard: Guard) -> Guard:
    return replace(guard, without=frozenset())


def _guard(table: type[Table]) -> Guard:
    return Guard(table.__table__)


def _apart(table: type[Table]) -> Guard:
    names = {column.name for column in table.__table__.columns if not column.primary_key}
    return Guard(table.__table__, without=frozenset(names), apart=True)


def _on_its_way(row: Mapping[str, Any]) -> bool:
    return row["state"] not in rowleaf.END_STATES


_OUTBOX: Final = Guard(
    tables.Outbox.__table__,
    without=frozenset(column.name for column in tables.Outbox.__table__.columns) - {"id", *rowleaf.ON_ITS_WAY},
    covered=_on_its_way,
)
"""What delivery works with, until `ID settled …` covers all of the message."""

_TRACE: Final = Guard(
    tables.Journal.__table__,
    without=frozenset((*rowleaf.BYTES, *rowleaf.AFTERWARDS["journal"])),
    among=(tables.Journal.sender.is_(None), tables.Journal.log_index.is_(None)),
)
"""The traces of what nobody is proved to have sent, until a leaf of the exchange tree covers them with their like."""

_COUNTER: Final = Guard(tables.Counter.__table__, covered=lambda row: not row["name"].startswith(SIZES))
"""All but the sizes of the trees, which are held against the trees."""

GUARDED: Final[Mapping[str, Guard]] = {
    guard.name: guard
    for guard in (
        _OUTBOX,
        _TRACE,
        _COUNTER,
        *map(_apart, (tables.Lease, tables.JobRun)),
        *map(
            _guard,
            (
                tables.LogCheckpoint,
                tables.Witness,
                tables.Stamp,
                tables.Partner,
                tables.Key,
                tables.Anchor,
                tables.RevocationSource,
                tables.DirectoryFetch,
                tables.Approval,
                tables.ApprovalVote,
                tables.Agreement,
                tables.Disclosure,
                tables.Feed,
                tables.LinkModel,
                tables.Relink,
                tables.Record,
                tables.Person,
                tables.Link,
                tables.Membership,
                tables.Review,
                tables.WatchlistEntry,
                tables.RelinkPair,
                tables.RelinkChange,
                tables.Stream,
                tables.Bookmark,
                tables.SpentToken,
                tables.Alarm,
            ),
        ),
    )
}
"""Every table of this tree, by its name."""
