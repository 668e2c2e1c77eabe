"""The kept nodes of a tree held against each other: every node is the hash of its two children, and none is more.

Roots and proofs are folded from these rows, so one that was changed makes the next checkpoint wrong. Together
with the check of the leaves' own hashes this covers every row of the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.ledger import log as tree
from gateway.ledger.log import Log
from gateway.ledger.merkle import node_hash
from gateway.store.tables import LogLeaf, LogNode

_TOGETHER: Final = 10_000
_HIGHEST: Final = 64
"""Levels that no tree reaches; somebody may have written any number there."""


def wrong_nodes(session: Session, log: Log) -> Iterator[int]:
    """The first leaf below each node that does not hold, or that has no place in a tree of this size."""
    size = session.scalar(select(func.count()).select_from(LogLeaf).where(LogLeaf.log == log)) or 0
    for level in range(1, size.bit_length()):
        for start in range(0, size >> level, _TOGETHER):
            yield from _wrong_between(session, log, level, start, min(start + _TOGETHER, size >> level))
    levels = session.execute(
        select(LogNode.level, func.count(), func.max(LogNode.index)).where(LogNode.log == log).group_by(LogNode.level)
    )
    for level, count, last in levels:
        if level >= _HIGHEST:
            yield 0
        elif count > size >> level or last >= size >> level:
            yield last << level


def counted(session: Session, log: Log) -> bool:
    """Whether the counter that gives the next leaf its place says how many leaves there are."""
    last, number = session.execute(
        select(func.max(LogLeaf.index), func.count()).select_from(LogLeaf).where(LogLeaf.log == log)
    ).one()
    return bool(tree.size(session, log) == number == (0 if last is None else last + 1))


def misfiled(session: Session, log: Log) -> Iterator[int]:
    """Leaves that nobody would find by their subject, because they are filed in another block."""
    query = select(LogLeaf.index).where(LogLeaf.log == log, LogLeaf.block != LogLeaf.index // tree.BLOCK)
    yield from session.scalars(query.order_by(LogLeaf.index))


def _wrong_between(session: Session, log: Log, level: int, start: int, end: int) -> Iterator[int]:
    parents = _nodes(session, log, level, start, end)
    children = _nodes(session, log, level - 1, 2 * start, 2 * end)
    for index in range(start, end):
        left, right = children.get(2 * index), children.get(2 * index + 1)
        if not isinstance(left, bytes) or not isinstance(right, bytes):
            # A child that is missing, or is no hash at all, is a finding of its own, one level down.
            continue
        if parents.get(index) != node_hash(left, right):
            yield index << level


def _nodes(session: Session, log: Log, level: int, start: int, end: int) -> dict[int, bytes]:
    query = select(LogNode.index, LogNode.hash).where(
        LogNode.log == log, LogNode.level == level, LogNode.index >= start, LogNode.index < end
    )
    return dict(session.execute(query).all())
