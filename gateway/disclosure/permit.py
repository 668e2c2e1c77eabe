"""The one decision on one record for one recipient: permitted on which terms, or withheld and why.

The reason of a withholding never leaves the node: to the recipient "none", "withheld" and "not permitted"
are the same (R4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.disclosure.agreements import Agreements, Terms
from gateway.disclosure.fields import tells_of_protection
from gateway.disclosure.firewall import Protection, protections
from gateway.records.record import Category
from gateway.store import tables

_ILLEGAL_STAY: Final = frozenset({"OVERSTAY", "OVERSTAY_SUSPECTED"})
_REFUSED: Final = "<Outcome>REFUSED</Outcome>"
"""How a crossing that was refused is written."""


def illegal(row: tables.Record) -> bool:
    """Whether a record says that somebody entered or stays against the rules (R8)."""
    crossing = row.category == Category.BORDER_CROSSING and _REFUSED in row.payload
    return row.status in _ILLEGAL_STAY or crossing


def interlocked(row: tables.Record) -> bool:
    """Whether a human has to see that the firewall withholds it: bans, expulsions, illegal entries and stays (R7)."""
    return row.category in (Category.ENTRY_BAN, Category.EXPULSION) or illegal(row)


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
        # 1. Whose it is, of which category, and under which agreement.
        terms = self.agreed(row, recipient, purpose)
        if isinstance(terms, Withheld):
            return terms
        # 2. The firewall, last, so that it costs the same for everybody who has an agreement.
        protection = self.protection(row.person_id)
        if protection is not None and protection.forbids(recipient.state):
            if interlocked(row):
                self._to_a_human(row, recipient)
            return Withheld("firewall")
        return terms

    def agreed(self, row: tables.Record, recipient: Recipient, purpose: str = "") -> Terms | Withheld:
        """What agreements say of the record, before anything is asked about its person."""
        category = Category(row.category)
        # 1. Only the owner discloses: what we hold of others is not ours to pass on.
        if row.owner_state != self._state:
            return Withheld("third-party")
        # 2. Protection records go to no other state (R1, R3).
        if category.protected:
            return Withheld("protected-category")
        if tells_of_protection(category, row.payload):
            return Withheld("telling")
        # 3. A live agreement, the matrix, the class and the purpose.
        terms = self.agreements.terms("out", recipient.state, recipient.agency_class, category, purpose)
        return Withheld("no-agreement") if terms is None else terms

    def protection(self, person_id: int | None) -> Protection | None:
        """The protection of a person, looked up once; there is none where a record is about nobody."""
        if person_id is None:
            return None
        self.look_up((person_id,))
        return self._protections[person_id]

    def look_up(self, person_ids: Iterable[int | None]) -> None:
        """Look up the protection of many persons together, ahead of decisions on their records."""
        unknown = {person_id for person_id in person_ids if person_id is not None} - self._protections.keys()
        if unknown:
            self._protections |= protections(self._session, unknown)

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
