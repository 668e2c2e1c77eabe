"""How Alembic reaches the database: always through the engine that the program already has."""

from __future__ import annotations

from alembic import context

from gateway.store.tables import Table

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
