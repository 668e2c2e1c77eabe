"""What tells of a person is sealed, and what it is searched by is hidden"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from gateway.errors import KeyUnusable
from gateway.store.vault import Vault

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SEALED = {
    "journal": ("raw", "reason", "receipt"),
    "outbox": ("raw", "receipt"),
    "record": ("payload", "digest"),
    "person": ("comparable", "states"),
    "link": ("evidence", "reason"),
    "review": ("detail",),
    "watchlist_entry": ("reference", "subject"),
    "job_run": ("outcome",),
}
_HIDDEN = {
    "record": {"record_id": "record_id", "decision": "record.decision"},
    "person": {"ref": "person.ref"},
    "review": {"subject": "review.subject"},
    "watchlist_entry": {"record_id": "record_id"},
    "bookmark": {"value": "bookmark.value"},
}
_KEY = {"watchlist_entry": "record_id", "bookmark": "name"}
"""Primary key of the tables that have no `id`."""
_BINARY = frozenset({"journal.raw", "journal.receipt", "outbox.raw", "outbox.receipt"})
"""What was bytes before."""
_LENGTH = {
    "journal.reason": 400, "record.record_id": 36, "record.digest": 64, "record.decision": 80, "person.ref": 80,
    "link.reason": 400, "review.subject": 80, "watchlist_entry.record_id": 36, "watchlist_entry.reference": 80,
    "job_run.outcome": 200, "bookmark.value": 200,
}  # fmt: skip
_TOGETHER = 500
_PROFILE = re.compile(rb"<Profile>([^<]*)/[^</]*</Profile>")


def upgrade() -> None:
    op.add_column("record", sa.Column("profile", sa.String(length=80), nullable=False, server_default=""))
    for table in sorted({*_SEALED, *_HIDDEN}):
        _retype(table)
    vault: Vault | None = context.config.attributes.get("vault")
    for table in sorted({*_SEALED, *_HIDDEN}):
        _close(table, vault)


def _retype(table: str) -> None:
    """Make room: sealed values are bytes, and hidden ones longer than what they hide."""
    sealed = [name for name in _SEALED.get(table, ()) if f"{table}.{name}" not in _BINARY]
    hidden = list(_HIDDEN.get(table, ()))
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(table) as altered:
            for name in sealed:
                altered.alter_column(name, existing_type=_before(table, name), type_=sa.LargeBinary())
            for name in hidden:
                altered.alter_column(name, existing_type=_before(table, name), type_=sa.Text())
        return
    changes = [f"ALTER COLUMN {name} TYPE bytea USING convert_to({name}::text, 'UTF8')" for name in sealed]
    changes += [f"ALTER COLUMN {name} TYPE text" for name in hidden]
    defaults = [f"ALTER COLUMN {name} DROP DEFAULT" for name in sealed]
    if changes:
        op.execute(f"ALTER TABLE {table} {', '.join(defaults + changes)}")


def _before(table: str, name: str) -> Any:
    length = _LENGTH.get(f"{table}.{name}")
    if length is not None:
        return sa.String(length=length)
    return sa.Text() if name in ("payload", "comparable") else sa.JSON()


def _close(table: str, vault: Vault | None) -> None:
    """Seal and hide what is there already, some rows at a time, all in the migration's one transaction."""
    sealed, hidden, key = _SEALED.get(table, ()), _HIDDEN.get(table, {}), _KEY.get(table, "id")
    columns: list[sa.ColumnClause[Any]] = [sa.column(name, sa.LargeBinary()) for name in sealed]
    columns += [sa.column(name, sa.Text()) for name in hidden if name != key]
    if table == "record":
        columns.append(sa.column("profile", sa.Text()))
    row_key: sa.ColumnClause[Any] = sa.column(key)
    rows, bind = sa.table(table, row_key, *columns), op.get_bind()
    keys = bind.scalars(sa.select(row_key).select_from(rows)).all()
    if keys and vault is None:
        raise KeyUnusable("The rows of this database have to be sealed: run `gateway db upgrade` with its data keys.")
    if vault is None:
        return
    change = _sealing(table, vault, sealed, hidden)
    for some in _parts(keys):
        for row in bind.execute(sa.select(rows).where(row_key.in_(some))).mappings().all():
            bind.execute(sa.update(rows).where(row_key == row[key]).values(change(row)))


def _sealing(
    table: str, vault: Vault, sealed: Sequence[str], hidden: dict[str, str]
) -> Callable[[Any], dict[str, Any]]:
    def change(row: Any) -> dict[str, Any]:
        told: dict[str, Any] = {
            name: vault.seal(f"{table}.{name}".encode(), row[name]) for name in sealed if row[name] is not None
        }
        told |= {name: vault.hide(domain.encode(), row[name]) for name, domain in hidden.items()}
        if table == "record" and (made := _PROFILE.search(row["payload"])):
            told["profile"] = made[1].decode()[:80]
        return told

    return change


def _parts(keys: Sequence[Any]) -> Iterator[list[Any]]:
    return (list(keys[start : start + _TOGETHER]) for start in range(0, len(keys), _TOGETHER))
