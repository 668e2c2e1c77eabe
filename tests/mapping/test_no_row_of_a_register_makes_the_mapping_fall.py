"""Whatever stands in the cells of a row, it ends as a record or as findings; and a record comes back as it went."""

from __future__ import annotations

import json
import runpy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mapping import back, convert, profile
from gateway.mapping.sources import given as given_rows
from gateway.mapping.sources import open_source

MAKER = runpy.run_path(str(Path(__file__).with_name("make_samples.py")))
NOW = MAKER["NOW"]

ODD = (
    *("", " ", "-", "нет", "жоқ", "жок", "yoʻq", "0", "00000000000000", "1", "2", "true", "None", "null", "[]", "{}"),
    *("31.12.9999", "9999-12-31", "00.00.1985", "15.06.85", "1985", "31.02.1985", "1985-06-15T00:00:00+06:00"),
    *("-143510400000", "46000", "1.5", "1e5", "3.15069E+13", "٣", "½", "\x00", "\ud800", "x" * 501, "=1+1", "'=x"),
    *("ӘӨ", "oʻg`li", "Иванов (Петров)", "KARIMOV<<JASUR", "Асан уулу", "a/b", "a;b", "a,b", "a\tb", '"q"', "№ 12"),
    *("UZ", "UZB", "860", "Узбекистан", "СССР", "XXA", "ЛБГ", "stateless", "АБ 123456", "AA1234567", "Е", "Ә", "E"),
)
"""What registers and their clerks put into cells, rightly and wrongly."""


@cache
def rows_of(name: str) -> list[dict[str, Any]]:
    """The rows of a profile's sample, as columns and cells."""
    chosen, source = profile.load(name), MAKER["source_of"](name)
    if chosen.source.format == "rows":
        read = given_rows(chosen, json.loads(source.read_text(encoding="utf-8")))
    else:
        read = open_source(chosen, source)
    found = [dict(zip(read.columns, cells, strict=False)) for _, cells in read.rows if isinstance(cells, list)]
    read.close()
    return found


@pytest.mark.parametrize("name", profile.names())
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_row_of_odd_cells_ends_and_comes_back(name: str, data: st.DataObject) -> None:
    chosen = profile.load(name)
    row = dict(data.draw(st.sampled_from(rows_of(name))))
    columns = data.draw(st.lists(st.sampled_from(sorted(row)), min_size=1, max_size=4, unique=True))
    row |= {column: data.draw(st.sampled_from(ODD)) for column in columns}
    for mapped in convert.map_rows(chosen, [row], now=NOW, flat=True):
        if mapped.record is None:
            assert mapped.findings or mapped.withdrawn
            continue
        rows, losses = back.unmap(chosen, [mapped.record])
        [again] = convert.map_rows(chosen, rows, now=NOW, flat=True)
        same = again.record is not None and replace(again.record, flags=()) == replace(mapped.record, flags=())
        assert same or losses
