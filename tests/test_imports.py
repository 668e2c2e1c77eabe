"""The layers of the house hold, and no name in it asks what must never be asked."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from gateway.mapping.targets import paths
from gateway.records.category import Category

ROOT = Path(__file__).parents[1]

FORBIDDEN = re.compile(
    r"ethnic|nationality$|natsionalnost|religio|confession|faith$|politic|party_member|health|disease|diagnos|"
    r"blood|race$|persecution_|convictions_of_belief",
    re.IGNORECASE,
)
"""design.md: no field for ethnicity, religion, political opinion, health or persecution grounds exists.

The states of persecution of an asylum case are its risk set, which the firewall needs; grounds are not kept."""

ALLOWED = {
    "gateway/web/health.py": "whether the node is alive, not the health of a person",
}


def test_imports_go_downward_only() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def fields() -> Iterator[tuple[str, str]]:
    """Every annotated attribute of every class of the program."""
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place in ALLOWED:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                        yield place, item.target.id


def test_no_field_of_the_program_is_about_what_must_never_be_kept() -> None:
    known = list(fields())
    assert [(place, name) for place, name in known if FORBIDDEN.search(name)] == []
    assert len(known) > 300, "the search has to see the fields at all"


def test_no_element_or_attribute_of_the_format_is_about_what_must_never_be_kept() -> None:
    names: list[str] = []
    for path in (ROOT / "schemas" / "xsd").glob("*.xsd"):
        names += re.findall(r'<xs:(?:element|attribute|complexType|simpleType)\s[^>]*?name="([^"]+)"', path.read_text())
    assert [name for name in names if FORBIDDEN.search(name)] == []
    assert len(names) > 100


def test_nothing_that_must_never_be_kept_can_be_mapped() -> None:
    """A national column about it may exist; a profile can only drop it by name, with the reason."""
    targets = [path for category in Category for path in paths(category)]
    assert [name for name in targets if FORBIDDEN.search(name)] == []
    assert len(targets) > 500, "the search has to see the targets of every family"


def test_no_code_of_the_format_is_about_what_must_never_be_kept() -> None:
    """Coarse codes of a reason could tell what no field may."""
    codes: list[str] = []
    for path in (ROOT / "schemas" / "xsd").glob("*.xsd"):
        codes += re.findall(r'<xs:enumeration value="([^"]+)"', path.read_text())
    assert [code for code in codes if FORBIDDEN.search(code)] == []
    assert len(codes) > 150
