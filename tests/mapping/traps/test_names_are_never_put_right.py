"""The traps of names in domain.md's list that a mapping can fall into; those of alphabets are in tests/names."""

from __future__ import annotations

from typing import Any

import pytest

FIELDS = {"Ф": "name.family", "И": "name.given", "О": "{to: name.patronymic, none: [нет, б/о]}"}
NULLS = 'nulls: ["", "-", неизвестно]'


@pytest.fixture
def name(own_profile: Any) -> Any:
    """The only name of a row, which came back unchanged from its way through a national row."""

    def read(cells: dict[str, str], fields: dict[str, str] | None = None) -> Any:
        record, again = own_profile.both_ways(own_profile(fields=fields or FIELDS, more=NULLS), cells)
        assert again == record
        [found] = record.person.names
        return found

    return read


def test_a_patronymic_of_signs_only_is_never_taken_for_a_name(own_profile: Any) -> None:
    mapped = own_profile.one(own_profile(fields=FIELDS, more=NULLS), {"Ф": "Ким", "И": "Ан", "О": "…"})
    assert [(finding.code, finding.path) for finding in mapped.findings] == [("MAP-NAME-CHARACTERS", "О")]


def test_a_word_for_none_in_a_family_name_is_a_missing_name(own_profile: Any) -> None:
    mapped = own_profile.one(own_profile(fields=FIELDS, more=NULLS), {"Ф": "-", "И": "", "О": ""})
    assert [finding.code for finding in mapped.findings] == ["MAP-NAME-MISSING"]


@pytest.mark.parametrize("pair", [("Иванов", "Иванова"), ("Раҳмонов", "Раҳмон")])
def test_neither_a_gendered_nor_a_shortened_family_name_is_put_right(name: Any, pair: tuple[str, str]) -> None:
    assert tuple(name({"Ф": family, "И": "А", "О": ""}).family for family in pair) == pair
