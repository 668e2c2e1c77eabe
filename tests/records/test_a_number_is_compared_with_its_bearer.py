"""Sex and birth date inside a number against the record: only a witness without a fault is heard."""

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.records.dates import PartialDate
from gateway.records.identifiers import SCHEMES, check, contradictions, embedded, synthesise, verdict
from gateway.records.person import Check, Identifier, Sex

BORN = PartialDate(1985, 6, 15)
TELLING = ["BY-IDN", "KZ-IIN", "UZ-PINFL", "KG-PIN", "AM-PSN", "UA-RNOKPP"]


def test_every_telling_scheme_sees_another_sex_and_another_day() -> None:
    for key in TELLING:
        number = check(key, synthesise(key, date(1985, 6, 15), Sex.MALE, 1))
        assert contradictions(number, Sex.MALE, BORN) == ()
        assert contradictions(number, Sex.FEMALE, BORN) == ("sex",)
        assert contradictions(number, Sex.FEMALE, PartialDate(1985, 6, 16)) == ("sex", "birth_date")


def test_the_ukrainian_register_number_tells_the_day_and_not_the_sex() -> None:
    number = check("UA-UNZR", synthesise("UA-UNZR", date(1985, 6, 15), Sex.MALE, 1))
    assert contradictions(number, Sex.FEMALE, PartialDate(1985, 6, 16)) == ("birth_date",)


def test_what_is_unknown_contradicts_nothing() -> None:
    number = check("BY-IDN", "3150685A001PB5")
    for born in (None, PartialDate(1985), PartialDate(1985, 6), PartialDate(1985, 1, 1, assumed=True)):
        assert contradictions(number, Sex.UNKNOWN, born) == ()
    assert contradictions(number, Sex.MALE, PartialDate(1984, 1, 1, assumed=True)) == ("birth_date",)


def test_a_faulty_number_is_no_witness() -> None:
    for value in ("3150685A001PB6", "3150685A001PB"):
        assert contradictions(check("BY-IDN", value), Sex.FEMALE, PartialDate(1990, 1, 1)) == ()


def test_a_scheme_nobody_knows_is_passed_over() -> None:
    number = Identifier("XX-NONE", "31506852600019", "UZB", Check.VALID)
    assert contradictions(number, Sex.FEMALE, BORN) == ()
    assert embedded("XX-NONE", "31506852600019").sex is None


def test_a_value_that_does_not_fit_its_own_verdict_is_passed_over() -> None:
    """A partner's message may claim any verdict for any text."""
    assert contradictions(Identifier("KZ-IIN", "Ж", "KAZ", Check.VALID), Sex.MALE, BORN) == ()


@example("AM-PSN", date(1966, 6, 1), Sex.MALE, 0)
@given(
    st.sampled_from(sorted(SCHEMES)),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.sampled_from([Sex.MALE, Sex.FEMALE]),
    st.integers(0, 10**6),
)
def test_a_number_never_contradicts_whom_it_was_made_for(key: str, born: date, sex: Sex, serial: int) -> None:
    number = check(key, synthesise(key, born, sex, serial))
    assert contradictions(number, sex, PartialDate.of(born)) == ()


def test_a_senders_verdict_is_never_better_than_our_own() -> None:
    for scheme, value, claimed, believed in (
        ("KZ-IIN", "850615300108", Check.VALID, Check.INVALID_CHECK),
        ("KZ-IIN", "000000000000", Check.VALID, Check.INVALID_FORMAT),
        ("KG-PIN", "21506198500123", Check.VALID, Check.STRUCTURE_OK_NO_CHECK),
        ("KG-PIN", "21506198500123", Check.INVALID_CHECK, Check.INVALID_CHECK),
        ("KZ-IIN", "850615300109", Check.VALID, Check.VALID),
        ("XX-NONE", "anything", Check.VALID, Check.VALID),
    ):
        assert verdict(Identifier(scheme, value, "KAZ", claimed)) is believed, (scheme, value, claimed)
