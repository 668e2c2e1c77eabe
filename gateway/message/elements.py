"""Elements of ours as plain values: texts, booleans, dates and times as the schema lets partners write them."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, datetime

from lxml import etree

from gateway.message.parse import NS
from gateway.records.dates import in_utc

Element = etree._Element  # noqa: SLF001 - lxml names its public element type with an underscore.

QUALIFIED = f"{{{NS}}}"
"""What lxml puts before the local name of every element of ours."""

CUT = len(QUALIFIED)
SCHEMA_SPACE = " \t\n\r"
"""Whitespace that the schema allows around dates, numbers and booleans (whiteSpace=collapse)."""

_TRUE = frozenset({"true", "1"})


def texts(element: Element) -> dict[str, str]:
    """The texts of the child elements by local name; an empty element has an empty text."""
    return {child.tag[CUT:]: child.text or "" for child in element}


def is_true(value: str) -> bool:
    """Whether an xs:boolean says true."""
    return value.strip(SCHEMA_SPACE) in _TRUE


def day(value: str) -> date:
    """An xs:date without zone."""
    return date.fromisoformat(value.strip(SCHEMA_SPACE))


def maybe_day(value: str | None) -> date | None:
    """An xs:date without zone, or None where there is none."""
    return None if value is None else day(value)


def moment(value: str) -> datetime:
    """An xs:dateTime with zone."""
    return datetime.fromisoformat(value.strip(SCHEMA_SPACE))


def instant(value: str) -> datetime:
    """An xs:dateTime with zone that the calendar has in UTC as well, where it is kept (ValueError)."""
    found = moment(value)
    if found.year in (MINYEAR, MAXYEAR):
        in_utc(found)
    return found


def maybe_count(value: str | None) -> int | None:
    """A whole number, or None where there is none."""
    return None if value is None else int(value)
