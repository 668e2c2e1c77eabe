"""Rows that are written every few seconds bear their own digest"""

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
