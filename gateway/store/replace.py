"""One row put in its place, whoever else does so at the same moment.

`Session.merge` looks first and then inserts. On PostgreSQL two processes that look at once both insert, and the
second fails; here the database settles it in one statement, and the later row stays.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gateway.store.tables import Table

Row = TypeVar("Row", bound=Table)
_INSERTS: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def replace(session: Session, table: type[Row], **values: Any) -> Row:
    """Insert a row, or give the one with the same primary key these values."""
    keys = [column.name for column in inspect(table).primary_key]
    insert = _INSERTS[session.connection().dialect.name](table).values(**values)
    others = {name: insert.excluded[name] for name in values if name not in keys}
    done = insert.on_conflict_do_update(index_elements=keys, set_=others).returning(table)
    row: Row = session.scalars(done, execution_options={"populate_existing": True}).one()
    return row
