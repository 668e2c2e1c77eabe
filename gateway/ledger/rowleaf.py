"""What leaves say of the rows of journal and outbox, so that no column of a row can be changed unseen.

The leaf that a partner proves holds what the partner knows, and no more. Right behind it stands one that only this
node can make: digests of the row, keyed, so that nobody who sees a hash can try a guess.

    ID journal COLUMNS RAW RECEIPT    behind `ID in …`, when the verdict of a message that came in is there
    ID outbox COLUMNS RAW             behind `ID out … SENT`, of what stays as it is while the message is on its way
    ID settled COLUMNS RAW RECEIPT    when its receipt has come: nothing of the row changes any more
    ID resigned RECEIPT INDEX         the answer to the message of leaf INDEX was signed anew
    ID resigned RAW                   a message that waits was signed anew

The bytes have digests of their own, since retention erases them and keeps the rest.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json import JSONEncoder
from typing import Any, Final

from sqlalchemy import ColumnElement, func, type_coerce
from sqlalchemy.orm import Session

from gateway.ledger.log import Entry
from gateway.store.columns import SealedText, stored, vault_of
from gateway.store.tables import Journal, Outbox
from gateway.store.vault import Locked, Vault

BYTES: Final = ("raw", "receipt")
"""Columns that may be large: digests of their own."""
IN_JOURNAL, IN_OUTBOX, SETTLED, RESIGNED = "journal", "outbox", "settled", "resigned"
END_STATES: Final = ("delivered", "refused")
"""States of the outbox that are never left."""
WAY_STATES: Final = ("waiting", "sending", "dead")
"""All others."""

AFTERWARDS: Final[Mapping[str, Mapping[str, str]]] = {
    "journal": {
        "flag": "set when a key is revoked; held against `messages-flagged` in the audit trail",
        "erased": "set by retention, which empties raw and some answers; held against `messages-erased`",
        "log_index": "the place of the leaf that the row is held against: another place, another leaf",
    },
    "outbox": {"erased": "set by retention, which empties raw; held against `messages-erased`"},
}
"""Columns outside the digest of a row's columns, and what they are held against instead."""
ON_ITS_WAY: Final[Mapping[str, str]] = {
    "state": "`waiting`, `sending` or `dead`, by every attempt; any other state has to have its leaf",
    "code": "why the last attempt failed",
    "attempts": "counted up by every attempt",
    "attempted": "when it was first tried; taken back where nobody took the connection",
    "next_at": "when it is tried again",
    "claimed_by": "the worker that holds it",
    "claimed_until": "for how long",
}
"""Columns of the outbox that delivery works with: not covered until the message is settled, and covered then."""
_BY_RECEIPT: Final = ("kid", "delivered", "stored", "unchanged", "refused", "withheld")
"""Covered otherwise until the receipt comes: the key together with the bytes, the rest by being empty."""


def _names(table: Any, *without: str) -> tuple[str, ...]:
    apart = {*BYTES, *AFTERWARDS[table.name], *without}
    return tuple(column.name for column in table.columns if column.name not in apart)


_COVERED: Final = {
    IN_JOURNAL: _names(Journal.__table__),
    IN_OUTBOX: _names(Outbox.__table__, *ON_ITS_WAY, *_BY_RECEIPT),
    SETTLED: _names(Outbox.__table__),
}
_encode: Final = JSONEncoder(separators=(",", ":")).encode


# --- What is written -------------------------------------------------------------------------------------


def of_journal(session: Session, row: Journal) -> Entry:
    """The leaf that covers a row of the journal, finished but for the place of its leaf."""
    vault, subject = vault_of(session), subject_of(row.message_id, row.claimed)
    said = columns(vault, IN_JOURNAL, _values(row, IN_JOURNAL))
    raw, receipt = content(vault, "journal.raw", row.raw), content(vault, "journal.receipt", row.receipt)
    return Entry(subject, f"{subject} {IN_JOURNAL} {said} {raw} {receipt}")


