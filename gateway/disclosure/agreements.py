"""Agreements: deny by default, and every disclosure or acceptance names the row that permits it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.disclosure import purposes
from gateway.records.record import Category
from gateway.store.tables import Agreement

Direction = Literal["in", "out"]

OPTIONAL: Final = frozenset(
    {
        "LegalBasis",
        "Person/BirthPlace",
        "Person/BirthCountry",
        "Person/FormerCitizenship",
        "Person/FormerHabitualResidence",
        "Person/Identifier",
        "Person/Document/Authority",
    }
)
"""Fields an agreement may leave out: the format does without them, so the record stays valid."""


_ALL: Final = select(Agreement).order_by(Agreement.id)


@dataclass(frozen=True, slots=True)
class Terms:
    """One live agreement applied to one category and one counterpart."""

    agreement: str
    purpose: str
    withheld_fields: frozenset[str]


class Agreements:
    """The agreements in force on a day, read once per unit of work: every record of a batch asks again."""

    def __init__(self, session: Session, today: date) -> None:
        rows = session.scalars(_ALL).all()
        self._live = [
            row for row in rows if row.valid_from <= today and (row.valid_to is None or today <= row.valid_to)
        ]
        self._withheld = {row.id: frozenset(row.withheld_fields) for row in rows}
        self._days = {row.id: row.retention_days for row in rows}

    def terms(
        self, direction: Direction, state: str, agency_class: str, category: Category, purpose: str = ""
    ) -> Terms | None:
        """The terms under which `category` may pass, or None.

        `purpose` narrows to one purpose; without it the first purpose that matrix and agreement share is taken.
        """
        for row in self._live:
            if row.direction != direction or row.partner_state != state or category not in row.categories:
                continue
            if agency_class not in row.agency_classes:
                continue
            for candidate in _purposes(direction, category, agency_class, row):
                if candidate in row.purposes and purpose in ("", candidate):
                    return Terms(row.id, candidate, frozenset(row.withheld_fields))
        return None

    def any_of(self, direction: Direction, state: str) -> tuple[str, str] | None:
        """An agreement with a state in one direction, and its first purpose; None where there is none."""
        for row in self._live:
            if row.direction == direction and row.partner_state == state and row.purposes:
                return row.id, row.purposes[0]
        return None

    def withheld_fields(self, agreement: str) -> frozenset[str]:
        """The fields an agreement leaves out, also when it has ended since; everything it may, if it is gone."""
        return self._withheld.get(agreement, OPTIONAL)

    def retention_days(self, agreement: str) -> int | None:
        """How many days what came under an agreement may be kept; None where it does not say."""
        return self._days.get(agreement)

    def exists(self, direction: Direction, state: str, categories: Iterable[Category], purpose: str) -> bool:
        """Whether a question for this purpose may be asked at all: some live row covers one of the categories."""
        wanted = set(categories)
        return any(
            row.direction == direction
            and row.partner_state == state
            and purpose in row.purposes
            and wanted.intersection(row.categories)
            for row in self._live
        )


def _purposes(direction: Direction, category: Category, agency_class: str, row: Agreement) -> Iterable[str]:
    # What comes in is judged by our own agreement alone: the sender's matrix is the sender's affair.
    return purposes.purposes_of(category, agency_class) if direction == "out" else row.purposes
