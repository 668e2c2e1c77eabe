"""Small lists and short questions for the watchlist's tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gateway.records.dates import PartialDate
from gateway.records.person import Sex
from gateway.watchlist.build import build
from gateway.watchlist.entries import Entry, Subject, WrittenName
from gateway.watchlist.query import Answer, Query, screen

TODAY = date(2026, 3, 1)

MakeEntry = Callable[..., Entry]
Ask = Callable[..., Answer]


def _entry(
    record_id: str,
    family: str = "",
    given: str = "",
    patronymic: str = "",
    *,
    born: str = "1985-06-15",
    sex: Sex = Sex.UNKNOWN,
    citizenships: tuple[str, ...] = (),
    documents: tuple[tuple[str, str], ...] = (),
    identifiers: tuple[tuple[str, str], ...] = (),
    aliases: tuple[WrittenName, ...] = (),
    assumed: bool = False,
    full: str = "",
    **columns: Any,
) -> Entry:
    date_of_birth = PartialDate.parse(born) if born else None
    if date_of_birth and assumed:
        date_of_birth = PartialDate(date_of_birth.year, date_of_birth.month, date_of_birth.day, assumed=True)
    named = (WrittenName(family, given, patronymic, full),) if family or given or full else ()
    return Entry(
        record_id=record_id,
        subject=Subject((*named, *aliases), date_of_birth, sex, citizenships, documents, identifiers),
        **{
            "owner_state": "RUS",
            "reference": f"DECISION-{record_id}",
            "ban_from": date(2024, 1, 1),
            "territory": "ALL_PARTIES",
            "contact": "duty@example",
            **columns,
        },
    )


def _ask(entries: list[Entry], *, state: str = "BLR", today: date = TODAY, **fields: Any) -> Answer:
    """Ask a list; `family`, `given`, `patronymic` and `full` are short for one name."""
    name = {part: fields.pop(part) for part in ("family", "given", "patronymic", "full") if part in fields}
    if name:
        fields["names"] = [name]
    return screen(build(entries), Query.read(fields), today=today, state=state)


@pytest.fixture
def entry() -> MakeEntry:
    """Make an entry from a name."""
    return _entry


@pytest.fixture
def ask() -> Ask:
    """Ask a list of entries."""
    return _ask
