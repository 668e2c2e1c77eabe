"""Whatever stands in a profile, the check answers with findings and no error; what an editor marks, it refuses."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.mapping import author, field_form, profile, profile_schema, source_form
from gateway.mapping.nodes import Problems, compose

VALIDATOR = jsonschema.Draft7Validator(profile_schema.schema())
NAMES = ("blr-permits", "kaz-shep", "blr-quotas", "rus-arrivals", "kgz-tunduk", "blr-arrivals-statistics")


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


DOCUMENTS = {name: shipped(name) for name in NAMES}

WORDS = st.sampled_from(
    [*author.TOP, *field_form.WORDS, *field_form.CONDITION, *source_form.FORMATS, "name.family", "birth", "yes", "",
     "sex", "citizenship", "Фамилия", "reference:sex", "ISSUED", "DD.MM.YYYY", "russian", "snapshot", "national-only"]
)  # fmt: skip
VALUES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def places(document: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of a document."""
    found = [above] if above else []
    keys = document if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
    for key in keys:
        found += places(document[key], (*above, key))
    return found


@st.composite
def wrong_somewhere(draw: st.DrawFn) -> dict[str, Any]:
    """A shipped profile of which one part is gone, is something else, or has something beside it."""
    document: dict[str, Any] = copy.deepcopy(DOCUMENTS[draw(st.sampled_from(NAMES))])
    way = draw(st.sampled_from(places(document)))
    inner: Any = document
    for key in way[:-1]:
        inner = inner[key]
    change = draw(st.sampled_from(["gone", "other", "beside"]))
    if change == "gone":
        del inner[way[-1]]
    elif change == "beside" and isinstance(inner, dict):
        inner[draw(WORDS)] = draw(VALUES)
    else:
        inner[way[-1]] = draw(VALUES)
    return document


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profiles") / "mine.yaml"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=wrong_somewhere())
def test_what_an_editor_marks_the_check_refuses(document: dict[str, Any], file: Path) -> None:
    # JSON is YAML, and every text stays the text that it is.
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    found = profile.check(file)
    marked = [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(document)]
    assert found or not marked, marked
    assert all(problem.code == "MAP-PROFILE" and problem.line > 0 for problem in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", profile.names())
def test_an_editor_that_sees_numbers_and_days_in_yaml_marks_nothing(name: str) -> None:
    document = yaml.safe_load((profile.SHIPPED / f"{name}.yaml").read_text("utf-8"))
    assert [error.message[:200] for error in VALIDATOR.iter_errors(document)] == []
