"""docs/traps.md is no promise: every test it names exists, and no file of traps is missing from it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "traps.md").read_text(encoding="utf-8")
NAMED = re.findall(r"^\| [^|]+ \| `([\w/]+\.py)::(test_\w+)` \|$", PAGE, re.MULTILINE)


def test_every_test_that_the_page_names_exists() -> None:
    missing = [
        (path, name)
        for path, name in NAMED
        if not re.search(rf"^def {name}\(", (TESTS / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_every_row_of_the_page_names_one_test_and_no_test_twice() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "**" not in line]
    assert len(rows) == len(NAMED) + 1, "all but the heading"
    assert [row for row, times in Counter(NAMED).items() if times > 1] == []


def test_every_file_of_traps_of_dates_names_codes_and_meaning_is_on_the_page() -> None:
    kinds = ("dates", "names", "codes", "semantics", "meaning")
    files = {
        path.relative_to(TESTS).as_posix() for kind in kinds for path in TESTS.glob(f"mapping/traps/test_{kind}_*.py")
    }
    assert len(files) >= len(kinds)
    assert files <= {path for path, _ in NAMED}
