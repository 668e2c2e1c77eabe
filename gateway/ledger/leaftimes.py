"""The times beside the leaves of every tree, told by leaves of the tree `rows`; no hash of a tree speaks of them.

    times LOG FIRST+COUNT TAGS SEAL    four characters of a keyed digest for each of so many leaves from the first on

They are written at every anchoring, for all leaves since the one before.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.ledger import log as tree
from gateway.ledger.log import Entry, Log
from gateway.store import numbers
from gateway.store.columns import vault_of
from gateway.store.tables import Counter, LogLeaf
from gateway.store.vault import Vault

TIMES: Final = "times"
"""Subject of these leaves."""
_TAG: Final = 4
_IN_ONE: Final = 2_000
"""Times told by one leaf."""
_AT_ONCE: Final = 100_000
"""Times of one tree told at one anchoring: an old tree is caught up with by and by."""


def due(session: Session) -> Iterator[Entry]:
    """What the leaves have to say that no leaf has said yet, and note that it is said."""
    vault = vault_of(session)
    for log in get_args(Log):
        first = session.scalar(select(Counter.value).where(Counter.name == _told(log))) or 0
        last = min(tree.size(session, log), first + _AT_ONCE)
        for start in range(first, last, _IN_ONE):
            found = _times(session, log, start, min(last, start + _IN_ONE))
            tags = "".join(_tag(vault, log, index, at) for index, at in found)
            if len(tags) != _TAG * (min(last, start + _IN_ONE) - start):
                # A leaf is gone. The check of the tree itself says so.
                break
            numbers.take(session, _told(log), len(found))
            yield Entry(TIMES, f"{TIMES} {log} {start}+{len(found)} {tags}")


def wrong(session: Session, said: str) -> Iterator[tuple[str, int]]:
    """Tree and number of each leaf whose time is not what this leaf says."""
    vault, (_, log, where, tags) = vault_of(session), said.split(" ")
    first, _, count = where.partition("+")
    for index, at in _times(session, log, int(first), int(first) + int(count)):
        place = _TAG * (index - int(first))
        if tags[place : place + _TAG] != _tag(vault, log, index, at):
            yield log, index


def _times(session: Session, log: str, first: int, end: int) -> list[tuple[int, datetime]]:
    query = select(LogLeaf.index, LogLeaf.at).where(LogLeaf.log == log, LogLeaf.index >= first, LogLeaf.index < end)
    return [(index, at) for index, at in session.execute(query.order_by(LogLeaf.index))]


def _tag(vault: Vault, log: str, index: int, at: datetime) -> str:
    said = f"{log} {index} {at.astimezone(UTC).isoformat(timespec='microseconds')}"
    return base64.b64encode(vault.digest(b"leaf time", said.encode())).decode()[:_TAG]


def _told(log: str) -> str:
    """The counter of leaves whose times are told."""
    return f"times:{log}"
