"""A record that is waved through by its shape is valid by the schema, whatever is done to its text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gateway.errors import Refusal
from gateway.message.body import read_records, write_record, write_records
from gateway.message.envelope import body_of, write_message
from gateway.message.parse import parse
from gateway.message.schema import validate
from gateway.message.shapes import follows
from gateway.records.record import DETAIL_OF
from tests.message.conftest import make_header
from tests.message.test_body_records_keep_their_bytes import RECORDS

EXAMPLES = Path(__file__).parents[2] / "schemas" / "xsd" / "examples" / "valid"


def _of_the_examples() -> list[tuple[str, str]]:
    """Family and canonical record of every record in the valid examples."""
    found = []
    for file in sorted(EXAMPLES.glob("*.xml")):
        body = body_of(parse(file.read_bytes(), limit=1 << 20))
        if body.tag.endswith(("RecordBatch", "Correction", "StatisticsReport")):
            found += [(type(record.detail).__name__, write_record(record)) for record in read_records(body)]
    return found


SHOWN = _of_the_examples()
PIECES = ("", " ", "  ", "\n", "0", "9", "31", "02-30", "02-29", "13", "Z", "+14:30", "a", "Ж", "-", ".", "_", "<", "&",
          "&amp;", ">", '"', "A" * 61, "x" * 1001, "true", "<Flag>A-B</Flag>", "</Record>", "<Ref>a</Ref>")  # fmt: skip


def _valid(record: str) -> bool:
    """What the schema says."""
    try:
        root = parse(write_message(make_header(), write_records([record])), limit=1 << 24)
    except Refusal:
        return False
    return validate(root, protection=True) == []


def test_every_family_has_a_shape_and_its_examples_fit() -> None:
    assert {family for family, _ in SHOWN} == {detail.__name__ for detail in DETAIL_OF.values()}
    for family, record in SHOWN:
        assert follows(family, record), (family, record)


def test_a_record_of_one_family_does_not_fit_another() -> None:
    permit = next(record for family, record in SHOWN if family == "LabourPermit")
    assert not follows("EntryBan", permit)
    assert not follows("NoSuchFamily", permit)
    assert not follows("Detail", permit)


@settings(max_examples=300)
@given(some.data())
def test_what_fits_after_any_change_is_valid(data: some.DataObject) -> None:
    family, record = data.draw(some.sampled_from(SHOWN))
    # A change at the edge of a value or of a tag does more than one in the middle of a word.
    edges = [match.start() for match in re.finditer(r"[<>\"]|\b", record)]
    for _ in range(data.draw(some.integers(1, 2))):
        start = data.draw(some.sampled_from(edges))
        end = start + data.draw(some.integers(0, 12))
        record = record[:start] + data.draw(some.sampled_from(PIECES) | some.text(max_size=3)) + record[end:]
    if follows(family, record):
        assert _valid(record)


@settings(max_examples=150)
@given(RECORDS)
def test_what_a_register_may_hold_fits_only_where_it_is_valid(record: object) -> None:
    written = write_record(record)  # type: ignore[arg-type]
    if follows(type(record.detail).__name__, written):  # type: ignore[attr-defined]
        assert _valid(written)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<Version>1</Version>", "<Version>0</Version>"),
        ("<Version>1</Version>", "<Version>01</Version>"),
        ("<Sex>1</Sex>", "<Sex>3</Sex>"),
        ("<Sex>1</Sex>", "<Sex>1</Sex><Sex>1</Sex>"),
        ("<Sex>1</Sex>", ""),
        ("<Version>1</Version>", "<!-- --><Version>1</Version>"),
        ("<Record>", '<Record xmlns="">'),
        ("<Record>", "<Record> "),
    ],
)
def test_what_is_wrong_does_not_fit(right: str, wrong: str) -> None:
    permit = next(record for family, record in SHOWN if family == "LabourPermit" and right in record)
    assert follows("LabourPermit", permit)
    assert not follows("LabourPermit", permit.replace(right, wrong, 1))


@pytest.mark.parametrize(("day", "certain"), [("2026-02-28", True), ("2026-02-30", False), ("2026-04-31", False),
                                              ("2026-12-31", True), ("0999-01-01", False)])  # fmt: skip
def test_days_are_waved_through_only_where_every_year_has_them(day: str, *, certain: bool) -> None:
    permit = next(record for family, record in SHOWN if family == "LabourPermit" and "<ValidTo>" in record)
    changed = re.sub("<ValidTo>[^<]*", f"<ValidTo>{day}", permit)
    assert follows("LabourPermit", changed) is certain
    assert _valid(changed) is certain
