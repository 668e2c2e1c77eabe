"""docs/how-to-add-a-profile.md: its example is a profile that works, and no word of the grammar is missing in it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from gateway.mapping import back, convert, guide
from gateway.mapping.declaration import DROPPED, Profile
from gateway.mapping.full_names import ORDERS
from gateway.mapping.profile import check, load
from gateway.records.record import Source, record_id

GUIDE = Path(__file__).parents[2] / "docs" / "how-to-add-a-profile.md"
TEXT = GUIDE.read_text("utf-8")
BLOCKS = dict(re.findall(r"```(yaml|csv)\n(?!# yaml-language)(.*?)```", TEXT, re.DOTALL))


@pytest.fixture
def example(tmp_path: Path) -> Profile:
    path = tmp_path / "example.yaml"
    path.write_text(BLOCKS["yaml"], "utf-8")
    assert check(path) == []
    return load(path)


@pytest.fixture
def mapped(example: Profile, now: datetime) -> list[convert.Mapped]:
    data = BLOCKS["csv"].replace("\n", "\r\n").encode("windows-1251")
    return list(convert.map_file(example, data, now=now))


def test_the_example_maps_as_the_guide_says(mapped: list[convert.Mapped]) -> None:
    first, second, last = mapped
    assert first.record is not None
    assert first.record.person is not None
    assert first.outcome == "mapped"
    assert [(name.family or name.full, name.kind.value) for name in first.record.person.names] == [
        ("Каримов", "primary"), ("KARIMOV", "primary"), ("Джасур", "alias"), ("Jasur K", "alias"),
    ]  # fmt: skip
    assert first.record.person.birth_date is not None
    assert first.record.person.birth_date.assumed
    assert first.record.person.documents[0].country == "UZB"
    assert first.record.source.record == "АА/000001"
    assert second.record is not None
    assert second.record.person is not None
    assert [finding.code for finding in second.findings] == ["MAP-PADDED"]
    assert second.record.person.stateless
    assert [name.given or name.family for name in second.record.person.names] == ["Фаррух", "Farrukh"]
    assert last.record is None
    assert last.withdrawn == record_id(Source("BLR", "MVD", "example-stays", "АА/000003"))


def test_the_example_comes_back_as_it_was(example: Profile, mapped: list[convert.Mapped], now: datetime) -> None:
    records = [item.record for item in mapped if item.record]
    rows, losses = back.unmap(example, records)
    assert losses == []
    again = [item.record for item in convert.map_rows(example, rows, now=now, flat=True)]
    assert again == records


def test_every_word_of_the_grammar_stands_in_the_guide() -> None:
    said = set(re.findall(r"`([^`\n]+)`", TEXT))
    words = {*guide.TOP, *guide.FIELD, *DROPPED, *ORDERS}
    assert words - said == set()


def test_every_code_that_the_guide_names_exists() -> None:
    from gateway.mapping.words import SENTENCES  # noqa: PLC0415 - only this test asks for the sentences.

    assert set(re.findall(r"MAP-[A-Z-]+[A-Z]", TEXT)) <= set(SENTENCES)


def test_every_page_that_the_guide_links_to_is_there() -> None:
    for page in re.findall(r"\]\(([\w-]+\.md)\)", TEXT):
        assert (GUIDE.parent / page).is_file(), page
