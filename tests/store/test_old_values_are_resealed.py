"""After a rotation every value can be read; after a resealing none is under the old key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, insert, select, type_coerce, update

from gateway.errors import KeyUnusable
from gateway.store import datakeys, reseal, tables
from gateway.store.database import Database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORD = b"a password of the tests"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    place = tmp_path / datakeys.NAME
    datakeys.create(place, WORD, NOW)
    return place


@pytest.fixture
def node(keys: Path, database_url: str) -> Any:
    """A database under keys of its own, as a running node holds it."""
    database = Database(database_url, datakeys.open_vault(keys, WORD))
    yield database
    database.close()


def fill(database: Database, count: int, first: int = 0) -> None:
    with database.begin() as session:
        journal = [
            {
                "channel": "rest", "digest": str(number), "raw": f"raw {number}".encode(), "received": NOW,
                "state": "accepted", "receipt": b"receipt" if number % 2 else None,
                "reason": "" if number % 3 else "reason",
            }
            for number in range(first, first + count)
        ]  # fmt: skip
        session.execute(insert(tables.Journal), journal)
        entry = {
            "changed": 1, "owner_state": "BLR", "active": True, "action": "STOP", "contact": "", "territory": "ISSUER",
            "ban_from": NOW.date(), "subject": {"names": []},
        }  # fmt: skip
        entries = [entry | {"record_id": f"r{number}", "reference": f"D-{number}"} for number in range(first, count)]
        session.execute(insert(tables.WatchlistEntry), entries or [entry | {"record_id": "last", "reference": ""}])


def read(database: Database) -> list[tuple[Any, ...]]:
    with database.read() as session:
        journal = select(tables.Journal.raw, tables.Journal.receipt, tables.Journal.reason).order_by(tables.Journal.id)
        entries = select(
            tables.WatchlistEntry.reference, tables.WatchlistEntry.subject, tables.WatchlistEntry.record_id
        )
        return [tuple(row) for row in session.execute(journal)] + sorted(
            (tuple(row) for row in session.execute(entries)), key=lambda row: str(row[2])
        )


def values(database: Database) -> list[int]:
    return [each.values for each in reseal.usage(database)]


def test_a_rotation_and_a_resealing_change_nothing_that_is_read(node: Database, keys: Path) -> None:
    fill(node, 450)
    before, sealed = read(node), values(node)
    assert sealed == [450 + 225 + 150 + 450 + 450]
    added = datakeys.rotate(keys, WORD, NOW + timedelta(days=1))
    fill(node, 10, first=1_000)
    mixed = read(node)
    assert (values(node)[0], reseal.outstanding(node)) == (*sealed, 900)
    seen: list[int] = []
    assert reseal.reseal(node, progress=seen.append) == 900 == seen[-1]
    assert len(seen) > 4
    assert (read(node), values(node)[0], reseal.outstanding(node)) == (mixed, 0, 0)
    assert all(row in mixed for row in before)
    # A node that starts with the newest key alone reads everything.
    old = reseal.vault_of(node).keys.data[0]
    reseal.drop(node, old, lambda gone: datakeys.drop(keys, WORD, gone), NOW + timedelta(days=2))
    fresh = datakeys.open_vault(keys, WORD)
    assert fresh.keys.data == (added,)
    alone = Database(node.url.render_as_string(hide_password=False), fresh)
    assert read(alone) == mixed
    alone.close()


def test_a_resealing_that_is_stopped_goes_on_where_it_was(node: Database, keys: Path) -> None:
    fill(node, 450)
    before = read(node)
    datakeys.rotate(keys, WORD, NOW)
    seen: list[int] = []
    assert reseal.reseal(node, progress=seen.append, stopping=lambda: bool(seen)) == 200
    assert (reseal.outstanding(node), read(node)) == (700, before)
    assert reseal.reseal(node) == 700
    assert (reseal.reseal(node), read(node)) == (0, before)


def test_a_row_that_changes_meanwhile_keeps_its_new_value(node: Database, keys: Path) -> None:
    fill(node, 1)
    datakeys.rotate(keys, WORD, NOW)
    reseal.vault_of(node).refresh()
    with node.begin() as session:
        table = tables.Table.metadata.tables["journal"]
        rows = reseal._some(session, table, reseal.vault_of(node).keys.newest.mark, None)
        session.execute(update(tables.Journal).values(raw=b"newer"))
        reseal._renew(session, reseal.vault_of(node), table, rows[0])
    assert read(node)[0][0] == b"newer"


def test_the_newest_key_and_one_in_use_and_one_just_replaced_are_not_dropped(node: Database, keys: Path) -> None:
    fill(node, 1)
    (only,) = reseal.vault_of(node).keys.data

    def refused(now: datetime, match: str) -> None:
        with pytest.raises(KeyUnusable, match=match):
            reseal.drop(node, only, lambda _gone: pytest.fail("it was dropped"), now)

    refused(NOW, "newest")
    datakeys.rotate(keys, WORD, NOW)
    reseal.vault_of(node).refresh()
    refused(NOW + timedelta(minutes=59), "an hour after")
    refused(NOW + timedelta(minutes=61), r"values are under this key; run `gateway vault reseal`")


def test_a_key_that_is_missing_is_listed_with_what_it_would_open(node: Database, keys: Path) -> None:
    fill(node, 1)
    lost = reseal.vault_of(node).keys.newest
    keys.unlink()
    datakeys.create(keys, WORD, NOW)
    other = Database(node.url.render_as_string(hide_password=False), datakeys.open_vault(keys, WORD))
    first, second = reseal.usage(other)
    assert (first.id, first.created, first.seals, first.values) == (lost.id.hex(), None, False, 4)
    assert (second.seals, second.values) == (True, 0)
    with pytest.raises(KeyUnusable, match=lost.id.hex()):
        reseal.reseal(other)
    other.close()


def test_a_database_without_keys_is_not_resealed(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(KeyUnusable):
        reseal.reseal(database)
    database.close()


def test_what_is_stored_begins_with_the_key_it_is_under(node: Database) -> None:
    fill(node, 1)
    with node.read() as session:
        sealed = session.scalars(select(type_coerce(tables.Journal.raw, LargeBinary))).one()
    assert bytes(sealed).startswith(reseal.vault_of(node).keys.newest.mark)
