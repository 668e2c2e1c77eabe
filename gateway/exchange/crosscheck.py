"""The node's own tables held against its log: every row has its leaf, and every leaf its row.

An export proves that the leaves hold. This proves that journal, outbox, audit trail and the guarded tables still say
what the leaves said when they were written: a row that was changed, removed or slipped in is found, with the position
of its leaf or its key. Rows and leaves are read side by side in the order of the log, so memory does not grow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, get_args

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import ADMINISTRATIVE
from gateway.errors import Refusal
from gateway.exchange import heldjournal, heldkeys, heldoutbox, heldrows
from gateway.exchange.held import BATCH, Wrong, leaves, telling
from gateway.findings import Finding
from gateway.ledger import checkpoint, nodes
from gateway.ledger.check import MOST_FINDINGS, SENTENCES
from gateway.ledger.guarded import GUARDED
from gateway.ledger.log import SIZES, Log, seal
from gateway.store.columns import vault_of
from gateway.store.database import history, revisions
from gateway.store.tables import Audit, Counter, LogCheckpoint, LogLeaf, LogNode, RowDigest

_SENTENCES: Final = {
    **SENTENCES,
    "LOG-NODE": ("A node of the tree above this leaf was changed.", "Узел дерева над этим листом изменён."),
    "LOG-SEAL": (
        "This leaf was slipped in: nobody who has the keys of this node has sealed it at this place.",
        "Лист вставлен: владелец ключей узла не скреплял его на этом месте.",
    ),
    "LOG-SIZE": (
        "The tree has another number of leaves than its counter says.",
        "Число листьев дерева не совпадает со счётчиком.",
    ),
    "LOG-BLOCK": (
        "This leaf is filed where nobody looks for it.",
        "Лист числится в чужом блоке, где его не найти.",
    ),
    "LOG-NO-KEYS": (
        "The data keys cannot be used: the rows of journal, outbox and guarded tables were not checked.",
        "Ключи данных недоступны: строки входящих, исходящих и охраняемых таблиц не проверены.",
    ),
    "LOG-ANCHOR": (
        "The tree of rows is not the one that this leaf speaks of.",
        "Дерево строк не то, о котором говорит этот лист.",
    ),
    "LOG-ROW": ("{row} was changed: it does not fit its leaf.", "{row}: изменено, не соответствует своему листу."),
    "LOG-ROW-MISSING": (
        "A row that a leaf speaks of was removed: {row}.",
        "Удалена строка, о которой говорит лист: {row}.",
    ),
    "LOG-ROW-UNREADABLE": (
        "A row of this table holds what is no value of its column; the rows behind it were not checked.",
        "Строка таблицы содержит недопустимое значение столбца; строки после неё не проверены.",
    ),
    "LOG-CHECKPOINT-ROW": (
        "The row of this checkpoint does not say what was signed in it.",
        "Строка контрольной точки не совпадает с подписанным в ней.",
    ),
    "LOG-ROW-ADDED": ("{row} was slipped in: no leaf is its own.", "{row}: вставлено, своего листа нет."),
}


def cross_check(session: Session, own: str, secret: bytes | None) -> list[Finding]:
    """What in the database of the node `own` no longer fits the trees, at most a hundred findings.

    `secret` is what the node hashes the keys of persons with. None says that the node's keys cannot be used: what is
    signed and hashed is checked all the same, and that the rest was not is a finding.
    """
    found = [] if secret is not None else [Finding("LOG-NO-KEYS", "error", "data.keys", 0, *_SENTENCES["LOG-NO-KEYS"])]
    for wrong in _everything(session, own, secret):
        english, russian = (sentence.format(row=wrong.row) for sentence in _SENTENCES[wrong.code])
        found.append(Finding(wrong.code, "error", f"{wrong.log}[{wrong.position}]", 0, english, russian))
        if len(found) >= MOST_FINDINGS:
            break
    return found


def _everything(session: Session, own: str, secret: bytes | None) -> Iterator[Wrong]:
    yield from telling("log_leaf", _nobodys(session))
    for log in get_args(Log):
        yield from telling("log_node", (Wrong("LOG-NODE", log, place) for place in nodes.wrong_nodes(session, log)))
        yield from telling("log_leaf", _filed(session, log))
        if log != "rows":
            yield from telling("log_checkpoint", _checkpoints(session, own, log))
            yield from telling("log_leaf", _unsealed(session, log)) if secret is not None else ()
    # What the rows are held against comes from the audit trail, so that it is looked at first.
    yield from telling("audit", _audit(session))
    if secret is not None:
        yield from telling("journal", heldjournal.check(session))
        yield from telling("outbox", heldoutbox.check(session))
    yield from heldrows.check(session, keyed=secret is not None)
    if secret is not None:
        yield from telling("person_key", heldkeys.check(session, secret))


def _nobodys(session: Session) -> Iterator[Wrong]:
    """Rows of trees and tables that there are not, and a version of the schema that is not this program's."""
    strange: dict[Any, ColumnElement[bool]] = {
        LogLeaf: LogLeaf.log.not_in(get_args(Log)),
        LogNode: LogNode.log.not_in(get_args(Log)),
        Counter: Counter.name.startswith(SIZES, autoescape=True)
        & Counter.name.not_in([f"{SIZES}{log}" for log in get_args(Log)]),
        RowDigest: RowDigest.of.not_in([guard.name for guard in GUARDED.values() if guard.apart]),
    }
    for table, where in strange.items():
        for row in session.execute(select(*inspect(table).primary_key).where(where), execution_options=BATCH):
            key, name = "|".join(map(str, row)), table.__tablename__
            yield Wrong("LOG-ROW-ADDED", name, key, f"{name} {key}")
    newest, found = history()[0], revisions(session)
    yield from (Wrong("LOG-ROW-ADDED", "alembic_version", each, f"alembic_version {each}") for each in found - {newest})
    if newest not in found:
        yield Wrong("LOG-ROW-MISSING", "alembic_version", newest, f"alembic_version {newest}")


