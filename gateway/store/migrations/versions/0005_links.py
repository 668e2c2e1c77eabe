"""Models that the node has learned, and runs that link the population again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import gateway.store.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = gateway.store.tables.UtcDateTime
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "link_model",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created", _TIME(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("trained_on", sa.JSON(), nullable=False),
        sa.Column("activated", _TIME(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_link_model")),
    )
    op.create_table(
        "relink",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("model", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started", _TIME(), nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("approval", sa.String(length=36), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("finished", _TIME(), nullable=True),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("held_until", _TIME(), nullable=True),
        sa.ForeignKeyConstraint(["model"], ["link_model.name"], name=op.f("fk_relink_model_link_model")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relink")),
    )
    _found()


def _found() -> None:
    op.create_table(
        "relink_pair",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("relink_id", _SERIAL, nullable=False),
        sa.Column("left_id", sa.BigInteger(), nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["relink_id"], ["relink.id"], name=op.f("fk_relink_pair_relink_id_relink")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relink_pair")),
        sa.UniqueConstraint("relink_id", "right_id", "left_id", name=op.f("uq_relink_pair_relink_id_right_id_left_id")),
    )
    op.create_index("ix_relink_pair_left", "relink_pair", ["left_id"])
    op.create_table(
        "relink_change",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("relink_id", _SERIAL, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("groups", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["relink_id"], ["relink.id"], name=op.f("fk_relink_change_relink_id_relink")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relink_change")),
    )
    op.create_index("ix_relink_change_kind", "relink_change", ["relink_id", "kind", "size"])
