"""The country list: ISO 3166-1 whole, the former Union, and what needs a human."""

import pytest

from gateway.records import countries
from gateway.records.codes import STATES


def test_the_list_is_complete_and_codes_are_unique() -> None:
    iso = [entry for entry in countries.everything() if entry.kind == "iso"]
    assert len(iso) == 249
    for codes in ([entry.alpha2 for entry in iso], [entry.alpha3 for entry in iso], [entry.numeric for entry in iso]):
        assert len(set(codes)) == 249


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Узбекистан", "UZB"),
        ("УЗБЕКИСТАН", "UZB"),
        ("Oʻzbekiston", "UZB"),
        ("O'zbekiston", "UZB"),
        ("Ўзбекистон", "UZB"),
        ("Özbəkistan", "UZB"),
        ("Ozbekistan", "UZB"),
        ("Респ. Молдова", "MDA"),
        ("Республика Беларусь", "BLR"),
        ("РФ", "RUS"),
        ("СССР", "SUN"),
        ("Germany", "DEU"),
        ("Атлантида", None),
    ],
)
def test_a_name_is_found(name: str, code: str | None) -> None:
    found = countries.by_name(name)
    assert (found.alpha3 if found else None) == code


def test_codes_of_every_kind_are_found() -> None:
    assert [countries.by_code(code).alpha3 for code in ("uz", "UZB", "SU", "DDR")] == ["UZB", "UZB", "SUN", "DDR"]
    assert [countries.by_number(code).alpha3 for code in ("51", "051", "31", "810")] == ["ARM", "ARM", "AZE", "SUN"]
    assert countries.by_number("٥١") is None


def test_what_has_no_iso_code_says_so() -> None:
    found = countries.by_name("Республика Абхазия")
    assert found is not None
    assert (found.alpha3, found.kind) == ("", "oksm")


def test_every_state_of_the_region_has_its_names() -> None:
    for code in STATES:
        found = countries.by_code(code)
        assert found is not None
        assert set(countries.LANGUAGES.values()) <= set(found.names)


def test_statelessness_is_no_country() -> None:
    assert countries.means_stateless("ЛБГ")
    assert countries.means_stateless("Лицо без гражданства")
    assert not countries.means_stateless("Узбекистан")
