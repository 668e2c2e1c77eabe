"""A finding names the code, the place and the line, never what stands there; one bad record hides no other."""

from __future__ import annotations

import runpy
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import etree

from gateway.findings import Finding
from gateway.message import body
from gateway.message.parse import NS, parse
from gateway.message.remarks import CODES
from gateway.message.rules import check_records, examine, split
from gateway.message.schema import SCHEMAS, validate
from gateway.message.second import second_opinion

MAKER = runpy.run_path(str(Path(__file__).parents[1] / "schemas" / "make_examples.py"))
MESSAGE: str = MAKER["message"]("record-batch-labour-permit")
RECORD: str = body.write_record(MAKER["PERMIT"])
SECRET = "Иванов-Секретный"


def tree(text: str) -> etree._Element:
    return parse(text.encode(), limit=100_000_000)


def batch(records: list[str]) -> etree._Element:
    """The example message with these records in its batch."""
    return tree(MESSAGE.replace(RECORD, "".join(records)))


def test_three_bad_records_of_ten_are_found_each_at_its_own_place() -> None:
    records = [RECORD.replace(">1</Version>", f">{number}</Version>") for number in range(1, 11)]
    records[2] = records[2].replace("<Status>ISSUED</Status>", "")
    records[5] = records[5].replace("<Sex>1</Sex>", "<Sex>муж</Sex>").replace("UZ-PINFL", "uz")
    records[9] = "<Record></Record>"
    whole, items = split(validate(batch(records), protection=True))
    assert whole == []
    assert {index: [finding.code for finding in found] for index, found in items.items()} == {
        2: ["xsd-element-missing"],
        5: ["xsd-enumeration", "xsd-pattern"],
        9: ["xsd-element-missing"],
    }
    assert items[5][0].path == "/Message/Body/RecordBatch/Record[6]/Person/Sex"


def test_the_rules_of_the_message_are_asked_although_some_records_are_bad() -> None:
    records = ["<Record></Record>", RECORD, RECORD.replace(">LABOUR_PERMIT<", ">UNKNOWN_FAMILY<"), RECORD]
    whole, items = split(examine(batch(records), protection=True))
    assert whole == []
    assert {index: [finding.code for finding in found] for index, found in items.items()} == {
        0: ["xsd-element-missing"],
        2: ["BR-35", "BR-02"],
        3: ["BR-35"],
    }


def test_a_stranger_among_the_records_is_a_fault_of_the_whole_message() -> None:
    whole, items = split(validate(batch([RECORD, "<Note>x</Note>", RECORD]), protection=True))
    assert [finding.path for finding in whole] == ["/Message/Body/RecordBatch/*"]
    assert items == {}


def test_withdrawals_and_changes_are_told_apart_as_well() -> None:
    withdrawals = MAKER["message"]("withdrawal")
    one = withdrawals[withdrawals.index("<Withdraw>") : withdrawals.index("</Withdrawal>")]
    many = withdrawals.replace(one, one + one.replace("RECTIFIED", "SECRET") + one)
    assert split(validate(tree(many), protection=True))[1].keys() == {1}
    changes = MAKER["message"]("change-batch").replace("<Status>REGISTERED<", "<Status>registered<")
    assert split(validate(tree(changes), protection=True))[1].keys() == {0}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Sex>1</Sex>", f"<Sex>{SECRET}</Sex>"),
        ("<Version>1</Version>", f"<Version>{SECRET}</Version>"),
        ("<BirthDate>1985-06-15<", f"<BirthDate>{SECRET}<"),
        ("<State>BLR</State><Agency>MVD</Agency><System>", f"<State>{SECRET}</State><Agency>MVD</Agency><System>"),
        ("<Person>", f"<Person>{SECRET}"),
        ("<Person>", f"<Person><{SECRET}>x</{SECRET}>"),
        (' script="Latn"', f' script="Latn" {SECRET}="x"'),
        (' script="Latn"', f' script="{SECRET}"'),
        ("<Ref>p-1001<", f"<Ref>{SECRET * 20}<"),
        # Values that look like the tail of libxml2's own sentence.
        ("<Sex>1</Sex>", f"<Sex>x' is not an element of the set {{'{SECRET}'}}.</Sex>"),
        ("<System>mvd-labour-permit<", f"<System>x is not accepted by the pattern '{SECRET}'.<"),
        ("<Version>1<", f"<Version>attribute '{SECRET}'<"),
    ],
)
def test_a_finding_never_repeats_what_stands_in_the_message(old: str, new: str) -> None:
    root = tree(MESSAGE.replace(old, new))
    findings = validate(root, protection=True) + second_opinion(root, protection=True)
    assert findings
    assert all(SECRET not in str(finding.as_dict()) for finding in findings)


