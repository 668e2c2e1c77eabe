"""The permits of blr-permits in whatever form a register may keep them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.errors import Refusal
from gateway.mapping import convert
from gateway.mapping.declaration import Profile
from gateway.mapping.profile import load
from gateway.mapping.source_form import SourceForm

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Permits = Callable[..., Profile]
Mapped = Callable[..., list[convert.Mapped]]
Refused = Callable[..., Refusal]


@pytest.fixture
def permits() -> Permits:
    """`blr-permits` with another source."""

    def form(format_: str, **words: Any) -> Profile:
        return replace(load("blr-permits"), source=SourceForm(format_, **words))

    return form


@pytest.fixture
def rows(good: dict[str, dict[str, Any]]) -> Callable[[int], list[dict[str, Any]]]:
    """So many good permits, each with a number of its own."""
    return lambda count: [good["blr-permits"] | {"№ спецразрешения": f"СР-{place}"} for place in range(count)]


@pytest.fixture
def mapped() -> Mapped:
    """What becomes of each row of a file."""
    return lambda profile, data: list(convert.map_file(profile, data, now=NOW))


@pytest.fixture
def refused(mapped: Mapped) -> Refused:
    """The refusal of a file, which is said in both languages and quotes nothing of the file."""

    def refusal(profile: Profile, data: bytes) -> Refusal:
        with pytest.raises(Refusal) as caught:
            mapped(profile, data)
        assert caught.value.title("ru")
        assert caught.value.detail
        assert "Каримов" not in caught.value.detail
        return caught.value

    return refusal


@pytest.fixture
def of_shipped(good: dict[str, dict[str, Any]]) -> Callable[..., convert.Mapped]:
    """What becomes of the good row of a shipped profile with some cells changed."""

    def one(name: str, changes: dict[str, Any] | None = None) -> convert.Mapped:
        [result] = convert.map_rows(load(name), [good[name] | (changes or {})], now=NOW)
        return result

    return one
