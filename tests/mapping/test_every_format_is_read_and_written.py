"""The same rows in every format: what is written is read as what it was."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import back, convert, sources
from gateway.mapping.declaration import Profile
from gateway.mapping.profile import load
from gateway.mapping.source_form import SourceForm

GoodRows = dict[str, dict[str, Any]]
PERMITS = load("blr-permits")
CORE = "http://example.org/register/core"
NAMES = {column: f"c:person/c:field{place}" for place, column in enumerate(PERMITS.columns)}
NAMES |= {"Пол": "c:person/@sex", "Гражданство": "c:person/c:country[@kind='citizenship']/c:name"}
SPANS = {column: f"{60 * place + 1}-{60 * place + 60}" for place, column in enumerate(PERMITS.columns)}

XML = SourceForm("xml", rows="/c:list/c:case", namespaces={"c": CORE}, columns=NAMES)
FORMS = {
    "csv": SourceForm("csv", delimiter=";"),
    "csv with a byte order mark": SourceForm("csv", "utf-8-sig", delimiter=";"),
    "csv in windows-1251": SourceForm("csv", "windows-1251", delimiter="|"),
    "csv in cp866": SourceForm("csv", "cp866"),
    "csv in kz1048": SourceForm("csv", "kz1048"),
    "csv in utf-16": SourceForm("csv", "utf-16"),
    "csv without quotation marks": SourceForm("csv", delimiter=";", quote=""),
    "csv below other lines": SourceForm("csv", delimiter=";", header_row=4, skip_rows=1),
    "tsv": SourceForm("tsv", delimiter="\t"),
    "fixed width": SourceForm("fixed", "cp866", columns=SPANS, skip_rows=2),
    "xlsx": SourceForm("xlsx"),
    "xlsx sheet by name": SourceForm("xlsx", sheet="Список", header_row=3, skip_rows=1),
    "json": SourceForm("json"),
    "json below a root": SourceForm("json", root="data.items"),
    "json in windows-1251": SourceForm("json", "windows-1251"),
    "json by paths": SourceForm("json", columns={"Фамилия": "person.name.family", "Имя": "person.name.given"}),
    "json lines": SourceForm("jsonl"),
    "xml": XML,
    "xml in windows-1251": replace(XML, encoding="windows-1251"),
    "xml in utf-16": replace(XML, encoding="utf-16"),
    "xml anywhere": replace(XML, rows="//c:case"),
    "xml in soap": replace(XML, payload="/soap:Envelope/soap:Body/c:response/c:data"),
    "zip of csv": SourceForm("csv", "cp866", member="*.csv"),
    "zip of xml": replace(XML, member="out/*.xml"),
    "zip of xlsx": SourceForm("xlsx", member="*.xlsx"),
}


def of(form: SourceForm) -> Profile:
    return replace(PERMITS, source=form)


@pytest.mark.parametrize("name", FORMS)
def test_what_is_written_is_read_as_what_it_was(name: str, good: GoodRows, now: datetime) -> None:
    profile = of(FORMS[name])
    other = good["blr-permits"] | {"№ спецразрешения": "СР-000124", "Наниматель": "=1+1", "Отчество": "", "УНП": "007"}
    first = [mapped.record for mapped in convert.map_rows(profile, [good["blr-permits"], other], now=now, flat=True)]
    rows, losses = back.unmap(profile, [record for record in first if record])
    assert losses == [] or profile.source.encoding == "cp866"
    again = list(convert.map_file(profile, back.write_rows(profile, rows), now=now))
    assert [mapped.findings for mapped in again] == [(), ()]
    expected = [mapped.record for mapped in convert.map_rows(profile, rows, now=now, flat=True)]
    assert [mapped.record for mapped in again] == expected
    assert not losses or "«" not in str(rows)
    if not losses:
        assert [mapped.record for mapped in again] == first


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(lambda text: " ".join(text.split()))


@pytest.mark.parametrize("name", ["csv", "tsv", "xlsx", "json", "json lines", "xml", "xml in soap", "zip of csv"])
@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4))
def test_any_text_survives_its_file(name: str, rows: list[tuple[str, str]]) -> None:
    profile = of(replace(FORMS[name], encoding="utf-8"))
    wanted = [dict.fromkeys(profile.columns, "x") | {"Наниматель": first, "УНП": second} for first, second in rows]
    found = sources.open_source(profile, sources.write_rows(profile, wanted))
    place = [found.columns.index(column) for column in ("Наниматель", "УНП")]
    read = [tuple(_plain(cells[at] or "") for at in place) for _, cells in found.rows if isinstance(cells, list)]
    found.close()
    assert read == [tuple(map(_plain, row)) for row in rows]


def _plain(text: str) -> str:
    """A cell as the transforms see it: they take away spaces around and the apostrophe that disarms a formula."""
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@" else text
