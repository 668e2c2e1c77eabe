from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.web.console.chart import MIDDLE, REACH, Hour, ceiling, draw
from gateway.web.console.words import Words

SVG = "{http://www.w3.org/2000/svg}"
START = datetime(2026, 3, 16, 15, tzinfo=UTC)


def hours(counts: list[tuple[int, int]]) -> list[Hour]:
    return [Hour(START + timedelta(hours=n), received, 0, sent) for n, (received, sent) in enumerate(counts)]


def bars(svg: etree._Element, kind: str) -> list[float]:
    return [float(bar.get("height", "")) for bar in svg.iter(f"{SVG}rect") if bar.get("class") == kind]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=24), st.sampled_from(["ru", "en"]))
def test_any_day_gives_a_well_formed_chart_whose_bars_stay_inside(counts: list[tuple[int, int]], language: str):
    svg = etree.fromstring(draw(hours(counts), Words(language)))
    assert len(bars(svg, "in")) == len(bars(svg, "out")) == len(counts)
    assert all(0 <= height <= REACH for kind in ("in", "out") for height in bars(svg, kind))


@given(st.integers(1, 10**9))
def test_an_hour_with_messages_is_never_drawn_empty(most: int):
    svg = etree.fromstring(draw(hours([(most, 0), (1, 1), (0, 0)]), Words("en")))
    assert all(height > 0 for height in bars(svg, "in")[:2])
    assert bars(svg, "in")[2] == 0


@given(st.integers(0, 10**12))
def test_the_scale_ends_at_a_round_number_above_the_highest_bar(most: int):
    top = ceiling(most)
    assert most <= top
    assert top <= max(2, most * 2.5)
    assert str(top).rstrip("0") in {"1", "2", "4"}


def test_the_chart_says_what_it_shows_to_those_who_do_not_see_it():
    svg = etree.fromstring(draw(hours([(1200, 40), (3, 2)]), Words("en")))
    assert svg.get("role") == "img"
    named = {element.get("id"): element.text for element in svg if element.get("id")}
    assert svg.get("aria-labelledby", "").split() == list(named)
    assert "Received 1,203, of which refused 0; sent and receipted 42." in str(named["flow-desc"])


def test_incoming_bars_stand_on_the_axis_and_outgoing_ones_hang_from_it():
    svg = etree.fromstring(draw(hours([(7, 9)]), Words("en")))
    up, down = (next(bar for bar in svg.iter(f"{SVG}rect") if bar.get("class") == kind) for kind in ("in", "out"))
    assert float(up.get("y", "")) + float(up.get("height", "")) == pytest.approx(MIDDLE, abs=0.02)
    assert float(down.get("y", "")) == MIDDLE


def test_large_numbers_are_given_in_thousands_with_the_comma_of_the_language():
    svg = etree.fromstring(draw(hours([(2_900, 0)]), Words("ru")))
    assert next(text.text for text in svg.iter(f"{SVG}text")) == "тысяч сообщений в час, UTC"
    svg = etree.fromstring(draw(hours([(1_900_000, 0)]), Words("en")))
    assert next(text.text for text in svg.iter(f"{SVG}text")) == "million messages an hour, UTC"


def test_the_chart_carries_no_style_and_no_script():
    svg = etree.fromstring(draw(hours([(1, 2)] * 24), Words("ru")))
    for element in svg.iter():
        assert etree.QName(element).localname not in {"style", "script", "a", "image", "use"}
        assert not any(name == "style" or name.startswith("on") for name in element.attrib)
