"""A spoilt file is one clear sentence; a spoilt row does not spoil the file."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import Misuse, Refusal, Unreadable
from gateway.mapping import back, convert
from gateway.mapping.profile import load

GoodRows = dict[str, dict[str, Any]]
MakeFile = Callable[..., bytes]


@pytest.fixture
def permits(good: GoodRows, make_file: MakeFile) -> str:
    return make_file(load("blr-permits"), [good["blr-permits"]]).decode("windows-1251")


def refusal(name: str, data: bytes | Path, now: datetime) -> Refusal:
    with pytest.raises(Refusal) as caught:
        list(convert.map_file(load(name), data, now=now))
    return caught.value


def test_an_empty_file_is_refused(now: datetime) -> None:
    assert "empty" in refusal("blr-permits", b"", now).detail


def test_a_missing_file_is_wrong_use(now: datetime, tmp_path: Path) -> None:
    assert isinstance(refusal("blr-permits", tmp_path / "none.csv", now), Misuse)


def test_a_missing_column_is_named(permits: str, now: datetime) -> None:
    data = permits.replace("Действует с;", "").encode("windows-1251")
    assert "Действует с" in refusal("blr-permits", data, now).detail


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp866"])
def test_the_wrong_encoding_is_named(encoding: str, permits: str, now: datetime) -> None:
    said = refusal("blr-permits", permits.replace("«", '"').replace("»", '"').replace("№", "N").encode(encoding), now)
    assert isinstance(said, Unreadable)
    assert encoding.removesuffix("-sig") in said.detail.lower() or "lacks" in said.detail


def test_utf_8_is_recognised_where_windows_1251_was_declared(permits: str, now: datetime) -> None:
    assert "written in utf-8" in refusal("blr-permits", permits.encode(), now).detail


def test_the_wrong_delimiter_is_named(permits: str, now: datetime) -> None:
    assert "delimited by ','" in refusal("blr-permits", permits.replace(";", ",").encode("cp1251"), now).detail


def test_a_header_alone_is_a_file_without_rows(permits: str, now: datetime) -> None:
    header = permits.splitlines()[0].encode("windows-1251")
    assert list(convert.map_file(load("blr-permits"), header, now=now)) == []


def test_other_headings_and_quoted_line_ends_are_read(permits: str, now: datetime) -> None:
    text = permits.replace("Фамилия", "ПРОЗВІШЧА").replace("ООО «Ольха»", '"ООО\n«Ольха»"')
    [result] = convert.map_file(load("blr-permits"), text.encode("windows-1251"), now=now)
    assert result.record is not None
    assert result.record.detail.employer.name == "ООО «Ольха»"


def test_a_quotation_mark_that_nobody_closed_costs_its_rows_only(permits: str, now: datetime) -> None:
    header, row = permits.splitlines()
    text = "\r\n".join(
        [header, row.replace("Каримов", '"Каримов'), *(row.replace("СР-000123", f"СР-{n:06}") for n in range(1500))]
    )
    results = list(convert.map_file(load("blr-permits"), text.encode("windows-1251"), now=now))
    assert results[0].findings[0].code in {"MAP-ROW-FORM", "MAP-COLUMNS"}
    assert results[-1].outcome == "mapped"


def test_a_file_without_line_ends_is_not_taken_into_memory_whole(permits: str, now: datetime) -> None:
    data = permits.encode("windows-1251") + b"x" * 3_000_000
    outcomes = [result.outcome for result in convert.map_file(load("blr-permits"), data, now=now)]
    assert outcomes[0] == "mapped"
    assert set(outcomes[1:]) == {"rejected"}


def test_json_that_was_cut_off_is_refused_before_the_first_row(good: GoodRows, now: datetime) -> None:
    whole = json.dumps([good["kaz-stays"]] * 3, ensure_ascii=False).encode()
    for data in (whole[:-1], whole[: len(whole) // 2], b"{}", b"nonsense"):
        assert isinstance(refusal("kaz-stays", data, now), Unreadable)


def test_json_that_breaks_inside_is_refused(good: GoodRows, now: datetime) -> None:
    whole = json.dumps([good["kaz-stays"]] * 3, ensure_ascii=False)
    assert isinstance(refusal("kaz-stays", whole.replace('"iin"', "iin", 2).encode(), now), Unreadable)
    assert isinstance(refusal("kaz-stays", b"[" * 200_000 + b"]", now), Unreadable)


def test_a_json_element_that_is_no_object_is_a_bad_row(good: GoodRows, now: datetime) -> None:
    data = json.dumps([1, good["kaz-stays"], "text"], ensure_ascii=False).encode("utf-8-sig")
    results = list(convert.map_file(load("kaz-stays"), data, now=now))
    assert [result.outcome for result in results] == ["rejected", "mapped", "rejected"]


def test_a_long_json_array_is_read_in_pieces(good: GoodRows, now: datetime) -> None:
    rows = [good["kaz-stays"] | {"reg_number": str(number)} for number in range(2000)]
    data = json.dumps(rows, ensure_ascii=False).encode()
    assert sum(result.outcome == "mapped" for result in convert.map_file(load("kaz-stays"), data, now=now)) == 2000


def test_progress_is_reported(permits: str, now: datetime) -> None:
    header, row = permits.splitlines()
    told: list[tuple[int, int]] = []
    data = "\r\n".join([header, *[row] * 2500]).encode("windows-1251")
    count = sum(1 for _ in convert.map_file(load("blr-permits"), data, now=now, progress=lambda *at: told.append(at)))
    assert count == 2500
    assert [rows for rows, _ in told] == [1000, 2000, 2500]
    assert told[-1][1] == len(data)


def test_a_formula_is_disarmed_on_the_way_out_and_read_as_it_was(good: GoodRows, now: datetime) -> None:
    profile = load("blr-permits")
    row = good["blr-permits"] | {"Наниматель": '=HYPERLINK("http://example.org")'}
    [first] = convert.map_rows(profile, [row], now=now)
    rows, losses = back.unmap(profile, [first.record])
    data = back.write_rows(profile, rows)
    assert b"'=HYPERLINK" in data
    assert b";=" not in data
    assert losses == []
    [again] = convert.map_file(profile, data, now=now)
    assert again.record == first.record
