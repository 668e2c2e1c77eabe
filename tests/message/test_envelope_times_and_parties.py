"""Times and parties of a header are written in one form and read strictly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.errors import InvalidRequest, SchemaInvalid
from gateway.message.envelope import Party, body_of, read_time, write_time

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
NS = "urn:cis:migration-exchange:1"


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES))  # noqa: DTZ001 - bounds have no zone.
def test_a_time_comes_back_to_the_millisecond(moment):
    read = read_time(write_time(moment))
    assert read.tzinfo is UTC
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)


def test_milliseconds_are_written_only_where_there_are_any():
    assert write_time(datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=3)))) == "2026-03-02T09:00:00Z"
    assert write_time(datetime(2026, 3, 2, 9, 0, 0, 5_999, tzinfo=UTC)) == "2026-03-02T09:00:00.005Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-02",
        "2026-03-02T09:00:00",
        "2026-03-02T09:00Z",
        "20260302T090000Z",
        "2026-W10-1T09:00:00Z",
        "2026-03-02 09:00:00Z",
        "2026-02-30T09:00:00Z",
        "2026-03-02T25:00:00Z",
        "2026-03-02T09:00:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-03-02T09:00:00Z",
        "2026-03-02T09:00:00Z\n",
    ],
)
def test_what_is_no_time_with_zone_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read_time(text)


def test_a_party_is_its_state_and_agency():
    assert Party.of("BLR/GATE") == Party("BLR", "GATE")
    assert str(Party("BLR", "GATE")) == "BLR/GATE"


def test_a_character_that_xml_cannot_carry_is_not_written(unsigned):
    with pytest.raises(InvalidRequest):
        unsigned(purpose="a\0b")


def test_a_body_holds_exactly_one_element():
    for inside in ("<Body/>", "<Body><A/><B/></Body>", ""):
        with pytest.raises(SchemaInvalid):
            body_of(etree.fromstring(f'<Message xmlns="{NS}">{inside}</Message>'))


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30).map(str.strip))
def test_any_agreement_name_comes_back(text, unsigned, round_trip):
    assert round_trip(unsigned(agreement=text), "ed25519").header.agreement == text
