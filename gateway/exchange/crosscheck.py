"""The node's own tables held against its log: every row has its leaf, and every leaf its row.

An export proves that the leaves hold. This proves that journal, outbox and audit trail still say what the
leaves said when they were written: a row that was changed, removed or slipped in is found, with the position
of its leaf. Rows and leaves are read side by side in the order of the log, so memory does not grow.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import ADMINISTRATIVE, Action
from gateway.exchange import refusals
from gateway.findings import Finding
from gateway.ledger import log as tree
from gateway.ledger import nodes
from gateway.ledger.check import MOST_FINDINGS
from gateway.ledger.log import Log
from gateway.store.tables import Audit, Journal, LogLeaf, Outbox

_VERDICTS: Final = {"accepted": "ACCEPTED", "partly": "PARTLY", "refused": "REFUSED"}
_BATCH: Final = {"yield_per": 5_000}
_SENTENCES: Final = {
    "LOG-NODE": ("A node of the tree above this leaf was changed.", "Узел дерева над этим листом изменён."),
    "LOG-SIZE": (
        "The tree has another number of leaves than its counter says.",
        "Число листьев дерева не совпадает со счётчиком.",
    ),
    "LOG-BLOCK": (
        "This leaf is filed where nobody looks for it.",
        "Лист числится в чужом блоке, где его не найти.",
    ),
    "LOG-ROW": ("{row} was changed: it does not fit this leaf.", "{row}: изменено, не соответствует этому листу."),
    "LOG-ROW-MISSING": (
        "The row of the table {row} that this leaf speaks of was removed.",
        "Строка таблицы {row}, о которой говорит лист, удалена.",
    ),
    "LOG-ROW-ADDED": ("{row} was slipped in: no leaf is its own.", "{row}: вставлено, своего листа нет."),
}


@dataclass(frozen=True, slots=True)
class _Wrong:
    code: str
    log: str
    """The tree, or the table of a row that no leaf speaks of."""
    position: int
    """In the tree; the id of such a row."""
    row: str = ""


def cross_check(session: Session) -> list[Finding]:
    """What in the database no longer fits the two trees, at most a hundred findings."""
    found: list[Finding] = []
    for wrong in _everything(session):
        english, russian = (sentence.format(row=wrong.row) for sentence in _SENTENCES[wrong.code])
        found.append(Finding(wrong.code, "error", f"{wrong.log}[{wrong.position}]", 0, english, russian))
        if len(found) >= MOST_FINDINGS:
            break
    return found


def _everything(session: Session) -> Iterator[_Wrong]:
    logs: tuple[Log, Log] = ("exchange", "audit")
    for log in logs:
        for position in nodes.wrong_nodes(session, log):
            yield _Wrong("LOG-NODE", log, position)
        for position in nodes.misfiled(session, log):
            yield _Wrong("LOG-BLOCK", log, position)
        if not nodes.counted(session, log):
            yield _Wrong("LOG-SIZE", log, 0)
    yield from _journal(session)
    yield from _outbox(session)
    yield from _audit(session)


# --- What came in ----------------------------------------------------------------------------------------


def _journal(session: Session) -> Iterator[_Wrong]:
    columns = (Journal.id, Journal.sender, Journal.message_id, Journal.claimed, Journal.kind, Journal.digest,
               Journal.state, Journal.code, Journal.channel, Journal.received, Journal.log_index)  # fmt: skip
    rows = session.execute(
        select(*columns).where(Journal.log_index.is_not(None)).order_by(Journal.log_index, Journal.id),
        execution_options=_BATCH,
    )
    groups = groupby(rows, key=lambda row: int(row.log_index))
    position, group = _following(groups)
    for index, content in _leaves(session, "exchange"):
        while position is not None and position < index:
            yield from (_Wrong("LOG-ROW-ADDED", "exchange", position, f"journal {row.id}") for row in group)
            position, group = _following(groups)
        word = content.split(" ")[1:2]
        spoken = word == ["in"] or content.startswith(f"{refusals.SUBJECT} ")
        if position == index:
            yield from _fits(index, content, group) if spoken else _strangers(index, group)
            position, group = _following(groups)
        elif spoken:
            yield _Wrong("LOG-ROW-MISSING", "exchange", index, "journal")
    while position is not None:
        yield from (_Wrong("LOG-ROW-ADDED", "exchange", position, f"journal {row.id}") for row in group)
        position, group = _following(groups)
    yield from _never_logged(session)


def _fits(index: int, content: str, group: list[Row[*tuple[Any, ...]]]) -> Iterator[_Wrong]:
    """One row for a message; all rows together for refusals of what nobody has signed."""
    if content.startswith(f"{refusals.SUBJECT} "):
        if refusals.content(group) != content:
            named = f"journal {group[0].id} … {group[-1].id}"
            yield _Wrong("LOG-ROW", "exchange", index, named)
        return
    own = [row for row in group if _content(row) == content]
    for row in group:
        if row not in own[:1]:
            code = "LOG-ROW-ADDED" if own else "LOG-ROW"
            yield _Wrong(code, "exchange", index, f"journal {row.id}")


def _strangers(index: int, group: list[Row[*tuple[Any, ...]]]) -> Iterator[_Wrong]:
    yield from (_Wrong("LOG-ROW-ADDED", "exchange", index, f"journal {row.id}") for row in group)


def _content(row: Row[*tuple[Any, ...]]) -> str:
    """The leaf that a row of the journal has to have."""
    # An id that was taken stands in what the message claims of itself; rows of foreign systems have plain digests.
    message_id = row.message_id or row.claimed.split(" ")[-1]
    digest = row.digest
    if row.kind != "rows":
        try:
            digest = base64.b64encode(bytes.fromhex(digest)).decode()
        except ValueError:
            digest = ""
    return f"{message_id} in {digest} {_VERDICTS.get(row.state, row.state)}"


def _never_logged(session: Session) -> Iterator[_Wrong]:
    """Rows without a leaf; only what nobody has signed waits for one, until the next checkpoint."""
    query = select(Journal.id, Journal.sender, Journal.state).where(Journal.log_index.is_(None))
    for row in session.execute(query, execution_options=_BATCH):
        if row.sender is not None or row.state != "refused":
            yield _Wrong("LOG-ROW-ADDED", "journal", row.id, f"journal {row.id}")


# --- What went out ---------------------------------------------------------------------------------------


def _outbox(session: Session) -> Iterator[_Wrong]:
    recalled = {
        message_id
        for detail in session.scalars(select(Audit.detail).where(Audit.action == Action.MESSAGE_RECALLED))
        for message_id in detail.get("messages", ())
    }
    gone = (
        select(LogLeaf.index, LogLeaf.subject)
        .outerjoin(Outbox, Outbox.message_id == LogLeaf.subject)
        .where(LogLeaf.log == "exchange", LogLeaf.content.like("% out % SENT"), Outbox.id.is_(None))
        .order_by(LogLeaf.index)
    )
    for index, subject in session.execute(gone, execution_options=_BATCH):
        if subject not in recalled:
            yield _Wrong("LOG-ROW-MISSING", "exchange", index, "outbox")
    sent = Outbox.message_id + " out " + Outbox.digest + " SENT"
    for row in session.execute(_without_leaf(LogLeaf.content == sent), execution_options=_BATCH):
        yield from _named(session, row)
    receipt = Outbox.message_id + " receipt %"
    settled = _without_leaf(LogLeaf.content.like(receipt)).where(Outbox.receipt.is_not(None))
    for row in session.execute(settled, execution_options=_BATCH):
        yield from _named(session, row)


def _without_leaf(fits: Any) -> Select[int, str]:
    leaf = and_(LogLeaf.log == "exchange", LogLeaf.subject == Outbox.message_id, fits)
    return select(Outbox.id, Outbox.message_id).outerjoin(LogLeaf, leaf).where(LogLeaf.index.is_(None))


def _named(session: Session, row: Row[int, str]) -> Iterator[_Wrong]:
    """A row of the outbox that does not fit: at the leaf about its message, where there is one."""
    leaves = tree.find(session, "exchange", row.message_id)
    if not leaves:
        yield _Wrong("LOG-ROW-ADDED", "outbox", row.id, f"outbox {row.id}")
    else:
        yield _Wrong("LOG-ROW", "exchange", leaves[0].index, f"outbox {row.id}")


# --- The audit trail -------------------------------------------------------------------------------------


def _audit(session: Session) -> Iterator[_Wrong]:
    acts: dict[str, int] = {}
    rows = iter(session.scalars(select(Audit).order_by(Audit.log_index, Audit.id), execution_options=_BATCH))
    row = next(rows, None)
    for index, content in _leaves(session, "audit"):
        while row is not None and row.log_index < index:
            yield _Wrong("LOG-ROW-ADDED", "audit", row.log_index, f"audit {row.id}")
            row = next(rows, None)
        if row is None or row.log_index != index:
            yield _Wrong("LOG-ROW-MISSING", "audit", index, "audit")
            continue
        digest = audit.digest(row)
        if content != f"{row.action} {digest}":
            yield _Wrong("LOG-ROW", "audit", index, f"audit {row.id}")
        elif row.action in ADMINISTRATIVE:
            acts[digest] = index
        row = next(rows, None)
    while row is not None:
        yield _Wrong("LOG-ROW-ADDED", "audit", row.log_index, f"audit {row.id}")
        row = next(rows, None)
    yield from _acts(session, acts)


def _acts(session: Session, acts: dict[str, int]) -> Iterator[_Wrong]:
    """Administrative acts stand in both trees."""
    query = select(LogLeaf.index, LogLeaf.content).where(LogLeaf.log == "exchange", LogLeaf.subject == "act")
    for index, content in session.execute(query.order_by(LogLeaf.index)):
        if acts.pop(content.removeprefix("act "), None) is None:
            yield _Wrong("LOG-ROW-MISSING", "exchange", index, "audit")
    for position in acts.values():
        yield _Wrong("LOG-ROW-ADDED", "audit", position, "audit")


# --- Reading ---------------------------------------------------------------------------------------------


def _leaves(session: Session, log: Log) -> Iterator[tuple[int, str]]:
    query = select(LogLeaf.index, LogLeaf.content).where(LogLeaf.log == log).order_by(LogLeaf.index)
    yield from session.execute(query, execution_options=_BATCH)


def _following(groups: Any) -> tuple[int | None, list[Any]]:
    """The next position of the log that rows speak of, with those rows."""
    for position, group in groups:
        return position, list(group)
    return None, []
