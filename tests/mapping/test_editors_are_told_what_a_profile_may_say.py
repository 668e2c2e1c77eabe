"""The JSON Schema of profiles: made of the grammar, met by every shipped profile, and held up to date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from gateway.mapping import author, field_form, guide, profile, profile_schema, source_form
from gateway.mapping.nodes import Problems, compose

COMMITTED = Path(profile_schema.__file__).parent / "profile.schema.json"
VALIDATOR = jsonschema.Draft7Validator(profile_schema.schema())


def plain(node: yaml.Node) -> Any:
    """A profile as its grammar reads it: every scalar a text."""
    if isinstance(node, yaml.MappingNode):
        return {plain(key): plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    return node.value


def shipped(name: str) -> dict[str, Any]:
    root = compose((profile.SHIPPED / f"{name}.yaml").read_text("utf-8"), Problems())
    assert root is not None
    document: dict[str, Any] = plain(root.node)
    return document


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(profile_schema.schema())


def test_the_committed_file_is_what_the_grammar_gives() -> None:
    """When this fails: `gateway profiles schema > gateway/mapping/profile.schema.json`."""
    assert COMMITTED.read_text("utf-8") == profile_schema.text()


@pytest.mark.parametrize("name", profile.names())
def test_a_shipped_profile_meets_the_schema(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(shipped(name))] == []


@pytest.mark.parametrize(("change", "met"), [({}, True), ({"titel": "x"}, False), ({"status": "GIVEN"}, False)])
def test_an_editor_that_knows_a_newer_draft_reads_the_same_schema(*, change: dict[str, str], met: bool) -> None:
    newer = jsonschema.Draft202012Validator(profile_schema.schema())
    newer.check_schema(profile_schema.schema() | {"$schema": newer.META_SCHEMA["$schema"]})
    for name in ("blr-permits", "rus-arrivals", "blr-quotas"):
        assert newer.is_valid(shipped(name) | change) is met


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("category",), "LABOR_PERMIT"),
        (("status",), "GIVEN"),
        (("status",), {"from": "Состояние", "codes": {"выдан": "GIVEN"}}),
        (("fields", "Фамилия"), "name.familly"),
        (("fields", "Фамилия"), {"to": "name.familly"}),
        (("fields", "Фамилия"), {"too": "name.family"}),
        (("fields", "Фамилия"), ["name.family", "stay_from"]),
        (("fields", "Имя"), "name[6].given"),
        (("source", "format"), "excel"),
        (("source", "rows"), "//x"),
        (("dates",), "DD.MM"),
        (("names", "name"), {"script": "Cyrillic"}),
        (("dropped",), {"Национальность": "because"}),
        (("only",), {"column": "вид", "is": "a", "not": "b"}),
        (("deleted",), {"column": "вид"}),
        (("absence",), "delete"),
        (("titel",), "x"),
    ],
)
def test_what_the_check_refuses_an_editor_sees_at_once(path: tuple[str, ...], value: Any) -> None:
    document = shipped("blr-permits")
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert list(VALIDATOR.iter_errors(document))


@pytest.mark.parametrize("missing", ["category", "fields", "ref", "id", "state"])
def test_a_word_that_is_missing_is_seen(missing: str) -> None:
    document = shipped("blr-permits")
    del document[missing]
    assert list(VALIDATOR.iter_errors(document))


def test_one_column_may_fill_several_targets() -> None:
    document = shipped("blr-permits")
    document["fields"]["Гражданство"] = ["document.country", {"to": "citizenship", "codes": "citizenship"}]
    assert list(VALIDATOR.iter_errors(document)) == []


def test_a_version_that_yaml_takes_for_a_number_is_no_mistake() -> None:
    assert list(VALIDATOR.iter_errors(shipped("blr-permits") | {"version": 1})) == []


def test_every_word_of_the_grammar_is_explained_in_both_languages() -> None:
    assert set(guide.TOP) == set(author.TOP)
    assert set(guide.FIELD) == set(field_form.WORDS)
    assert set(guide.SOURCE) == frozenset[str]().union(*source_form.USES.values())
    assert set(guide.CONDITION) == set(field_form.CONDITION)
    for russian, english in (*guide.TOP.values(), *guide.FIELD.values(), *guide.SOURCE.values()):
        assert english.isascii()
        assert any("а" <= sign <= "я" for sign in russian)


def test_the_file_names_no_place_on_the_network_that_has_to_be_fetched() -> None:
    references = [line for line in json.dumps(profile_schema.schema()).split('"') if line.startswith("http")]
    assert references == ["http://json-schema.org/draft-07/schema#"]
