"""Records about nobody; content that is erased on time; what has left the node and what has not"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import gateway.store.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WHOLE = sa.text("erased IS NULL")
_DECIDED = sa.text("decision <> ''")
_TIME = gateway.store.tables.UtcDateTime


def upgrade() -> None:
    with op.batch_alter_table("record") as record:
        record.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
        # The names of the newer families and of their states are longer.
        record.alter_column("category", existing_type=sa.String(length=24), type_=sa.String(length=40))
        record.alter_column("status", existing_type=sa.String(length=24), type_=sa.String(length=40))
        record.add_column(sa.Column("decision", sa.String(length=80), nullable=False, server_default=""))
        record.add_column(sa.Column("erased", _TIME(), nullable=True))
        record.add_column(sa.Column("erasure", sa.String(length=16), nullable=False, server_default=""))
        record.drop_index("ix_record_retention")
    op.execute("UPDATE record SET erased = stored, erasure = 'WITHDRAWN' WHERE payload LIKE '<Withdraw>%'")
    with op.batch_alter_table("watchlist_entry") as entry:
        entry.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
    op.create_index("ix_record_whole", "record", ["retention_until"], sqlite_where=_WHOLE, postgresql_where=_WHOLE)
    op.create_index("ix_record_decision", "record", ["decision"], sqlite_where=_DECIDED, postgresql_where=_DECIDED)
    op.add_column("agreement", sa.Column("retention_days", sa.Integer(), nullable=True))
    op.add_column("journal", sa.Column("erased", _TIME(), nullable=True))
    op.create_index("ix_journal_whole", "journal", ["received"], sqlite_where=_WHOLE, postgresql_where=_WHOLE)
    for column in (
        sa.Column("attempted", _TIME(), nullable=True),
        sa.Column("first_position", sa.BigInteger(), nullable=True),
        sa.Column("last_position", sa.BigInteger(), nullable=True),
        sa.Column("erased", _TIME(), nullable=True),
    ):
        op.add_column("outbox", column)
    op.create_index("ix_outbox_whole", "outbox", ["delivered"], sqlite_where=_WHOLE, postgresql_where=_WHOLE)
    # What was in an outbox before this version may have been tried: nobody wrote down whether.
    op.execute("UPDATE outbox SET attempted = created")
    op.add_column("disclosure", sa.Column("handed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("feed", sa.Column("taken", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("review", sa.Column("due", sa.Date(), nullable=True))
    op.create_index("ix_review_due", "review", ["due"])
