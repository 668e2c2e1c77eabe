"""CSV, TSV and fixed width: quotation marks, line ends, headers in the middle and lines of the wrong length."""

import time
from typing import Any

import pytest

from gateway.errors import TooLarge, Unreadable


@pytest.fixture
def lines(rows: Any) -> Any:
    """A header and so many rows, as lines."""

    def made(count: int) -> list[str]:
        return [";".join(rows(1)[0]), *(";".join(row.values()) for row in rows(count))]

    return made


@pytest.fixture
def outcomes(permits: Any, mapped: Any) -> Any:
    """What becomes of lines: the outcome, or the code of what is wrong."""

    def of(lines: list[str], end: str = "\r\n") -> list[str]:
        data = end.join(lines).encode()
        found = mapped(permits("csv", delimiter=";"), data)
        return [item.findings[0].code if item.findings else item.outcome for item in found]

    return of


def test_a_header_that_stands_there_again_costs_nothing_else(lines: Any, outcomes: Any) -> None:
    header, *rows = lines(4)
    assert outcomes([header, *rows[:2], header, *rows[2:]]) == [
        *["mapped"] * 2, "MAP-HEADER-AGAIN", *["mapped"] * 2
    ]  # fmt: skip


def test_another_header_in_the_middle_spoils_what_is_below_it(lines: Any, outcomes: Any) -> None:
    header, *rows = lines(6)
    names = header.split(";")
    swapped = ";".join([names[1], names[0], *names[2:]])
    shorter = ";".join(names[:-1])
    for other in (swapped, shorter, header.upper().replace("ИМЯ", "X").replace("ФАМИЛИЯ", "ИМЯ")):
        found = outcomes([header, *rows[:2], other, *rows[2:4], header, *rows[4:]])
        assert found == [*["mapped"] * 2, *["MAP-HEADER-AGAIN"] * 4, *["mapped"] * 2]


