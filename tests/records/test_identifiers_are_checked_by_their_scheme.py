"""Personal numbers: computed examples of domain.md section 1.4 (nobody's), and what each check guarantees."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Misuse
from gateway.records.checkdigits import check_iin
from gateway.records.identifiers import SCHEMES, check, embedded, synthesise
from gateway.records.person import Check, Sex

VALID = {
    "BY-IDN": ["3150685A001PB5", "5010203K017BI8", "4290264M002BA6", "0000000A000PB2"],
    "UZ-PINFL": ["31506852600019", "60102030100025", "52902002600039"],
    "KZ-IIN": ["850615300000", "850615300109"],
    "MD-IDNP": ["2004000000002", "0970000000015"],
    "RU-INN": ["500100732259"],
    "RU-SNILS": ["112-233-445 95", "11223344595"],
}
PEOPLE = st.tuples(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 1, 1)),
    st.sampled_from([Sex.MALE, Sex.FEMALE]),
    st.integers(min_value=0, max_value=10**7),
)


@pytest.mark.parametrize(("key", "raw"), [(key, raw) for key, values in VALID.items() for raw in values])
def test_a_valid_number_is_valid(key: str, raw: str) -> None:
    found = check(key, raw)
    assert found.check is Check.VALID
    assert found.issuer == SCHEMES[key].issuer


def test_a_structure_without_published_check_is_called_that() -> None:
    for key, raw in (("AM-PSN", "2506901238"), ("AZ-FIN", "5AB1C2D"), ("KG-PIN", "21506198500123")):
        assert check(key, raw).check is Check.STRUCTURE_OK_NO_CHECK
    assert check("RU-SNILS", "001-001-998 00").check is Check.STRUCTURE_OK_NO_CHECK


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("BY-IDN", "3150685A001PB"),
        ("KZ-IIN", "50615300109"),
        ("RU-PASS-INT", "0000 123456"),
        ("RU-PASS-INT", "4510 000000"),
        ("AM-PSN", "2506666668"),
        ("AM-PSN", "4506901238"),
        ("UZ-PINFL", "٣1506852600019"),
        ("MD-IDNP", ""),
    ],
)
def test_another_form_is_an_invalid_format(key: str, raw: str) -> None:
    assert check(key, raw).check is Check.INVALID_FORMAT


def test_look_alikes_and_separators_are_folded() -> None:
    assert check("BY-IDN", "3150685 а001рв5").value == "3150685A001PB5"
    assert check("RU-PASS-INT", "45 10 № 123456").value == "4510123456"
    assert check("AZ-FIN", "5abo2сd").value == "5AB02CD"


def test_a_kazakh_number_whose_check_would_be_ten_is_never_issued() -> None:
    assert check_iin("85061530005") is None
    assert all(check("KZ-IIN", f"85061530005{digit}").check is Check.INVALID_CHECK for digit in range(10))


def test_sex_and_birth_date_are_read_from_the_number() -> None:
    said = embedded("UZ-PINFL", "60102030100025")
    assert (said.sex, said.birth_date) == (Sex.FEMALE, date(2003, 2, 1))
    said = embedded("AM-PSN", "2506901238")
    assert (said.sex, said.birth_date) == (Sex.MALE, date(1990, 6, 15))
    assert embedded("BY-IDN", "0000000A000PB2").birth_date is None
    assert embedded("RU-INN", "500100732259").sex is None


def test_an_unknown_scheme_is_wrong_use() -> None:
    for act in (lambda: check("XX-NONE", "1"), lambda: synthesise("XX-NONE", date(1985, 6, 15), Sex.MALE, 1)):
        with pytest.raises(Misuse, match="BY-IDN"):
            act()


@given(PEOPLE, st.sampled_from(sorted(SCHEMES)))
def test_a_synthetic_number_is_well_formed_and_says_what_it_was_made_from(
    person: tuple[date, Sex, int], key: str
) -> None:
    born, sex, serial = person
    value = synthesise(key, born, sex, serial)
    found = check(key, value)
    assert found.value == value
    assert found.check in {Check.VALID, Check.STRUCTURE_OK_NO_CHECK}
    said = embedded(key, value)
    assert said.sex in {None, sex}
    assert said.birth_date in {None, born}


@given(PEOPLE, st.sampled_from(["BY-IDN", "UZ-PINFL", "MD-IDNP"]), st.integers(0, 13), st.integers(1, 9))
def test_the_weights_seven_three_one_catch_every_changed_digit(
    person: tuple[date, Sex, int], key: str, place: int, shift: int
) -> None:
    value = synthesise(key, *person)
    if place >= len(value) or not value[place].isdigit():
        return
    changed = value[:place] + str((int(value[place]) + shift) % 10) + value[place + 1 :]
    assert check(key, changed).check is not Check.VALID
