"""What has no end may be said so; what has no beginning, and what "stateless" would have issued, is a mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.mapping import convert, profile
from gateway.mapping.targets import DETAIL_TARGETS, ORDERED, Kind
from gateway.mapping.transforms import ENDS
from gateway.records.category import Category

SAMPLES = Path(__file__).parents[1] / "samples"
FIELDS = {"Фамилия": "name.family", "по": "stay_to", "прибыл": "arrived", "выдан": "document.country"}
OPEN = "open_ended: [бессрочно]\nconstants: {document.kind: PASSPORT}"


@pytest.fixture
def stay(own_profile: Any) -> Any:
    """What became of a row of a profile of stays with these cells."""
    chosen = own_profile(fields=FIELDS | {"номер док": "document.number"}, more=OPEN)
    return lambda **cells: own_profile.one(chosen, {"Фамилия": "Ким", "номер док": "1234567"} | cells)


@pytest.mark.parametrize("text", ["бессрочно", "31.12.9999", "9999-12-31"])
def test_a_stay_without_a_first_day_is_rejected_and_not_a_failure(text: str, stay: Any) -> None:
    mapped = stay(с=text)
    assert mapped.record is None
    assert [finding.code for finding in mapped.findings] == ["MAP-DATE"]


def test_a_day_of_arrival_that_never_comes_is_left_out_and_told(stay: Any) -> None:
    mapped = stay(прибыл="31.12.9999")
    assert mapped.record.detail.arrived is None
    assert [(finding.code, finding.severity) for finding in mapped.findings] == [("MAP-DATE", "warning")]


def test_a_stay_without_a_last_day_is_open(stay: Any) -> None:
    for text in ("бессрочно", "31.12.9999"):
        mapped = stay(по=text)
        assert (mapped.record.detail.stay_to, mapped.findings) == (None, ())


@pytest.mark.parametrize("text", ["ЛБГ", "XXA", "stateless"])
def test_no_document_is_issued_by_stateless(text: str, stay: Any) -> None:
    assert [finding.code for finding in stay(выдан=text).findings] == ["MAP-COUNTRY"]


def test_figures_of_stateless_persons_do_not_become_figures_of_everybody(now: Any) -> None:
    chosen = profile.load("blr-arrivals-statistics")
    row = {"Период": "2025", "Страна": "ЛБГ", "Прибыло": "120", "Выбыло": "100", "Прирост": "20"}
    [mapped] = convert.map_rows(chosen, [row], now=now, flat=True)
    assert [finding.code for finding in mapped.findings] == ["MAP-COUNTRY"]


@pytest.mark.parametrize("text", ["31.12.9999", "бессрочно"])
def test_subsidiary_protection_without_end_is_a_row_to_look_at(text: str, tmp_path: Path, now: Any) -> None:
    chosen = profile.load("blr-subsidiary")
    chosen = replace(chosen, open_ended=("бессрочно",))
    sample = (SAMPLES / "blr-subsidiary" / "input.csv").read_text("windows-1251")
    file = tmp_path / "input.csv"
    file.write_text(sample.replace("09.09.2026", text, 1), "windows-1251")
    first = next(iter(convert.map_file(chosen, file, now=now)))
    assert (first.record, [finding.code for finding in first.findings]) == (None, ["MAP-DATE"])


@pytest.mark.parametrize("category", list(Category))
def test_no_beginning_is_taken_for_an_end(category: Category) -> None:
    dates = {target.path for target in DETAIL_TARGETS[category] if target.kind is Kind.DATE}
    first = {pair[0] for pair in ORDERED[category]} | {path for path in dates if path.endswith(("_from", "since"))}
    assert not ENDS & dates & first
