"""A batch of thousands is judged in slices, and nobody can tell from the findings."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from lxml import etree

from gateway.message import body
from gateway.message.bodies import ReceiptBody, RecordVerdict, Withdrawal
from gateway.message.parse import parse
from gateway.message.rules import split
from gateway.message.schema import validate
from gateway.message.slices import SLICE, slices

MAKER = runpy.run_path(str(Path(__file__).parents[1] / "schemas" / "make_examples.py"))
WITHDRAWAL: str = MAKER["message"]("withdrawal")
ONE = body.write_withdraw(Withdrawal(MAKER["PERMIT"].record_id, 2))
BAD = ONE.replace("RECTIFIED", "OTHER")
TOTAL = 2 * SLICE + 1


def tree(text: str) -> etree._Element:
    return parse(text.encode(), limit=100_000_000)


def withdrawals(items: list[str]) -> str:
    return WITHDRAWAL.replace(ONE, "\n".join(items))


def bad_at(*places: int) -> list[str]:
    return [BAD if place in places else ONE for place in range(TOTAL)]


def test_bad_items_are_found_at_their_own_number_and_line() -> None:
    places = (0, SLICE - 1, SLICE, 2 * SLICE)
    root = tree(withdrawals(bad_at(*places)))
    before = etree.tostring(root)
    findings = validate(root, protection=True)
    assert [finding.path for finding in findings] == [
        f"/Message/Body/Withdrawal/Withdraw[{place + 1}]/Reason" for place in places
    ]
    assert [finding.line for finding in findings] == [place + 1 for place in places]
    assert split(findings)[1].keys() == set(places)
    assert etree.tostring(root) == before


def test_a_large_valid_message_is_valid() -> None:
    assert validate(tree(withdrawals(bad_at())), protection=True) == []


def test_only_a_batch_with_much_that_is_wrong_is_cut() -> None:
    def always(_: etree._Element) -> bool:
        return True

    def never(_: etree._Element) -> bool:
        return False

    root = tree(withdrawals(bad_at()))
    assert list(slices(root, always)) == [(root, 0)]
    assert [before for _, before in slices(root, never)] == [0, SLICE, 2 * SLICE]
    small = tree(WITHDRAWAL)
    assert list(slices(small, never)) == [(small, 0)]


def test_it_makes_no_difference_whether_a_batch_is_cut() -> None:
    # The sample misses the one and meets the other.
    for places in [(5,), tuple(range(TOTAL))]:
        findings = validate(tree(withdrawals(bad_at(*places))), protection=True)
        assert [finding.path for finding in findings] == [
            f"/Message/Body/Withdrawal/Withdraw[{place + 1}]/Reason" for place in places
        ]


@pytest.mark.parametrize("many", [SLICE, TOTAL])
def test_what_is_wrong_outside_the_items_is_said_once(many: int) -> None:
    text = withdrawals([ONE] * many).replace("LABOUR_REGULATION", "CURIOSITY").replace("<Body>", "<Body>x")
    text = text.replace("<Withdrawal>", '<Withdrawal secret="x">')
    assert [(finding.code, finding.path) for finding in validate(tree(text), protection=True)] == [
        ("xsd-enumeration", "/Message/Header/Purpose"),
        ("xsd-text-unexpected", "/Message/Body"),
        ("xsd-attribute-unexpected", "/Message/Body/Withdrawal/@*"),
    ]


@pytest.mark.parametrize("place", [0, SLICE, TOTAL - 1])
def test_a_stranger_among_thousands_refuses_the_whole(place: int) -> None:
    items = bad_at()
    items[place] = "<Note></Note>"
    whole, _ = split(validate(tree(withdrawals(items)), protection=True))
    assert [finding.path for finding in whole] == ["/Message/Body/Withdrawal/*"]


def test_a_second_body_or_none_is_the_schemas_finding() -> None:
    text = withdrawals(bad_at())
    assert validate(tree(text.replace("</Body>", "<Ping></Ping></Body>")), protection=True)
    cut = text[: text.index("<Body>")] + "</Message>"
    assert [finding.code for finding in validate(tree(cut), protection=True)] == ["xsd-element-missing"]


def test_the_verdicts_of_a_large_receipt_keep_their_place_between_the_other_parts() -> None:
    receipt = MAKER["message"]("receipt")
    written = body.write_receipt(
        ReceiptBody(MAKER["RECEIPT"].message_id, MAKER["DIGEST"], "ACCEPTED", "", 1, 2, MAKER["DIGEST"], (),
                    tuple(RecordVerdict(MAKER["PERMIT"].record_id, number, "STORED") for number in range(1, TOTAL)),
                    ((1, 2),))
    )  # fmt: skip
    text = receipt[: receipt.index("<Receipt>")] + written + "</Body></Message>"
    assert validate(tree(text), protection=True) == []
    gap = "<Missing><From>1</From><To>2</To></Missing>"
    early = text.replace(gap, "").replace("<RecordVerdict>", f"{gap}<RecordVerdict>", 1)
    assert {finding.code for finding in validate(tree(early), protection=True)} == {"xsd-element-unexpected"}
