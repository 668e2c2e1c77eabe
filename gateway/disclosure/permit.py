"""The one decision on one record for one recipient: permitted on which terms, or withheld and why.

The reason of a withholding never leaves the node: to the recipient "none", "withheld" and "not permitted"
are the same (R4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.disclosure.agreements import Agreements, Terms
from gateway.disclosure.firewall import Protection, protection_of
from gateway.records.record import Category
from gateway.store import tables

INTERLOCKED: Final = frozenset({Category.ENTRY_BAN})
"""Categories whose withholding by the firewall a human has to see (R7)."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would see it."""

    id: str
    state: str
    agency_class: str

    @classmethod
    def of(cls, partner: tables.Partner) -> Recipient:
        """From the directory's row."""
        return cls(partner.id, partner.state, partner.agency_class)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Not disclosed; `reason` is for our own trail only."""

    reason: str


class Kernel:
    """Decides on disclosures of one node within one unit of work. There is no way round it."""

    def __init__(self, session: Session, *, state: str, now: datetime) -> None:
        self._session = session
        self._state = state
        self.now = now
        self.agreements = Agreements(session, now.date())
        self._protections: dict[int, Protection | None] = {}

    def decide(self, row: tables.Record, recipient: Recipient, purpose: str = "") -> Terms | Withheld:
        """Whether this version of a record may be disclosed, step by step; the first no ends it."""
        category = Category(row.category)
        # 1. Only the owner discloses: what we hold of others is not ours to pass on.
        if row.owner_state != self._state:
            return Withheld("third-party")
        # 2. Protection records go to no other state (R1, R3).
        if category.protected:
            return Withheld("protected-category")
        # 3. A live agreement, the matrix, the class and the purpose.
        terms = self.agreements.terms("out", recipient.state, recipient.agency_class, category, purpose)
        if terms is None:
            return Withheld("no-agreement")
        # 4. The firewall, last, so that it costs the same for everybody who has an agreement.
        protection = self.protection(row.person_id)
        if protection is not None and protection.forbids(recipient.state):
            if category in INTERLOCKED:
                self._to_a_human(row, recipient)
            return Withheld("firewall")
        return terms

    def protection(self, person_id: int) -> Protection | None:
        """The protection of a person, looked up once."""
        if person_id not in self._protections:
            self._protections[person_id] = protection_of(self._session, person_id)
        return self._protections[person_id]

    def _to_a_human(self, row: tables.Record, recipient: Recipient) -> None:
        subject = f"{row.record_id}:{recipient.state}"
        known = self._session.scalar(
            select(tables.Review.id).where(tables.Review.kind == "interlock", tables.Review.subject == subject)
        )
        if known is None:
            self._session.add(
                tables.Review(
                    kind="interlock",
                    subject=subject,
                    detail={"record_id": row.record_id, "category": row.category, "recipient": recipient.state},
                    protected=True,
                    created=self.now,
                )
            )
