"""A profile can be written for every family, and no field of a record is out of its reach."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from dataclasses import astuple, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as some

from gateway.mapping import back, convert
from gateway.mapping.declaration import Profile
from gateway.mapping.profile import check, load
from gateway.mapping.target import Kind
from gateway.mapping.targets import DETAIL_TARGETS, NEEDED, ORDERED, find, paths
from gateway.records.aggregate import Statistic
from gateway.records.category import Category
from gateway.records.lifecycle import INITIAL
from gateway.records.person import Party, Place
from gateway.records.record import DETAIL_OF, Detail, Record
from gateway.records.restriction import Expulsion

EXAMPLES = runpy.run_path(str(Path(__file__).parents[1] / "schemas" / "make_examples.py"))
VALUES = runpy.run_path(str(Path(__file__).parents[1] / "message" / "schema_values.py"))
RECORDS: dict[str, Record] = EXAMPLES["OTHERS"] | {
    name.lower(): EXAMPLES[name] for name in ("PERMIT", "STAY", "CROSSING", "BAN", "ASYLUM")
}
LISTS = {Kind.CODES, Kind.DATES, Kind.COUNTRIES}


KNOWN_STATES = some.sampled_from(["BLR", "KAZ", "UZB", "SYR", "SUN"])
LIKELY_DAYS = some.dates(date(1900, 1, 1), date(2100, 1, 1))
TOKEN = VALUES["token"](60)
LIKELY = {
    "StateType": KNOWN_STATES,
    "TextType": VALUES["token"](500),
    "DateType": LIKELY_DAYS,
    # More digits than a register would print are refused.
    "CountType": some.integers(0, 10**15 - 1),
    "PartyType": some.builds(Party, TOKEN, TOKEN, some.sampled_from(["", "BY-UNP"])),
    "PlaceType": some.builds(Place, some.just("") | KNOWN_STATES, some.just("") | TOKEN, TOKEN),
}
"""Types of the schema whose values a national row says in a narrower way."""


def a_profile(category: Category, folder: Path, *, without: str = "") -> Profile:
    """A profile with a column for every path of the category; the columns are named as the paths."""
    about_somebody = category.about != "nobody"
    lines = [
        "name: every-field", "version: 1", "title: {ru: Все поля, en: Every field}",
        "state: BLR", "agency: MVD", "system: every", "source: {format: csv, encoding: utf-8}",
        f"category: {category}", f"status: {min(INITIAL[category])}", "id: row", "zone: '+00:00'",
        *(["ref: [document, name]", "names: {name: {script: Cyrl, language: ru}}"] if about_somebody else []),
        "optional: [row]", "fields:",
    ]  # fmt: skip
    # A path with a plus fills several fields from one cell, each of which has a path of its own.
    for path in [path for path in paths(category) if "+" not in path and path not in {without, "name.full"}]:
        target = find(path, category)
        assert target is not None
        separator = ', separator: "|"' if target.kind in LISTS else ""
        lines.append(f'  "{path}": {{to: "{path}"{separator}}}')
    file = folder / "every-field.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert check(file) == []
    return load(file)


@pytest.mark.parametrize("category", list(Category))
def test_no_field_of_a_detail_is_out_of_reach(category: Category) -> None:
    reached = {path.split(".")[0] for target in DETAIL_TARGETS[category] for path in target.fills}
    assert reached == {item.name for item in fields(DETAIL_OF[category])}
    titles = [target.path for target in DETAIL_TARGETS[category] if not (target.title_ru and target.title_en)]
    assert titles == []


@pytest.mark.parametrize("category", list(Category))
def test_what_is_needed_and_what_is_ordered_are_targets(category: Category) -> None:
    assert NEEDED[category]
    for path in NEEDED[category]:
        assert find(path, category) is not None, path
    for pair in ORDERED[category]:
        for path in pair:
            target = find(path, category)
            assert target is not None
            assert target.kind is Kind.DATE


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_what_is_written_to_a_national_row_is_read_back_whole(name: str, tmp_path: Path) -> None:
    record = RECORDS[name]
    profile = a_profile(record.category, tmp_path)
    rows, losses = back.unmap(profile, [record])
    (mapped,) = convert.map_rows(profile, [row | {"row": "1"} for row in rows], now=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert [finding for finding in mapped.findings if finding.severity == "error"] == []
    assert mapped.record is not None
    assert mapped.record.detail == record.detail
    assert (mapped.record.person is None) == (record.person is None)
    assert [finding.path for finding in losses if "etail" in finding.path] == []


def in_order(record: Record) -> bool:
    """Whether no pair of dates is reversed: such a row is rejected."""
    for first, second in ORDERED[record.category]:
        start, end = getattr(record.detail, first), getattr(record.detail, second)
        if start is not None and end is not None and end < start:
            return False
    return True


DISARMED = re.compile("'[=+@-]")
"""An apostrophe that makes a formula harmless is not part of a value: it is read away."""


def texts(value: object) -> Iterator[str]:
    """Every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)


