"""docs/algorithms.md says what the registry says."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.algorithms import registry

PAGE = (Path(__file__).parents[2] / "docs" / "algorithms.md").read_text("utf-8")
LINES = {
    cells[1].strip(" `"): [cell.strip() for cell in cells[2:-1]]
    for cells in (line.split("|") for line in PAGE.splitlines())
    if len(cells) == 10 and cells[1].startswith(" `")
}


def test_the_table_names_every_algorithm_in_the_order_of_the_registry() -> None:
    assert list(LINES) == list(registry.REGISTRY)


@pytest.mark.parametrize("name", registry.REGISTRY)
def test_a_line_says_what_the_registry_says(name: str) -> None:
    entry = registry.get(name)
    kind, uri, digest, jose, strength, provider, status = LINES[name]
    stages = [stage.status + (f" from {stage.since}" if stage.since else "") for stage in entry.stages]
    assert (kind, uri, jose) == (entry.kind, f"`{entry.uri}`", entry.jose or "—")
    assert (int(strength), provider, status) == (entry.strength, entry.provider, "; ".join(stages))
    assert (digest == "SHA-256") == (entry.digest is registry.SHA256)
