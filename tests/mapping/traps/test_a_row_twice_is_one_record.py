"""The same record number twice in one file: the same row again is passed over, another row is rejected."""

import tracemalloc
from typing import Any

import pytest

from gateway.mapping import convert, duplicates


@pytest.fixture
def found(permits: Any, rows: Any, mapped: Any) -> list[convert.Mapped]:
    same, other, *_ = rows(2)
    changed = same | {"Наниматель": "ООО «Берёза»"}
    lines = [same, other, same, changed, other]
    data = "\n".join([";".join(same), *(";".join(row.values()) for row in lines)])
    return mapped(permits("csv", delimiter=";"), data.encode())  # type: ignore[no-any-return]


def test_the_same_row_again_is_a_warning_without_a_record(found: list[convert.Mapped]) -> None:
    assert [item.outcome for item in found] == ["mapped", "mapped", "warned", "rejected", "warned"]
    assert [item.record is None for item in found] == [False, False, True, True, True]


def test_another_row_of_the_same_number_is_an_error(found: list[convert.Mapped]) -> None:
    [remark] = found[3].findings
    assert (remark.code, remark.severity, remark.line) == ("MAP-DUPLICATE-ROW", "error", 5)
    assert remark.path == "№ спецразрешения"


def test_the_books_still_balance(found: list[convert.Mapped]) -> None:
    tally = convert.Tally()
    for item in found:
        tally.add(item)
    assert tally.rows == tally.mapped + tally.warned + tally.rejected == 5


def test_many_numbers_are_told_apart() -> None:
    seen = duplicates.Duplicates()
    assert {seen.seen(str(number), ("a", number)) for number in range(100_000)} == {"new"}
    assert {seen.seen(str(number), ("a", number)) for number in range(0, 100_000, 7)} == {"same"}
    assert {seen.seen(str(number), ("b", number)) for number in range(0, 100_000, 7)} == {"other"}


def test_memory_has_a_limit_and_a_longer_file_is_looked_at_in_stretches() -> None:
    seen = duplicates.Duplicates(limit=1_000)
    tracemalloc.start()
    assert {seen.seen(str(number), number) for number in range(50_500)} == {"new"}
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size < 1_000_000
    assert seen.seen("50400", 50_400) == "same"
    assert seen.seen("0", 0) == "new"
