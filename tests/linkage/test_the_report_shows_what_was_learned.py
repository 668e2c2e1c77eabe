"""The page on a linkage: all that was learned, nothing of a person, and nothing of a stranger's that would run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from gateway.linkage.link import Request, link
from gateway.linkage.model import bits
from gateway.linkage.outcome import Outcome
from gateway.linkage.report import page
from gateway.linkage.report_words import LEVELS, RIVALS, STAGES
from gateway.linkage.rivals import KINDS, Rival
from tests.linkage.conftest import Rows, population, write

EVIL = "<script>alert(1)</script>\" onload='x'"


@pytest.fixture(scope="module")
def linked(tmp_path_factory) -> tuple[Rows, Outcome]:
    folder = tmp_path_factory.mktemp("reported")
    rows = population(60)
    known = folder / "known.csv"
    known.write_text("id,cluster\n" + "".join(f"{row['id']},{row['person']}\n" for row in rows), encoding="utf-8")
    return rows, link(Request(write(folder / "in.csv", rows), folder / "out.csv", labels=known))


def words(text: str) -> str:
    return " ".join(html.document_fromstring(text.encode()).text_content().replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize(("language", "point"), [("en", "."), ("ru", ",")])
def test_every_level_of_every_column_is_drawn_with_its_weight(linked, language: str, point: str) -> None:
    _, outcome = linked
    tree = html.document_fromstring(page(outcome, language).encode())
    for comparison in outcome.model.comparisons:
        (chart,) = tree.xpath("//svg[@aria-label=$name]", name=comparison.name)
        bars = chart.xpath(".//rect")
        figures = chart.xpath(".//text[@class='figure']/text()")
        assert len(bars) == len(comparison.levels)
        for level, bar, figure in zip(comparison.levels, bars, figures, strict=True):
            told = float(figure.replace(point, ".").replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", ""))
            assert told == pytest.approx(bits(level), abs=0.051)
            assert bar.get("class") == ("for" if bits(level) >= 0 else "against")


def test_all_bars_stand_within_their_picture(linked) -> None:
    _, outcome = linked
    for chart in html.document_fromstring(page(outcome, "en").encode()).xpath("//svg"):
        _, _, wide, high = map(float, chart.get("viewbox").split())
        for bar in chart.xpath(".//rect"):
            x, y, width, height = (float(bar.get(key)) for key in ("x", "y", "width", "height"))
            assert x >= 0
            assert y >= 0
            assert x + width <= wide
            assert 0 <= height <= high - y


def test_more_pairs_make_a_higher_column(linked) -> None:
    _, outcome = linked
    tree = html.document_fromstring(page(replace(outcome, histogram=(1000, 0, 1, 50)), "en").encode())
    bars = tree.xpath("//svg[@aria-label='Match probabilities']//rect")
    none, one, some, many = sorted(float(bar.get("height")) for bar in bars)
    assert none == 0 < one < some < many
    assert [float(bar.get("height")) for bar in bars] == [many, none, one, some]


def test_counts_bands_and_stages_are_told(linked) -> None:
    _, outcome = linked
    text = words(page(outcome, "en"))
    assert f"Rows{outcome.rows}" in text
    assert f"Persons{outcome.clusters}" in text
    for band in ("White", "Yellow", "Green"):
        assert f"{band}{outcome.bands[band.lower()]}" in text
    assert all(english in text for english, _ in STAGES.values())


def test_calibration_is_shown_where_people_have_judged(linked) -> None:
    _, outcome = linked
    dots = html.document_fromstring(page(outcome, "en").encode()).xpath("//circle")
    assert len(dots) == len(outcome.calibration) > 0
    assert "Calibration" not in page(replace(outcome, calibration=()), "en")


@pytest.mark.parametrize(("language", "line"), [("en", "Twins18"), ("ru", "Близнецы18")])
def test_who_else_is_alike_is_told_where_it_was_learned(linked, language: str, line: str) -> None:
    _, outcome = linked
    twins = Rival(KINDS[-1].name, 18 / (outcome.rows * (outcome.rows - 1) / 2), {})
    known = replace(outcome, model=replace(outcome.model, rivals=(twins,)))
    assert line in words(page(known, language))
    assert line not in words(page(outcome, language))
    assert {kind.name for kind in KINDS} == set(RIVALS)


def test_the_page_speaks_russian_with_no_english_level_left(linked) -> None:
    _, outcome = linked
    text = page(outcome, "ru")
    assert '<html lang="ru">' in text
    assert "Вероятности совпадения" in text
    for comparison in outcome.model.comparisons:
        assert all(level.label in LEVELS for level in comparison.levels)
    assert not re.search(r"\b(exact|different|Rows|Persons|rare|and|name|year)\b", text.split("<body>")[1])


def test_no_value_of_a_person_stands_in_it(linked) -> None:
    rows, outcome = linked
    for language in ("en", "ru"):
        text = page(outcome, language).lower()
        for row in rows:
            # A postcode of six digits could be any number; names, days and streets could not.
            for column in ("family_name", "given_name", "birth_date", "address"):
                assert row[column].lower() not in text.split("<body>")[1]


def test_what_a_file_calls_its_columns_does_not_run(linked) -> None:
    _, outcome = linked
    first, *others = outcome.model.comparisons
    evil = replace(
        outcome,
        columns={EVIL: "<b onload=1>"},
        rules=((EVIL, 1, 0),),
        model=replace(outcome.model, comparisons=(replace(first, name=EVIL), *others)),
    )
    text = page(evil, "en")
    tree = html.document_fromstring(text.encode())
    assert not tree.xpath("//script|//@onload")
    assert EVIL in tree.text_content()
    assert "<b onload=1>" in tree.text_content()


def test_the_page_fetches_nothing(linked) -> None:
    _, outcome = linked
    tree = html.document_fromstring(page(outcome, "en").encode())
    assert not tree.xpath("//@src|//@href|//link|//script|//img|//iframe")
    assert not re.search(r"url\(|@import|https?:", page(outcome, "en"))


def test_a_register_where_nothing_was_compared_still_has_its_page(tmp_path: Path) -> None:
    source = tmp_path / "one.csv"
    source.write_text("id,family_name\n1,Ivanov\n", encoding="utf-8")
    assert "Persons1" in words(page(link(Request(source, tmp_path / "out.csv")), "en"))