def test_limits_and_expected_names_stand_in_both_languages() -> None:
    (finding,) = validate(tree(MESSAGE.replace("<Sex>1</Sex>", "<Sex>7</Sex>")), protection=True)
    assert finding == Finding(
        code="xsd-enumeration",
        severity="error",
        path="/Message/Body/RecordBatch/Record/Person/Sex",
        line=1,
        message_en="The value is not one of those allowed ('0', '1', '2', '9').",
        message_ru="Значения нет в перечне допустимых ('0', '1', '2', '9').",
    )
    (finding,) = validate(tree(MESSAGE.replace("<Number>1234567</Number>", "")), protection=True)
    assert finding.message_ru.endswith("ожидается: Number.")


def test_the_line_is_that_of_the_file() -> None:
    root = tree(MESSAGE)
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode").replace("<Sex>1</Sex>", "<Sex>7</Sex>")
    (finding,) = validate(tree(text), protection=True)
    assert text.splitlines()[finding.line - 1].strip() == "<Sex>7</Sex>"


def test_a_partner_may_write_every_name_with_a_prefix() -> None:
    text = MESSAGE.replace("</", "</m:").replace("xmlns=", "xmlns:m=")
    text = text.replace("<", "<m:").replace("<m:/m:", "</m:")
    assert validate(tree(text), protection=False) == []
    (finding,) = validate(tree(text.replace(">1</m:Sex>", ">7</m:Sex>")), protection=True)
    assert finding.path == "/Message/Body/RecordBatch/Record/Person/Sex"
    (finding,) = validate(tree(text.replace(' script="Latn"', "")), protection=True)
    assert finding.path == "/Message/Body/RecordBatch/Record/Person/Name[2]/@script"


@pytest.mark.parametrize("name", ["RecordBatch", "Record", "Detail"])
def test_only_a_message_is_accepted_as_a_root(name: str) -> None:
    (finding,) = validate(tree(f'<{name} xmlns="{NS}"></{name}>'), protection=True)
    assert finding.code in {"xsd-root", "xsd-element-unexpected"}
    assert finding.path == f"/{name}"


def test_a_family_alone_is_valid_for_the_schema_and_still_no_message() -> None:
    permit = RECORD[RECORD.index("<LabourPermit>") : RECORD.index("</Record>", RECORD.index("<LabourPermit>"))]
    (finding,) = validate(tree(permit.replace("<LabourPermit>", f'<LabourPermit xmlns="{NS}">')), protection=True)
    assert (finding.code, finding.path) == ("xsd-root", "/*")


def test_a_place_of_a_schema_on_the_network_is_never_visited() -> None:
    hint = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://192.0.2.1/x.xsd"'
    root = tree(MESSAGE.replace(" Id=", f" {hint} Id="))
    assert validate(root, protection=True) == []
    # Sockets are closed in tests, so that a visit would be an error and not a finding.
    second_opinion(root, protection=True)


def test_a_type_that_does_not_exist_is_a_finding_of_both() -> None:
    kind = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Nothing"'
    root = tree(MESSAGE.replace("<Ref>", f"<Ref {kind}>"))
    assert [finding.code for finding in validate(root, protection=True)] == ["xsd-instance-attribute"]
    assert [finding.code for finding in second_opinion(root, protection=True)] == ["xsd-invalid"]


def test_many_threads_get_each_their_own_findings() -> None:
    good = tree(MESSAGE)
    bad = tree(MESSAGE.replace("<Sex>1</Sex>", "<Sex>7</Sex>"))

    def judge(turn: int) -> bool:
        found = validate(bad if turn % 2 else good, protection=turn % 3 == 0)
        return [finding.code for finding in found] == (["xsd-enumeration"] if turn % 2 else [])

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(judge, range(400)))


def test_a_thousand_bad_records_cost_no_more_than_looking_at_each_once() -> None:
    bad = RECORD.replace("<Sex>1</Sex>", "<Sex>7</Sex>")
    _, items = split(validate(batch([bad] * 1000), protection=True))
    assert items.keys() == set(range(1000))


def test_every_code_that_an_example_shows_is_a_known_one() -> None:
    for path in (SCHEMAS / "examples" / "invalid").glob("*.xml"):
        root = parse(path.read_bytes(), limit=1_000_000)
        codes = {finding.code for finding in second_opinion(root, protection=True) + validate(root, protection=True)}
        assert codes <= CODES


def test_records_are_checked_with_their_path_and_line() -> None:
    unreadable = RECORD.replace("<Version>1<", "<Version>x<")
    root = batch([RECORD, unreadable, RECORD.replace("<Record>1<", "<Record>2<")])
    (finding,) = check_records(root)
    assert (finding.code, finding.path, finding.line) == ("BR-03", "/Message/Body/RecordBatch/Record[3]/RecordId", 1)
