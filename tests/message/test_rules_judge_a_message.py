"""The rules of a message as a whole; most are shown by the invalid examples, these are their edges."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from lxml import etree

from gateway.errors import Unreadable
from gateway.message.parse import NS, parse
from gateway.message.rules import check_message, examine

MAKER = runpy.run_path(str(Path(__file__).parents[1] / "schemas" / "make_examples.py"))
DIGEST = MAKER["DIGEST"]


def tree(name: str, *changes: tuple[str, str]) -> etree._Element:
    text: str = MAKER["message"](name)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse(text.encode(), limit=1_000_000)


def broken(root: etree._Element) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in examine(root, protection=True)]


def test_a_finding_bears_the_line_of_its_place() -> None:
    root = tree("change-batch", ("<Category>STAY_REGISTRATION<", "<Category>MARRIAGE<"))
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    (finding,) = examine(parse(text.encode(), limit=1_000_000), protection=True)
    assert text.splitlines()[finding.line - 1].strip() == "<Record>"


def test_two_agencies_of_one_state_may_write_to_each_other() -> None:
    assert broken(tree("ping", ("<State>KAZ<", "<State>BLR<"))) == []


def test_an_answer_names_both_the_message_and_its_digest() -> None:
    answered = tree("receipt")[0].findtext("{*}InReplyTo")
    assert broken(tree("receipt", (f"<InReplyTo>{answered}</InReplyTo>", ""))) == [("BR-33", "/Message/Header")]


@pytest.mark.parametrize("name", ["person-answer", "change-batch", "watchlist-answer", "receipt"])
def test_an_answer_has_no_place_in_the_stream(name: str) -> None:
    root = tree(name, ("<Created>", "<Sequence>1</Sequence><Created>")) if name == "receipt" else tree(name)
    if name == "receipt":
        assert broken(root) == [("BR-34", "/Message/Header/Sequence")]
    else:
        assert broken(root) == []


def test_positions_of_changes_ascend_to_the_last() -> None:
    assert broken(tree("change-batch", ("<Position>2<", "<Position>1<"))) == [
        ("BR-36", "/Message/Body/ChangeBatch/Change[2]/Position"),
        ("BR-36", "/Message/Body/ChangeBatch/Last"),
    ]
    assert broken(tree("change-batch", ("<Last>2<", "<Last>9<"))) == [("BR-36", "/Message/Body/ChangeBatch/Last")]


@pytest.mark.parametrize("position", ["x", "1" * 5000, "٣"])
def test_a_bad_position_is_the_schemas_finding_and_stops_no_rule(position: str) -> None:
    found = broken(tree("change-batch", ("<Position>1<", f"<Position>{position}<"), ("<Last>2<", "<Last>3<")))
    assert found == [
        ("xsd-type", "/Message/Body/ChangeBatch/Change[1]/Position"),
        ("BR-36", "/Message/Body/ChangeBatch/Last"),
    ]


def test_a_record_of_an_unknown_family_is_found_wherever_it_stands() -> None:
    unknown = ("<Category>STAY_REGISTRATION<", "<Category>MARRIAGE<")
    assert broken(tree("change-batch", unknown)) == [("BR-02", "/Message/Body/ChangeBatch/Change[1]/Record/Category")]
    assert broken(tree("person-answer", unknown)) == [("BR-02", "/Message/Body/PersonAnswer/Match/Record[2]/Category")]


def test_an_answer_without_hits_says_no_hit() -> None:
    assert broken(tree("watchlist-answer-no-hit", ("NO_HIT", "POSSIBLE"))) == [
        ("BR-41", "/Message/Body/WatchlistAnswer/Band")
    ]
    assert broken(tree("watchlist-answer", ("<Hit><Band>POSSIBLE", "<Hit><Band>NO_HIT"))) == [
        ("BR-41", "/Message/Body/WatchlistAnswer/Band")
    ]


def test_a_place_in_the_log_is_whole_or_absent() -> None:
    logged = "<LogIndex>41</LogIndex>"
    assert broken(tree("receipt", (logged, ""))) == [("BR-42", "/Message/Body/Receipt/LogSize")]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("receipt", ("<Code>BR-21</Code>", "")),
        ("receipt-of-a-refusal", ("<Code>schema-invalid</Code>", "")),
    ],
)
def test_a_refusal_without_a_code_is_none(name: str, change: tuple[str, str]) -> None:
    assert broken(tree(name, change)) == [("BR-43", "/Message/Body/Receipt/Verdict")]


def test_a_message_that_breaks_the_schema_as_a_whole_is_not_asked_for_its_rules() -> None:
    codes = [
        code for code, _ in broken(tree("ping", ("<Kind>Ping<", "<Kind>Receipt<"), ("<Priority>B</Priority>", "")))
    ]
    assert codes == ["xsd-element-missing"]


@pytest.mark.parametrize("content", ["", "<Header></Header><Body><Ping></Ping></Body>", "<Header></Header>"])
def test_a_message_that_skipped_the_schema_is_a_refusal_and_not_a_traceback(content: str) -> None:
    root = parse(f'<Message xmlns="{NS}">{content}</Message>'.encode(), limit=1000)
    with pytest.raises(Unreadable):
        check_message(root)
