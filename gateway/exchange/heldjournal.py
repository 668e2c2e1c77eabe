"""Every row of the journal held against its leaf, in the order of the log: columns, bytes, and what came later."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.audit import Action
from gateway.exchange import held, refusals
from gateway.exchange.expiry import QUESTIONS
from gateway.exchange.held import BATCH, Bytes, Wrong
from gateway.ledger import rowleaf
from gateway.store.columns import vault_of
from gateway.store.tables import Journal
from gateway.trust.compromise import FLAG

_VERDICTS: Final = {"accepted": "ACCEPTED", "partly": "PARTLY", "refused": "REFUSED"}


def check(session: Session) -> Iterator[Wrong]:
    """What in the journal does not fit the log."""
    yield from _Check(session).run()


class _Check:
    def __init__(self, session: Session) -> None:
        self.session, self.vault = session, vault_of(session)
        self.resigned = held.resigned(session, 4)
        self.flagged = held.acts(session, Action.MESSAGES_FLAGGED)
        self.erased = held.acts(session, Action.MESSAGES_ERASED, "journal")
        self.bytes = Bytes(session, Journal)

    def run(self) -> Iterator[Wrong]:
        columns = rowleaf.readable(Journal)
        query = select(*columns).where(Journal.log_index.is_not(None)).order_by(Journal.log_index, Journal.id)
        rows = self.session.execute(query, execution_options=BATCH)
        groups = groupby(rows, key=lambda row: int(row.log_index))
        position, group = _following(groups)
        for index, content, cover in self._leaves():
            while position is not None and position < index:
                yield from _added(position, group)
                position, group = _following(groups)
            words = content.split(" ")
            spoken = words[1:2] == ["in"] or words[0] == refusals.SUBJECT
            if position == index and words[0] == refusals.SUBJECT:
                yield from self._traces(index, content, group)
            elif position == index:
                yield from self._message(index, content, cover, group) if spoken else _added(index, group)
            elif spoken:
                yield Wrong("LOG-ROW-MISSING", "exchange", index, "journal")
            elif words[1:2] == ["out"] and words[-1] == "SENT" and cover is None:
                yield Wrong("LOG-ROW-ADDED", "exchange", index, f"outbox {words[0]}")
            if position == index:
                position, group = _following(groups)
        while position is not None:
            yield from _added(position, group)
            position, group = _following(groups)
        yield from self._never_logged()
        yield from self.bytes.rest()

    def _leaves(self) -> Iterator[tuple[int, str, list[str] | None]]:
        """Every leaf with the digests of the leaf behind it, where that one covers the row this one speaks of."""
        before: tuple[int, str] | None = None
        for leaf in held.leaves(self.session, "exchange"):
            if before is not None:
                yield *before, _cover(before[1], leaf[1])
            before = leaf
        if before is not None:
            yield *before, None

    def _message(self, index: int, content: str, cover: list[str] | None, group: list[Any]) -> Iterator[Wrong]:
        """One row for a message; whatever else stands at its place was slipped in."""
        if cover is None:
            yield from _added(index, group)
            return
        own = [row for row in group if _content(row) == content and self._fits(row, cover)]
        for row in group:
            if row not in own[:1]:
                yield Wrong("LOG-ROW-ADDED" if own else "LOG-ROW", "exchange", index, f"journal {row.id}")
        for row in own[:1]:
            check = partial(self._holds, row, cover, self.resigned.get(str(index)))
            wrong = Wrong("LOG-ROW", "exchange", index, f"journal {row.id}")
            yield from self._later(row, wrong)
            yield from self.bytes.note(row.id, row.size, check, wrong)

    def _fits(self, row: Any, cover: list[str]) -> bool:
        return rowleaf.columns(self.vault, rowleaf.IN_JOURNAL, rowleaf.values(self.vault, row)) == cover[0]

    def _later(self, row: Any, wrong: Wrong) -> Iterator[Wrong]:
        """What may have changed since: as the audit trail tells it, and not otherwise."""
        flag = FLAG if self.flagged.at(row.id) is not None else ""
        if row.flag != flag or row.erased != self.erased.at(row.id):
            yield wrong

    def _holds(self, row: Any, cover: list[str], anew: str | None, raw: bytes | None, receipt: bytes | None) -> bool:
        vault, said = self.vault, anew or cover[2]
        answered = rowleaf.content(vault, "journal.receipt", receipt) == said
        if row.erased is None:
            return answered and rowleaf.content(vault, "journal.raw", raw) == cover[1]
        return raw == b"" and (receipt is None if row.kind in QUESTIONS else answered)

    def _traces(self, index: int, content: str, group: list[Any]) -> Iterator[Wrong]:
        """All rows together, for refusals of what nobody has signed."""
        if content != refusals.content(self.session, group):
            yield Wrong("LOG-ROW", "exchange", index, f"journal {group[0].id} … {group[-1].id}")
            return
        for row in group:
            wrong = Wrong("LOG-ROW", "exchange", index, f"journal {row.id}")
            yield from self._later(row, wrong)
            yield from self.bytes.note(row.id, row.size, partial(_trace_holds, row), wrong)

    def _never_logged(self) -> Iterator[Wrong]:
        """Rows without a leaf; only what nobody has signed waits for one, until the next checkpoint."""
        query = select(*rowleaf.readable(Journal)).where(Journal.log_index.is_(None)).order_by(Journal.id)
        for row in self.session.execute(query, execution_options=BATCH):
            if row.sender is not None or row.state != "refused":
                yield Wrong("LOG-ROW-ADDED", "journal", row.id, f"journal {row.id}")
            else:
                wrong = Wrong("LOG-ROW", "journal", row.id, f"journal {row.id}")
                yield from self._later(row, wrong)
                yield from self.bytes.note(row.id, row.size, partial(_trace_holds, row), wrong)


def _trace_holds(row: Any, raw: bytes | None, receipt: bytes | None) -> bool:
    if receipt is not None:
        return False
    return raw == b"" if row.erased is not None else refusals.holds_bytes(row.digest, row.claimed, raw or b"")


def _cover(content: str, behind: str) -> list[str] | None:
    """The digests in the leaf behind one, where it covers the row that this one speaks of."""
    words, said = content.split(" "), behind.split(" ")
    kind = {"in": rowleaf.IN_JOURNAL, "out": rowleaf.IN_OUTBOX}.get(words[1]) if len(words) > 1 else None
    return said[2:] if kind is not None and said[:2] == [words[0], kind] else None


def _added(index: int, group: list[Any]) -> Iterator[Wrong]:
    yield from (Wrong("LOG-ROW-ADDED", "exchange", index, f"journal {row.id}") for row in group)


def _content(row: Any) -> str:
    """The leaf that a row of the journal has to have."""
    digest = row.digest
    # Rows of foreign systems have plain digests.
    if row.kind != "rows":
        try:
            digest = base64.b64encode(bytes.fromhex(digest)).decode()
        except ValueError:
            digest = ""
    return f"{rowleaf.subject_of(row.message_id, row.claimed)} in {digest} {_VERDICTS.get(row.state, row.state)}"


def _following(groups: Any) -> tuple[int | None, list[Any]]:
    """The next position of the log that rows speak of, with those rows."""
    for position, group in groups:
        return position, list(group)
    return None, []