def national(detail: Detail) -> Detail:
    """What a national row says: nothing twice, of a missing figure that it is missing, no currency of no cost."""
    changes: dict[str, object] = {}
    for item in fields(detail):
        value = getattr(detail, item.name)
        if isinstance(value, tuple):
            changes[item.name] = tuple(dict.fromkeys(value))
    if isinstance(detail, Statistic) and detail.value is None and not detail.flag:
        changes["flag"] = "MISSING"
    if isinstance(detail, Expulsion) and not detail.cost:
        changes["currency"] = ""
    return replace(detail, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("category", list(Category))
@settings(
    max_examples=10, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(data=some.data())
def test_whatever_the_schema_allows_survives_the_way_through_a_national_row(
    category: Category, tmp_path_factory: pytest.TempPathFactory, data: some.DataObject
) -> None:
    profile = a_profile(category, tmp_path_factory.mktemp("profile"))
    detail = data.draw(VALUES["details"](DETAIL_OF[category], **LIKELY))
    example = next(record for record in RECORDS.values() if record.category is category)
    record = replace(example, detail=detail)
    assume(in_order(record) and not any(map(DISARMED.match, texts(astuple(detail)))))
    rows, losses = back.unmap(profile, [record])
    (mapped,) = convert.map_rows(profile, [rows[0] | {"row": "1"}], now=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert mapped.record is not None, mapped.findings
    assert mapped.record.detail == national(detail)
    # What did not survive is told; that a missing figure is marked as such is no loss.
    told = any(finding.path.startswith("detail") for finding in losses)
    assert told or mapped.record.detail == detail or isinstance(detail, Statistic)


def test_a_document_without_a_bearer_is_mapped_about_nobody(tmp_path: Path) -> None:
    record = RECORDS["document-status"]
    profile = a_profile(record.category, tmp_path)
    rows, _ = back.unmap(profile, [record])
    bare = {column: "" if column.startswith(("name", "document.")) else cell for column, cell in rows[0].items()}
    (mapped,) = convert.map_rows(profile, [bare | {"row": "1"}], now=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert mapped.record is not None
    assert mapped.record.person is None


def test_an_empty_cell_of_a_table_is_missing_and_a_zero_is_a_zero(tmp_path: Path) -> None:
    profile = a_profile(Category.STATISTIC, tmp_path)
    rows, _ = back.unmap(profile, [RECORDS["statistic"]])
    cells = {"": (None, "MISSING"), "0": (0, ""), "1 235": (1235, ""), "1\u00a0235": (1235, "")}
    for cell, expected in cells.items():
        row = rows[0] | {"row": "1", "value": cell}
        (mapped,) = convert.map_rows(profile, [row], now=datetime(2026, 3, 2, 9, tzinfo=UTC))
        assert mapped.record is not None, cell
        detail = mapped.record.detail
        assert (detail.value, detail.flag) == expected  # type: ignore[union-attr]


@pytest.mark.parametrize("cell", ["-5", "1,5", "1.5", "много", "٣", "9" * 16])
def test_what_is_no_whole_number_is_told(cell: str, tmp_path: Path) -> None:
    profile = a_profile(Category.QUOTA, tmp_path)
    rows, _ = back.unmap(profile, [RECORDS["quota"]])
    (mapped,) = convert.map_rows(
        profile, [rows[0] | {"row": "1", "amount": cell}], now=datetime(2026, 3, 2, tzinfo=UTC)
    )
    assert mapped.record is None
    assert [finding.code for finding in mapped.findings] == ["MAP-COUNT"]


@pytest.mark.parametrize(
    ("cell", "amount"), [("412,5", "412.5"), ("1\u00a0412.50", "1412.50"), ("12", "12"), ("007", "007")]
)
def test_an_amount_is_read_as_registers_print_it(cell: str, amount: str, tmp_path: Path) -> None:
    profile = a_profile(Category.EXPULSION, tmp_path)
    rows, _ = back.unmap(profile, [RECORDS["expulsion"]])
    (mapped,) = convert.map_rows(profile, [rows[0] | {"row": "1", "cost": cell}], now=datetime(2026, 3, 2, tzinfo=UTC))
    assert mapped.record is not None
    assert mapped.record.detail.cost == amount  # type: ignore[union-attr]


@pytest.mark.parametrize("cell", ["много", "-5", "1,234", "1.2.3", ".5", "٣", "1" * 13])
def test_what_is_no_amount_is_left_out_with_a_warning(cell: str, tmp_path: Path) -> None:
    profile = a_profile(Category.EXPULSION, tmp_path)
    rows, _ = back.unmap(profile, [RECORDS["expulsion"]])
    (mapped,) = convert.map_rows(profile, [rows[0] | {"row": "1", "cost": cell}], now=datetime(2026, 3, 2, tzinfo=UTC))
    assert [finding.code for finding in mapped.findings] == ["MAP-AMOUNT"]
    assert mapped.outcome == "warned"


def test_a_licence_without_the_number_of_its_holder_is_rejected(tmp_path: Path) -> None:
    profile = a_profile(Category.RECRUITMENT_LICENCE, tmp_path)
    rows, _ = back.unmap(profile, [RECORDS["recruitment-licence"]])
    row = rows[0] | {"row": "1", "holder.number": ""}
    (mapped,) = convert.map_rows(profile, [row], now=datetime(2026, 3, 2, tzinfo=UTC))
    assert mapped.outcome == "rejected"
