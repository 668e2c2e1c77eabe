"""Canonical records that follow the schema beyond doubt, told in a tenth of the time that the schema takes.

Our own writer gives every record one form: no white space, attributes in order, no entity but where a value needs
one. Of such text the XSD's demands on a record can be said in one regular expression, and here it is made from the
XSD files themselves. It is one-sided on purpose: what fits is valid, while what does not fit may be valid all the
same (an ampersand, a 31st of a month whose length is not looked up) and is to be judged by the schema. Whatever the
XSD says that this module cannot put into an expression without doubt makes it step aside for the whole family.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from lxml import etree

from gateway.message.elements import Element
from gateway.message.schema import SCHEMAS, file_of

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"

_SIGN: Final = "[^&<>\x00-\x1f]"
"""A character that stands for itself in canonical XML and is no white space that collapses to another. The class is
kept small, for a long one in two dozen places makes an expression that no cache of a processor holds."""

_PATTERN: Final = re.compile(
    r"(?:\[(?:[A-Z]-[A-Z]|[a-z]-[a-z]|[0-9]-[0-9]|[A-Za-z0-9_:/+=.]|\\[-.+])+\]"
    r"|[A-Za-z0-9_:/=-]|\\[.+-]|\{[0-9]+(?:,[0-9]+)?\}|[?*+()|])*"
)
"""Patterns that mean the same to XML Schema and to Python, and match no character that XML would escape."""

_DAY: Final = (
    "[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
_BUILT_IN: Final = {
    "xs:boolean": "(?:true|false)",
    "xs:date": _DAY,
    "xs:dateTime": rf"{_DAY}T{_CLOCK}(?:Z|[+\-](?:0[0-9]|1[0-3]):[0-5][0-9])",
    "xs:gYear": "[1-9][0-9]{3}",
    "xs:gYearMonth": "[1-9][0-9]{3}-(?:0[1-9]|1[0-2])",
}
"""Types of XML Schema, narrowed to what is valid without a look at the calendar."""


class _Doubt(Exception):  # noqa: N818 - it is no error but a step aside.
    """Something in the schema that no expression is made of here."""


def follows(family: str, record: str) -> bool:
    """Whether a canonical `<Record>` with this family's element is valid for certain; False means: ask the schema.

    `record` is text that UTF-8 can carry.
    """
    shape = _shape(family)
    if shape is None or shape.fullmatch(record) is None:
        return False
    # The two characters beyond the controls that UTF-8 can carry and XML cannot.
    return "\ufffe" not in record and "\uffff" not in record


@lru_cache(maxsize=64)
def _shape(family: str) -> re.Pattern[str] | None:
    try:
        return re.compile(_element("Record", "RecordType", family))
    except _Doubt:
        return None


@cache
def _definitions() -> dict[tuple[str, str], Element]:
    """Every named type and element of the format, protection records included, by kind and name."""
    found: dict[tuple[str, str], Element] = {}
    pending, done = [file_of(protection=True)], set()
    while pending:
        file = pending.pop()
        if file in done:
            continue
        done.add(file)
        for child in etree.parse(file).getroot().iterchildren("*"):
            if child.tag == f"{_XS}include":
                pending.append(SCHEMAS / str(child.get("schemaLocation")))
            elif child.get("name"):
                found[child.tag.removeprefix(_XS), str(child.get("name"))] = child
    return found


def _parts(parent: Element, *allowed: str) -> list[tuple[str, Element]]:
    """The children but for annotations, each with its kind; _Doubt where one is of no kind that is allowed."""
    parts = [(child.tag.removeprefix(_XS), child) for child in parent.iterchildren("*")]
    parts = [(kind, child) for kind, child in parts if kind != "annotation"]
    if any(kind not in allowed for kind, _ in parts):
        raise _Doubt
    return parts


def _only(element: Element, *allowed: str) -> None:
    """_Doubt where the schema says something in an attribute that is not looked at here."""
    if not set(element.keys()) <= set(allowed):
        raise _Doubt


# --- Elements -------------------------------------------------------------------------------------------


def _element(name: str, type_name: str, family: str) -> str:
    complex_type = _definitions().get(("complexType", type_name))
    if complex_type is None:
        return f"<{name}>{_value(type_name)}</{name}>"
    _only(complex_type, "name")
    parts = _parts(complex_type, "sequence", "attribute", "simpleContent", "complexContent")
    if parts and parts[0][0] in {"simpleContent", "complexContent"}:
        kind, content = parts[0]
        [(_, extension)] = _parts(content, "extension")
        base = str(extension.get("base"))
        parts = _parts(extension, "sequence", "attribute")
        if kind == "simpleContent":
            return f"<{name}{_attributes(parts)}>{_value(base)}</{name}>"
        if base != "DetailType":
            raise _Doubt
    inner = "".join([_sequence(child, family) for kind, child in parts if kind == "sequence"])
    return f"<{name}{_attributes(parts)}>{inner}</{name}>"


def _sequence(sequence: Element, family: str) -> str:
    _only(sequence)
    return "".join([_particle(child, family) for _, child in _parts(sequence, "element")])


def _particle(element: Element, family: str) -> str:
    """One element of a sequence, as often as it may stand there."""
    _only(element, "name", "type", "ref", "minOccurs", "maxOccurs")
    if element.get("ref"):
        detail = _definitions().get(("element", family))
        if element.get("ref") != "Detail" or detail is None or detail.get("substitutionGroup") != "Detail":
            raise _Doubt
        _only(detail, "name", "type", "substitutionGroup")
        one = _element(family, str(detail.get("type")), family)
    else:
        one = _element(str(element.get("name")), str(element.get("type")), family)
    least, most = element.get("minOccurs", "1"), element.get("maxOccurs", "1")
    if (least, most) == ("1", "1"):
        return one
    # Neighbours have other names, so nothing that was taken has ever to be given back.
    return f"(?:{one}){{{least},{'' if most == 'unbounded' else most}}}+"


def _attributes(parts: list[tuple[str, Element]]) -> str:
    """Attributes in their canonical order."""
    written = {}
    for kind, attribute in parts:
        if kind == "attribute":
            _only(attribute, "name", "type", "use")
            one = f' {attribute.get("name")}="{_value(str(attribute.get("type")))}"'
            written[str(attribute.get("name"))] = one if attribute.get("use") == "required" else f"(?:{one})?+"
    return "".join([written[name] for name in sorted(written)])


# --- Values ---------------------------------------------------------------------------------------------


@cache
def _value(type_name: str) -> str:
    """The expression of a simple type."""
    if type_name == "xs:boolean":
        return _BUILT_IN[type_name]
    simple = _definitions().get(("simpleType", type_name))
    if simple is None:
        raise _Doubt
    [(kind, inner)] = _parts(simple, "union", "restriction")
    if kind == "union":
        return f"(?:{'|'.join(map(_value, str(inner.get('memberTypes')).split()))})"
    facets: dict[str, list[str]] = {}
    for facet, element in _parts(inner, "pattern", "enumeration", "minLength", "maxLength",
                                 "minInclusive", "maxInclusive"):  # fmt: skip
        facets.setdefault(facet, []).append(str(element.get("value")))
    return _restricted(str(inner.get("base")), facets)


def _restricted(base: str, facets: dict[str, list[str]]) -> str:
    told = set(facets)
    if base == "xs:string" and told == {"pattern"}:
        return _patterns(facets["pattern"])
    if base == "xs:string" and told == {"enumeration"}:
        return _enumerated(facets["enumeration"])
    if base == "xs:token" and told == {"minLength", "maxLength"} and facets["minLength"] == ["1"]:
        # White space at the ends is cut off and doubled white space is united before the length is judged: a text
        # that does not begin with any keeps a sign at least, and no text grows.
        return f"(?! ){_SIGN}{{1,{facets['maxLength'][0]}}}+"
    if base in {"xs:long", "xs:int"} and told == {"minInclusive", "maxInclusive"}:
        return _whole_number(facets["minInclusive"][0], facets["maxInclusive"][0])
    if base in _BUILT_IN and told == {"pattern"}:
        return f'(?={_patterns(facets["pattern"])}[<"]){_BUILT_IN[base]}'
    raise _Doubt


def _patterns(patterns: list[str]) -> str:
    if not all(_PATTERN.fullmatch(pattern) for pattern in patterns):
        raise _Doubt
    return f"(?:{'|'.join(patterns)})"


def _enumerated(values: list[str]) -> str:
    if not all(re.fullmatch("[A-Za-z0-9_-]+", value) for value in values):
        raise _Doubt
    return f"(?:{'|'.join(values)})"


def _whole_number(least: str, most: str) -> str:
    """Numbers of fewer digits than the greatest has."""
    if least not in {"0", "1"} or len(most) < 2:
        raise _Doubt
    positive = f"[1-9][0-9]{{0,{len(most) - 2}}}+"
    return f"(?:0|{positive})" if least == "0" else positive
