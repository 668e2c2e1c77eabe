"""Fragments of canonical XML that many elements share: what is empty is not written at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from gateway.message.text import attribute, text
from gateway.records.person import Party, Place


def optional(element: str, value: str) -> str:
    """An element of text."""
    if not value:
        return ""
    # Most values are one word and need no look at their characters.
    return f"<{element}>{value if value.isalnum() else text(value, element)}</{element}>"


def day(element: str, value: date | None) -> str:
    """An element of a date."""
    return "" if value is None else _known_day(element, value)


@lru_cache(maxsize=8192)
def _known_day(element: str, value: date) -> str:
    """The same few thousand days stand in all records."""
    return f"<{element}>{value.isoformat()}</{element}>"


def flag(element: str, value: bool) -> str:  # noqa: FBT001 - it is the value that is written.
    """An element that says true."""
    return f"<{element}>true</{element}>" if value else ""


def count(element: str, value: int | None) -> str:
    """An element of a number, zero included."""
    return "" if value is None else f"<{element}>{value}</{element}>"


def each(element: str, values: Sequence[str]) -> str:
    """One element a value."""
    if not values:
        return ""
    return "".join([f"<{element}>{text(value, element)}</{element}>" for value in values])


def party(element: str, value: Party | None) -> str:
    """A party in a role."""
    return "" if value is None else _known_party(element, value)


@lru_cache(maxsize=2048)
def _known_party(element: str, value: Party) -> str:
    """Employers, hosts and authorities stand in many records."""
    number = ""
    if value.number:
        scheme = f' scheme="{attribute(value.scheme, "scheme")}"' if value.scheme else ""
        number = f"<Number{scheme}>{text(value.number, 'Number')}</Number>"
    return f"<{element}><Name>{text(value.name, 'Name')}</Name>{number}</{element}>"


def place(value: Place | None) -> str:
    """A place."""
    if value is None:
        return ""
    return (
        f"<Place>{optional('Country', value.country)}{optional('Region', value.region)}"
        f"{optional('Text', value.text)}</Place>"
    )
