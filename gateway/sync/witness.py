"""Checkpoints exchanged: we watch our partners' logs, countersign what holds, and raise an alarm at a fork.

A partner's word comes to us on three ways: the checkpoint it gives us, its receipts, and what others say they
saw of it. All three end in `_take`, which keeps a statement only with the proof that it continues the last.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import InvalidRequest, LogInconsistent, Refusal, Unavailable, Unreadable
from gateway.exchange.node import Node
from gateway.ledger import checkpoint, witness
from gateway.ledger.checkpoint import Checkpoint
from gateway.store import tables
from gateway.sync import health, receipts
from gateway.sync.deliver import never
from gateway.sync.side_by_side import side_by_side
from gateway.sync.transport import PartnerRefused
from gateway.sync.visitor import Visitor
from gateway.trust import alarms, certificates
from gateway.trust.alarms import Code

_UNPROVED: Final = frozenset({InvalidRequest.code, LogInconsistent.code})
"""Codes with which a node says that it cannot prove a tree which it has signed."""
_PROOF: Final = 128
"""Most hashes of a proof; two for each level of the largest tree there can be."""
_STATEMENTS: Final = 200
"""Most statements of others that are looked at in one visit."""
_SIGNED: Final = ("active", "retiring", "retired")
"""States of the keys whose earlier statements still count; what a revoked key says is worth nothing."""


def witness_partners(node: Node, partner: str = "", *, stopping: Callable[[], bool] = never) -> str:
    """Visit one partner node, or all; one line on how it went. A partner in trouble keeps nobody else back."""
    with node.database.read() as session:
        query = select(tables.Partner).where(tables.Partner.status == "active", tables.Partner.kind == "node")
        visitors = {row.id: Visitor(node, row) for row in session.scalars(query.order_by(tables.Partner.id))}
    troubled: list[str] = []

    def visit(name: str) -> int:
        if stopping():
            return 0
        try:
            _visit(node, name, visitors)
        except Refusal as refusal:
            troubled.append(name)
            if not isinstance(refusal, LogInconsistent):
                with node.database.begin() as session:
                    health.failed(session, name, refusal.code)
            return 0
        return 1

    # One after the other, and each has its turn: even a bug that one of them meets leaves no other log unwatched.
    chosen = [name for name in visitors if partner in ("", name)]
    seen = side_by_side(visit, chosen, threads=1)
    return f"{seen} logs hold" + (f", trouble: {', '.join(troubled)}" if troubled else "")


def _visit(node: Node, name: str, visitors: Mapping[str, Visitor]) -> None:
    visitor = visitors[name]
    with node.database.read() as session:
        least = receipts.largest(session, name)
    # 1. What the partner says of its log now, proved to continue what we have seen of it.
    point = _take(node, visitor, visitor.get("/v1/log/checkpoint"), told_by=name)
    # 2. What its receipts said meanwhile belongs to the same past.
    receipts.check(node, name, point, lambda old, new: _proof(visitor, old, new), _forked, least=least)
    # 3. We say so, to the partner, who shows it to whoever asks.
    with node.database.begin() as session:
        signer = node.keyring.signer(session)
        statement = witness.countersign(session, point, by=node.settings.node, signer=signer, now=node.clock())
    visitor.post("/v1/log/witness", statement.document)
    # 4. What others have seen of it, and what it has seen of others: two views of one log must be one log.
    others = [each for each in visitors if each != name]
    told = visitor.get("/v1/log/witnesses", party=[name, *others]).get("witnesses")
    for document in told[:_STATEMENTS] if isinstance(told, list) else []:
        compare(node, document, visitors, told_by=name)
    health.note_answer(node, name)


def compare(node: Node, document: Any, visitors: Mapping[str, Visitor], *, told_by: str) -> None:
    """Hold a statement about a log we watch ourselves against what we know of it.

    Who made the statement does not matter: the log's own node has signed what stands inside.
    """
    try:
        inner = document["checkpoint"]
        subject = inner["party"]
        visitor = visitors[subject]
    except (KeyError, TypeError):
        return
    try:
        _take(node, visitor, inner, told_by=told_by)
    except LogInconsistent:
        # The alarm is raised; whoever told us is not to blame.
        if subject == told_by:
            raise
    except Refusal:
        # Words that its node did not sign prove nothing; a node that does not answer is asked another time.
        return


def _take(node: Node, visitor: Visitor, document: Mapping[str, Any], *, told_by: str) -> Checkpoint:
    """Keep a checkpoint of a partner once it is proved to continue the last one; else there is an alarm."""
    name = visitor.partner.id
    # 1. It is the partner's own word.
    with node.database.read() as session:
        point = checkpoint.verify(document, _certificate(session, name, document))
        known = session.get(tables.LogCheckpoint, (name, point.size))
        last = checkpoint.latest(session, name)
    if point.party != name or point.log != "exchange":
        raise InvalidRequest("The checkpoint speaks of another log.", where=name)
    shrunk = last is not None and point.size < last.size and point.at > last.at
    level = last is None or shrunk or point.size == last.size
    if known is not None and known.root == point.root.hex() and not level:
        return point
    # 2. The proof comes from the partner, whoever showed us the checkpoint.
    try:
        proof = [] if last is None or level else _proof(visitor, *sorted((last.size, point.size)))
        # 3. Kept, or an alarm. What was not proved against the newest that is known is not taken, nor countersigned.
        with node.database.begin() as session:
            if not _same(checkpoint.latest(session, name), last):
                raise Unavailable("Another process looks at this log at this moment.", where=name)
            _accept(session, node, point, last, proof, told_by=told_by)
    except LogInconsistent as fork:
        with node.database.begin() as session:
            evidence = {"known": last.document if last else None, "shown": point.document, "by": told_by}
            _forked(session, node, name, fork.reason, evidence)
        raise
    return point


def _accept(
    session: Session, node: Node, point: Checkpoint, last: Checkpoint | None, proof: Sequence[bytes], *, told_by: str
) -> None:
    certificate = _certificate(session, point.party, point.document)
    checkpoint.accept(session, point.document, certificate, proof, party=point.party)
    if last is None or point.size != last.size:
        audit.write(
            session, Action.CHECKPOINT_ACCEPTED, actor=told_by, subject=point.party, outcome=f"size {point.size}",
            at=node.clock(),
        )  # fmt: skip


def _forked(session: Session, node: Node, partner: str, reason: str, evidence: Mapping[str, Any]) -> None:
    """The exchange goes on; an administrator decides what a partner without a past is worth."""
    now = node.clock()
    alarms.raise_alarm(session, Code.LOG_FORK, partner, now, {"reason": reason, **evidence})
    audit.write(
        session, Action.CHECKPOINT_REFUSED, actor=partner, subject=partner, outcome=LogInconsistent.code, at=now,
        detail={"reason": reason},
    )  # fmt: skip


def _proof(visitor: Visitor, old: int, new: int) -> list[bytes]:
    """The partner's proof that its tree only grew (LogInconsistent where it says that it has none)."""
    if old in (0, new):
        return []
    try:
        told = visitor.get("/v1/log/consistency", old=old, new=new).get("proof")
    except PartnerRefused as refusal:
        if refusal.reason in _UNPROVED:
            raise LogInconsistent(reason=f"no proof from {old} to {new} leaves: {refusal.reason}") from refusal
        raise
    return _hashes(told, visitor.partner.id)


def _hashes(told: Any, where: str) -> list[bytes]:
    if not isinstance(told, list) or len(told) > _PROOF or not all(isinstance(step, str) for step in told):
        raise Unreadable("The partner's proof is not a list of hashes.", where=where)
    try:
        return [base64.b64decode(step, validate=True) for step in told]
    except (binascii.Error, ValueError) as error:
        raise Unreadable("The partner's proof is not a list of hashes.", where=where) from error


def _certificate(session: Session, party: str, document: Mapping[str, Any]) -> Certificate:
    """The certificate of the key that the document names, of this very partner (InvalidRequest)."""
    kid = document.get("kid") if isinstance(document, Mapping) else None
    key = session.get(tables.Key, kid) if isinstance(kid, str) and kid.isprintable() else None
    if key is None or key.party != party or key.status not in _SIGNED:
        raise InvalidRequest("The checkpoint is not signed by a key of its node.", where=party)
    return certificates.load(key.certificate)


def _same(one: Checkpoint | None, other: Checkpoint | None) -> bool:
    return (one and (one.size, one.root)) == (other and (other.size, other.root))
