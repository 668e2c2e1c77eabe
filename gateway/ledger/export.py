"""A whole tree in a file, to be checked elsewhere (gateway.ledger.check).

One JSON object a line. First `{"format", "party", "log"}`, then every leaf as `{"index", "subject",
"content", "hash"}`, and after the last leaf it covers each checkpoint as `{"checkpoint": {…}}`, followed by
the partners' countersignatures of it as `{"witness": {…}}`.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.ledger import log as tree
from gateway.ledger.log import Log
from gateway.store.tables import LogCheckpoint, Witness

FORMAT = "gateway-log-1"
# SQLite takes bytes for a text: they become nothing here, and the check names the leaf.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=lambda _: None).encode


def export(session: Session, file: TextIO, *, party: str, log: Log) -> int:
    """Write a tree with the node's own checkpoints; returns the number of leaves. Memory does not grow with it."""
    _line(file, {"format": FORMAT, "party": party, "log": log})
    statements = _statements(session, party, log)
    written = 0
    for index, subject, content, value in tree.leaves(session, log):
        while statements and statements[0][0] <= written:
            file.write(statements.popleft()[1])
        known = value.hex() if isinstance(value, bytes) else ""
        _line(file, {"index": index, "subject": subject, "content": content, "hash": known})
        written += 1
    # A checkpoint beyond the last leaf is written all the same: it shows that leaves are missing.
    file.writelines(line for _, line in statements)
    return written


def _statements(session: Session, party: str, log: Log) -> deque[tuple[int, str]]:
    """Checkpoints and countersignatures as finished lines, by the number of leaves they cover."""
    keeper = party if log == "exchange" else f"{party}#audit"
    signed = session.execute(select(LogCheckpoint.size, LogCheckpoint.signed).where(LogCheckpoint.party == keeper))
    seen = session.execute(select(Witness.size, Witness.signed).where(Witness.party == keeper))
    lines = [(size, 0, _statement("checkpoint", text)) for size, text in signed]
    lines += [(size, 1, _statement("witness", text)) for size, text in seen]
    return deque((size, line) for size, _, line in sorted(lines))


def _statement(kind: str, text: str) -> str:
    try:
        return _encode({kind: json.loads(text)}) + "\n"
    except (ValueError, RecursionError):
        # A row that somebody has spoilt must not spoil the file: the check will name it.
        return _encode({kind: None}) + "\n"


def _line(file: TextIO, value: Mapping[str, Any]) -> None:
    file.write(_encode(value) + "\n")
