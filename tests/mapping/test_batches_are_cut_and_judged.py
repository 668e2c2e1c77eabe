"""Mapped rows become messages of a set size; a record that breaks schema or rules leaves the good ones alone."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import SchemaInvalid
from gateway.mapping import batches
from gateway.mapping.batches import Batches
from gateway.mapping.convert import Mapped
from gateway.message.body import read_records
from gateway.message.envelope import Header, Kind, Party, body_of
from gateway.message.parse import parse
from gateway.message.rules import check_records, examine
from gateway.records.labour import LabourPermit
from gateway.records.person import Name, Person
from gateway.records.record import Category, Record, Source, record_id

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEADER = Header(
    message_id="6f1b1c80-95a4-4f3e-8a55-0d6b6f1d2c10",
    conversation_id="6f1b1c80-95a4-4f3e-8a55-0d6b6f1d2c10",
    kind=Kind.RECORD_BATCH,
    sender=Party("BLR", "MVD"),
    receiver=Party("BLR", "GATE"),
    created=NOW,
    expires=datetime(2026, 3, 9, 9, 0, tzinfo=UTC),
    purpose="STAY_CONTROL",
    agreement="unsigned",
)


class _Kept(io.BytesIO):
    """A file whose content outlives its closing."""

    content = b""

    def close(self) -> None:
        if not self.closed:
            self.content = self.getvalue()
        super().close()


def permit(number: int, **changes: object) -> Mapped:
    source = Source("BLR", "MVD", "mvd-permits", f"P-{number}")
    person = Person("DOC:UZB:AA1", (Name(family="Каримов", given="Жасур", script="Cyrl"),))
    record = Record(record_id(source), 1, Category.LABOUR_PERMIT, source, "ISSUED", NOW, person,
                    LabourPermit("special-permit", f"P-{number}"))  # fmt: skip
    return Mapped(number, replace(record, **changes))  # type: ignore[arg-type]


def rejected(number: int) -> Mapped:
    return Mapped(number, None)


def run(rows: Iterable[Mapped], **options: int) -> tuple[list[Mapped], list[tuple[Record, ...]]]:
    """The rows as they ended, and the records of every message, each of which has to be valid."""
    files: list[_Kept] = []

    def new_file() -> _Kept:
        files.append(_Kept())
        return files[-1]

    ended = list(Batches(HEADER, new_file, **options).write(rows))
    messages, ids = [], set()
    for file in files:
        root = parse(file.content, limit=1 << 30)
        assert examine(root, protection=True) == []
        assert check_records(root) == []
        messages.append(read_records(body_of(root)))
        ids.add(root.get("Id"))
    assert len(ids) == len(files), "every message has an id of its own"
    return ended, messages


def test_messages_hold_the_set_number_of_records_and_the_last_one_the_rest() -> None:
    ended, messages = run([permit(number) for number in range(7)], most=3)
    assert [len(message) for message in messages] == [3, 3, 1]
    assert [record for message in messages for record in message] == [item.record for item in ended]


def test_messages_are_bounded_in_bytes_unless_they_go_into_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_BYTES", 1_500)
    rows = [permit(number) for number in range(5)]
    assert [len(message) for message in run(rows)[1]] == [2, 2, 1]
    assert [len(message) for message in run(rows, bounded=False)[1]] == [5]


@given(
    st.lists(st.sampled_from(["good", "rejected", "against a rule", "against the schema"]), max_size=12),
    st.integers(0, 5),
)
def test_every_row_ends_once_and_every_good_record_stands_in_one_message(kinds: list[str], most: int) -> None:
    make = {
        "good": permit,
        "rejected": rejected,
        "against a rule": lambda number: permit(number, status="LOST"),
        "against the schema": lambda number: permit(number, profile="x" * 5_000),
    }
    ended, messages = run([make[kind](number) for number, kind in enumerate(kinds)], most=most)
    assert [item.row for item in ended] == list(range(len(kinds)))
    assert [item.record is not None for item in ended] == [kind == "good" for kind in kinds]
    assert [record for message in messages for record in message] == [item.record for item in ended if item.record]
    assert all(not most or 0 < len(message) <= most for message in messages)


def test_a_record_that_breaks_a_rule_is_taken_out_with_the_rule_the_place_and_its_row() -> None:
    wrong = LabourPermit("special-permit", "P-2", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))
    ended, messages = run([permit(1), permit(2, detail=wrong), permit(3)])
    finding = ended[1].findings[0]
    assert (finding.code, finding.path, finding.line) == ("BR-23", "/LabourPermit/ValidTo", 2)
    assert finding.message_en
    assert finding.message_ru
    assert [record.source.record for record in messages[0]] == ["P-1", "P-3"]


def test_a_record_that_breaks_the_schema_is_taken_out_with_the_place() -> None:
    ended, messages = run([permit(1), permit(2, profile="x" * 5_000), permit(3)])
    assert [(item.code, item.path, item.line) for item in ended[1].findings] == [("xsd-pattern", "/Profile", 2)]
    assert len(messages[0]) == 2


def test_a_warning_of_a_rule_travels_with_the_row_and_the_record_stays() -> None:
    files: list[_Kept] = []
    writing = Batches(HEADER, lambda: files.append(_Kept()) or files[-1])  # type: ignore[func-returns-value]
    ended = list(writing.write([permit(1, retention_until=date(2026, 1, 1))]))
    assert len(read_records(body_of(parse(files[0].content, limit=1 << 20)))) == 1
    assert [(item.code, item.severity) for item in ended[0].findings] == [("BR-04", "warning")]
    assert ended[0].outcome == "warned"


def test_a_character_that_xml_cannot_carry_rejects_its_row_only() -> None:
    ended, messages = run([permit(1, legal_basis="a\x01b"), permit(2)])
    assert [(item.code, item.path) for item in ended[0].findings] == [("MAP-ENCODING", "LegalBasis")]
    assert len(messages[0]) == 1


@pytest.mark.parametrize("apart", [1, 150])
def test_the_same_record_again_is_refused_within_a_message(apart: int) -> None:
    rows = [permit(number) for number in range(apart)]
    ended, messages = run([*rows, replace(permit(0), row=999)])
    assert [item.code for item in ended[-1].findings] == ["BR-35"]
    assert ended[-1].findings[0].line == 999
    assert len(messages[0]) == apart


def test_a_header_that_breaks_a_rule_is_a_refusal() -> None:
    same = replace(HEADER, receiver=HEADER.sender)
    with pytest.raises(SchemaInvalid):
        list(Batches(same, _Kept).write([permit(1)]))


def test_without_a_good_row_no_file_is_opened() -> None:
    assert run([rejected(1), permit(2, status="LOST")])[1] == []
    assert run([])[1] == []
