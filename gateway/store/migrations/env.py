"""How Alembic reaches the database: always through the engine that the program already has."""

from __future__ import annotations

from alembic import context

from gateway.store.tables import Table

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # A table that is altered is copied and dropped, which would count as deleting what others refer to.
        # Asked of the driver itself, since SQLite ignores it inside a transaction.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=sqlite,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise RuntimeError("a migration left a row that refers to nothing")
    connection.commit()
    if sqlite:
        connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
