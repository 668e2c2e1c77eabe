"""The books: what was sent to a partner and what became of it, what came in and what we made of it.

sent = delivered + waiting + dead, and of what was delivered: stored + unchanged + refused + withheld.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gateway.errors import Expired
from gateway.exchange import stream
from gateway.store import tables

_SAID_AGAIN: Final = and_(
    tables.Outbox.state == "refused", tables.Outbox.code == Expired.code, tables.Outbox.sequence.is_not(None)
)
"""Messages that were refused for their time alone: the same records went into another one (exchange.resign)."""


@dataclass(frozen=True, slots=True)
class Books:
    """Counts of records between us and one partner; every number but the last is of records, not of messages."""

    partner: str
    sent: int
    """Records put into the outbox, or given in answers to pulls."""
    waiting: int
    dead: int
    stored: int
    """Of what we sent: stored at the partner, by its receipts."""
    unchanged: int
    refused: int
    withheld: int
    given: int
    """Records given in answers to the partner's pulls; the partner's own books say what became of them."""
    received: int
    """Records that came from the partner."""
    in_stored: int
    in_unchanged: int
    in_refused: int
    in_withheld: int
    withdrawals_open: int
    """Withdrawals of what the partner had that it has not acknowledged, by receipt or by asking for what follows."""
    missing: int = 0
    """Messages, and no records: numbers of the partner's stream that have not come, and that it is asked for."""

    @property
    def balanced(self) -> bool:
        """Whether every record is accounted for."""
        out = self.stored + self.unchanged + self.refused + self.withheld + self.waiting + self.dead + self.given
        came = self.in_stored + self.in_unchanged + self.in_refused + self.in_withheld
        return self.sent == out and self.received == came

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {**asdict(self), "balanced": self.balanced}


def books(session: Session, partner: str) -> Books:
    """The books with one partner, from the outbox, the feed and the journal."""
    outbox = tables.Outbox
    by_state = session.execute(
        select(outbox.state, func.coalesce(func.sum(outbox.records), 0))
        .where(outbox.partner == partner, ~_SAID_AGAIN)
        .group_by(outbox.state)
    )
    states = {state: int(records) for state, records in by_state}
    said = session.execute(
        select(*(func.coalesce(func.sum(column), 0) for column in _verdicts(outbox))).where(outbox.partner == partner)
    ).one()
    journal = tables.Journal
    came = session.execute(
        select(*(func.coalesce(func.sum(column), 0) for column in _verdicts(journal))).where(journal.sender == partner)
    ).one()
    feed = session.get(tables.Feed, partner)
    given = 0 if feed is None else feed.position - feed.pushed
    # A message refused as a whole has no verdict per record: all its records were refused.
    refused_whole = states.get("refused", 0)
    return Books(
        partner=partner,
        sent=sum(states.values()) + given,
        waiting=states.get("waiting", 0) + states.get("sending", 0),
        dead=states.get("dead", 0),
        stored=said[0],
        unchanged=said[1],
        refused=said[2] + refused_whole,
        withheld=said[3],
        given=given,
        received=sum(came),
        in_stored=came[0],
        in_unchanged=came[1],
        in_refused=came[2],
        in_withheld=came[3],
        withdrawals_open=_unacknowledged(session, partner),
        missing=stream.missing(session, partner),
    )


def _unacknowledged(session: Session, partner: str) -> int:
    outbox, rows = tables.Outbox, tables.Disclosure
    sent = session.scalar(
        select(func.coalesce(func.sum(outbox.records), 0)).where(
            outbox.partner == partner, outbox.kind == "Withdrawal", outbox.state != "delivered", ~_SAID_AGAIN
        )
    )
    feed = session.get(tables.Feed, partner)
    if feed is None:
        return int(sent or 0)
    # A partner that pulls has what stands before the position it asks after.
    fetched = session.scalar(
        select(func.count())
        .select_from(rows)
        .join(tables.Record, tables.Record.id == rows.record_row)
        .where(
            rows.recipient == partner,
            rows.position > max(feed.taken, feed.pushed),
            tables.Record.erasure == "WITHDRAWN",
            tables.Record.payload != "",
        )
    )
    return int(sent or 0) + int(fetched or 0)


def _verdicts(
    table: type[tables.Outbox | tables.Journal],
) -> tuple[InstrumentedAttribute[int], ...]:
    return table.stored, table.unchanged, table.refused, table.withheld
