"""The page for readers says what the schemas and the lifecycles say, and all its links lead somewhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from gateway.message.schema import SCHEMAS
from gateway.records.category import Category
from gateway.records.lifecycle import STATES

MAKER = runpy.run_path(str(Path(__file__).with_name("make_format_page.py")))
PAGE: str = MAKER["PAGE"].read_text(encoding="utf-8")


def test_the_page_is_what_the_script_writes() -> None:
    assert MAKER["page"]() == PAGE, "run python tests/schemas/make_format_page.py"


def test_every_element_and_attribute_and_code_of_the_schemas_stands_on_the_page() -> None:
    without_diagrams = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    told = set(re.findall(r"`@?([^`]+)`", without_diagrams)) | set(re.findall(r"^### (\S+)$", PAGE, re.MULTILINE))
    for path in SCHEMAS.glob("*.xsd"):
        text = path.read_text(encoding="utf-8")
        names = set(re.findall(r'<xs:(?:element|attribute|complexType|simpleType) name="([^"]+)"', text))
        names |= set(re.findall(r'<xs:enumeration value="([^"]+)"', text))
        assert names - told == set(), path.name


def test_every_state_of_every_family_stands_on_the_page() -> None:
    for category in Category:
        section = PAGE.split(f"\n### {category}\n")[1].split("\n### ", maxsplit=1)[0]
        states = re.findall(r"^[▶ ] ([A-Z_]+) ", section, re.MULTILINE)
        assert set(states) == STATES[category]
        assert "Examples · примеры: [" in section


def test_every_link_leads_somewhere() -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if target.startswith("#"):
            assert target[1:] in headings, target
        else:
            assert (MAKER["PAGE"].parent / target).exists(), target
