"""A column that is too narrow, or read by an expression, cannot be written: the loss report says so."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from gateway.mapping import back, convert
from gateway.mapping.profile import load
from gateway.mapping.source_form import SourceForm

PERMITS = load("blr-permits")
COLUMNS = PERMITS.columns
WIDE = {column: f"{40 * place + 1}-{40 * place + 40}" for place, column in enumerate(COLUMNS)}
NAMED = {column: f"f{place}" for place, column in enumerate(COLUMNS)}
FORMS = [
    SourceForm("fixed", columns=WIDE | {"Наниматель": "900-904"}),
    SourceForm("xml", rows="/l/r", columns=NAMED | {"Наниматель": "normalize-space(e)"}),
    SourceForm("json", columns={"Наниматель": "employers | [0]"}),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.format)
def test_what_is_not_written_is_told(form: SourceForm, good: dict[str, dict[str, Any]], now: datetime) -> None:
    profile = replace(PERMITS, source=form)
    [first] = convert.map_rows(profile, [good["blr-permits"]], now=now, flat=True)
    assert first.record is not None
    # A part of the name is kept in a narrow column; an employer without a name is none.
    lost = "detail.employer.name" if form.format == "fixed" else "detail.employer"
    rows, losses = back.unmap(profile, [first.record])
    assert [(loss.code, loss.path) for loss in losses] == [("MAP-LOSS", lost)]
    [again] = convert.map_file(profile, back.write_rows(profile, rows), now=now)
    assert again.record is not None
    assert again.record.person == first.record.person


def test_a_value_and_what_stands_below_it_are_written_without_a_fall() -> None:
    profile = replace(PERMITS, source=SourceForm("json", columns={"Имя": "a", "Отчество": "a.b"}))
    assert b'"b": "y"' in back.write_rows(profile, [{"Имя": "x", "Отчество": "y"}])
