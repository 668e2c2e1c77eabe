"""Strategies made of the schema itself: any value of a family that the schema allows."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from datetime import date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as some
from lxml import etree

from gateway.message.schema import SCHEMAS
from gateway.records.person import Party, Place

XS = "{http://www.w3.org/2001/XMLSchema}"
TREES = [etree.parse(path).getroot() for path in sorted(SCHEMAS.glob("*.xsd"))]
TYPES = {
    item.get("name"): item for tree in TREES for item in tree.iter(f"{XS}simpleType", f"{XS}complexType")
}  # fmt: skip
SIGNS = "&<>\"'-.,/№ʻАёҚіЪəԱლabcXYZ0189"
DAYS = some.dates(date(1000, 1, 1))
OFFSETS = some.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = some.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS)  # noqa: DTZ001


def token(longest: int) -> some.SearchStrategy[str]:
    """Text of one line without odd spaces."""
    word = some.text(SIGNS, min_size=1, max_size=9)
    line = some.lists(word, min_size=1, max_size=3).map(" ".join).filter(lambda text: len(text) <= longest)
    return line | some.text("Ж", min_size=longest, max_size=longest)


PARTIES = some.builds(Party, token(200)) | some.builds(
    Party, token(200), token(60), some.just("") | some.from_regex(r"[A-Z][A-Z0-9\-]{1,29}", fullmatch=True)
)
PLACES = some.builds(
    Place, some.just("") | some.from_regex("[A-Z]{3}", fullmatch=True), some.just("") | token(60), token(200)
)


def simple(name: str) -> some.SearchStrategy[Any]:
    """The values of a simple type, as the values of records hold them."""
    special = {
        "xs:boolean": some.booleans(),
        "DateType": DAYS,
        "MomentType": MOMENTS,
        "YearType": some.integers(1000, 9999),
        "PartyType": PARTIES,
        "PlaceType": PLACES,
    }
    if name in special:
        return special[name]
    restriction = TYPES[name].find(f"{XS}restriction")
    facets = {item.tag.removeprefix(XS): item.get("value", "") for item in restriction}
    if codes := [item.get("value") for item in restriction.iter(f"{XS}enumeration")]:
        return some.sampled_from(codes)
    if "pattern" in facets:
        return some.from_regex(facets["pattern"], fullmatch=True)
    if "maxInclusive" in facets:
        return some.integers(int(facets["minInclusive"]), int(facets["maxInclusive"]))
    return token(int(facets["maxLength"]))


def element_of(item: Field[Any]) -> str:
    """The element of a field; one of a list bears the name of one value."""
    name = "".join(word.capitalize() for word in item.name.split("_"))
    return name.removesuffix("s") if str(item.type).startswith("tuple") else name


def details(family: type, **instead: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """Every value of a family that its schema type allows; what is optional is there or not.

    `instead` narrows the values of a type of the schema.
    """
    elements = {item.get("name"): item for item in TYPES[f"{family.__name__}Type"].iter(f"{XS}element")}
    given: dict[str, some.SearchStrategy[Any]] = {}
    for item in fields(family):
        element = elements.pop(element_of(item))
        kind = element.get("type", "")
        values = instead[kind] if kind in instead else simple(kind)
        if str(item.type).startswith("tuple"):
            least = 1 if item.default is MISSING else 0
            values = some.lists(values, min_size=least, max_size=3).map(tuple)
        given[item.name] = values if item.default is MISSING else some.just(item.default) | values
    assert not elements, "the class lacks a field for an element of the schema"
    return some.builds(family, **given)
