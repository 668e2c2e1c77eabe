"""Digests of rows that are written every few seconds stand in rows of their own; a leaf has no time beside it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


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
