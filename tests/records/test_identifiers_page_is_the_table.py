"""docs/identifiers.md is the table of schemes for readers."""

import runpy
from pathlib import Path

from gateway.records.schemes import SCHEMES, UNVERIFIED

MAKER = Path(__file__).with_name("make_identifiers_page.py")


def test_the_page_says_what_the_table_says() -> None:
    made = runpy.run_path(str(MAKER))
    assert made["PAGE"].read_text(encoding="utf-8") == made["page"]()


def test_a_scheme_has_a_rule_exactly_where_its_check_is_published() -> None:
    for row in SCHEMES.values():
        assert (row.holds is not None) == (row.check == "full"), row.key
        assert row.check != "full" or row.basis != UNVERIFIED, row.key


def test_a_scheme_is_of_the_state_its_key_names() -> None:
    issuers = {row.key[:2]: row.issuer for row in SCHEMES.values()}
    assert all(row.issuer == issuers[row.key[:2]] for row in SCHEMES.values())
    assert set(issuers.values()) == {
        *("ARM", "AZE", "BLR", "GEO", "KAZ", "KGZ", "MDA", "RUS", "TJK", "TKM", "UKR", "UZB"),
    }
