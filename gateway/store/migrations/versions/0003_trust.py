"""Chains and revocation, homes of keys, directories fetched, witnesses, timestamps, alarms"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import gateway.store.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = gateway.store.tables.UtcDateTime
_UNSTAMPED = sa.text("token IS NULL")
_UNSEALED = sa.text("sender IS NULL AND log_index IS NULL")


def upgrade() -> None:
    _columns()
    op.create_table(
        "anchor",
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("changed", _TIME(), nullable=False),
        sa.PrimaryKeyConstraint("party", "fingerprint", name=op.f("pk_anchor")),
    )
    op.create_table(
        "revocation_source",
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("this_update", _TIME(), nullable=True),
        sa.Column("next_update", _TIME(), nullable=True),
        sa.Column("fetched", _TIME(), nullable=True),
        sa.Column("tried", _TIME(), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("url", "serial", "issuer", name=op.f("pk_revocation_source")),
    )
    op.create_table(
        "directory_fetch",
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME(), nullable=False),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_directory_fetch")),
    )
    _ledger()


def _columns() -> None:
    op.add_column("partner", sa.Column("algorithms", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("partner", sa.Column("soap_security", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("partner", sa.Column("tls_certificate", sa.Text(), nullable=False, server_default=""))
    op.add_column("key", sa.Column("home", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("key", sa.Column("serial", sa.BigInteger(), nullable=True))
    op.add_column("key", sa.Column("entered", _TIME(), nullable=True))
    op.add_column("key", sa.Column("vouched", sa.String(length=64), nullable=False, server_default=""))
    op.execute("UPDATE key SET status = 'generated' WHERE own AND status = 'proposed'")
    op.execute("UPDATE key SET serial = 0 WHERE own AND status <> 'generated'")
    op.execute("UPDATE key SET home = 'file:' || kid || '.pem' WHERE own")
    op.add_column("journal", sa.Column("kid", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("journal", sa.Column("signed", _TIME(), nullable=True))
    op.add_column("journal", sa.Column("flag", sa.String(length=24), nullable=False, server_default=""))
    op.create_index("ix_journal_kid", "journal", ["kid"])
    op.create_index("ix_journal_unsealed", "journal", ["id"], sqlite_where=_UNSEALED, postgresql_where=_UNSEALED)
    op.add_column("outbox", sa.Column("kid", sa.String(length=64), nullable=False, server_default=""))


def _ledger() -> None:
    op.create_table(
        "witness",
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", _TIME(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("party", "size", "by", name=op.f("pk_witness")),
    )
    op.create_table(
        "stamp",
        sa.Column("id", gateway.store.tables.Serial, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created", _TIME(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("stamped", _TIME(), nullable=True),
        sa.Column("tried", _TIME(), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamp")),
        sa.UniqueConstraint("kind", "subject", "authority", name=op.f("uq_stamp_kind_subject_authority")),
    )
    op.create_index("ix_stamp_waiting", "stamp", ["created"], sqlite_where=_UNSTAMPED, postgresql_where=_UNSTAMPED)
    op.create_table(
        "alarm",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("raised", _TIME(), nullable=False),
        sa.Column("seen", _TIME(), nullable=False),
        sa.Column("cleared", _TIME(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code", "subject", name=op.f("pk_alarm")),
    )
