"""What a glance rules out is not worth a full comparison."""

from __future__ import annotations

from pathlib import Path

from gateway.linkage import glance
from gateway.linkage.link import link
from gateway.linkage.request import Request
from tests.linkage.conftest import population, read, write


def test_a_register_is_linked_alike_with_a_glance_and_without(tmp_path: Path, monkeypatch) -> None:
    source = write(tmp_path / "in.csv", population(900))
    whole = link(Request(source, tmp_path / "whole.csv"))
    monkeypatch.setattr(glance, "WORTHWHILE", 0)
    spared = link(Request(source, tmp_path / "spared.csv"))
    assert spared.compared < whole.compared / 3
    one, other = read(tmp_path / "whole.csv"), read(tmp_path / "spared.csv")
    changed = [row["id"] for row, same in zip(one, other, strict=True) if row["cluster"] != same["cluster"]]
    assert len(changed) <= len(one) / 200
