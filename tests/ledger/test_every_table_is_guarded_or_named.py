"""No table is forgotten: `log verify` holds its rows against leaves, or docs/log.md says why it does not."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.ledger.guarded import GUARDED
from gateway.store.tables import Table

ROOT = Path(__file__).parents[2]
WITH_LEAVES_OF_THEIR_OWN = {"journal", "outbox", "audit", "log_leaf", "log_node"}


def test_a_table_that_is_not_guarded_is_named_with_its_reason() -> None:
    text = (ROOT / "docs" / "log.md").read_text("utf-8")
    outside = set(re.findall(r"`([a-z_]+)`", text.split("**Tables outside.**")[1].split("\n---\n")[0]))
    assert set(Table.metadata.tables) - set(GUARDED) - WITH_LEAVES_OF_THEIR_OWN <= outside
    assert outside & set(GUARDED) == set()


def test_a_table_that_is_guarded_stands_in_the_list_of_the_documentation() -> None:
    text = (ROOT / "docs" / "log.md").read_text("utf-8")
    listed = text.split("| Guarded | What it holds |")[1].split("\n\n")[0]
    assert set(GUARDED) <= set(re.findall(r"`([a-z_]+)`", listed))


def test_nothing_is_written_to_a_guarded_table_past_the_toolkit() -> None:
    """What goes straight to the driver is not seen by what notes the rows of a transaction; write_rows tells of it.

    The migrations there are ran before any row was guarded; a later one appends its leaves (ADR 0032).
    """
    for file in set((ROOT / "gateway").rglob("*.py")) - set((ROOT / "gateway/store/migrations").rglob("000[1-5]_*.py")):
        source = file.read_text("utf-8")
        named = set(re.findall(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?([a-z_]+)', source))
        assert named & set(GUARDED) == set(), file
