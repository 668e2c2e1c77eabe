"""What two descriptions say, field by field, for a reviewer whose class may read the records they come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.exchange import shelter
from gateway.exchange.sight import Viewer
from gateway.records.person import Person
from gateway.store import tables

Values = dict[str, tuple[str, str]]
"""Field of the evidence to what the one and the other description says; empty where it says nothing."""
_FIELDS: Final = (
    "family", "given", "full", "patronymic", "birth", "identifier", "document", "sex", "citizenship", "birthplace",
)  # fmt: skip


def values(session: Session, viewer: Viewer, pair: tuple[int, int]) -> Values:
    """The values of both, from the newest record of each that the viewer's class may read for its purpose."""
    one, other = (_said(_described(session, viewer, person_id)) for person_id in pair)
    return {field: (one[field], other[field]) for field in _FIELDS if one[field] or other[field]}


def _described(session: Session, viewer: Viewer, person_id: int) -> Person | None:
    row = tables.Record
    payload = session.scalar(
        select(row.payload)
        .where(
            row.person_id == person_id,
            row.current,
            row.erased.is_(None),
            row.category.in_([each.value for each in viewer.categories]),
        )
        .order_by(row.id.desc())
        .limit(1)
    )
    return shelter.read(payload).person if payload else None


def _said(person: Person | None) -> dict[str, str]:
    if person is None:
        return dict.fromkeys(_FIELDS, "")
    names = person.names
    return {
        "family": _joined(name.family for name in names),
        "given": _joined(name.given for name in names),
        "full": _joined(name.full for name in names),
        "patronymic": _joined(name.patronymic for name in names),
        "birth": str(person.birth_date or ""),
        "identifier": _joined(f"{each.scheme} {each.value}" for each in person.identifiers),
        "document": _joined(f"{each.country} {each.series}{each.number}" for each in person.documents),
        "sex": person.sex.value if person.sex.value in {"1", "2"} else "",
        "citizenship": _joined(person.citizenships),
        "birthplace": _joined((person.birth_country, person.birth_place)),
    }


def _joined(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word))
