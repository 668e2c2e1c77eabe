"""Reference data as data: well formed, labelled in every language, without doubles, the same as the schema's."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

import gateway.records.reference as package
from gateway.message.schema import SCHEMAS
from gateway.records import codes, countries, reference
from gateway.records.category import Category
from gateway.records.lifecycle import STATES
from gateway.records.reference import places, treaties
from gateway.records.reference.catalogue import LISTS, entries

FILES = sorted(Path(package.__file__).parent.glob("*.csv"))
XS = "{http://www.w3.org/2001/XMLSchema}"
KEYS = {
    "codes": ("list", "code"),
    "country_codes": ("list", "code"),
    "icao": ("code",),
    "instruments": ("key",),
    "isco08": ("code",),
    "isco08_labels": ("code",),
    "labels": ("list", "code"),
    "memberships": ("body", "state", "status"),
    "national": ("list", "state", "national"),
    "parties": ("instrument", "state"),
    "regions": ("code",),
    "states": ("code",),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_well_formed_and_says_nothing_twice(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)
    assert "\r" not in text
    lines = list(csv.reader(text.splitlines()))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert all(cell == cell.strip() for line in lines for cell in line)
    rows = list(csv.DictReader(text.splitlines()))
    keys = Counter(tuple(row[column] for column in KEYS[path.stem]) for row in rows)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_entry_has_a_russian_and_an_english_label(name: str) -> None:
    for row in entries(name):
        for language in ("ru", "en"):
            assert row.get(language, "labelled elsewhere").strip(), (name, row)
    assert LISTS[name].ru
    assert LISTS[name].en


def test_the_names_in_code_are_the_lists_in_the_data() -> None:
    assert reference.code_lists()["permit_kind"] is codes.PERMIT_KINDS
    assert {*codes.SEXES} == {"0", "1", "2", "9"}
    assert set(reference.code_lists()) == {name for name in LISTS if name not in KEYS} - {"countries", "identifiers"}
    assert {code: (row.alpha2, *_names(code)) for code, row in treaties.states().items()} == codes.STATES


def _names(code: str) -> tuple[str, str]:
    found = countries.by_code(code)
    assert found is not None
    return found.names["ru"], found.names["en"]


def test_a_list_of_the_schema_has_the_same_codes_and_labels() -> None:
    listed = {
        simple.get("name"): {
            item.get("value"): tuple(doc.text for doc in item.iter(XS + "documentation"))
            for item in simple.iter(XS + "enumeration")
        }
        for path in SCHEMAS.glob("*.xsd")
        for simple in etree.parse(path).getroot().iter(XS + "simpleType")
    }
    types = {"purpose": "PurposeType", "document_kind": "DocumentKindType", "visit_purpose": "VisitPurposeType"}
    types |= {"permit_kind": "PermitKindType", "ban_ground": "BanGroundType"}
    for name, kind in types.items():
        assert reference.code_lists()[name] == listed[kind], name
    assert set(reference.code_lists()["sex"]) == set(listed["SexType"])


def test_the_statuses_of_documents_are_the_states_of_their_lifecycle() -> None:
    assert set(codes.DOCUMENT_STATUSES) == STATES[Category.DOCUMENT_STATUS]
    assert {row.common for row in reference.national_codes() if row.list == "document_status"} <= STATES[
        Category.DOCUMENT_STATUS
    ]


def test_states_agree_with_the_list_of_countries() -> None:
    for code, state in treaties.states().items():
        found = countries.by_code(code)
        assert found is not None
        assert (found.alpha2, found.numeric) == (state.alpha2, state.numeric)


def test_every_region_belongs_to_the_state_of_its_code() -> None:
    for code, region in places.regions().items():
        assert code.split("-")[0] == treaties.states()[region.state].alpha2


def test_every_region_has_a_name_in_the_language_of_its_state() -> None:
    for code, region in places.regions().items():
        assert region.national, code


@pytest.mark.parametrize("state", sorted(treaties.states()))
def test_no_name_of_a_region_means_another_region_of_the_same_state(state: str) -> None:
    own = [region for region in places.regions().values() if region.state == state]
    names = [(name.casefold(), region.code) for region in own for name in {region.national, region.ru, region.code}]
    assert len({name for name, _ in names}) == len(names)
    known = places.region_names(state)
    assert all(known[region.national] == known[region.ru] == region.code for region in own)


def test_regions_are_known_as_clerks_shorten_them() -> None:
    kazakh, russian, uzbek = (places.region_names(state) for state in ("KAZ", "RUS", "UZB"))
    assert kazakh["Абай обл."] == kazakh["Абайская обл"] == "KZ-10"
    assert kazakh["г. Алматы"] == kazakh["Алматы қ."] == "KZ-75" != kazakh["Алматы облысы"]
    assert (russian["город Москва"], uzbek["Toshkent sh."]) == ("RU-MOW", "UZ-TK")


def test_occupations_are_judged_by_their_four_digits() -> None:
    assert places.is_occupation("7112")  # bricklayers
    assert places.is_occupation("0110")
    assert not any(map(places.is_occupation, ("711", "7119x", "7711", "9999", "2990", "٧١١٢", "")))
    assert places.occupation("7112") == places.occupation_groups()["711"]
    assert places.occupation("7192") == places.occupation_groups()["71"]
    assert [sum(len(code) == digits for code in places.occupation_groups()) for digits in (1, 2, 3)] == [10, 43, 130]
    assert places.occupation("9") == places.occupation_groups()["9"]
    assert places.occupation("x") is None
