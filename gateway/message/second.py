"""The second opinion on a message, by another library: for tests and sampled traffic, never in the hot path.

It is a module of its own because loading the library takes longer than most commands run.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import xmlschema
from lxml import etree

from gateway.findings import Finding
from gateway.message.places import line_of, path_of
from gateway.message.remarks import remark
from gateway.message.schema import file_of, names_of

_Element = etree._Element  # noqa: SLF001 - lxml names its public element type with an underscore.

_SECOND_CODES: Final = {
    "XsdPatternFacets": "xsd-pattern",
    "XsdEnumerationFacets": "xsd-enumeration",
    "XsdMinLengthFacet": "xsd-min-length",
    "XsdMaxLengthFacet": "xsd-max-length",
    "XsdMinInclusiveFacet": "xsd-range",
    "XsdMaxInclusiveFacet": "xsd-range",
    "XsdAtomicBuiltin": "xsd-type",
    "XsdUnion": "xsd-type",
    "XsdAttributeGroup": "xsd-attribute-unexpected",
}
"""Classes of the xmlschema library that complain, to our stable codes."""


def second_opinion(root: etree._Element, *, protection: bool) -> list[Finding]:
    """What the xmlschema library has to say: about a hundred times slower, and an independent reading."""
    names = names_of(protection=protection)
    findings: dict[tuple[str, str], Finding] = {}
    try:
        for error in _second(protection=protection).iter_errors(root):
            element = error.elem if isinstance(error.elem, _Element) else root
            code, path = _second_code(error), path_of(element, names)
            findings.setdefault((code, path), remark(code, path, line_of(element)))
    except xmlschema.XMLSchemaException:
        # The library raises instead of reporting when an xsi:type names a type that is not there.
        findings["xsd-invalid", "/"] = remark("xsd-invalid", "/", line_of(root))
    return list(findings.values())


def _second_code(error: xmlschema.XMLSchemaValidationError) -> str:
    if isinstance(error, xmlschema.XMLSchemaChildrenValidationError):
        return "xsd-element-missing" if error.invalid_tag is None else "xsd-element-unexpected"
    code: str = _SECOND_CODES.get(type(error.validator).__name__, "xsd-invalid")
    return code


@cache
def _second(*, protection: bool) -> xmlschema.XMLSchema10:
    return xmlschema.XMLSchema10(file_of(protection=protection), allow="local")
