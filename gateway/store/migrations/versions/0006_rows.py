"""Rows that are written every few seconds bear their own digest, and a leaf speaks of many rows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("lease", "job_run"):
        op.add_column(table, sa.Column("proof", sa.String(length=22), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("log_leaf", "content", type_=sa.Text(), existing_nullable=False)
