"""Every form of domain.md's trap list, and nothing repaired that cannot be."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import days
from gateway.records.dates import PartialDate

TODAY = date(2026, 3, 2)
PLUS_SIX = timezone(timedelta(hours=6))


def calendar(form: str = "DD.MM.YYYY", local: timezone | None = None) -> days.Calendar:
    found = days.form(form)
    assert found is not None
    return days.Calendar(found, local, TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15.06.1985", "1985-06-15"),
        ("5.6.1985", "1985-06-05"),
        ("15/06/1985", "1985-06-15"),
        ("1985-06-15", "1985-06-15"),
        ("19850615", "1985-06-15"),
        ("15 июня 1985", "1985-06-15"),
        ("15.06.1985ý.", "1985-06-15"),
        ("15.06.1985 г.", "1985-06-15"),
        ("00.00.1975", "1975"),
        ("00.06.1975", "1975-06"),
        ("..1975", "1975"),
        ("1975 г.", "1975"),
        ("1975", "1975"),
        ("1975-06", "1975-06"),
        ("06.1975", "1975-06"),
        ("15.06.85", "1985-06-15"),
        ("15.06.12", "2012-06-15"),
        ("15.06.27", "1927-06-15"),
    ],
)
def test_a_birth_date_is_read(text: str, expected: str) -> None:
    assert str(calendar().birth(text)) == expected


@pytest.mark.parametrize(
    "text", ["31.02.1985", "15.13.1985", "06/15/1985", "32.01.1985", "0000", "15.06", "1985-6", "soon", "1.1.1.1985"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        calendar().birth(text)


def test_the_month_comes_first_only_where_the_profile_says_so() -> None:
    assert str(calendar("MM/DD/YYYY").birth("06/15/1985")) == "1985-06-15"
    assert str(calendar().birth("06/05/1985")) == "1985-05-06"


def test_two_digits_of_an_expiry_look_forward() -> None:
    assert calendar().day("15.06.35") == date(2035, 6, 15)


def test_a_document_date_must_be_full() -> None:
    with pytest.raises(ValueError, match="full"):
        calendar().day("1985")


def test_epoch_milliseconds_may_be_negative_and_mean_the_local_day() -> None:
    assert str(calendar("epoch-ms", PLUS_SIX).birth("-143510400000")) == "1965-06-15"
    # Midnight of Almaty as the register's server stores it, in UTC, six hours earlier.
    assert str(calendar("epoch-ms", PLUS_SIX).birth(str(-143510400000 - 6 * 3_600_000))) == "1965-06-15"


def test_a_moment_needs_a_zone() -> None:
    assert calendar().moment("2026-03-01T23:30:00Z") == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert calendar(local=PLUS_SIX).moment("01.03.2026 23:30").utcoffset() == timedelta(hours=6)
    with pytest.raises(ValueError, match="zone"):
        calendar().moment("2026-03-01T23:30:00")


@given(
    st.dates(min_value=date(1000, 1, 1), max_value=TODAY),
    st.sampled_from([*days.FORMS, "YYYY-MM-DDT00:00:00+06:00"]),
    st.sampled_from(["day", "month", "year"]),
)
def test_what_is_written_is_read_again(value: date, form: str, precision: str) -> None:
    born = PartialDate(value.year, value.month if precision != "year" else 0, value.day if precision == "day" else 0)
    if precision == "month" and form == "MM/DD/YYYY":
        born = PartialDate(value.year)
    found = days.form(form)
    assert found is not None
    assert days.Calendar(found, PLUS_SIX, TODAY).birth(found.write(born)) == born
