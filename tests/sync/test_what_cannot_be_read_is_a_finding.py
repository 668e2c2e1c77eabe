"""`gateway log verify`: a value that its column cannot hold is named, and ends neither the check nor the alarm.

SQLite takes anything in any column, so whoever writes past the program can leave what no reader expects.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from gateway.exchange import logbook
from gateway.store import tables
from tests.sync.test_no_row_changes_unseen import live, thief

SPOILT = {
    """UPDATE log_leaf SET content = x'00ff' WHERE log = 'rows' AND "index" = 3""": "LOG-LEAF rows[3]",
    """UPDATE log_leaf SET content = x'00ff' WHERE log = 'exchange' AND "index" = 3""": "LOG-LEAF exchange[3]",
    """UPDATE log_leaf SET content = CAST(x'41ff' AS TEXT) WHERE log = 'rows' AND "index" = 3""": (
        "LOG-ROW-UNREADABLE log_leaf[0]"
    ),
    """UPDATE log_leaf SET content = CAST(x'41ff' AS TEXT) WHERE log = 'exchange' AND "index" = 3""": (
        "LOG-ROW-UNREADABLE audit[0]"
    ),
    """UPDATE log_leaf SET subject = x'00' WHERE log = 'exchange' AND "index" = 3""": "LOG-SUBJECT exchange[3]",
    """UPDATE log_leaf SET "index" = 'abc' WHERE log = 'exchange' AND "index" = 3""": "LOG-POSITION exchange[3]",
    """UPDATE log_node SET hash = 'abc' WHERE log = 'rows' AND level = 0 AND "index" = 3""": "LOG-LEAF rows[3]",
    """UPDATE log_node SET hash = 'abc' WHERE log = 'audit' AND level = 0 AND "index" = 3""": "LOG-LEAF audit[3]",
    """UPDATE log_node SET hash = 'abc' WHERE log = 'audit' AND level = 1 AND "index" = 1""": "LOG-NODE audit[2]",
    """UPDATE log_node SET level = 'abc' WHERE log = 'rows' AND level = 1 AND "index" = 1""": (
        "LOG-ROW-UNREADABLE log_node[0]"
    ),
    """UPDATE log_node SET level = 1000000000000 WHERE log = 'rows' AND level = 1 AND "index" = 1""": (
        "LOG-NODE rows[0]"
    ),
    "UPDATE log_checkpoint SET at = 'never'": "LOG-ROW-UNREADABLE log_checkpoint[0]",
    "UPDATE log_checkpoint SET size = 'x' WHERE party = 'BLR/GATE'": "LOG-CHECKPOINT-ROW exchange[x]",
    "UPDATE witness SET signed = CAST(x'41ff' AS TEXT)": "LOG-ROW-UNREADABLE witness[0]",
    "UPDATE audit SET action = 'messages-erased', subject = 'journal', detail = '{\"rows\": 3}'": "LOG-ROW audit[0]",
    "UPDATE audit SET action = 'messages-flagged', detail = '{\"rows\": [[1, \"x\"]]}'": "LOG-ROW audit[0]",
    "UPDATE audit SET action = 'message-recalled', detail = '[]'": "LOG-ROW audit[0]",
    "UPDATE audit SET detail = CAST(x'41ff' AS TEXT)": "LOG-ROW-UNREADABLE audit[0]",
    "UPDATE partner SET agency = CAST(x'41ff' AS TEXT)": "LOG-ROW-UNREADABLE partner[0]",
    "UPDATE person SET comparable = x'0102' WHERE id = 1": "LOG-ROW person[1]",
    "UPDATE person SET comparable = 'x' WHERE id = 1": "LOG-ROW person[1]",
    "UPDATE key SET certificate = 'x'": "LOG-CHECKPOINT exchange[16]",
}
"""What somebody writes, and what has to be found."""


def test_a_value_that_its_column_cannot_hold_is_a_finding_and_an_alarm(world: Any, tmp_path: Path) -> None:
    node = world.blr
    live(world)
    database, sound = Path(node.database.url.database), tmp_path / "sound.sqlite"
    node.database.close()
    shutil.copy(database, sound)
    for statement, expected in SPOILT.items():
        node.database.close()
        shutil.copy(sound, database)
        with sqlite3.connect(database) as spoiling:
            assert spoiling.execute(statement).rowcount > 0, statement
        spoiling.close()
        report = logbook.verify(node)
        assert expected in {f"{item.code} {item.path}" for item in report.findings}, statement
        assert [alarm.code for alarm in world.rows(node, tables.Alarm) if alarm.code == "log-broken"], statement


def test_a_tree_that_cannot_be_appended_to_keeps_nobody_from_the_findings(either_world: Any) -> None:
    """The alarm is a row under guard, too: where its leaf has no place, the report still says what is wrong."""
    node = either_world.blr
    live(either_world)
    with thief(node) as connection:
        connection.execute(delete(tables.LogNode).where(tables.LogNode.log == "rows"))
    assert "LOG-LEAF rows[0]" in {f"{item.code} {item.path}" for item in logbook.verify(node).findings}
