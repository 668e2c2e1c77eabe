"""Pieces of a family's element that are not plain texts: parties, places, lists."""

from __future__ import annotations

from gateway.message.elements import CUT, QUALIFIED, Element, texts
from gateway.records.person import Party, Place

_NUMBER = f"{QUALIFIED}Number"


def party(element: Element, role: str) -> Party:
    """The party in this role; StopIteration where there is none."""
    name = number = scheme = ""
    for child in _only(element, role):
        if child.tag == _NUMBER:
            number, scheme = child.text or "", child.get("scheme", "")
        else:
            name = child.text or ""
    return Party(name, number, scheme)


def place(element: Element) -> Place:
    """The place; StopIteration where there is none."""
    fields = texts(_only(element, "Place"))
    return Place(fields.get("Country", ""), fields.get("Region", ""), fields.get("Text", ""))


def each(element: Element, name: str) -> tuple[str, ...]:
    """The texts of all children of this name, in order."""
    return tuple(child.text or "" for child in element if child.tag[CUT:] == name)


def _only(element: Element, name: str) -> Element:
    return next(element.iterchildren(QUALIFIED + name))
