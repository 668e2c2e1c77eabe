"""The traps of personal numbers (domain.md 1.4) in a profile; the schemes themselves are tested in tests/records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.mapping import convert
from gateway.records.person import Check


@pytest.fixture
def number(own_profile: Any) -> Any:
    """What a number becomes in a column of that scheme."""

    def read(scheme: str, cell: str, words: str = "") -> convert.Mapped:
        profile = own_profile(fields={"Ф": "name.family", "ЛН": f"{{to: identifier.{scheme}{words}}}"})
        mapped = own_profile.one(profile, {"Ф": "Ким", "ЛН": cell})
        assert isinstance(mapped, convert.Mapped)
        return mapped

    return read


def test_the_scheme_comes_from_the_profile_and_never_from_the_length(number: Any) -> None:
    """Fourteen digits are a number of Uzbekistan or of Kyrgyzstan; twelve of Kazakhstan or of Russia."""
    for scheme, issuer in (("UZ-PINFL", "UZB"), ("KG-PIN", "KGZ")):
        [found] = number(scheme, "31506852600019").record.person.identifiers
        assert (found.scheme, found.issuer, found.value) == (scheme, issuer, "31506852600019")
    for scheme, issuer in (("KZ-IIN", "KAZ"), ("RU-INN", "RUS")):
        [found] = number(scheme, "850615300109").record.person.identifiers
        assert (found.scheme, found.issuer) == (scheme, issuer)


def test_a_lost_zero_is_put_back_on_request_only_and_told(number: Any) -> None:
    plain = number("MD-IDNP", "970000000015")
    assert plain.record.person.identifiers[0].check is Check.INVALID_FORMAT
    restored = number("MD-IDNP", "970000000015", ", restore_zeros: yes")
    assert restored.record.person.identifiers[0].value == "0970000000015"
    assert [finding.code for finding in restored.findings] == ["MAP-PADDED"]


def test_cyrillic_letters_in_a_belarusian_number_are_the_latin_ones(number: Any) -> None:
    mixed = "3150685А001РВ5"
    assert not mixed.isascii(), "the trap"
    [found] = number("BY-IDN", mixed).record.person.identifiers
    assert (found.value, found.check) == ("3150685A001PB5", Check.VALID)


@pytest.mark.parametrize("cell", ["112-233-445 95", "11223344595", "112 233 445 95"])
def test_a_number_with_and_without_separators_is_one_number(number: Any, cell: str) -> None:
    [found] = number("RU-SNILS", cell).record.person.identifiers
    assert (found.value, found.check) == ("11223344595", Check.VALID)


@pytest.mark.parametrize("cell", ["не имеется", "0", "000000000000", "-", "", "б/н"])
def test_a_word_or_zeros_for_no_number_are_no_number_and_no_finding(number: Any, cell: str) -> None:
    mapped = number("KZ-IIN", cell)
    assert mapped.record.person.identifiers == ()
    assert mapped.findings == ()


def test_a_wrong_check_digit_flags_the_number_and_keeps_the_person(number: Any) -> None:
    mapped = number("KZ-IIN", "850615300108")
    assert mapped.record.person.identifiers[0].check is Check.INVALID_CHECK
    assert [(finding.code, finding.severity) for finding in mapped.findings] == [("MAP-CHECK-DIGIT", "warning")]


def test_a_number_without_a_published_check_is_called_that(number: Any) -> None:
    [found] = number("AM-PSN", "2506901238").record.person.identifiers
    assert found.check is Check.STRUCTURE_OK_NO_CHECK


def test_the_number_of_a_host_state_gives_no_citizenship(of_shipped: Callable[..., convert.Mapped]) -> None:
    """A Kazakh number is given to foreigners; its issuer is not the state of its bearer."""
    person = of_shipped("kaz-stays").record.person
    assert [found.issuer for found in person.identifiers] == ["KAZ"]
    assert person.citizenships == ("UZB",)


@pytest.mark.parametrize("changed", [{"birth_date": "1985-06-16"}, {"gender": "female"}])
def test_a_number_that_contradicts_its_bearer_is_told_and_nobody_is_changed(
    of_shipped: Callable[..., convert.Mapped], changed: dict[str, str]
) -> None:
    found = of_shipped("kaz-stays", changed)
    assert [finding.code for finding in found.findings if finding.code.startswith("MAP-EMB")] == ["MAP-EMBEDDED"]
    assert str(found.record.person.birth_date) == changed.get("birth_date", "1985-06-15")
