"""Dates as they stand in old registers and in other programs' exports: read where they can mean one thing only."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.mapping.days import FORMS, Calendar

CALENDAR = Calendar(FORMS["DD.MM.YYYY"], None, date(2026, 3, 2))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1975-XX-XX", "1975"),
        ("1975-06-XX", "1975-06"),
        ("1975-06-хх", "1975-06"),
        ("1985.06.15", "1985-06-15"),
        ("1985/6/15", "1985-06-15"),
        ("15.VI.1985", "1985-06-15"),
        ("15 XII 1985", "1985-12-15"),
        ("июнь 1985", "1985-06"),
        ("июнь 1985 г.", "1985-06"),
        ("mart 1990", "1990-03"),
        ("1985 жылғы 15 маусым", "1985-06-15"),
        ("«15» июня 1985 г.", "1985-06-15"),
    ],
)
def test_a_rare_form_is_read_with_its_precision(text: str, meaning: str) -> None:
    assert str(CALENDAR.birth(text)) == meaning


@pytest.mark.parametrize("text", ["1985.13.15", "15.XIII.1985", "15.IIII.1985", "1975-XX-15", "31.VI.1985", "где 1985"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        CALENDAR.birth(text)
