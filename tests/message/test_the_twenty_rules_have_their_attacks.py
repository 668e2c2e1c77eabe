"""The page of the twenty rules names tests that exist, and places that are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "message-security.md").read_text("utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


@cache
def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_there_are_twenty_rules() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 21))


@pytest.mark.parametrize("row", ROWS, ids=[f"rule-{row[0]}" for row in ROWS])
def test_a_rule_is_held_somewhere_and_attacked_by_tests_that_exist(row: list[str]) -> None:
    _, english, russian, held, attacked = row
    assert english
    assert re.search("[а-я]", russian)
    places = re.findall("`([^`]+)`", held)
    first = places[0].rpartition("/")[0]
    for place in places:
        assert (ROOT / "gateway" / place).exists() or (ROOT / "gateway" / first / place).exists(), place
    named = re.findall("`([^`]+)`", attacked)
    assert named
    for name in named:
        file, _, test = name.partition("::")
        assert not test or test in names_in(ROOT / "tests" / file), name
        assert names_in(ROOT / "tests" / file), file


def test_the_generator_makes_as_many_attacks_as_the_page_says(request: pytest.FixtureRequest) -> None:
    conftest = next(plugin for plugin in request.config.pluginmanager.get_plugins() if hasattr(plugin, "make_attack"))
    assert len(conftest._attacks) > 200
