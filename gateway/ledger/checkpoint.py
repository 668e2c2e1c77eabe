"""Checkpoints: signed statements of how large a tree is and what its root is.

Partners keep each other's checkpoints. Once a checkpoint is out, its node can no longer change the past
without every partner seeing it, because a new checkpoint is only accepted with the proof that it continues
the last one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.x509 import Certificate
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway.errors import InvalidRequest, LogInconsistent
from gateway.ledger import log as tree
from gateway.ledger import sealed
from gateway.ledger.log import Log
from gateway.ledger.merkle import verify_consistency
from gateway.ledger.sealed import Signer
from gateway.store.replace import replace
from gateway.store.tables import LogCheckpoint

HASH_LENGTH = 32
_LONGEST = 4096
"""Characters of a field; the signature of the largest RSA key has 1366."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a node says about one of its trees at one time."""

    party: str
    """Whose tree, `STATE/AGENCY`."""
    log: str
    size: int
    root: bytes
    at: datetime
    document: dict[str, Any]
    """The signed statement as published."""


def issue(session: Session, *, party: str, log: Log, signer: Signer, now: datetime) -> Checkpoint:
    """Sign the tree as it stands and keep the statement; one at the same size replaces the earlier one."""
    size = tree.size(session, log)
    root = tree.root(session, log, size)
    document = sealed.seal({"party": party, "log": log, "size": size, "root": root.hex(), "at": _text(now)}, signer)
    checkpoint = read(document)
    _keep(session, checkpoint)
    return checkpoint


def latest(session: Session, party: str, log: Log = "exchange") -> Checkpoint | None:
    """The largest checkpoint of a party that is known here, its own or an accepted one."""
    query = select(LogCheckpoint).where(LogCheckpoint.party == _keeper(party, log))
    row = session.scalar(query.order_by(LogCheckpoint.size.desc()).limit(1))
    return None if row is None else read(json.loads(row.signed))


def verify(document: Mapping[str, Any], certificate: Certificate) -> Checkpoint:
    """The checkpoint in a signed document (InvalidRequest, SignatureInvalid)."""
    checkpoint = read(document)
    sealed.check(document, certificate)
    return checkpoint


def accept(
    session: Session,
    document: Mapping[str, Any],
    certificate: Certificate,
    consistency_proof: Sequence[bytes],
    *,
    party: str,
) -> Checkpoint:
    """Keep a partner's checkpoint, once it is proved to continue the last one we saw.

    `party` is who the certificate belongs to. The proof leads from the smaller of the two trees to the
    larger. LogInconsistent means the partner's log was forked or shortened: raise an alarm, do not retry.
    """
    checkpoint = verify(document, certificate)
    if checkpoint.party != party or checkpoint.log != "exchange":
        raise LogInconsistent(reason=f"a checkpoint of {party} speaks of another log")
    last = latest(session, party)
    if last is not None:
        _continue(last, checkpoint, consistency_proof)
        if last.size == checkpoint.size and last.at >= checkpoint.at:
            return last
    _keep(session, checkpoint)
    return checkpoint


def forget(session: Session, party: str) -> Checkpoint | None:
    """Forget what was seen of a partner's log, so that the next checkpoint begins anew; returns the last one."""
    last = latest(session, party)
    session.execute(delete(LogCheckpoint).where(LogCheckpoint.party.in_((party, f"{party}#receipt"))))
    return last


def read(document: Mapping[str, Any]) -> Checkpoint:
    """The values of a document that has every field in its form, and none that is not known (InvalidRequest)."""
    wanted = {"party", "log", "size", "root", "at", "kid", "algorithm", "signature"}
    if not isinstance(document, Mapping) or set(document) != wanted:
        raise InvalidRequest("A checkpoint has exactly the fields " + ", ".join(sorted(wanted)) + ".")
    size, root, at = document["size"], document["root"], document["at"]
    if type(size) is not int or not 0 <= size < 1 << 63:
        raise InvalidRequest("The size of a checkpoint is a whole number.", where="size")
    for name in wanted - {"size"}:
        text(document[name], "checkpoint", name)
    when = moment(at, "checkpoint")
    try:
        value = bytes.fromhex(root)
    except ValueError as error:
        raise InvalidRequest("The root of a checkpoint is malformed.", where="root") from error
    if len(value) != HASH_LENGTH or value.hex() != root:
        raise InvalidRequest("The root of a checkpoint is malformed.", where="root")
    return Checkpoint(document["party"], document["log"], size, value, when, dict(document))


def text(value: object, of: str, name: str) -> str:
    """A field that is a text which every database can keep and look for (InvalidRequest)."""
    if not isinstance(value, str) or not value.isprintable() or len(value) > _LONGEST:
        raise InvalidRequest(f"This field of a {of} is a text.", where=name)
    return value


def moment(value: str, of: str) -> datetime:
    """A time with its zone, in UTC (InvalidRequest); one at the very end of the calendar has no place there."""
    try:
        when = datetime.fromisoformat(value)
        if when.tzinfo is not None:
            return when.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(f"The time of a {of} is malformed.", where="at") from error
    raise InvalidRequest(f"The time of a {of} is malformed.", where="at")


def _continue(last: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> None:
    if new.size < last.size and new.at > last.at:
        raise LogInconsistent(reason=f"the log of {new.party} shrank from {last.size} to {new.size} leaves")
    # A statement that was overtaken on its way is older and smaller: then it is the beginning of the last.
    small, large = (new, last) if new.size < last.size else (last, new)
    if not verify_consistency(small.size, small.root, large.size, large.root, proof):
        raise LogInconsistent(
            reason=f"the log of {new.party} with {large.size} leaves does not continue the one with {small.size}"
        )


def _keep(session: Session, checkpoint: Checkpoint) -> None:
    replace(
        session,
        LogCheckpoint,
        party=_keeper(checkpoint.party, checkpoint.log),
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        at=checkpoint.at,
        signed=json.dumps(checkpoint.document, ensure_ascii=False, sort_keys=True),
    )


def _keeper(party: str, log: str) -> str:
    return party if log == "exchange" else f"{party}#audit"


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