def of_outbox(session: Session, row: Outbox) -> Entry:
    """The leaf that covers a new row of the outbox."""
    vault, subject = vault_of(session), row.message_id
    return Entry(
        subject, f"{subject} {IN_OUTBOX} {columns(vault, IN_OUTBOX, _values(row, IN_OUTBOX))} {sent(vault, row)}"
    )


def of_settled(session: Session, row: Outbox) -> Entry:
    """The leaf that covers a row of the outbox for good."""
    vault, subject = vault_of(session), row.message_id
    receipt = content(vault, "outbox.receipt", row.receipt)
    return Entry(
        subject, f"{subject} {SETTLED} {columns(vault, SETTLED, _values(row, SETTLED))} {sent(vault, row)} {receipt}"
    )


def of_resigned(session: Session, row: Journal | Outbox) -> Entry:
    """The leaf that says what is kept since an answer, or a message that waits, was signed anew."""
    vault = vault_of(session)
    if isinstance(row, Outbox):
        return Entry(row.message_id, f"{row.message_id} {RESIGNED} {sent(vault, row)}")
    subject = subject_of(row.message_id, row.claimed)
    receipt = content(vault, "journal.receipt", row.receipt)
    return Entry(subject, f"{subject} {RESIGNED} {receipt} {row.log_index}")


def _values(row: Journal | Outbox, kind: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COVERED[kind]}


def subject_of(message_id: str | None, claimed: str) -> str:
    """The message that a row of the journal is about; an id that was taken stands in what it claims of itself."""
    return message_id or claimed.rsplit(" ", 1)[-1]


# --- The digests -----------------------------------------------------------------------------------------


def columns(vault: Vault, kind: str, values: Mapping[str, Any]) -> str:
    """The digest of a row's columns but for its bytes; a value that is missing counts as none."""
    document = [kind, *(_plain(values.get(name)) for name in _COVERED[kind])]
    return _text(vault.digest(b"row", _encode(document).encode()))


def content(vault: Vault, place: str, value: bytes | None) -> str:
    """The digest of what is kept in a column of bytes."""
    return "-" if value is None else _text(vault.digest(place.encode(), hashlib.sha256(value).digest()))


def sent(vault: Vault, row: Any, raw: bytes | None = None) -> str:
    """The digest of a message that goes out, with the key that has signed it."""
    return content(vault, f"outbox.raw {row.kid}", row.raw if raw is None else raw)


def batch(vault: Vault, values: Sequence[Mapping[str, Any]]) -> str:
    """One digest over many rows of the journal, in this order."""
    lines = "\n".join(columns(vault, IN_JOURNAL, each) for each in values)
    return _text(vault.digest(b"rows", lines.encode()))


# --- What is read ----------------------------------------------------------------------------------------


def readable(table: type[Journal | Outbox]) -> list[ColumnElement[Any]]:
    """What to select for values(): everything but the bytes, of which it is `size`. Nothing is opened yet."""
    found = [
        type_coerce(column, stored(column)).label(column.name) if isinstance(column.type, SealedText) else column
        for column in table.__table__.columns
        if column.name not in BYTES
    ]
    lengths = [func.coalesce(func.length(as_stored(table, name)), 0) for name in BYTES]
    return [*found, (lengths[0] + lengths[1]).label("size")]


def as_stored(table: type[Journal | Outbox], name: str) -> ColumnElement[bytes]:
    """A column of bytes as the database has it."""
    column = table.__table__.columns[name]
    return type_coerce(column, stored(column))


def values(vault: Vault, row: Any) -> dict[str, Any]:
    """The values of a row that readable() has selected; a sealed one that does not open fits no digest."""
    found = dict(row._mapping)  # noqa: SLF001 - the public name of it in SQLAlchemy
    if "reason" in found:
        reason = opened(vault, "journal.reason", found["reason"])
        found["reason"] = None if reason is None else reason.decode()
    return found


def opened(vault: Vault, place: str, value: bytes | None) -> bytes | None:
    """What was sealed; None where nothing is there, and where it does not open."""
    try:
        return None if value is None else vault.unseal(place.encode(), value)
    except Locked:
        return None


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
