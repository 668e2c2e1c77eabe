"""What a partner's toolkit and a partner's clerk need of the schema files."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from zeep.settings import Settings
from zeep.transports import Transport
from zeep.xsd import Schema

from gateway.message.bodies import WITHDRAWAL_REASONS
from gateway.message.envelope import Kind
from gateway.message.parse import NS
from gateway.message.schema import SCHEMAS
from gateway.records import codes, vocabulary
from gateway.records.category import Category
from gateway.records.person import Check, NameKind, Sex
from gateway.records.record import DETAIL_OF

XS = "{http://www.w3.org/2001/XMLSchema}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FILES = sorted(SCHEMAS.glob("*.xsd"))
TREES = {path.name: etree.parse(path).getroot() for path in FILES}
ROOTS = ("message.xsd", "message-protection.xsd")


def everything(*tags: str) -> list[etree._Element]:
    return [item for tree in TREES.values() for item in tree.iter(*(XS + tag for tag in tags))]


def included(name: str) -> set[str]:
    names = {name}
    for item in TREES[name].iter(f"{XS}include"):
        names |= included(item.get("schemaLocation", ""))
    return names


def documentation(item: etree._Element) -> dict[str, str]:
    return {
        str(entry.get(XML_LANG)): (entry.text or "").strip()
        for entry in item.iterfind(f"{XS}annotation/{XS}documentation")
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_everything_with_a_name_is_explained_in_russian_and_english(path: Path) -> None:
    tree = TREES[path.name]
    tags = ("element", "attribute", "complexType", "simpleType", "enumeration", "any")
    for item in (tree, *tree.iter(*(XS + tag for tag in tags))):
        if item.get("ref") is None:
            assert {language for language, text in documentation(item).items() if text} == {"ru", "en"}, item.items()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_speaks_of_the_one_namespace(path: Path) -> None:
    tree = TREES[path.name]
    assert tree.get("targetNamespace") == NS
    assert tree.get("elementFormDefault") == "qualified"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


@pytest.mark.parametrize("name", ROOTS)
def test_every_file_that_is_included_is_there(name: str) -> None:
    assert included(name) <= set(TREES)


def test_no_value_is_without_a_bound() -> None:
    bounds = {XS + facet for facet in ("pattern", "maxLength", "enumeration", "maxInclusive")}
    for simple in everything("simpleType"):
        restriction = simple.find(f"{XS}restriction")
        if restriction is not None:
            assert bounds & {facet.tag for facet in restriction}, simple.get("name")
    # A type of the standard's own is used directly only where it is bounded by nature.
    direct = {item.get("type", "") for item in everything("element", "attribute")}
    assert {name for name in direct if name.startswith("xs:")} == {"xs:boolean"}


def test_nothing_is_of_any_type_and_only_the_signature_is_wild() -> None:
    assert all("anyType" not in path.read_text(encoding="utf-8") for path in FILES)
    (wild,) = everything("any")
    assert wild.get("namespace") == "http://www.w3.org/2000/09/xmldsig#"
    assert everything("redefine", "import", "anyAttribute") == []


def test_the_schema_without_protection_has_no_word_about_it() -> None:
    assert "protection.xsd" not in included("message.xsd")
    protected = [category for category in Category if category.protected]
    words = {"sylum", "ASYLUM", "protection.xsd", *protected, *(DETAIL_OF[category].__name__ for category in protected)}
    for name in included("message.xsd"):
        text = (SCHEMAS / name).read_text(encoding="utf-8")
        assert [word for word in words if word in text] == [], name


def test_every_family_is_an_element_and_the_protection_families_stand_apart() -> None:
    families = {
        name: {item.get("name") for item in tree.iter(f"{XS}element") if item.get("substitutionGroup") == "Detail"}
        for name, tree in TREES.items()
    }
    apart = set().union(*(families[name] for name in included("protection.xsd")))
    assert apart == {DETAIL_OF[category].__name__ for category in Category if category.protected}
    assert set().union(*families.values()) == {detail.__name__ for detail in DETAIL_OF.values()}


def test_a_stock_soap_toolkit_reads_the_schema() -> None:
    path = SCHEMAS / "message-protection.xsd"
    schema = Schema(node=etree.parse(path).getroot(), transport=Transport(), location=str(path), settings=Settings())
    assert "MessageType" in schema.get_element(f"{{{NS}}}Message").signature(schema=schema)


def test_the_code_lists_are_those_of_the_program() -> None:
    listed = {
        simple.get("name"): {
            item.get("value"): (documentation(item)["ru"], documentation(item)["en"])
            for item in simple.iter(f"{XS}enumeration")
        }
        for simple in everything("simpleType")
    }
    assert listed["PurposeType"] == codes.PURPOSES
    assert listed["DocumentKindType"] == codes.DOCUMENT_KINDS
    assert listed["VisitPurposeType"] == codes.VISIT_PURPOSES
    assert listed["PermitKindType"] == codes.PERMIT_KINDS
    assert listed["BanGroundType"] == codes.BAN_GROUNDS
    for name, labels in vars(vocabulary).items():
        if name.isupper() and not name.startswith("_"):
            assert labels in listed.values(), name
    assert listed["WithdrawalReasonType"] == WITHDRAWAL_REASONS
    assert set(listed["KindType"]) == set(Kind)
    assert set(listed["SexType"]) == set(Sex)
    assert set(listed["CheckType"]) == set(Check)
    assert set(listed["NameKindType"]) == set(NameKind)