def test_a_row_is_no_header_because_one_cell_says_so(lines: Any, outcomes: Any) -> None:
    header, row = lines(1)
    assert outcomes([header, row.replace("Каримов", "Имя")]) == ["mapped"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_line_end_ends_a_line(end: str, lines: Any, outcomes: Any) -> None:
    assert outcomes(lines(3), end) == ["mapped"] * 3


def test_mixed_line_ends_and_empty_lines_do_no_harm(lines: Any, outcomes: Any) -> None:
    header, *rows = lines(4)
    assert outcomes([f"{header}\n{rows[0]}\r{rows[1]}\r\n\r\n{rows[2]}\n\n", rows[3], ""]) == ["mapped"] * 4


def test_a_line_end_within_quotation_marks_is_part_of_the_cell(lines: Any, outcomes: Any) -> None:
    header, *rows = lines(2)
    quoted = rows[0].replace("ООО «Ольха»", '"ООО\r\n""Ольха"";\nфилиал"')
    assert outcomes([header, quoted, rows[1]]) == ["mapped"] * 2


@pytest.mark.parametrize("place", [0, 5, 299])
@pytest.mark.parametrize("count", [300, 2_000])
def test_a_quotation_mark_that_nobody_closed_costs_its_own_row(
    place: int, count: int, lines: Any, outcomes: Any
) -> None:
    header, *rows = lines(count)
    rows[place] = rows[place].replace("Каримов", '"Каримов')
    found = outcomes([header, *rows])
    assert len(found) == count
    assert [at for at, outcome in enumerate(found) if outcome != "mapped"] == [place]


def test_quotation_marks_that_nobody_closed_in_every_line_cost_no_more_time_than_lines(
    lines: Any, outcomes: Any
) -> None:
    header, *rows = lines(5_000)
    started = time.process_time()
    found = outcomes([header, rows[0], *(row.replace("Каримов", '"Каримов') for row in rows[1:])])
    assert found[0] == "mapped"
    assert "mapped" not in found[1:]
    assert time.process_time() - started < 5


def test_rows_of_ten_thousand_columns_are_rejected_and_the_next_is_read(lines: Any, outcomes: Any) -> None:
    header, *rows = lines(2)
    assert outcomes([header, rows[0], ";".join(["x"] * 10_000), rows[1]]) == ["mapped", "MAP-COLUMNS", "mapped"]


def test_a_header_of_ten_thousand_columns_is_refused(lines: Any, permits: Any, refused: Any) -> None:
    header, row = lines(1)
    wide = ";".join([header, *(f"x{place}" for place in range(10_000))])
    said = refused(permits("csv", delimiter=";"), f"{wide}\n{row}".encode())
    assert isinstance(said, TooLarge)
    assert "1000 columns" in said.detail


def test_a_column_that_stands_there_twice_is_refused(lines: Any, permits: Any, refused: Any) -> None:
    header, row = lines(1)
    said = refused(permits("csv", delimiter=";"), f"{header};Имя\n{row};Иван".encode())
    assert "stands twice" in said.detail


def test_a_file_whose_rows_are_something_else_is_refused_early(lines: Any, permits: Any, refused: Any) -> None:
    header = lines(0)[0]
    data = header.encode() + b"\n" + b"garbage;\x00\xff\n" * 500_000
    started = time.process_time()
    assert isinstance(refused(permits("csv", delimiter=";"), data), Unreadable)
    assert isinstance(refused(permits("jsonl"), data), Unreadable)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("format_", ["csv", "tsv", "json", "jsonl", "xlsx", "xml"])
@pytest.mark.parametrize("unit", [b"\x00", b"\xff", bytes(range(256)), b"a"])
def test_a_large_file_of_garbage_is_refused(format_: str, unit: bytes, permits: Any, refused: Any) -> None:
    data = unit * (3_000_000 // len(unit))
    words: dict[str, Any] = {}
    if format_ == "xml":
        words = {"rows": "/a/b", "columns": dict.fromkeys(permits("csv").columns, "c")}
    started = time.process_time()
    if format_ == "jsonl":
        data = data.replace(b"a", b"a\n")[:3_000_000]
        if b"\n" not in data:
            pytest.skip("one line of garbage is one rejected row")
    refused(permits(format_, **words), data)
    assert time.process_time() - started < 3


def test_a_file_that_was_cut_off_loses_its_last_row_only(lines: Any, permits: Any, mapped: Any) -> None:
    data = "\r\n".join(lines(3)).encode()[:-90]
    found = mapped(permits("csv", delimiter=";"), data)
    assert [item.outcome for item in found] == ["mapped", "mapped", "rejected"]


def test_leading_zeros_and_commas_stay_in_their_cells(rows: Any, permits: Any, mapped: Any) -> None:
    [row] = rows(1)
    row |= {"Номер": "0000001", "Наниматель": 'ООО "Тест, и друзья"; филиал'}
    cells = ['"' + cell.replace('"', '""') + '"' for cell in row.values()]
    for form, delimiter in (("csv", ","), ("tsv", "\t"), ("csv", "|")):
        profile = permits(form, delimiter=delimiter)
        [found] = mapped(profile, "\n".join([delimiter.join(row), delimiter.join(cells)]).encode())
        assert found.record.person.documents[0].number == "0000001"
        assert found.record.detail.employer.name == row["Наниматель"]


# --- Fixed width -------------------------------------------------------------------------------------------


@pytest.fixture
def fixed(permits: Any) -> Any:
    columns = permits("csv").columns
    return permits(
        "fixed", encoding="cp866", columns={name: f"{30 * at + 1}-{30 * at + 30}" for at, name in enumerate(columns)}
    )


def test_columns_are_counted_in_characters_of_any_encoding(fixed: Any, rows: Any, mapped: Any) -> None:
    text = "".join("".join(cell.ljust(30) for cell in row.values()) + "\r\n" for row in rows(3)).translate(
        {0xAB: '"', 0xBB: '"'}
    )
    assert [found.outcome for found in mapped(fixed, text.encode("cp866"))] == ["mapped"] * 3


@pytest.fixture
def padded(fixed: Any, rows: Any) -> list[str]:
    lines = ["".join(cell[:30].ljust(30) for cell in row.values()) for row in rows(4)]
    return [line.replace("«", '"').replace("»", '"') for line in lines]


def test_a_line_longer_than_its_columns_is_rejected(fixed: Any, padded: list[str], mapped: Any) -> None:
    padded[1] += "x"
    data = "\r\n".join(padded).encode("cp866")
    assert [found.outcome for found in mapped(fixed, data)] == ["mapped", "rejected", "mapped", "mapped"]


def test_a_last_line_that_was_cut_off_is_rejected(fixed: Any, padded: list[str], mapped: Any) -> None:
    padded[3] = padded[3][:-25]
    data = "\r\n".join(padded).encode("cp866")
    assert [found.findings[0].code for found in mapped(fixed, data)[3:]] == ["MAP-COLUMNS"]
    whole = data + b"\r\n"
    assert [found.outcome for found in mapped(fixed, whole)][:3] == ["mapped"] * 3


def test_the_end_of_file_of_dos_is_no_row(fixed: Any, rows: Any, mapped: Any) -> None:
    text = "".join("".join(cell.ljust(30) for cell in row.values()) + "\r\n" for row in rows(2)) + "\x1a"
    data = text.replace("«", '"').replace("»", '"').encode("cp866")
    assert [found.outcome for found in mapped(fixed, data)] == ["mapped"] * 2
