"""The asylum firewall: nothing about a protected person reaches a state that could harm them.

The rules are R1 to R9 of the project's protection rules, see docs/decisions/0006-asylum-firewall.md. There
is no parameter, role or setting that switches them off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from gateway.records import countries
from gateway.records.person import Person
from gateway.records.record import Category, Detail
from gateway.store import tables

ENDED: Final[dict[Category, frozenset[str]]] = {
    Category.ASYLUM_APPLICATION: frozenset({"REFUSED_FINAL", "DISCONTINUED", "WITHDRAWN"}),
    # One who has died is not among them: those who stayed behind, or came along, are still at risk.
    Category.REFUGEE_STATUS: frozenset({"CEASED", "CANCELLED", "NATURALISED"}),
    # Nor is one who was moved on to another status, which may not be known here yet.
    Category.SUBSIDIARY_PROTECTION: frozenset({"EXPIRED", "CEASED", "CANCELLED"}),
    Category.TEMPORARY_PROTECTION_GROUP: frozenset({"CLOSED"}),
    Category.TEMPORARY_PROTECTION: frozenset({"ENDED"}),
    Category.NON_REMOVAL: frozenset({"LIFTED", "EXPIRED"}),
    Category.FAMILY_REUNIFICATION: frozenset({"REFUSED"}),
}
"""States after which a record no longer protects; the record itself stays undisclosed for ever."""

GRANTED: Final[dict[Category, frozenset[str]]] = {
    Category.ASYLUM_APPLICATION: frozenset({"GRANTED_REFUGEE", "GRANTED_SUBSIDIARY"}),
    Category.REFUGEE_STATUS: frozenset({"GRANTED", "ACTIVE"}),
    Category.SUBSIDIARY_PROTECTION: frozenset({"GRANTED", "EXTENDED"}),
    Category.TEMPORARY_PROTECTION: frozenset({"ACTIVE"}),
    Category.NON_REMOVAL: frozenset({"GRANTED", "EXTENDED"}),
}
"""States in which a protection is granted: earlier records of illegal entry lose their ground (R8)."""

PROTECTED: Final = tuple(category for category in Category if category.protected)

EVERY: Final = "*"
"""Stands in a risk set for every state."""
_NO_STATE: Final = frozenset({"XXA", "XXB", "XXC", "XXX", "XPO", "UNO", "UNA", "UNK", "EUE"})
"""Codes of ICAO 9303 part 3 section 5 that name no state: to know them is not to know the risk."""


@dataclass(frozen=True, slots=True)
class Protection:
    """That a person is protected, and from whom."""

    risk_set: frozenset[str]
    """States that must learn nothing; EVERY where it is not known whom they fled from (R2)."""

    def forbids(self, state: str) -> bool:
        """Whether nothing new about the person may reach this state."""
        return EVERY in self.risk_set or state in self.risk_set


def states_of(person: Person, detail: Detail, owner: str, origins: Iterable[str] = ()) -> list[str]:
    """The states a description ties a person to, without the owner's own (R2).

    `origins` are the states that a group fled from, for its members. A former state, or a code that nobody
    here knows, may mean any state, and then every state is one of risk.
    """
    return risky({*person.states(), *named_by(detail), *origins}, owner)


def named_by(detail: Detail) -> set[str]:
    """The states that a record itself names as those its person has to fear, or would be sent to."""
    # Every family spells them alike, so that a new one is not forgotten here.
    several = (getattr(detail, name, ()) for name in ("persecutors", "origins"))
    return {*chain.from_iterable(several), getattr(detail, "destination", "")}


def risky(codes: Iterable[str], owner: str) -> list[str]:
    """These codes as states of risk: without the owner, without codes that name no state, EVERY for the unknown."""
    named = set(codes) - {"", owner} - _NO_STATE
    return sorted({code if _is_state(code) else EVERY for code in named})


def _is_state(code: str) -> bool:
    country = countries.by_code(code)
    return country is not None and country.kind == "iso" and country.alpha3 == code


def active(category: Category, status: str) -> bool:
    """Whether a record of this family in this state protects its person; a state nobody knows does."""
    return category.protected and status not in ENDED[category]


def grants(category: Category, status: str) -> bool:
    """Whether a record of this family in this state says that protection was granted."""
    return status in GRANTED.get(category, ())


def protection_of(session: Session, person_id: int) -> Protection | None:
    """The protection of a human being, found from any one description of them; None where there is none.

    Looks at the description itself, at all descriptions of the same identity, and at everything tied to
    these by a link, however uncertain: here a doubt protects (R5, R6, R7).
    """
    return protections(session, {person_id})[person_id]


def protections(session: Session, person_ids: Iterable[int]) -> dict[int, Protection | None]:
    """The protection of each of these persons, as protection_of, in as many statements as for one."""
    wanted = set(person_ids)
    around = _Surroundings(session, wanted)
    applicants = {person_id: around.of(person_id) & around.protected for person_id in wanted}
    # What an applicant is tied to counts, whichever description the question came from.
    seen = _Surroundings(session, set().union(*applicants.values()))
    return {
        person_id: _united(seen.protection(applicant) for applicant in those) if those else None
        for person_id, those in applicants.items()
    }


def descriptions_of(session: Session, person_id: int) -> set[int]:
    """Every description that may be of the same human being."""
    return _Surroundings(session, {person_id}).of(person_id)


Shielded = dict[int, Protection]
"""Description of a person to the protection that covers it."""


def shielded(session: Session) -> Shielded:
    """Every description of a protected person, with the protection; empty on most nodes."""
    applicants = set(session.scalars(_APPLICANTS))
    if not applicants:
        return {}
    seen = _Surroundings(session, applicants)
    covering: defaultdict[int, list[Protection]] = defaultdict(list)
    for applicant in applicants:
        protection = seen.protection(applicant)
        for person_id in seen.of(applicant):
            covering[person_id].append(protection)
    return {person_id: _united(protections) for person_id, protections in covering.items()}


def shields(covered: Shielded, person_id: int, state: str) -> bool:
    """Whether a protection stands between this description and this state."""
    protection = covered.get(person_id)
    return protection is not None and protection.forbids(state)


def forbidden(session: Session, state: str) -> frozenset[int]:
    """Every description of a person of whom nothing new may reach this state."""
    return frozenset(person_id for person_id, covering in shielded(session).items() if covering.forbids(state))


# Made once, of the tables' columns: a border's question asks them with a traveller waiting.
_PEOPLE: Final[BindParameter[Any]] = bindparam("people", expanding=True)
_L, _P, _M = (tables.Table.metadata.tables[name].c for name in ("link", "person", "membership"))
_MINE: Final = tables.Table.metadata.tables["membership"].alias()
_APPLICANTS: Final = select(_P.id).where(_P.protected)
_PERSONS: Final = select(_P.id, _P.protected, _P.states).where(_P.id.in_(_PEOPLE))
_TIES: Final = select(_L.left_id, _L.right_id).where(
    or_(_L.left_id.in_(_PEOPLE), _L.right_id.in_(_PEOPLE)), _L.retracted.is_(None), _L.verdict != "negative"
)
_SHARED: Final = (
    select(_M.identity_id, _M.person_id)
    .join(_MINE, _MINE.c.identity_id == _M.identity_id)
    .where(_MINE.c.person_id.in_(_PEOPLE), _MINE.c.until.is_(None), _M.until.is_(None))
)


class _Surroundings:
    """The descriptions around some persons: who shares their identity, and what is tied to these."""

    def __init__(self, session: Session, person_ids: Iterable[int]) -> None:
        self._groups: dict[int, set[int]] = {}
        self._ties: defaultdict[int, set[int]] = defaultdict(set)
        self._join(session, set(person_ids))
        near = set(self._groups)
        for some in _chunks(near):
            for left, right in session.execute(_TIES, {"people": some}):
                self._ties[left].add(right)
                self._ties[right].add(left)
        self._join(session, set(self._ties) - near)
        self._states: dict[int, list[str]] = {}
        self.protected: set[int] = set()
        """Those of whom an active application speaks."""
        for some in _chunks(self._groups):
            for row in session.execute(_PERSONS, {"people": some}):
                self._states[row.id] = row.states
                if row.protected:
                    self.protected.add(row.id)

    def of(self, person_id: int) -> set[int]:
        """The person's descriptions: the identity, what is tied to it, and their identities."""
        identity = self._groups[person_id]
        tied = {other for member in identity for other in self._ties.get(member, ())}
        return identity.union(*(self._groups[other] for other in tied))

    def protection(self, applicant: int) -> Protection:
        """What protects one applicant; one who names no state leaves the risk unknown, whatever others say."""
        descriptions = self.of(applicant)
        if any(not self._states[each] for each in descriptions & self.protected):
            return Protection(frozenset({EVERY}))
        return Protection(frozenset(state for each in descriptions for state in self._states[each]))

    def _join(self, session: Session, person_ids: set[int]) -> None:
        """Note the identity of each person, and of everybody who shares it."""
        by_identity: defaultdict[str, set[int]] = defaultdict(set)
        for some in _chunks(person_ids):
            for identity_id, person_id in session.execute(_SHARED, {"people": some}):
                by_identity[identity_id].add(person_id)
        for group in by_identity.values():
            self._groups.update(dict.fromkeys(group, group))
        for person_id in person_ids - set(self._groups):
            self._groups[person_id] = {person_id}


_MOST: Final = 10_000
"""Values in one statement; databases take some ten thousand."""


def _chunks(person_ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(person_ids)
    return (ordered[start : start + _MOST] for start in range(0, len(ordered), _MOST))


def _united(protections: Iterable[Protection]) -> Protection:
    return Protection(frozenset[str]().union(*(each.risk_set for each in protections)))
