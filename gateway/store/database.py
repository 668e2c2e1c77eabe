"""The database: SQLite beside the node, or PostgreSQL for many workers; one transaction per unit of work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session, sessionmaker

from gateway.errors import DatabaseVersion, Misuse, Unavailable
from gateway.store import written
from gateway.store.columns import entrust
from gateway.store.vault import Locked, Vault
from gateway.store.written import Before

MIGRATIONS = Path(__file__).parent / "migrations"

_NO_ANSWER: Final = ("unable to open", "connect", "database is locked", "readonly", "disk i/o", "is full", "disk full")
"""Words of the drivers for a database that is there no more, or not to be written to now."""
_UNSEALED: Final = ("0001", "0002", "0003")
"""Revisions of the schema that kept everything in clear."""
_NO_DATABASE: Final = ("file is not a database", "disk image is malformed")


class Database:
    """Sessions on one database. Writers on SQLite queue at BEGIN, so no transaction fails half way.

    Without a vault everything works that touches no sealed column; one that is touched refuses (KeyUnusable).
    """

    def __init__(self, url: str, vault: Vault | None = None) -> None:
        self.url = _address(url)
        self.engine = _engine(self.url)
        self.vault: Vault | None = None
        if vault is not None:
            self.entrust(vault)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(self.engine.execution_options(read_only=True), expire_on_commit=False)

    def entrust(self, vault: Vault) -> None:
        """Seal and open values with this vault from now on."""
        self.vault = vault
        entrust(self.engine, vault)

    def watch(
        self, tables: Collection[str], before_change: Before, before_commit: Callable[[Session, written.Keys], None]
    ) -> None:
        """Hand over, before each commit, which rows of these tables it has written, and what they were before."""
        written.watch(self.engine, self._sessions, tables, before_change, before_commit)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A unit of work: committed when the block ends, undone when it raises."""
        with _connected():
            if self.vault is not None:
                self.vault.refresh()
            with self._sessions.begin() as session:
                yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads and never waits for a writer."""
        with _connected(), self._readers() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that reads for long and sees one moment all the while."""
        with self.read() as session:
            if self.engine.dialect.name == "postgresql":
                # SQLite does so by itself; PostgreSQL would otherwise look anew with every statement.
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    def upgrade(self) -> None:
        """Bring the schema to this program's version; refuse a database that is newer."""
        self._refuse_newer()
        if self._revision() == history()[0]:
            # Nothing to do; even asking whether all rows refer to something takes minutes in a large database.
            return
        clear = self.holds_clear_values()
        with _connected():
            command.upgrade(self._config(), "head")
            if clear:
                self._forget_clear_values()

    def holds_clear_values(self) -> bool:
        """Whether the database was made before anything in it was sealed."""
        return self._revision() in _UNSEALED

    def check(self) -> None:
        """Refuse to work on a schema of another version (DatabaseVersion)."""
        # Opening a SQLite file that is not there would make an empty one.
        if self._is_missing_file():
            raise DatabaseVersion("There is no database yet: run `gateway db upgrade`.", where=self._place())
        self._refuse_newer()
        if self._revision() != history()[0]:
            raise DatabaseVersion(
                "The database is older than this program: run `gateway db upgrade`.", where=self._place()
            )

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _refuse_newer(self) -> None:
        revision = self._revision()
        if revision is not None and revision not in history()[1]:
            raise DatabaseVersion(
                "The database was made by a newer version of this program: upgrade the program, "
                "or restore a backup of the older database.",
                where=self._place(),
            )

    def _revision(self) -> str | None:
        with _connected(), self.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
        if len(found) > 1:
            # This program has one line of versions: somebody has written a second into the database.
            raise DatabaseVersion(
                f"The database says it has the versions {' and '.join(found)} at once: remove those that are not its "
                "own from the table alembic_version.",
                where=self._place(),
            )
        return found[0] if found else None

    def _config(self) -> Config:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["engine"] = self.engine
        config.attributes["vault"] = self.vault
        return config

    def _forget_clear_values(self) -> None:
        """Write the files anew: what a migration has sealed stands in clear in the pages it has freed."""
        if self.url.get_backend_name() == "sqlite":
            connection = self.engine.raw_connection()
            try:
                for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    connection.cursor().execute(statement)
            finally:
                connection.close()
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connected:
            connected.exec_driver_sql("VACUUM FULL")

    def _is_missing_file(self) -> bool:
        name = self.url.database
        return (
            self.url.get_backend_name() == "sqlite" and name not in (None, "", ":memory:") and not Path(name).exists()
        )

    def _place(self) -> str:
        return self.url.render_as_string(hide_password=True)


def revisions(session: Session) -> frozenset[str]:
    """The versions that the schema says it has; one, where nobody has tampered with it."""
    return frozenset(MigrationContext.configure(session.connection()).get_current_heads())


@cache
def history() -> tuple[str, frozenset[str]]:
    """The newest revision of the schema, and all of them: Alembic compiles every migration to learn them."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return str(scripts.get_current_head()), frozenset(script.revision for script in scripts.walk_revisions())


@contextmanager
def _connected() -> Iterator[None]:
    """Turn a database that does not answer, and a value that does not open, into a refusal.

    Anything else is a bug and stays one.
    """
    try:
        yield
    except Locked as error:
        raise error.refusal from error
    except NoneFree as error:
        raise Unavailable("The database does not answer.", reason="all connections are in use") from error
    except DBAPIError as error:
        # Only the driver's own words are looked at: the statement and its values may hold any word.
        words = str(error.orig).lower()
        if error.connection_invalidated or any(word in words for word in _NO_ANSWER):
            raise Unavailable("The database does not answer.", reason=words) from error
        if any(word in words for word in _NO_DATABASE):
            raise Misuse("The file is not a database of this program, or is damaged.", reason=words) from error
        raise


def _address(url: str) -> URL:
    """The address, of one of the two databases this program knows (Misuse)."""
    try:
        address = make_url(url)
        if address.get_backend_name() in {"sqlite", "postgresql"}:
            address.get_dialect().import_dbapi()
            return address
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        pass  # the refusal below says it for each of them, and keeps a password in the address to itself
    raise Misuse(
        "The database address is not one this program understands; use sqlite:///FILE or "
        "postgresql+psycopg://USER@HOST/NAME.",
        where="database_url",
    )


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
    # A writer waits up to 30 s for its turn; readers never wait (WAL).
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=10)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver must not open transactions on its own, or savepoints and BEGIN IMMEDIATE do not hold.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
