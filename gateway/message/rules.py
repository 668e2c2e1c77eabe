"""The business rules (BR-…): the door to the rule book, the rules of a record and those of a message."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress

from lxml import etree

from gateway.errors import Unreadable
from gateway.findings import Finding
from gateway.message.elements import QUALIFIED
from gateway.message.message_rules import check_message
from gateway.message.parse import local
from gateway.message.places import line_of
from gateway.message.read import read_record
from gateway.message.record_rules import check_record
from gateway.message.rule import Rule
from gateway.message.rulebook import RULES
from gateway.message.schema import validate

__all__ = ["RULES", "Rule", "check_message", "check_record", "check_records", "examine", "split"]

_Element = etree._Element  # noqa: SLF001 - lxml names its public element type with an underscore.

_ITEM = re.compile(
    r"/Message/Body/(?:(?:RecordBatch|Correction|StatisticsReport)/Record|Withdrawal/Withdraw|ChangeBatch/Change)"
    r"(?:\[([0-9]+)\])?(?:/|$)"
)
"""Paths inside one item of a body; the position is left out where the item is the only one."""


def examine(root: _Element, *, protection: bool) -> list[Finding]:
    """The schema's findings and those of the rules of a message: everything before its records are read.

    Where the message as a whole breaks the schema its rules are not asked; what they would read may be missing.
    Feed the result to `split`.
    """
    findings = validate(root, protection=protection)
    if not split(findings)[0]:
        findings += check_message(root)
    return findings


def check_records(root: _Element) -> list[Finding]:
    """What the rules say of every record in the batch of a message, with paths and lines.

    Give it a message in which `examine` finds nothing wrong as a whole; a record that breaks the schema and
    cannot be read has its finding already and is passed over. A receiver that reads the records anyway calls
    check_record on each instead.
    """
    body = root[1][0]
    records = list(body.iterchildren(f"{QUALIFIED}Record"))
    findings: list[Finding] = []
    for index, element in enumerate(records, start=1):
        number = f"[{index}]" if len(records) > 1 else ""
        path = f"/Message/Body/{local(body)}/Record{number}"
        with suppress(Unreadable):
            findings += check_record(read_record(element), path=path, line=line_of(element))
    return findings


def split(findings: Iterable[Finding]) -> tuple[list[Finding], dict[int, list[Finding]]]:
    """Findings about the message as a whole, and those about each item of its body by index from 0.

    An item is a record of a batch, a withdrawal or a change. One bad item is refused alone; the good ones
    beside it are kept.
    """
    whole: list[Finding] = []
    items: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        match = _ITEM.match(finding.path)
        if match is None:
            whole.append(finding)
        else:
            items[int(match.group(1) or 1) - 1].append(finding)
    return whole, dict(items)
