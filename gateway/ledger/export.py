"""A whole tree in a file, to be checked elsewhere (gateway.ledger.check).

One JSON object a line. First `{"format", "party", "log"}`, then every leaf as `{"index", "subject",
"content", "hash"}`, and after the last leaf it covers each checkpoint as `{"checkpoint": {…}}`, followed by
the partners' countersignatures of it as `{"witness": {…}}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import chain
from typing import Any, Final, Literal, NamedTuple, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.ledger import log as tree
from gateway.ledger.log import Log
from gateway.store.tables import LogCheckpoint, Witness

FORMAT = "gateway-log-1"
_BATCH: Final = {"yield_per": 1_000}
# SQLite takes bytes for a text: they become nothing here, and the check names the leaf.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=lambda _: None).encode


def export(session: Session, file: TextIO, *, party: str, log: Log) -> int:
    """Write a tree with the node's own checkpoints; returns the number of leaves. Memory does not grow with it."""
    _line(file, {"format": FORMAT, "party": party, "log": log})
    statements = _statements(session, party, log)
    following = next(statements, None)
    written = 0
    for index, subject, content, _, value in tree.leaves(session, log):
        while following is not None and following.size <= written:
            file.write(following.line)
            following = next(statements, None)
        known = value.hex() if isinstance(value, bytes) else ""
        _line(file, {"index": index, "subject": subject, "content": content, "hash": known})
        written += 1
    # A checkpoint beyond the last leaf is written all the same: it shows that leaves are missing.
    file.writelines(each.line for each in chain([following] if following else [], statements))
    return written


class _Statement(NamedTuple):
    """A checkpoint or a countersignature as a finished line, in the order in which an export has them."""

    size: int
    """Leaves it covers."""
    kind: Literal[0, 1]
    """A checkpoint comes before the countersignatures of it."""
    line: str


def _statements(session: Session, party: str, log: Log) -> Iterator[_Statement]:
    """Checkpoints and countersignatures; a node signs for ever, so they are read as they are written."""
    keeper = party if log == "exchange" else f"{party}#audit"
    signed = select(LogCheckpoint.size, LogCheckpoint.signed).where(LogCheckpoint.party == keeper)
    seen = select(Witness.size, Witness.signed).where(Witness.party == keeper)
    points = session.execute(signed.order_by(LogCheckpoint.size), execution_options=_BATCH)
    words = session.execute(seen.order_by(Witness.size, Witness.by), execution_options=_BATCH)
    return merge(
        (_Statement(size, 0, _statement("checkpoint", text)) for size, text in points),
        (_Statement(size, 1, _statement("witness", text)) for size, text in words),
        key=_order,
    )


def _order(statement: _Statement) -> tuple[int, int]:
    return statement.size, statement.kind


def _statement(kind: str, text: str) -> str:
    try:
        return _encode({kind: json.loads(text)}) + "\n"
    except (ValueError, RecursionError):
        # A row that somebody has spoilt must not spoil the file: the check will name it.
        return _encode({kind: None}) + "\n"


def _line(file: TextIO, value: Mapping[str, Any]) -> None:
    file.write(_encode(value) + "\n")
