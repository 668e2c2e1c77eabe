"""The traps of dates in domain.md's list, each through a whole profile: a row in, a record out, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import days

FIELDS = {"Фамилия": "name.family", "родился": "birth_date", "по": "stay_to"}


@pytest.fixture
def born(own_profile: Any) -> Any:
    """What a birth date of that text becomes in a profile, or the code of the finding it makes."""

    def read(text: str, *, form: str = "DD.MM.YYYY", more: str = "") -> str:
        field = f"{{to: birth_date, write: {form}}}"
        profile = own_profile(fields=FIELDS | {"родился": field}, more=more)
        row = {"Фамилия": "Ким", "родился": text}
        mapped = own_profile.one(profile, row)
        if mapped.record is None:
            return str(mapped.findings[0].code)
        record, again = own_profile.both_ways(profile, row)
        assert again.person.birth_date == record.person.birth_date
        return str(record.person.birth_date)

    return read


@pytest.fixture
def until(own_profile: Any) -> Any:
    """The end of a stay of that text, or the code of the finding it makes."""

    def read(text: str, *, field: str = "stay_to", more: str = "") -> date | str | None:
        profile = own_profile(fields=FIELDS | {"по": field}, more=more)
        mapped = own_profile.one(profile, {"Фамилия": "Ким", "по": text})
        return mapped.record.detail.stay_to if mapped.record else str(mapped.findings[0].code)

    return read


def test_two_digits_of_an_end_look_half_a_century_ahead(until: Any) -> None:
    assert until("15.06.35") == date(2035, 6, 15)
    # What would lie further ahead was long ago, and an end before its beginning is refused rather than moved.
    assert until("15.06.85") == "MAP-ORDER"


@pytest.mark.parametrize("text", ["00.00.0000", "0000-00-00", "15.06.0000"])
def test_a_year_of_zeros_is_no_year(born: Any, text: str) -> None:
    assert born(text) == "MAP-DATE"


@pytest.mark.parametrize(
    "text",
    [
        "15 июня 1985", "15 июня 1985 г.", "«15» июня 1985 г.", "15 ИЮНЯ 1985 года",
        "15 чэрвеня 1985", "15 червня 1985", "15 маусым 1985", "15 iyun 1985", "15-iyun 1985",
        "15 iunie 1985", "15 июн 1985", "15 июн. 1985", "15 iýun 1985", "15 հունիսի 1985", "15 ივნისი 1985",
        "15 June 1985", "15-JUN-1985",
    ],
)  # fmt: skip
def test_a_month_in_words_is_read_in_every_language_of_the_region(born: Any, text: str) -> None:
    assert born(text) == "1985-06-15"


def test_months_that_sound_alike_are_told_apart(born: Any) -> None:
    # Belarusian снежня is of December and лютага of February; a Slavic listopad is October or November.
    assert born("15 снежня 1985") == "1985-12-15"
    assert born("15 лютага 1985") == "1985-02-15"
    assert born("15 listopad 1985") == "MAP-DATE"


def test_each_column_has_the_order_that_is_declared_for_it(own_profile: Any) -> None:
    profile = own_profile(fields=FIELDS | {"родился": "{to: birth_date, write: MM/DD/YYYY}"})
    row = {"Фамилия": "Ким", "родился": "06/05/1985", "с": "01.02.2026", "по": "03.04.2026"}
    record, again = own_profile.both_ways(profile, row)
    assert str(record.person.birth_date) == "1985-06-05"
    assert (record.detail.stay_from, record.detail.stay_to) == (date(2026, 2, 1), date(2026, 4, 3))
    assert again == record


def test_months_may_come_first_where_nobody_was_born(own_profile: Any) -> None:
    """A column of days is read in its own order, also in a profile that has no birth date to learn it from."""
    profile = own_profile(fields={"Фамилия": "name.family", "по": "{to: stay_to, write: MM/DD/YYYY}"})
    record, again = own_profile.both_ways(profile, {"Фамилия": "Ким", "по": "03/04/2026"})
    assert record.detail.stay_to == date(2026, 3, 4)
    assert again == record


def test_the_leap_day_that_only_spreadsheets_have_is_no_day(born: Any) -> None:
    assert born("60", form="excel") == "MAP-DATE"


def test_milliseconds_before_1970_are_negative_and_mean_the_day_of_almaty(own_profile: Any) -> None:
    profile = replace(own_profile(fields=FIELDS | {"родился": "{to: birth_date, write: epoch-ms}"}), zone="+06:00")
    for cell in ("-143510400000", str(-143510400000 - 6 * 3_600_000)):
        record, again = own_profile.both_ways(profile, {"Фамилия": "Ким", "родился": cell})
        assert str(record.person.birth_date) == str(again.person.birth_date) == "1965-06-15"


def test_a_word_for_without_end_means_that_only_where_the_profile_says_so(until: Any) -> None:
    assert until("бессрочно") == "MAP-DATE"


@given(st.dates(min_value=date(1582, 1, 1), max_value=date(1918, 3, 1)))
def test_a_day_of_the_old_calendar_is_kept_as_it_was_written(day: date) -> None:
    """Nothing tells which calendar a clerk of then or now had in mind, so that nothing is converted."""
    calendar = days.Calendar(days.FORMS["DD.MM.YYYY"], None, date(2026, 3, 2))
    assert str(calendar.birth(f"{day.day:02d}.{day.month:02d}.{day.year}")) == day.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        *("1985 жылғы 15 маусым", "1985 ж. 15 маусым", "1985 жылдың 15 маусымы"),
        *("1985-жылдын 15-июну", "1985-жылы 15-июнь", "1985-yil 15-iyun", "1985 YIL 15 IYUN", "1985-йил 15 июнь"),
    ],
)
def test_kazakh_kyrgyz_and_uzbek_words_put_the_year_in_front(born: Any, text: str) -> None:
    assert born(text) == "1985-06-15"


def test_a_day_that_no_month_has_is_none_in_words_either(born: Any) -> None:
    assert born("1985 жылғы 31 маусым") == "MAP-DATE"
    assert born("1985 жылғы 15 маусымдық") == "MAP-DATE"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *(("0", "1970-01-01"), ("-10800000", "1970-01-01"), ("75600000", "1970-01-02"), ("86400000", "1970-01-02")),
        *(("-97200000", "1969-12-31"), ("1965", "1965"), ("-143510400000", "1965-06-15")),
    ],
)
def test_the_first_days_of_1970_are_short_numbers_of_milliseconds(born: Any, text: str, day: str) -> None:
    assert born(text, form="epoch-ms") == day


def test_a_short_number_is_no_date_where_milliseconds_are_not_counted(born: Any) -> None:
    assert born("0") == born("-10800000") == "MAP-DATE"
