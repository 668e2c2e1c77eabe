"""Fields that do not pass: those an agreement leaves out, and those that give a protection away (R9)."""

from __future__ import annotations

from typing import Final

from lxml import etree

from gateway.disclosure.agreements import Terms
from gateway.message.parse import NS, parse

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

_TELLING_COUNTRIES: Final = frozenset({"XXA", "XXB", "XXC"})
"""ICAO 9303 issuers and nationalities of stateless persons and refugees."""
_TELLING_KINDS: Final = frozenset({"TRAVEL_DOCUMENT"})
"""Document kinds that are issued to refugees and hardly to anybody else."""


def disclosed(payload: str, terms: Terms) -> str:
    """The canonical XML of a record as this recipient may see it."""
    tells = any(mark in payload for mark in (*_TELLING_COUNTRIES, *_TELLING_KINDS))
    if not terms.withheld_fields and not tells:
        return payload
    # The fragment inherits its namespace from the message; it needs a parent to be read alone.
    root = parse(f'<Body xmlns="{NS}">{payload}</Body>'.encode(), limit=len(payload) * 4 + 100)
    record = root[0]
    for path in sorted(terms.withheld_fields & OPTIONAL):
        _remove(record.iterfind("/".join(f"{{{NS}}}{step}" for step in path.split("/"))))
    if tells:
        _remove_telling(record)
    content = etree.tostring(root, method="c14n", exclusive=True).decode()
    return content[content.index(">") + 1 : -len("</Body>")]


def _remove_telling(record: etree._Element) -> None:
    person = record.find(f"{{{NS}}}Person")
    if person is None:
        return
    for document in list(person.iterfind(f"{{{NS}}}Document")):
        country, kind = document.findtext(f"{{{NS}}}Country"), document.findtext(f"{{{NS}}}Kind")
        if country in _TELLING_COUNTRIES or kind in _TELLING_KINDS:
            person.remove(document)
    for tag in ("Citizenship", "FormerCitizenship", "FormerHabitualResidence"):
        _remove(item for item in person.iterfind(f"{{{NS}}}{tag}") if item.text in _TELLING_COUNTRIES)


def _remove(elements: object) -> None:
    for element in list(elements):  # type: ignore[call-overload]
        element.getparent().remove(element)
