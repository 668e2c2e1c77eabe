"""The asylum firewall: nothing about a protected person reaches a state that could harm them.

The rules are R1 to R9 of the project's protection rules, see docs/decisions/0006-asylum-firewall.md. There
is no parameter, role or setting that switches them off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway.records.person import Person
from gateway.records.protection import AsylumApplication
from gateway.store import tables

ENDED: Final = frozenset({"REFUSED_FINAL", "DISCONTINUED", "WITHDRAWN"})
"""States of an application after which the interlock ends; the record itself stays undisclosed for ever."""


@dataclass(frozen=True, slots=True)
class Protection:
    """That a person is protected, and from whom."""

    risk_set: frozenset[str]
    """States that must learn nothing; empty means that it is not known, and then every state is one (R2)."""

    def forbids(self, state: str) -> bool:
        """Whether nothing new about the person may reach this state."""
        return not self.risk_set or state in self.risk_set


def states_of(person: Person, application: AsylumApplication | None, owner: str) -> list[str]:
    """The states a description ties a person to, without the owner's own (R2)."""
    states = {*person.states(), *(application.persecutors if application else ())}
    return sorted(states - {"", owner})


def active(status: str) -> bool:
    """Whether an application in this state protects its applicant."""
    return status not in ENDED


def protection_of(session: Session, person_id: int) -> Protection | None:
    """The protection of a human being, found from any one description of them; None where there is none.

    Looks at the description itself, at all descriptions of the same identity, and at everything tied to
    these by a link across the firewall, however uncertain: here a doubt protects (R5, R6, R7).
    """
    known = _descriptions(session, person_id)
    rows = session.execute(
        select(tables.Person.protected, tables.Person.states).where(tables.Person.id.in_(known))
    ).all()
    if not any(row.protected for row in rows):
        return None
    # An application that names no state leaves the risk unknown, whatever other registers say.
    if any(row.protected and not row.states for row in rows):
        return Protection(frozenset())
    return Protection(frozenset(state for row in rows for state in row.states))


def _descriptions(session: Session, person_id: int) -> set[int]:
    """The person's descriptions: the identity, what protected links tie to it, and their identities."""
    known = _identity(session, {person_id})
    tied = session.execute(
        select(tables.Link.left_id, tables.Link.right_id).where(
            tables.Link.protected,
            tables.Link.retracted.is_(None),
            tables.Link.verdict != "negative",
            or_(tables.Link.left_id.in_(known), tables.Link.right_id.in_(known)),
        )
    ).all()
    across = {row_id for pair in tied for row_id in pair} - known
    return known | _identity(session, across) if across else known


def _identity(session: Session, person_ids: Iterable[int]) -> set[int]:
    """The descriptions that share an identity with any of these, themselves included."""
    ids = set(person_ids)
    identities = select(tables.Membership.identity_id).where(
        tables.Membership.person_id.in_(ids), tables.Membership.until.is_(None)
    )
    members = session.scalars(
        select(tables.Membership.person_id).where(
            tables.Membership.identity_id.in_(identities), tables.Membership.until.is_(None)
        )
    )
    return ids | set(members)


Shielded = dict[int, Protection]
"""Description of a person to the protection that covers it."""


def shielded(session: Session) -> Shielded:
    """Every description of a protected person, with the protection; empty on most nodes."""
    covered: Shielded = {}
    for person_id in session.scalars(select(tables.Person.id).where(tables.Person.protected)).all():
        protection = protection_of(session, person_id)
        if protection is not None:
            covered.update(dict.fromkeys(_descriptions(session, person_id), protection))
    return covered


def shields(covered: Shielded, person_id: int, state: str) -> bool:
    """Whether a protection stands between this description and this state."""
    protection = covered.get(person_id)
    return protection is not None and protection.forbids(state)


def forbidden(session: Session, state: str) -> frozenset[int]:
    """Every description of a person of whom nothing new may reach this state."""
    return frozenset(person_id for person_id, covering in shielded(session).items() if covering.forbids(state))
