"""What the bodies hold that are not plain lists of records, as values.

A body that is made from what the database already keeps is written from stored fragments (see body.py); these
values are what a reader gets, and what a writer takes where there is nothing stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.records.codes import Labels
from gateway.records.record import Record

WITHDRAWAL_REASONS: Final[Labels] = {
    "RECTIFIED": ("уточнение данных", "rectified"),
    "DUPLICATE": ("дубликат", "duplicate"),
    "CANCELLED": ("решение отменено", "decision cancelled"),
    "RETENTION": ("срок хранения истёк", "retention period over"),
}
"""Neutral on purpose: a reason must never tell that the person asked for protection (domain.md 3.1, R8)."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The withdrawal of one record: every version up to and including `version`."""

    record_id: str
    version: int
    reason: str = "RECTIFIED"
    """Key of WITHDRAWAL_REASONS."""


@dataclass(frozen=True, slots=True)
class ChangesRequest:
    """Ask for the changes after a position of one's own sequence."""

    after: int
    """0 from the beginning."""
    limit: int
    """1 to 10,000."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: either a new version of a record or a withdrawal."""

    position: int
    record: Record | None = None
    withdrawal: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """The answer to a ChangesRequest."""

    after: int
    last: int
    """Position of the last change given, or `after` where there is none."""
    more: bool
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """Records of persons who may be the one asked about; one inner tuple a person."""

    matches: tuple[tuple[Record, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry of the watchlist that a human should look at."""

    band: str
    """`HIT` or `POSSIBLE`."""
    action: str
    """As EntryBan.action."""
    reference: str
    contact: str
    reasons: tuple[str, ...]
    """At least one."""


@dataclass(frozen=True, slots=True)
class WatchlistAnswer:
    """The least a border officer needs."""

    band: str
    """The highest of the hits: `HIT`, `POSSIBLE` or `NO_HIT`."""
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Revocation:
    """A key that is not to be trusted since a moment."""

    key_id: str
    invalid_since: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key of the sender's directory that signs now, will, or did until lately."""

    key_id: str
    status: str
    """`PUBLISHED`, `ACTIVE` or `RETIRING`."""
    certificates: tuple[str, ...]
    """Base64 of each DER: the key's own certificate, then those of its chain."""


@dataclass(frozen=True, slots=True)
class KeyNotice:
    """The sender's directory of keys has a new serial, and this is what stands in it."""

    serial: int
    revoked: tuple[Revocation, ...] = ()
    keys: tuple[ListedKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Ping:
    """An end-to-end test of the connection; the text holds no personal data."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class RecordVerdict:
    """What became of one record of a message; the path names a record that has no proper id."""

    record_id: str
    """Empty where the record bore none of the required form (see read.identity)."""
    version: int
    """0 where the record bore none."""
    verdict: str
    """`STORED`, `UNCHANGED`, `REFUSED` or `WITHHELD`."""
    code: str = ""
    """Code of the rule that refused it."""
    path: str = ""
    """Path of the place in the message."""


@dataclass(frozen=True, slots=True)
class ReceiptBody:
    """The signed answer to a message: what was done with it and where that is written."""

    message_id: str
    digest: str
    """Base64 SHA-256 of the message's canonical bytes without its signature."""
    verdict: str
    """`ACCEPTED`, `PARTLY` or `REFUSED`."""
    code: str = ""
    """Code of the refusal of the whole message."""
    log_index: int | None = None
    log_size: int | None = None
    log_root: str = ""
    """Base64."""
    log_proof: tuple[str, ...] = ()
    """Base64 hashes from the leaf upwards; empty in a log of one leaf."""
    records: tuple[RecordVerdict, ...] = ()
    missing: tuple[tuple[int, int], ...] = ()
    """Gaps of the stream, first and last number."""
