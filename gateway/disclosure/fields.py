"""Fields that do not pass: those an agreement leaves out, and those that give a protection away (R9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from gateway.disclosure.agreements import OPTIONAL, Terms
from gateway.message.parse import NS, parse
from gateway.records.record import Category

_Element = etree._Element  # noqa: SLF001 - lxml names its public element type with an underscore.

_TELLING_COUNTRIES: Final = frozenset({"XXA", "XXB", "XXC"})
"""ICAO 9303 issuers and nationalities of stateless persons and refugees."""
_TELLING_KINDS: Final = frozenset({"TRAVEL_DOCUMENT"})
"""Document kinds that are issued to refugees and hardly to anybody else."""
_TELLING_WORDS: Final = re.compile(
    r"refugee|asylum|reception cent|1951|unhcr|бежен|бежан|убежищ|прытул|қашқын|босқын|качкын|қочқин|qochqin|boshpana"
    r"|баспана|панах|паноҳ|гуреза|қаçқ|qaçqın|sığınacaq|փախստ|ապաստան|refugiat|azil|gaçgak|увкб",
    re.IGNORECASE,
)
"""Words by which an authority, a place or an article of law tells that somebody asked for protection."""
_TELLING_TEXTS: Final = (
    "LegalBasis",
    "Person/Document/Authority",
    "LabourPermit/Authority",
    "LabourPermit/Employer",
    "LabourPermit/Occupation",
    "StayRegistration/Authority",
    "StayRegistration/Place",
    "StayRegistration/Host",
    "StayRegistration/EntryPoint",
    "EmploymentNotice/Authority",
    "EmploymentNotice/Employer",
    "EmploymentNotice/Occupation",
    "ResidencePermit/Authority",
    "ResidencePermit/Place",
    "Expulsion/Court",
    "DocumentStatus/Authority",
    "RecruitmentLicence/Authority",
)
"""Free texts that the format does without; one that holds a telling word is left out as a whole."""
_TELLING_AUTHORITIES: Final = ("EntryBan/Authority", "Expulsion/Authority")
"""Free texts that the format demands: the agency the record comes from stands in for a telling one."""


def tells_of_protection(category: Category, payload: str) -> bool:
    """Whether a record about nobody in particular would tell of protection by being there at all.

    The state of a refugee's travel document, and a table that counts protection records: no field could be
    left out of these.
    """
    if category is Category.DOCUMENT_STATUS:
        said = payload.partition("<DocumentStatus>")[2]
        return any(f">{mark}<" in said for mark in _MARKS)
    if category is Category.STATISTIC:
        return any(f"<Subject>{each}</Subject>" in payload for each in Category if each.protected)
    return False


def disclosed(payload: str, terms: Terms) -> str:
    """The canonical XML of a record as this recipient may see it.

    What tells of protection is left out of every record alike, so that its absence tells nothing of anybody.
    """
    tells = any(mark in payload for mark in _MARKS) or _TELLING_WORDS.search(payload) is not None
    if not terms.withheld_fields and not tells:
        return payload
    # The fragment inherits its namespace from the message; it needs a parent to be read alone.
    root = parse(f'<Body xmlns="{NS}">{payload}</Body>'.encode(), limit=len(payload) * 4 + 100)
    record = root[0]
    for path in sorted(terms.withheld_fields & OPTIONAL):
        _remove(_find(record, path))
    if tells:
        _remove_telling(record)
    content = etree.tostring(root, method="c14n", exclusive=True).decode()
    return content[content.index(">") + 1 : -len("</Body>")]


_MARKS: Final = (*_TELLING_COUNTRIES, *_TELLING_KINDS)


def _remove_telling(record: _Element) -> None:
    for document in list(_find(record, "Person/Document")):
        country, kind = document.findtext(f"{{{NS}}}Country"), document.findtext(f"{{{NS}}}Kind")
        if country in _TELLING_COUNTRIES or kind in _TELLING_KINDS:
            number = document.findtext(f"{{{NS}}}Number")
            _remove(item for item in _find(record, "BorderCrossing/Document") if item.text == number)
            _remove([document])
    for tag in ("Citizenship", "FormerCitizenship", "FormerHabitualResidence", "BirthCountry"):
        _remove(item for item in _find(record, f"Person/{tag}") if item.text in _TELLING_COUNTRIES)
    _remove(
        identifier
        for identifier in _find(record, "Person/Identifier")
        if _TELLING_COUNTRIES.intersection(identifier.attrib.values())
    )
    for path in _TELLING_AUTHORITIES:
        for item in _find(record, path):
            if _TELLING_WORDS.search(item.text or ""):
                item.text = record.findtext(f"{{{NS}}}Source/{{{NS}}}Agency")
    for path in _TELLING_TEXTS:
        _remove(item for item in _find(record, path) if _TELLING_WORDS.search(" ".join(map(str, item.itertext()))))


def _find(record: _Element, path: str) -> Iterator[_Element]:
    return record.iterfind("/".join(f"{{{NS}}}{step}" for step in path.split("/")))


def _remove(elements: Iterable[_Element]) -> None:
    for element in list(elements):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
