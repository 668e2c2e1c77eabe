"""A sealed value opens in its place, under its key, unchanged, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, insert, select, text, type_coerce, update

from gateway.errors import Damaged, KeyUnusable
from gateway.store import tables, vault
from gateway.store.columns import Hidden, Sealed, SealedJson, SealedText, sealed_columns
from gateway.store.database import Database
from gateway.store.vault import DataKey, Keys, Locked, Vault, new_key, new_keys
from tests.conftest import VAULT

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHEN = NOW.replace(tzinfo=UTC)
GUARDED = (Sealed, SealedText, SealedJson, Hidden)


def columns() -> Iterator[tuple[str, str]]:
    for table in tables.Table.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, GUARDED):
                yield f"{table.name}.{column.name}", column.type.place


def job(outcome: str = "told to nobody") -> tables.JobRun:
    return tables.JobRun(job="push", holder="h", started=NOW, state="done", outcome=outcome)


@given(st.binary(max_size=2_000))
def test_whatever_is_sealed_opens_again_and_no_two_are_alike(clear: bytes) -> None:
    one, other = VAULT.seal(b"t.c", clear), VAULT.seal(b"t.c", clear)
    assert VAULT.unseal(b"t.c", bytes(one)) == VAULT.unseal(b"t.c", bytes(other)) == clear
    assert (one != other) is bool(clear)
    assert len(clear) < 8 or clear not in bytes(one)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_a_change_of_any_bit_is_found(clear: bytes, data: st.DataObject) -> None:
    sealed = bytearray(VAULT.seal(b"t.c", clear))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Locked) as refused:
        VAULT.unseal(b"t.c", bytes(sealed))
    # Another version or key name leads to no key; everything else to one under which it does not open.
    assert isinstance(refused.value.refusal, Damaged | KeyUnusable)


@given(st.binary(min_size=1, max_size=200), st.integers(1, 60))
def test_a_piece_of_a_value_does_not_open(clear: bytes, cut: int) -> None:
    sealed = bytes(VAULT.seal(b"t.c", clear))
    with pytest.raises(Locked):
        VAULT.unseal(b"t.c", sealed[:-cut] or b"\x00")


@given(st.text(min_size=1, max_size=100))
def test_what_is_hidden_is_found_again_in_its_own_domain_only(clear: str) -> None:
    hidden = VAULT.hide(b"one", clear)
    assert hidden == VAULT.hide(b"one", clear) != VAULT.hide(b"other", clear)
    assert VAULT.reveal(b"one", hidden) == clear
    for elsewhere, domain in ((VAULT, b"other"), (Vault(new_keys(NOW)), b"one")):
        with pytest.raises(Locked):
            elsewhere.reveal(domain, hidden)


def test_nothing_stays_nothing() -> None:
    assert (VAULT.seal(b"t.c", b""), VAULT.hide(b"t", "")) == (b"", "")
    assert (VAULT.unseal(b"t.c", b""), VAULT.reveal(b"t", "")) == (b"", "")


@pytest.mark.parametrize("hidden", ["a", "nonsense", "кириллица", "A" * 64])
def test_what_nobody_has_hidden_is_not_revealed(hidden: str) -> None:
    with pytest.raises(Locked):
        VAULT.reveal(b"one", hidden)


def test_a_drawn_key_is_replaced_long_before_its_nonces_may_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "_MOST", 2)
    busy = Vault(new_keys(NOW))
    sealed = [bytes(busy.seal(b"t.c", b"value")) for _ in range(7)]
    assert len({each[: vault._HEAD] for each in sealed}) == 4
    assert {busy.unseal(b"t.c", each) for each in sealed} == {b"value"}


def test_many_starts_of_a_node_do_not_fill_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "_REMEMBERED", 3)
    keys = new_keys(NOW)
    sealed = [bytes(Vault(keys).seal(b"t.c", b"value")) for _ in range(8)]
    reader = Vault(keys)
    assert [reader.unseal(b"t.c", each) for each in sealed] == [b"value"] * 8
    assert len(reader._aeads) <= 3


def test_an_older_key_still_opens_and_the_newest_seals() -> None:
    first = new_keys(NOW)
    old = bytes(Vault(first).seal(b"t.c", b"before"))
    both = Keys(first.search, (*first.data, new_key(NOW)))
    rotated = Vault(both)
    assert rotated.unseal(b"t.c", old) == b"before"
    assert bytes(rotated.seal(b"t.c", b"after")).startswith(both.newest.mark)


def test_a_key_that_another_process_added_is_taken_in() -> None:
    first = new_keys(NOW)
    later = Keys(first.search, (*first.data, DataKey(b"newk", NOW, b"s" * 32)))
    news = [later]
    running = Vault(first, lambda: news.pop() if news else None)
    assert running.unseal(b"t.c", bytes(Vault(later).seal(b"t.c", b"value"))) == b"value"
    assert running.keys == later


def test_no_secret_stands_in_what_a_trace_would_show() -> None:
    keys = new_keys(NOW)
    assert repr(keys.search) not in repr(keys)
    assert repr(keys.newest.secret) not in repr(keys)


def test_every_column_is_bound_to_its_own_place() -> None:
    """Two columns may only share a place where they are compared with each other."""
    shared = {"record.record_id": "record_id", "watchlist_entry.record_id": "record_id"}
    assert {column: place for column, place in columns() if column != place} == shared


def test_a_value_that_was_moved_to_another_column_is_refused(database: Database) -> None:
    with database.begin() as session:
        link = type_coerce(tables.Journal.reason, LargeBinary)
        session.add_all([_journal("refused because of somebody"), job()])
        session.flush()
        moved = session.scalar(select(link))
        session.execute(update(tables.JobRun).values(outcome=type_coerce(moved, LargeBinary)))
    with pytest.raises(Damaged) as refused, database.read() as session:
        session.scalars(select(tables.JobRun)).all()
    assert (refused.value.where, refused.value.detail) == ("job_run.outcome", "")


def test_a_flipped_bit_in_the_database_is_refused_and_the_rest_can_be_read(database: Database) -> None:
    stored = type_coerce(tables.JobRun.outcome, LargeBinary)
    with database.begin() as session:
        session.add_all([job("first"), job("second")])
        session.flush()
        broken = bytearray(session.scalar(select(stored).where(tables.JobRun.id == 1)) or b"")
        broken[-1] ^= 1
        flipped = type_coerce(bytes(broken), LargeBinary)
        session.execute(update(tables.JobRun).where(tables.JobRun.id == 1).values(outcome=flipped))
    with pytest.raises(Damaged), database.read() as session:
        session.get(tables.JobRun, 1)
    with database.read() as session:
        assert session.get_one(tables.JobRun, 2).outcome == "second"


def test_a_database_without_its_keys_refuses_to_read_and_to_write_what_is_sealed(database: Database) -> None:
    with database.begin() as session:
        session.add(job())
    blind = Database(str(database.url.render_as_string(hide_password=False)))
    with pytest.raises(KeyUnusable, match="without the node's data keys"), blind.read() as session:
        session.scalars(select(tables.JobRun)).all()
    with pytest.raises(KeyUnusable, match="without the node's data keys"), blind.begin() as session:
        session.add(job())
    # What is not sealed is there for everybody, and so is nothing.
    with blind.begin() as session:
        session.add(job(""))
    with blind.read() as session:
        assert session.scalars(select(tables.JobRun.state).order_by(tables.JobRun.id)).all() == ["done", "done"]
    blind.close()


def test_a_database_with_the_keys_of_another_node_says_which_key_is_missing(database: Database) -> None:
    with database.begin() as session:
        session.add(job())
    other = Database(str(database.url.render_as_string(hide_password=False)), Vault(new_keys(NOW)))
    named = VAULT.keys.newest.id.hex()
    with pytest.raises(KeyUnusable, match=f"data key {named}.*restore"), other.read() as session:
        session.scalars(select(tables.JobRun)).all()
    other.close()


def test_two_nodes_in_one_process_have_each_their_own_keys(sqlite: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite'}", Vault(new_keys(NOW)))
    other.upgrade()
    for database, word in ((sqlite, "ours"), (other, "theirs")):
        with database.begin() as session:
            session.add(job(word))
    for database, word in ((sqlite, "ours"), (other, "theirs")):
        with database.read() as session:
            assert session.scalars(select(tables.JobRun.outcome)).all() == [word]
    other.close()


def test_what_is_sealed_is_not_compared() -> None:
    """Such a comparison would quietly never be true."""
    for wrong in (
        lambda: tables.Record.payload == "<Record/>",
        lambda: tables.Record.payload.contains("Profile"),
        lambda: tables.Review.subject.startswith("1-"),
        lambda: tables.Person.states.in_([["UZB"]]),
    ):
        with pytest.raises(TypeError, match="is sealed"):
            wrong()
    assert [str(tables.Record.payload != ""), str(tables.Journal.receipt.is_(None))] == [
        "record.payload != :payload_1",
        "journal.receipt IS NULL",
    ]


def test_values_of_every_kind_come_back_through_statements_of_every_kind(database: Database) -> None:
    with database.begin() as session:
        session.execute(insert(tables.Review), [_review("1-2", {"имя": ["Ж", 1, None]}), _review("1-3", {})])
    with database.read() as session:
        found = session.execute(
            select(tables.Review.subject, tables.Review.detail).where(tables.Review.subject.in_(("1-2", "1-4")))
        ).all()
        assert [tuple(row) for row in found] == [("1-2", {"имя": ["Ж", 1, None]})]
        assert session.scalars(select(tables.Review.detail).order_by(tables.Review.id)).all()[1] == {}
        (subject,) = session.execute(text("SELECT subject FROM review ORDER BY id LIMIT 1")).one()
        assert "1-2" not in subject


def test_tables_with_sealed_columns_have_a_key_of_one_column() -> None:
    """Resealing goes through them by it."""
    for table in tables.Table.metadata.tables.values():
        assert not sealed_columns(table.columns) or len(table.primary_key) == 1


def _journal(reason: str) -> tables.Journal:
    return tables.Journal(channel="rest", digest="d", raw=b"raw", received=NOW, state="refused", reason=reason)


def _review(subject: str, detail: dict[str, object]) -> dict[str, object]:
    return {"kind": "link", "subject": subject, "detail": detail, "created": WHEN}
