"""The XSD as judge: findings with a stable code, a readable path, a line, and a sentence in both languages.

lxml judges every message; second.py asks another library, since libxml2 accepts a few invalid instances of
the W3C suite. libxml2's own sentences quote the value that is
wrong, so none of them leaves this module: only names and limits of the schema itself are taken from them.
"""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

from gateway.findings import Finding
from gateway.message.parse import NS
from gateway.message.places import Places, line_of
from gateway.message.remarks import remark
from gateway.message.slices import renumbered, slices

SCHEMAS: Final = Path(__file__).parents[2] / "schemas" / "xsd"
"""The single source of truth of the exchange format."""

_XS = "{http://www.w3.org/2001/XMLSchema}"
_Element = etree._Element  # noqa: SLF001 - lxml names its public element type with an underscore.
_threads = threading.local()

_CODES: Final = {
    "SCHEMAV_CVC_PATTERN_VALID": "xsd-pattern",
    "SCHEMAV_CVC_ENUMERATION_VALID": "xsd-enumeration",
    "SCHEMAV_CVC_MINLENGTH_VALID": "xsd-min-length",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "xsd-max-length",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "xsd-range",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "xsd-range",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "xsd-type",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_2": "xsd-type",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_3": "xsd-type",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "xsd-text-unexpected",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "xsd-attribute-unexpected",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "xsd-attribute-unexpected",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "xsd-attribute-missing",
    "SCHEMAV_CVC_TYPE_3_1_1": "xsd-attribute-unexpected",
    "SCHEMAV_CVC_TYPE_3_1_2": "xsd-element-unexpected",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_2": "xsd-element-unexpected",
    "SCHEMAV_CVC_ELT_1": "xsd-root",
    "SCHEMAV_CVC_ELT_2": "xsd-element-unexpected",
    "SCHEMAV_CVC_ELT_3_1": "xsd-instance-attribute",
    "SCHEMAV_CVC_ELT_4_1": "xsd-instance-attribute",
    "SCHEMAV_CVC_ELT_4_2": "xsd-instance-attribute",
    "SCHEMAV_CVC_ELT_4_3": "xsd-instance-attribute",
}
"""libxml2's error types to our stable codes; what is not listed is `xsd-invalid`."""

_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*) \)\.$", re.DOTALL)
_ATTRIBUTE = re.compile(r"Element '[^']*'(?:, attribute '|: The attribute ')([^'{}]*)'")
_LIMITS: Final = {
    "xsd-pattern": re.compile(r".*is not accepted by the pattern '(.*)'\.$", re.DOTALL),
    "xsd-enumeration": re.compile(r".*is not an element of the set \{(.*)\}\.$", re.DOTALL),
    "xsd-min-length": re.compile(r".*the allowed minimum length of '([0-9]+)'\.$", re.DOTALL),
    "xsd-max-length": re.compile(r".*the allowed maximum length of '([0-9]+)'\.$", re.DOTALL),
    "xsd-range": re.compile(r".*value allowed \('([0-9]+)'\)\.$", re.DOTALL),
}
"""Where libxml2's sentence names the limit. The limit stands last, behind the value, so each pattern leaps to
its last occurrence: a value that imitates the sentence is not taken for the limit."""


def validate(root: etree._Element, *, protection: bool) -> list[Finding]:
    """What the schema has to say about a message; empty where it is valid.

    `protection` chooses the schema with the protection records; without it they are unknown elements. A wrong
    place in one record never hides a wrong place in another.
    """
    schema = _compiled(protection=protection)
    names = names_of(protection=protection)
    findings: dict[Finding, None] = {}
    for part, before in slices(root, schema.validate):
        for finding in _judge(schema, part, names):
            # What stands outside the items is in every slice, and so are its findings.
            findings[replace(finding, path=renumbered(finding.path, before)) if before else finding] = None
    return list(findings)


def _judge(schema: etree.XMLSchema, root: _Element, names: frozenset[str]) -> list[Finding]:
    valid: bool = schema.validate(root)
    if valid and root.tag == f"{{{NS}}}Message":
        return []
    if valid:
        return [remark("xsd-root", "/*", line_of(root))]
    places = Places(root, names)
    log: Any = schema.error_log
    return [_finding(error, places, names) for error in log]


def _compiled(*, protection: bool) -> etree.XMLSchema:
    """This thread's own schema: an lxml schema keeps its errors on itself, so threads cannot share one."""
    name = "protection" if protection else "plain"
    schema: etree.XMLSchema | None = getattr(_threads, name, None)
    if schema is None:
        schema = etree.XMLSchema(etree.parse(file_of(protection=protection)))
        setattr(_threads, name, schema)
    return schema


def file_of(*, protection: bool) -> Path:
    """The schema's file, with or without the protection records."""
    return SCHEMAS / ("message-protection.xsd" if protection else "message.xsd")


@cache
def names_of(*, protection: bool) -> frozenset[str]:
    """Every name of an element or attribute that the schema knows."""
    names: set[str] = set()
    pending, done = [file_of(protection=protection)], set()
    while pending:
        file = pending.pop()
        if file in done:
            continue
        done.add(file)
        tree = etree.parse(file).getroot()
        names.update(str(item.get("name")) for item in tree.iter(f"{_XS}element", f"{_XS}attribute"))
        pending.extend(SCHEMAS / str(item.get("schemaLocation")) for item in tree.iter(f"{_XS}include"))
    return frozenset(names)


def _finding(error: etree._LogEntry, places: Places, names: frozenset[str]) -> Finding:
    place = places.find(error.path or "")
    code = _CODES.get(error.type_name, "xsd-invalid")
    path, detail = place.path, ""
    if error.type_name == "SCHEMAV_ELEMENT_CONTENT":
        code, detail = _content(error.message, place.element, names)
        if code == "xsd-element-missing" and "Missing child" not in error.message:
            path = path.rpartition("/")[0]
    elif code in _LIMITS:
        limit = _LIMITS[code].match(error.message)
        detail = limit.group(1) if limit else ""
    attribute = _ATTRIBUTE.match(error.message)
    if attribute is not None:
        name = attribute.group(1)
        path += f"/@{name if name in names else '*'}"
    return remark(code, path, error.line, detail)


def _content(message: str, element: _Element, names: frozenset[str]) -> tuple[str, str]:
    """Whether an element is missing or one too many, and the names that were expected there.

    libxml2 complains of the first element that does not fit. If what it expects comes later among the
    siblings, that element is in the way, as is one that no schema knows; else the expected one is missing.
    """
    match = _EXPECTED.search(message)
    expected = re.findall(r"\{[^}]*\}([A-Za-z]+)", match.group(1)) if match else []
    detail = ", ".join(name for name in expected if name != "Detail")
    if "Missing child element(s)" in message:
        return "xsd-element-missing", detail
    later = {etree.QName(sibling).localname for sibling in element.itersiblings("*")}
    if not expected or etree.QName(element).localname not in names or later.intersection(expected):
        return "xsd-element-unexpected", detail
    return "xsd-element-missing", detail
