"""XLSX: formulas, errors, dates, numbers, zeros in front, links to other files, and parts that are traps."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from gateway.errors import TooLarge, Unreadable
from gateway.mapping import sources

Sheet = Callable[..., bytes]


@pytest.fixture
def book(rows: Any) -> Sheet:
    """A workbook of so many rows, with a hand laid on it before it is saved."""

    def made(count: int = 2, change: Callable[[Any], None] = lambda sheet: None) -> bytes:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        sheet.append(list(rows(1)[0]))
        for row in rows(count):
            sheet.append(list(row.values()))
        change(sheet)
        raw = io.BytesIO()
        workbook.save(raw)
        return raw.getvalue()

    return made


@pytest.fixture
def cell(rows: Any) -> Callable[[Any, str, Any], Cell]:
    """Put a value into the first row of data, under a heading."""
    headings = list(rows(1)[0])

    def put(sheet: Any, heading: str, value: Any) -> Cell:
        found: Cell = sheet.cell(2, headings.index(heading) + 1)
        found.value = value
        return found

    return put


@pytest.fixture
def outcomes(permits: Any, mapped: Any) -> Any:
    def of(data: bytes) -> list[str]:
        return [item.findings[0].code if item.findings else item.outcome for item in mapped(permits("xlsx"), data)]

    return of


def altered(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed; a part that is not there is made."""
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            part = old.read(member)
            new.writestr(member.filename, change(part) if member.filename == name else part)
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return raw.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_formula_rejects_its_row_and_its_old_result_is_never_taken(
    book: Sheet, cell: Any, permits: Any, mapped: Any
) -> None:
    data = book(2, lambda sheet: cell(sheet, "Фамилия", "=A3"))
    data = altered(data, SHEET, lambda part: re.sub(rb"<f>A3</f><v ?/?>(</v>)?", b"<f>A3</f><v>CACHED</v>", part))
    first, second = mapped(permits("xlsx"), data)
    assert [(remark.code, remark.path) for remark in first.findings] == [("MAP-FORMULA", "Фамилия")]
    assert second.outcome == "mapped"


def test_a_formula_in_a_column_that_nobody_reads_does_no_harm(book: Sheet, outcomes: Any) -> None:
    def change(sheet: Any) -> None:
        sheet["R1"], sheet["R2"] = "Возраст", "=YEAR(NOW())"

    assert outcomes(book(2, change)) == ["MAP-UNKNOWN-COLUMN", "mapped"]


def test_errors_and_rounded_numbers_reject_their_row(book: Sheet, cell: Any, outcomes: Any) -> None:
    assert outcomes(book(2, lambda sheet: cell(sheet, "Номер", "#N/A"))) == ["MAP-CELL", "mapped"]
    assert outcomes(book(2, lambda sheet: cell(sheet, "Номер", 1234567890123456789))) == ["MAP-CELL", "mapped"]


def read(permits: Any, data: bytes) -> list[dict[str, Any]]:
    found = sources.open_source(permits("xlsx"), data)
    cells = [dict(zip(found.columns, cells, strict=True)) for _, cells in found.rows if isinstance(cells, list)]
    found.close()
    return cells


@pytest.mark.parametrize(
    "stored",
    [
        (date(1985, 6, 15), "DD.MM.YYYY", "1985-06-15"),
        (datetime.fromisoformat("2026-03-01T23:30"), "DD.MM.YYYY HH:MM", "2026-03-01T23:30:00"),
        (1234567, "General", "1234567"),
        (1234567, "0000000000", "0001234567"),
        (398.0, "0", "398"),
        (1.5, "0.0", "1.5"),
        (True, "General", "true"),
        ("0001", "@", "0001"),
        (31213, "General", "31213"),
    ],
)
def test_a_cell_is_read_as_it_is_stored(stored: tuple[Any, str, str], book: Sheet, cell: Any, permits: Any) -> None:
    value, form, text = stored

    def change(sheet: Any) -> None:
        cell(sheet, "Наниматель", value).number_format = form

    assert read(permits, book(1, change))[0]["Наниматель"] == text


def test_days_of_the_macintosh_calendar_are_days_of_the_other(
    book: Sheet, cell: Any, permits: Any, mapped: Any
) -> None:
    def change(sheet: Any) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904
        cell(sheet, "Дата рождения", 31213 - 1462).number_format = "General"
        cell(sheet, "Дата выдачи", date(2020, 2, 1)).number_format = "DD.MM.YYYY"
        cell(sheet, "Номер", 31213)

    [row] = read(permits, book(1, change))
    assert (row["Дата рождения"], row["Дата выдачи"], row["Номер"]) == ("31213", "2020-02-01", "31213")


