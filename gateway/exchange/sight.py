"""Who asks about links, and whom they may see: the owner of a protection sees it, for everybody else it is not there.

For everybody but the owner a description is there as long as a living record speaks of it that is no protection
record, and no protection is open. Otherwise it is as if it had been erased, with its links, questions and
memberships: what nothing but a hidden tie keeps alive must not be seen to live on either (R4, R6;
docs/decisions/0029-links.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.disclosure import firewall, purposes
from gateway.errors import InvalidRequest, NotPermitted
from gateway.records.codes import PURPOSES
from gateway.records.record import Category
from gateway.store import tables

_TOGETHER: Final = 5_000
"""Persons named in one statement."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks or decides, and for which purpose."""

    actor: str
    """Client that a key has proved, `STATE/AGENCY`; on the command line whoever somebody says to be."""
    agency_class: str
    """Class of the client; empty on the command line, where nothing is proved."""
    purpose: str

    def check(self) -> None:
        """Refuse a purpose that is none (InvalidRequest), or that the class does not have (NotPermitted)."""
        if self.purpose not in PURPOSES:
            raise InvalidRequest("Say for which purpose you ask.", where="purpose")
        if self.agency_class and not self.categories:
            raise NotPermitted(reason=f"{self.agency_class} may not ask for {self.purpose}")

    @property
    def categories(self) -> list[Category]:
        """Categories of which this class may read records for this purpose."""
        return [each for each in Category if purposes.allowed(each, self.purpose, self.agency_class)]

    @property
    def owner(self) -> bool:
        """Whether protection is the viewer's own affair: our state's asylum unit or court, asking for that (R1)."""
        return purposes.allowed(Category.ASYLUM_APPLICATION, self.purpose, self.agency_class)


ANYBODY: Final = Viewer("clock", "", "")
"""Whoever is not the owner of a protection."""


def visible(session: Session, viewer: Viewer, people: Iterable[int]) -> set[int]:
    """Those of the people who are there for this viewer."""
    wanted, seen = sorted(set(people)), set[int]()
    for start in range(0, len(wanted), _TOGETHER):
        some = wanted[start : start + _TOGETHER]
        query = select(tables.Person.id).where(tables.Person.id.in_(some))
        if not viewer.owner:
            query = query.where(tables.Person.protected.is_(False), tables.Person.id.in_(_spoken_of(some)))
        seen |= set(session.scalars(query))
    return seen


def _spoken_of(some: list[int]) -> Any:
    record = tables.Record
    return select(record.person_id).where(
        record.person_id.in_(some), record.erased.is_(None), record.category.not_in(firewall.PROTECTED)
    )
