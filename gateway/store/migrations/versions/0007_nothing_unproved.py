"""Digests of rows that are written every few seconds stand in rows of their own; leaves are sealed, and have no time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from gateway.errors import KeyUnusable
from gateway.ledger.log import seal
from gateway.store.vault import Vault

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TOGETHER = 5_000


def upgrade() -> None:
    op.create_table(
        "row_digest",
        sa.Column("of", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("digest", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("of", "key", name=op.f("pk_row_digest")),
        sqlite_with_rowid=False,
    )
    for table, key in (("lease", "name"), ("job_run", "id")):
        op.execute(
            f'INSERT INTO row_digest ("of", "key", digest) '  # noqa: S608 - two names from above
            f"SELECT '{table}', CAST({key} AS VARCHAR(160)), proof FROM {table} WHERE proof IS NOT NULL"
        )
        op.execute(f"ALTER TABLE {table} DROP COLUMN proof")
    op.execute("ALTER TABLE log_leaf DROP COLUMN at")
    op.add_column("log_leaf", sa.Column("seal", sa.String(length=16), nullable=False, server_default=""))
    _seal(op.get_bind(), context.config.attributes.get("vault"))


def _seal(connection: sa.Connection, vault: Vault | None) -> None:
    """Seal the leaves that there are as they are, some at a time in the order of their keys."""
    leaf = sa.table("log_leaf", *(sa.column(name) for name in ("log", "index", "content", "seal")))
    place, last = sa.tuple_(leaf.c.log, leaf.c.index), ("", -1)
    query = sa.select(leaf.c.log, leaf.c.index, leaf.c.content).order_by(leaf.c.log, leaf.c.index).limit(_TOGETHER)
    this = (leaf.c.log == sa.bindparam("tree"), leaf.c.index == sa.bindparam("place"))
    sealed = sa.update(leaf).where(*this).values(seal=sa.bindparam("mark"))
    while some := connection.execute(query.where(place > sa.tuple_(*last))).all():
        if vault is None:
            raise KeyUnusable(
                "The leaves of the log are sealed now, which takes the node's keys: `gateway db upgrade`."
            )
        marks = [
            {"tree": log, "place": index, "mark": seal(vault, log, index, content)} for log, index, content in some
        ]
        connection.execute(sealed, marks)
        last = (marks[-1]["tree"], marks[-1]["place"])
