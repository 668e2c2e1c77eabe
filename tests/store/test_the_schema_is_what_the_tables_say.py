"""Migrations make exactly the tables of the program; other versions of a database are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import String, cast, event, inspect, select, text
from sqlalchemy.exc import IntegrityError

from gateway.errors import DatabaseVersion, KeyUnusable, Misuse, Unavailable
from gateway.ledger import log
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.tables import Table
from gateway.store.vault import Vault
from tests.conftest import VAULT


def set_revision(database: Database, revision: str) -> None:
    with database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_migrations_make_exactly_the_tables_of_the_program(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(database: Database) -> None:
    before = sorted(inspect(database.engine).get_table_names())
    database.upgrade()
    database.upgrade()
    database.check()
    assert sorted(inspect(database.engine).get_table_names()) == before


def test_an_upgrade_of_what_is_up_to_date_reads_no_table(database: Database) -> None:
    """What a migration is checked by takes minutes in a large database."""
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: asked.append(statement))
    database.upgrade()
    assert asked
    ours = set(Table.metadata.tables)
    assert not any("foreign_key_check" in each or ours & set(re.findall(r"\w+", each)) for each in asked)


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database: Database) -> None:
    set_revision(database, "9999_from_the_future")
    with pytest.raises(DatabaseVersion, match="newer"):
        database.check()
    with pytest.raises(DatabaseVersion, match="newer"):
        database.upgrade()


def test_a_database_of_two_versions_at_once_is_refused(database: Database) -> None:
    with database.begin() as session:
        session.execute(text("INSERT INTO alembic_version VALUES ('0003')"))
    with pytest.raises(DatabaseVersion, match="at once"):
        database.check()


def test_an_empty_database_is_refused_until_it_is_upgraded(tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with pytest.raises(DatabaseVersion, match="gateway db upgrade"):
        database.check()
    database.upgrade()
    database.check()
    database.close()


def test_a_database_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.sqlite'}")
    with pytest.raises(DatabaseVersion, match="no database yet"):
        database.check()
    assert list(tmp_path.iterdir()) == []
    database.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "garbage.sqlite"
    path.write_bytes(b"this is not a database, and it is longer than a header" * 100)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Misuse, match="not a database"):
        database.check()
    database.close()


@pytest.mark.parametrize(
    "address",
    ["nonsense", "oracle+nothing://x/y", "", "://", "postgresql+psycopg://h:port/x", "mysql://user@host/name"],
)
def test_an_address_nobody_understands_is_refused(address: str) -> None:
    with pytest.raises(Misuse):
        Database(address)


def test_a_place_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no/such/folder/gateway.sqlite")
    with pytest.raises(Unavailable):
        database.upgrade()
    database.close()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql+psycopg://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(Unavailable) as refused:
        database.check()
    assert "secret" not in str(refused.value)
    database.close()


FORBIDDEN = re.compile(r"ethnic|religio|politic|health|persecution|race\b|natsional", re.IGNORECASE)


def test_no_table_keeps_what_must_never_be_kept() -> None:
    """design.md: no field for ethnicity, religion, political opinion, health or persecution grounds exists."""
    named = [table.name for table in Table.metadata.tables.values()]
    named += [f"{table.name}.{column.name}" for table in Table.metadata.tables.values() for column in table.columns]
    assert [name for name in named if FORBIDDEN.search(name)] == []


def test_an_older_database_with_rows_is_brought_up_to_date_and_loses_none(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    """SQLite copies and drops a table to alter it, and this one is referred to by others."""
    database = _empty(tmp_path, request, kind)
    command.upgrade(database._config(), "0001")
    with database.begin() as session:
        for statement in _OLD_ROWS:
            session.execute(text(statement))
    database.upgrade()
    with database.begin() as session:
        # What was kept in clear is sealed now, and read as before.
        (record,) = session.scalars(select(tables.Record)).all()
        assert (record.record_id, record.digest, record.profile) == ("x", "d", "blr-permits")
        assert record.payload == "<Record><Profile>blr-permits/3</Profile>Somebody</Record>"
        assert session.scalars(select(tables.Person.ref)).all() == ["REGISTER-1"]
        assert session.scalars(select(tables.Person.states)).all() == [["UZB"]]
        assert session.execute(text("SELECT person_id, erasure FROM record")).all() == [(1, "")]
        assert [bool(row.handed) for row in session.execute(text("SELECT handed FROM disclosure"))] == [True]
        session.execute(text("UPDATE record SET person_id = NULL"))
        # What others refer to is still guarded.
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("DELETE FROM record"))
    if kind == "sqlite":
        # Nothing is left in the pages that the migration has freed.
        whole = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert [word for word in (b"Somebody", b"REGISTER-1", b"Comparable", b"UZB") if word in whole] == []
    database.close()


def test_leaves_of_before_are_sealed_where_they_are(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    """More than are sealed at once."""
    database = _empty(tmp_path, request, kind)
    command.upgrade(database._config(), "0006")
    places = [("audit", 0), *(("exchange", index) for index in range(5_001))]
    insert = """INSERT INTO log_leaf (log, "index", block, subject, content, at)
                VALUES (:tree, :place, 0, 'x', 'x y', '2026-01-01 00:00:00')"""
    with database.begin() as session:
        session.execute(text(insert), [{"tree": tree, "place": place} for tree, place in places])
    database.upgrade()
    with database.read() as session:
        found = dict(
            session.execute(
                select(tables.LogLeaf.log + " " + cast(tables.LogLeaf.index, String), tables.LogLeaf.seal)
            ).all()
        )
    assert found == {f"{tree} {place}": log.seal(VAULT, tree, place, "x y") for tree, place in places}
    database.close()


def test_digests_that_stood_in_the_rows_themselves_are_kept_beside_them(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    database = _empty(tmp_path, request, kind)
    command.upgrade(database._config(), "0006")
    with database.begin() as session:
        for statement in (
            "INSERT INTO lease VALUES ('schedule', 'one', '2026-01-01 00:00:00', 'AAAA')",
            (
                "INSERT INTO job_run (id, job, holder, started, state, outcome, proof) "
                "VALUES (7, 'push', 'one', '2026-01-01 00:00:00', 'running', 'x', 'BBBB')"
            ),
            (
                "INSERT INTO job_run (id, job, holder, started, state, outcome) "
                "VALUES (8, 'push', 'one', '2026-01-01 00:00:00', 'running', 'x')"
            ),
        ):
            session.execute(text(statement))
    database.upgrade()
    with database.read() as session:
        found = session.execute(select(tables.RowDigest.__table__).order_by(tables.RowDigest.key)).all()
    assert found == [("job_run", "7", "BBBB"), ("lease", "schedule", "AAAA")]
    database.close()


def test_an_older_database_with_rows_is_not_sealed_without_keys(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    database = _empty(tmp_path, request, kind, None)
    command.upgrade(database._config(), "0001")
    with database.begin() as session:
        for statement in _OLD_ROWS:
            session.execute(text(statement))
    with pytest.raises(KeyUnusable, match="gateway db upgrade"):
        database.upgrade()
    with pytest.raises(DatabaseVersion):
        database.check()
    database.close()


_OLD_ROWS = (
    (
        "INSERT INTO person (id, state, agency, system, ref, comparable, protected, states, updated) "
        "VALUES (1, 'BLR', 'MVD', 's', 'REGISTER-1', 'Comparable', false, '[\"UZB\"]', '2026-01-01 00:00:00')"
    ),
    (
        "INSERT INTO record (id, record_id, version, category, owner_state, owner_agency, person_id, status, current, "
        "payload, digest, created, stored) VALUES (1, 'x', 1, 'LABOUR_PERMIT', 'BLR', 'MVD', 1, 'ISSUED', true, "
        "'<Record><Profile>blr-permits/3</Profile>Somebody</Record>', 'd', '2026-01-01 00:00:00', "
        "'2026-01-01 00:00:00')"
    ),
    (
        "INSERT INTO disclosure (recipient, position, record_row, agreement, purpose, at) "
        "VALUES ('KAZ/GATE', 1, 1, 'a', 'p', '2026-01-01 00:00:00')"
    ),
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _empty(tmp_path: Path, request: pytest.FixtureRequest, kind: str, vault: Vault | None = VAULT) -> Database:
    if kind == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'old.sqlite'}", vault)
    database = Database(request.getfixturevalue("postgres_url"), vault)
    with database.begin() as session:
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))
    return database
