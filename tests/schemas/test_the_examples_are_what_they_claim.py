"""The examples beside the schemas: the valid ones pass both validators, the others fail as they should."""

from __future__ import annotations

import json
import runpy
from dataclasses import fields
from pathlib import Path

import pytest
from lxml import etree
from lxml.etree import QName

from gateway.findings import Finding
from gateway.message.envelope import Kind
from gateway.message.families import DETAILS
from gateway.message.parse import parse
from gateway.message.rules import check_records, examine
from gateway.message.schema import SCHEMAS, validate
from gateway.message.second import second_opinion
from gateway.records.record import DETAIL_OF, Category

MAKER = runpy.run_path(str(Path(__file__).with_name("make_examples.py")))
VALID = sorted((SCHEMAS / "examples" / "valid").glob("*.xml"))
INVALID = sorted((SCHEMAS / "examples" / "invalid").glob("*.xml"))
EXPECTED = json.loads((SCHEMAS / "examples" / "invalid" / "expected.json").read_text(encoding="utf-8"))


def read(path: Path) -> etree._Element:
    return parse(path.read_bytes(), limit=1_000_000)


def judged(root: etree._Element) -> list[Finding]:
    findings = examine(root, protection=True)
    return findings or check_records(root)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_example_passes_the_schema_the_rules_and_the_second_opinion(path: Path) -> None:
    root = read(path)
    assert judged(root) == []
    assert second_opinion(root, protection=True) == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_example_is_found_out_by_its_code_and_place(path: Path) -> None:
    root = read(path)
    first = judged(root)[0]
    assert {"code": first.code, "path": first.path} == EXPECTED[path.name]
    # Whatever lxml refuses, the other library refuses too; what only a rule refuses, both accept.
    assert bool(second_opinion(root, protection=True)) == first.code.startswith("xsd-")


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_example_has_nothing_else_wrong(path: Path) -> None:
    assert {finding.code for finding in judged(read(path))} == {EXPECTED[path.name]["code"]}


def test_every_invalid_example_is_expected_and_the_other_way_round() -> None:
    assert [path.name for path in INVALID] == sorted(EXPECTED)


def test_every_kind_and_every_family_has_a_valid_example() -> None:
    roots = [read(path) for path in VALID]
    kinds = {element.text for root in roots for element in root[0].iterchildren("{*}Kind")}
    categories = {element.text for root in roots for element in root.iter("{*}Category")}
    assert kinds == {kind.value for kind in Kind}
    assert categories == {category.value for category in Category}
    assert {family.__name__ for family in DETAIL_OF.values()} == set(DETAILS)


def test_every_field_of_every_family_stands_in_a_valid_example() -> None:
    roots = [read(path) for path in VALID]
    for detail in DETAIL_OF.values():
        shown = {child.tag for root in roots for family in root.iter(f"{{*}}{detail.__name__}") for child in family}
        assert len(shown) == len(fields(detail)), detail.__name__


PROTECTED = [path for path in VALID if any(Category(item.text).protected for item in read(path).iter("{*}Category"))]


@pytest.mark.parametrize("path", PROTECTED, ids=lambda path: path.stem)
def test_only_the_protection_schema_knows_a_protection_record(path: Path) -> None:
    root = read(path)
    assert validate(root, protection=True) == []
    (finding,) = validate(root, protection=False)
    batch = QName(root[1][0]).localname
    assert (finding.code, finding.path) == ("xsd-element-unexpected", f"/Message/Body/{batch}/Record/*")
    told = finding.message_en + finding.message_ru + finding.path
    assert [
        family for family in DETAIL_OF.values() if family.__name__ in told and "rotection" in family.__module__
    ] == []
    assert second_opinion(root, protection=False)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_files_are_those_that_the_script_writes(path: Path) -> None:
    tree = etree.fromstring(MAKER["message"](path.stem))
    etree.indent(tree)
    assert path.read_bytes() == etree.tostring(tree, encoding="UTF-8") + b"\n"


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_the_spoiled_files_are_those_that_the_script_writes(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MAKER["spoiled"](path.stem) + "\n"
