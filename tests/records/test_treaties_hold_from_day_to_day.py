"""Who belongs to what, and who is bound by which instrument, on a given day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.records.dates import PartialDate
from gateway.records.reference import Span
from gateway.records.reference.treaties import (
    BODIES,
    instruments,
    members,
    membership,
    memberships,
    parties,
    party,
    standing,
    states,
)

DAYS = st.dates(date(1991, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize(
    ("body", "state", "day", "status"),
    [
        ("CIS", "GEO", date(2007, 6, 1), "member"),
        ("CIS", "GEO", date(2010, 1, 1), "left"),
        ("CIS", "UKR", date(2017, 12, 31), "member"),
        ("CIS", "UKR", date(2018, 1, 1), "left"),
        ("CIS", "MDA", date(2025, 12, 31), "member"),
        ("CIS", "MDA", date(2026, 1, 1), "leaving"),
        ("CIS", "TKM", date(2006, 1, 1), "associate"),
        ("CIS", "BLR", date(2026, 1, 1), "member"),
        ("EAEU", "KGZ", date(2015, 8, 11), None),
        ("EAEU", "KGZ", date(2015, 8, 12), "member"),
        ("EAEU", "UZB", date(2026, 1, 1), None),
        ("CHMA", "UKR", date(2020, 1, 1), "observer"),
    ],
)
def test_a_state_is_what_it_is_on_the_day(body: str, state: str, day: date, status: str | None) -> None:
    found = membership(body, state, day)
    assert (found.status if found else None) == status


def test_a_state_that_is_leaving_still_belongs_and_one_that_left_does_not() -> None:
    assert {"MDA", "TKM"} <= set(members("CIS", date(2026, 3, 2)))
    assert not {"GEO", "UKR"} & set(members("CIS", date(2026, 3, 2)))
    assert set(members("EAEU", date(2026, 3, 2))) == {"ARM", "BLR", "KAZ", "KGZ", "RUS"}


@given(st.sampled_from(BODIES), st.sampled_from(sorted(states())), DAYS)
def test_a_state_has_one_status_in_a_body_on_any_day(body: str, state: str, day: date) -> None:
    held = [row for row in memberships() if (row.body, row.state) == (body, state) and row.held.covers(day)]
    assert len(held) <= 1


@pytest.mark.parametrize(
    ("instrument", "state", "day", "expected"),
    [
        ("ILLEGAL-MIGRATION-1998", "BLR", date(1998, 3, 5), "none"),
        ("ILLEGAL-MIGRATION-1998", "BLR", date(1998, 12, 16), "signatory"),
        ("ILLEGAL-MIGRATION-1998", "BLR", date(1998, 12, 17), "party"),
        ("ILLEGAL-MIGRATION-1998", "KGZ", date(2003, 10, 30), "party"),
        ("ILLEGAL-MIGRATION-1998", "AZE", date(2026, 1, 1), "signatory"),
        ("ILLEGAL-MIGRATION-1998", "UZB", date(2026, 1, 1), "none"),
        ("CONVENTION-2008", "KAZ", date(2010, 1, 1), "party"),
        ("CONVENTION-2008", "RUS", date(2010, 1, 1), "signatory"),
        ("VISA-FREE-1992", "RUS", date(1995, 1, 1), "party"),
        ("VISA-FREE-1992", "RUS", date(2000, 1, 1), "left"),
        ("VISA-FREE-2000", "RUS", date(2001, 1, 1), "party"),
        ("PERSONAL-DATA-2020", "KGZ", date(2023, 5, 1), "party"),
        ("PERSONAL-DATA-2020", "KGZ", date(2023, 4, 30), "none"),
        ("BY-RU-VISAS-2020", "RUS", date(2025, 1, 10), "signatory"),
        ("BY-RU-VISAS-2020", "RUS", date(2025, 1, 11), "party"),
        ("CETS-223", "RUS", date(2026, 1, 1), "signatory"),
        ("NO-SUCH-TREATY", "RUS", date(2026, 1, 1), "none"),
    ],
)
def test_a_state_stands_to_an_instrument_as_its_own_acts_say(
    instrument: str, state: str, day: date, expected: str
) -> None:
    assert standing(instrument, state, day) == expected
    assert (party(instrument, state, day) is not None) == (expected == "party")


def test_what_was_not_read_in_a_source_is_marked() -> None:
    found = party("EAEU-TREATY-XXVI", "BLR", date(2026, 1, 1))
    assert found is not None
    assert not found.verified
    found = party("ILLEGAL-MIGRATION-1998", "BLR", date(2026, 1, 1))
    assert found is not None
    assert found.verified
    assert all(row.source for row in (*parties(), *memberships(), *instruments().values()))


def test_every_row_names_a_state_and_an_instrument_that_exist() -> None:
    assert {row.state for row in (*parties(), *memberships())} <= set(states())
    assert {row.instrument for row in parties()} <= set(instruments())
    assert {row.body for row in memberships()} == set(BODIES)


def test_no_state_is_bound_before_it_signed() -> None:
    for row in parties():
        if row.signed and row.bound.first:
            assert str(row.bound.first) >= row.signed, row


@given(DAYS, DAYS)
def test_a_span_covers_its_ends_and_nothing_beyond(first: date, last: date) -> None:
    if first > last:
        first, last = last, first
    span = Span(PartialDate.of(first), PartialDate.of(last))
    assert span.covers(first)
    assert span.covers(last)
    assert Span.of("", "").covers(first)
    years = Span.of(str(first.year), str(last.year))
    assert years.covers(date(first.year, 1, 1))
    assert years.covers(date(last.year, 12, 31))
    assert not years.covers(date(last.year + 1, 1, 1))
