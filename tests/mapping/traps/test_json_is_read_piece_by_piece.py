"""JSON: arrays below other keys, expressions, structures where values belong, and what is no JSON."""

import json
from typing import Any

import pytest

from gateway.errors import TooLarge, Unreadable
from gateway.mapping import sources


def outcomes(found: list[Any]) -> list[str]:
    return [item.findings[0].code if item.findings else item.outcome for item in found]


def text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_an_array_below_other_keys_is_found_among_them(encoding: str, permits: Any, rows: Any, mapped: Any) -> None:
    document = {
        "meta": {"data": [1], "n": 1.5},
        "items": None,
        "data": {"x": ["]"], "items": rows(3), "z": 1},
        "end": 0,
    }
    data = json.dumps(document, ensure_ascii=False).encode(encoding)
    assert outcomes(mapped(permits("json", encoding=encoding, root="data.items"), data)) == ["mapped"] * 3


def test_a_root_that_is_not_there_is_named(permits: Any, rows: Any, refused: Any) -> None:
    profile = permits("json", root="data.items")
    for document in ({"data": []}, {"data": {"items": {}}}, {"items": rows(1)}, {"data": "items"}):
        assert "no array at data.items" in refused(profile, text(document)).detail


def test_an_expression_finds_what_a_path_cannot(permits: Any, rows: Any, mapped: Any, refused: Any) -> None:
    [one] = rows(1)
    assert outcomes(mapped(permits("json", root="[@]"), text(one))) == ["mapped"]
    document = {"answers": [{"ok": True, "row": one}, {"ok": False, "row": {}}]}
    assert outcomes(mapped(permits("json", root="answers[?ok].row"), text(document))) == ["mapped"]
    assert "no array at" in refused(permits("json", root="answers[9]"), text(document)).detail


def test_columns_stand_at_paths_and_expressions(permits: Any, rows: Any, mapped: Any) -> None:
    [row] = rows(1)
    family, given, number = row.pop("Фамилия"), row.pop("Имя"), row.pop("Идентификационный номер")
    row |= {
        "name": {"family": family, "given": {"first": given}},
        "ids": [{"t": "X", "v": "1"}, {"t": "P", "v": number}],
    }
    places = {
        "Фамилия": "name.family",
        "Имя": "name.given.first",
        "Идентификационный номер": "ids[?t=='P'] | [0].v",
    }
    for form, data in (("json", text([row])), ("jsonl", text(row))):
        [found] = mapped(permits(form, columns=places), data)
        assert found.findings == ()
        assert found.record.person.names[0].family == family
        assert found.record.person.identifiers[0].value == number
    del row["name"]
    [found] = mapped(permits("jsonl", columns=places), text(row))
    assert found.findings[0].code == "MAP-NAME-MISSING"


def test_an_expression_that_meets_another_type_finds_nothing(permits: Any, rows: Any, mapped: Any) -> None:
    [row] = rows(1)
    places = {"Наниматель": 'to_number("Наниматель") | abs(@)', "Отчество": """join(' ', "Имя")"""}
    profile = permits("jsonl", columns=places)
    assert mapped(profile, text(row))[0].record.person.names[0].patronymic == ""


def test_ten_thousand_keys_and_huge_numbers_reject_their_row(permits: Any, rows: Any, mapped: Any) -> None:
    one, two, three = rows(3)
    wide = two | {f"x{place}": "" for place in range(10_000)}
    data = b"\n".join([text(one), text(wide), text(three).replace(b'"AA"', b"9" * 5_000)])
    assert outcomes(mapped(permits("jsonl"), data)) == ["mapped", "MAP-COLUMNS", "MAP-ROW-FORM"]


def test_unknown_keys_that_never_end_are_not_all_remembered(permits: Any, rows: Any) -> None:
    [row] = rows(1)
    lines = b"\n".join(text(row | {f"key{place}": "x"}) for place in range(10_000))
    found = sources.open_source(permits("jsonl"), lines)
    assert sum(isinstance(cells, list) for _, cells in found.rows) == 10_000
    assert len(found.unknown) < 2_100
    found.close()


def test_a_line_that_is_no_json_costs_itself_only(permits: Any, rows: Any, mapped: Any) -> None:
    one, two = map(text, rows(2))
    data = b"\r\n".join([one, one[:40], b"[1]", b"\0", b"\xff{}", b"[" * 50_000, b"", two])
    found = outcomes(mapped(permits("jsonl"), data))
    assert found == ["mapped", *["MAP-ROW-FORM"] * 4, "mapped"]


def test_an_element_that_never_ends_is_refused_within_bounds(permits: Any, refused: Any) -> None:
    for data in (b'["' + b"x" * 20_000_000 + b"]", b'[{"a":' * 1_000_000 + b"]", b"[1" + b"1" * 6_000_000 + b"]"):
        assert isinstance(refused(permits("json"), data), Unreadable | TooLarge)


def test_numbers_at_the_edge_of_a_piece_keep_their_digits(permits: Any) -> None:
    profile = permits("json")
    for padding in range(262_120, 262_150):
        data = b"[" + b" " * padding + b'{"x": 1}, 1234567890]'
        found = sources.open_source(profile, data)
        assert len(list(found.rows)) == 2
        found.close()
