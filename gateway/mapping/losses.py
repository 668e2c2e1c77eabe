"""What a national form could not carry: whatever differs once the row that was written is mapped again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

from gateway.findings import Finding
from gateway.mapping.convert import Mapped
from gateway.mapping.words import finding
from gateway.records.record import Record

_OUR_OWN: Final = ("record_id", "version", "created", "profile", "flags", "legal_basis", "retention_until")
"""What the gateway knows of a record and no national form is expected to carry."""


def losses(record: Record, again: Mapped) -> Iterator[Finding]:
    """What differs once the row is mapped again."""
    number = again.row
    if again.record is None:
        yield from again.findings
        return
    before, after = dict(_leaves(record)), dict(_leaves(again.record))
    told: set[str] = set()
    for path, value in before.items():
        if after.get(path) == value:
            continue
        lost = _topmost(path, after)
        if lost not in told:
            told.add(lost)
            yield finding("MAP-LOSS", "warning", lost, number)


def _topmost(path: str, after: dict[str, Any]) -> str:
    """The shortest beginning of a path of which nothing is left: a whole document, not each of its parts."""
    if path.startswith("source."):
        return "source"
    parts = path.split(".")
    for length in range(1, len(parts)):
        start = ".".join(parts[:length])
        if not any(other == start or other.startswith(f"{start}.") for other in after):
            return start
    return path


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of a record under its path; what is empty is left out."""
    if isinstance(value, tuple):
        for place, item in enumerate(value, start=1):
            yield from _leaves(item, f"{path}[{place}]")
    elif is_dataclass(value):
        for item in fields(value):
            if path or item.name not in _OUR_OWN:
                below = f"{path}.{item.name}" if path else item.name
                if below != "person.ref":
                    yield from _leaves(getattr(value, item.name), below)
    elif isinstance(value, Enum) or value or type(value) is int:
        # Zero is a figure like any other; False and an empty text say nothing.
        yield path, value
