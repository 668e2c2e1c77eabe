"""The page for readers and the table in the code say the same."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.message import family_rules, message_rules, protection_rules, record_rules
from gateway.message.remarks import CODES
from gateway.message.rules import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "business-rules.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]


def test_every_rule_stands_on_the_page_as_in_the_code() -> None:
    listed = [tuple(row) for row in ROWS if row[0].startswith("BR-")]
    assert listed == [(rule.number, rule.severity, rule.ru, rule.en) for rule in RULES.values()]


def test_every_code_of_the_schema_stands_on_the_page() -> None:
    assert {row[0].strip("`") for row in ROWS if row[0].startswith("`xsd-")} == CODES


def test_every_rule_that_is_listed_is_also_asked() -> None:
    asked = {
        number
        for module in (record_rules, family_rules, protection_rules, message_rules)
        for number in re.findall(r'yield "(BR-\d\d)"', Path(str(module.__file__)).read_text(encoding="utf-8"))
    }
    assert asked == set(RULES)
