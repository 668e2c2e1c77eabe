"""Every row of the outbox held against its leaves: what stays while it is on its way, and all of it once settled."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from gateway.audit import Action
from gateway.exchange import held
from gateway.exchange.held import BATCH, Bytes, Wrong
from gateway.ledger import log as tree
from gateway.ledger import rowleaf
from gateway.store.columns import vault_of
from gateway.store.tables import Audit, LogLeaf, Outbox

_TOGETHER: Final = 500
_COUNTS: Final = ("stored", "unchanged", "refused", "withheld")


def check(session: Session) -> Iterator[Wrong]:
    """What in the outbox does not fit the log."""
    yield from _gone(session)
    sent = Outbox.message_id + " out " + Outbox.digest + " SENT"
    receipt, settled = (Outbox.message_id + f" {word} %" for word in ("receipt", rowleaf.SETTLED))
    ended = Outbox.state.in_(rowleaf.END_STATES)
    for query in (
        _without_leaf(LogLeaf.content == sent),
        _without_leaf(LogLeaf.content.like(receipt)).where(Outbox.receipt.is_not(None)),
        _without_leaf(LogLeaf.content.like(settled)).where(ended),
    ):
        for row in session.execute(query, execution_options=BATCH):
            yield _named(session, row)
    yield from _Check(session).run()


def _gone(session: Session) -> Iterator[Wrong]:
    recalled = {
        message_id
        for detail in session.scalars(select(Audit.detail).where(Audit.action == Action.MESSAGE_RECALLED))
        if isinstance(detail, dict)
        for message_id in detail.get("messages", ())
    }
    gone = (
        select(LogLeaf.index, LogLeaf.subject)
        .outerjoin(Outbox, Outbox.message_id == LogLeaf.subject)
        .where(LogLeaf.log == "exchange", LogLeaf.content.like("% out % SENT"), Outbox.id.is_(None))
        .order_by(LogLeaf.index)
    )
    for index, subject in session.execute(gone, execution_options=BATCH):
        if subject not in recalled:
            yield Wrong("LOG-ROW-MISSING", "exchange", index, "outbox")


def _without_leaf(fits: ColumnElement[bool]) -> Select[int, str]:
    leaf = and_(LogLeaf.log == "exchange", LogLeaf.subject == Outbox.message_id, fits)
    return select(Outbox.id, Outbox.message_id).outerjoin(LogLeaf, leaf).where(LogLeaf.index.is_(None))


def _named(session: Session, row: Row[int, str]) -> Wrong:
    """A row of the outbox that does not fit: at the leaf about its message, where there is one."""
    leaves = tree.find(session, "exchange", row.message_id, most=1)
    if not leaves:
        return Wrong("LOG-ROW-ADDED", "outbox", row.id, f"outbox {row.id}")
    return Wrong("LOG-ROW", "exchange", leaves[0].index, f"outbox {row.id}")


class _Check:
    """The rows in the order of the leaves that cover them."""

    def __init__(self, session: Session) -> None:
        self.session, self.vault = session, vault_of(session)
        self.resigned = held.resigned(session, 3)
        self.erased = held.acts(session, Action.MESSAGES_ERASED, "outbox")
        self.bytes = Bytes(session, Outbox)
        self.sent: dict[str, str] = {}
        """Digests of the bytes of messages that no leaf was found yet to settle."""

    def run(self) -> Iterator[Wrong]:
        kinds = [LogLeaf.content.like(f"% {kind} %") for kind in (rowleaf.IN_OUTBOX, rowleaf.SETTLED)]
        query = select(LogLeaf.index, LogLeaf.content).where(LogLeaf.log == "exchange", or_(*kinds))
        leaves = iter(self.session.execute(query.order_by(LogLeaf.index), execution_options=BATCH))
        while some := list(islice(leaves, _TOGETHER)):
            subjects = {leaf.content.split(" ")[0] for leaf in some}
            found = self.session.execute(select(*rowleaf.readable(Outbox)).where(Outbox.message_id.in_(subjects)))
            rows = {row.message_id: row for row in found}
            for index, content in some:
                subject, kind, *said = content.split(" ")
                row = rows.get(subject)
                same = self._is_what_was_sent(subject, kind, said[1])
                # One that is missing was found above, or taken back.
                if row is not None and not (same and self._fits(kind, row, said[0])):
                    yield Wrong("LOG-ROW", "exchange", index, f"outbox {row.id}")
                elif row is not None and (row.state in rowleaf.END_STATES) == (kind == rowleaf.SETTLED):
                    yield from self._bytes(index, row, said[1:])
        yield from self.bytes.rest()

    def _is_what_was_sent(self, subject: str, kind: str, said: str) -> bool:
        """Whether a message is settled with the bytes that it had on its way: the node may have settled others'."""
        if kind == rowleaf.IN_OUTBOX:
            self.sent[subject] = said
            return True
        before = self.sent.pop(subject, said)
        return said in (before, self.resigned.get(subject))

    def _fits(self, kind: str, row: Any, said: str) -> bool:
        if rowleaf.columns(self.vault, kind, rowleaf.values(self.vault, row)) != said:
            return False
        if kind == rowleaf.SETTLED:
            return row.state in rowleaf.END_STATES
        if row.state in rowleaf.END_STATES:
            return True
        untouched = row.delivered is None and not any(getattr(row, name) for name in _COUNTS)
        return untouched and row.state in rowleaf.WAY_STATES

    def _bytes(self, index: int, row: Any, said: list[str]) -> Iterator[Wrong]:
        wrong = Wrong("LOG-ROW", "exchange", index, f"outbox {row.id}")
        if row.erased != self.erased.at(row.id):
            yield wrong
        else:
            yield from self.bytes.note(row.id, row.size, partial(self._holds, row, said), wrong)

    def _holds(self, row: Any, said: list[str], raw: bytes | None, receipt: bytes | None) -> bool:
        """A message on its way has no receipt yet; the leaf of a settled one names what it kept in the end."""
        settled = len(said) > 1
        if rowleaf.content(self.vault, "outbox.receipt", receipt) != (said[1] if settled else "-"):
            return False
        if row.erased is not None:
            return raw == b""
        expected = said[0] if settled else self.resigned.get(row.message_id, said[0])
        return rowleaf.sent(self.vault, row, raw or b"") == expected
