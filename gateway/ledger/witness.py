"""Countersignatures: a partner's signed word that it has seen a checkpoint, and that it continued the last.

The checkpoint stands inside, as its own node signed it. So whoever holds two countersignatures of one size
with two roots holds the proof of a fork in the very words of the node that forked, and need not believe the
witnesses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.x509 import Certificate
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.errors import InvalidRequest
from gateway.ledger import checkpoint, sealed
from gateway.ledger.checkpoint import Checkpoint
from gateway.ledger.sealed import Signer
from gateway.store.replace import replace
from gateway.store.tables import Witness

_FIELDS = {"by", "at", "checkpoint", "kid", "algorithm", "signature"}


@dataclass(frozen=True, slots=True)
class Countersigned:
    """A checkpoint and who has seen it."""

    by: str
    """The witness, `STATE/AGENCY`."""
    at: datetime
    """When it countersigned."""
    checkpoint: Checkpoint
    """As its own node signed it; `verify` has not looked at that signature."""
    document: dict[str, Any]
    """The countersignature as published."""


def countersign(session: Session, point: Checkpoint, *, by: str, signer: Signer, now: datetime) -> Countersigned:
    """Sign that a checkpoint was seen and found to continue the last one, and keep the statement."""
    at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    document = sealed.seal({"by": by, "at": at, "checkpoint": point.document}, signer)
    statement = _read(document)
    keep(session, statement)
    return statement


def verify(document: Mapping[str, Any], certificate: Certificate) -> Countersigned:
    """The countersignature in a document, signed by the witness (InvalidRequest, SignatureInvalid)."""
    statement = _read(document)
    sealed.check(document, certificate)
    return statement


def keep(session: Session, statement: Countersigned) -> None:
    """Keep a countersignature; a later one of the same size takes the place of an earlier."""
    replace(
        session,
        Witness,
        party=statement.checkpoint.party,
        size=statement.checkpoint.size,
        by=statement.by,
        at=statement.at,
        signed=json.dumps(statement.document, ensure_ascii=False, sort_keys=True),
    )


def newest(session: Session, party: str, by: str = "") -> list[Countersigned]:
    """The largest checkpoint of a party that each witness has countersigned, or that one witness has."""
    largest = select(Witness.by, func.max(Witness.size)).where(Witness.party == party).group_by(Witness.by)
    if by:
        largest = largest.where(Witness.by == by)
    found = [session.get_one(Witness, (party, size, name)) for name, size in session.execute(largest)]
    return [_read(json.loads(row.signed)) for row in sorted(found, key=lambda row: row.by)]


def _read(document: Mapping[str, Any]) -> Countersigned:
    """The values of a document that has every field in its form, and none that is not known."""
    if not isinstance(document, Mapping) or set(document) != _FIELDS:
        raise InvalidRequest("A countersignature has exactly the fields " + ", ".join(sorted(_FIELDS)) + ".")
    for name in _FIELDS - {"checkpoint"}:
        checkpoint.text(document[name], "countersignature", name)
    if len(document["by"]) > 40:
        raise InvalidRequest("The witness of a countersignature is malformed.", where="by")
    at = checkpoint.moment(document["at"], "countersignature")
    return Countersigned(document["by"], at, checkpoint.read(document["checkpoint"]), dict(document))