def test_a_year_in_a_column_of_dates_is_no_serial_day(book: Sheet, cell: Any, permits: Any) -> None:
    def change(sheet: Any) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904
        cell(sheet, "Дата рождения", 1975)

    assert read(permits, book(1, change))[0]["Дата рождения"] == "1975"


def test_a_sheet_is_found_by_name_or_number(book: Sheet, permits: Any, mapped: Any, refused: Any) -> None:
    def change(sheet: Any) -> None:
        sheet.title = "Разрешения  2026"
        sheet.parent.create_sheet("Другой", 0)

    data = book(2, change)
    for wanted in ("разрешения 2026", "2"):
        assert len(mapped(permits("xlsx", sheet=wanted), data)) == 2
    assert "has no sheet 3" in refused(permits("xlsx", sheet="3"), data).detail
    assert "lacks the columns" in refused(permits("xlsx"), data).detail


def test_links_to_other_files_are_not_followed(book: Sheet, cell: Any, outcomes: Any) -> None:
    data = book(2, lambda sheet: cell(sheet, "Фамилия", "='[http://127.0.0.1:9/x.xlsx]Sheet1'!A1"))
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    data = altered(data, "xl/externalLinks/externalLink1.xml", lambda _: link)
    assert outcomes(data) == ["MAP-FORMULA", "mapped"]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_a_document_type_in_any_part_is_refused(part: str, book: Sheet, permits: Any, refused: Any) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">]>'
    data = altered(book(), part, lambda old: old.replace(b"?>", b"?>" + bomb, 1) if b"?>" in old[:99] else bomb + old)
    assert "declares a document type" in refused(permits("xlsx"), data).detail
    wide = altered(book(), part, lambda old: old.decode().encode("utf-16"))
    assert "not written in UTF-8" in refused(permits("xlsx"), wide).detail


def test_a_bomb_inside_is_refused_before_it_is_read(book: Sheet, permits: Any, refused: Any) -> None:
    started = time.process_time()
    data = altered(book(), SHEET, lambda part: part.replace(b"</sheetData>", b" " * 200_000_000 + b"</sheetData>"))
    assert isinstance(refused(permits("xlsx"), data), TooLarge)
    assert time.process_time() - started < 3


def test_rows_and_columns_far_out_cost_nothing(book: Sheet, permits: Any, mapped: Any) -> None:
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    started = time.process_time()
    data = altered(book(), SHEET, lambda part: part.replace(b"</sheetData>", far))
    assert [item.outcome for item in mapped(permits("xlsx"), data)] == ["mapped"] * 2
    further = far.replace(b"1048576", b"999999999")
    data = altered(book(), SHEET, lambda part: part.replace(b"</sheetData>", further))
    assert [item.outcome for item in mapped(permits("xlsx"), data)] == ["mapped"] * 2
    wide = b'<row r="4"><c r="XFD4"><v>1</v></c></row></sheetData>'
    data = altered(book(), SHEET, lambda part: part.replace(b"</sheetData>", wide))
    assert [item.outcome for item in mapped(permits("xlsx"), data)] == ["mapped", "mapped", "rejected"]
    assert time.process_time() - started < 5


def test_damage_old_formats_and_passwords_are_refused(book: Sheet, permits: Any, refused: Any) -> None:
    whole = book()
    profile = permits("xlsx")
    for data in (whole[:100], whole[: len(whole) // 2], whole[:-10], b"PK\x03\x04" + b"x" * 1000, b"a;b;c"):
        assert isinstance(refused(profile, data), Unreadable)
    assert "save it as XLSX" in refused(profile, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512).detail
    for part in ("xl/workbook.xml", SHEET, "xl/styles.xml", "[Content_Types].xml", "xl/sharedStrings.xml"):
        for change in (lambda _: b"", lambda _: b"<x/>", lambda old: old[: len(old) // 2]):
            data = altered(whole, part, change)
            try:
                found = list(sources.open_source(profile, data).rows)
            except (Unreadable, TooLarge):
                continue
            assert isinstance(found, list)


def test_what_a_spreadsheet_would_run_is_written_as_text(permits: Any) -> None:
    profile = permits("xlsx")
    bad = ['=HYPERLINK("http://x")', "+1+cmd", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "-", "+998 90 123", "-5"]
    data = sources.write_rows(profile, [dict.fromkeys(profile.columns, "x") | {"Наниматель": text} for text in bad])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    place = profile.columns.index("Наниматель")
    cells = [row[place] for row in sheet.iter_rows(min_row=2)]
    assert {item.data_type for item in cells} == {"s"}
    assert [str(item.value)[0] for item in cells[:6]] == ["'"] * 6
    assert [item.value for item in cells[6:]] == ["-", "+998 90 123", "-5"]