def _filed(session: Session, log: Log) -> Iterator[Wrong]:
    """Leaves that nobody would find, and a counter that would give the next one a wrong place."""
    for position in nodes.misfiled(session, log):
        yield Wrong("LOG-BLOCK", log, position)
    if not nodes.counted(session, log):
        yield Wrong("LOG-SIZE", log, 0)


def _unsealed(session: Session, log: Log) -> Iterator[Wrong]:
    """Leaves that this node has not put at their place, though their hashes hold."""
    vault = vault_of(session)
    query = select(LogLeaf.index, LogLeaf.content, LogLeaf.seal).where(LogLeaf.log == log).order_by(LogLeaf.index)
    for index, content, sealed in session.execute(query, execution_options=BATCH):
        if sealed != seal(vault, log, index, content):
            yield Wrong("LOG-SEAL", log, index)


def _checkpoints(session: Session, own: str, log: Log) -> Iterator[Wrong]:
    """What stands beside a signed checkpoint of ours says what is signed in it; the signature is checked elsewhere."""
    keeper = own if log == "exchange" else f"{own}#audit"
    query = select(LogCheckpoint).where(LogCheckpoint.party == keeper).order_by(LogCheckpoint.size)
    for row in session.scalars(query, execution_options=BATCH):
        try:
            point = checkpoint.read(json.loads(row.signed))
        except (Refusal, ValueError, RecursionError):
            point = None
        if point is None or (point.size, point.root.hex(), point.at) != (row.size, row.root, row.at):
            yield Wrong("LOG-CHECKPOINT-ROW", log, row.size)


# --- The audit trail -------------------------------------------------------------------------------------


def _audit(session: Session) -> Iterator[Wrong]:
    acts: dict[str, int] = {}
    rows = iter(session.scalars(select(Audit).order_by(Audit.log_index, Audit.id), execution_options=BATCH))
    row = next(rows, None)
    last = 0
    for index, content in leaves(session, "audit"):
        while row is not None and row.log_index < index:
            yield Wrong("LOG-ROW-ADDED", "audit", row.log_index, f"audit {row.id}")
            row = next(rows, None)
        if row is None or row.log_index != index:
            yield Wrong("LOG-ROW-MISSING", "audit", index, "audit")
            continue
        digest = content.split(" ")[-1]
        if digest != audit.digest(row) or content.split(" ")[0] != row.action or row.id <= last:
            yield Wrong("LOG-ROW", "audit", index, f"audit {row.id}")
        elif row.action in ADMINISTRATIVE:
            acts[digest] = index
        last = row.id
        row = next(rows, None)
    while row is not None:
        yield Wrong("LOG-ROW-ADDED", "audit", row.log_index, f"audit {row.id}")
        row = next(rows, None)
    yield from _acts(session, acts)


def _acts(session: Session, acts: dict[str, int]) -> Iterator[Wrong]:
    """Administrative acts stand in both trees."""
    query = select(LogLeaf.index, LogLeaf.content).where(LogLeaf.log == "exchange", LogLeaf.subject == "act")
    for index, content in session.execute(query.order_by(LogLeaf.index)):
        if acts.pop(content.removeprefix("act "), None) is None:
            yield Wrong("LOG-ROW-MISSING", "exchange", index, "audit")
    for position in acts.values():
        yield Wrong("LOG-ROW-ADDED", "audit", position, "audit")
