"""What a node says of its tamper-evident log, the same for the command line and for /v1/admin."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import KeyUnusable, LogInconsistent, NotFound
from gateway.exchange import held, refusals
from gateway.exchange.crosscheck import cross_check
from gateway.exchange.node import Node
from gateway.ledger import checkpoint, log, rows, witness
from gateway.ledger.check import Report, verify_export
from gateway.ledger.export import export
from gateway.store import tables
from gateway.store.database import Database
from gateway.trust import alarms, certificates
from gateway.trust.alarms import Code


def signed(node: Node, name: log.Log = "exchange") -> dict[str, Any]:
    """A checkpoint of the log as it stands, signed now; what was refused before is in it."""
    refusals.seal(node.database)
    rows.anchor(node.database, node.settings.node)
    with node.database.begin() as session:
        signer = node.keyring.signer(session)
        point = checkpoint.issue(session, party=node.settings.node, log=name, signer=signer, now=node.clock())
    return dict(point.document)


def status(session: Session, own: str) -> dict[str, Any]:
    """How large our log is and who has countersigned it; the partners' logs as seen here, and which have forked."""
    point = checkpoint.latest(session, own)
    names = session.scalars(select(tables.Partner.id).where(tables.Partner.kind == "node")).all()
    seen = [each for name in sorted(names) if (each := checkpoint.latest(session, name)) is not None]
    forks = {row.subject: row.raised for row in alarms.open_alarms(session, Code.LOG_FORK)}
    return {
        "size": log.size(session, "exchange"),
        "checkpoint": {"size": point.size, "at": point.at} if point else None,
        "broken": bool(alarms.open_alarms(session, Code.LOG_BROKEN)),
        "witnesses": [
            {"by": each.by, "size": each.checkpoint.size, "at": each.at} for each in witness.newest(session, own)
        ],
        "partners": [{"party": p.party, "size": p.size, "at": p.at, "forked": forks.get(p.party)} for p in seen],
    }


def prove(session: Session, message: str) -> dict[str, Any]:
    """Where a message stands in the log, with the proof (NotFound)."""
    leaves = log.about_message(session, message)
    if not leaves:
        raise NotFound("The log has no such message.", where=message)
    size, leaf = log.size(session, "exchange"), leaves[0]
    proof = log.inclusion(session, "exchange", leaf.index, size)
    return {
        "index": leaf.index,
        "size": size,
        "content": leaf.content,
        "root": log.root(session, "exchange", size).hex(),
        "proof": [base64.b64encode(step).decode() for step in proof],
    }


def write(node: Node, file: TextIO, name: log.Log) -> int:
    """The log with its checkpoints, the newest of them signed now; how many leaves. Memory does not grow with it."""
    signed(node, name)
    # By a session that keeps nobody waiting: a log may be larger than the memory.
    with node.database.snapshot() as session:
        return export(session, file, party=node.settings.node, log=name)


def verify(node: Node) -> Report:
    """The trees as a stranger would check them, and every table that they speak of; a flaw is an alarm.

    Nothing is signed first: a checkpoint of a tree that was tampered with would make the lie ours.
    """
    own = node.settings.node
    report = examine(node.database, own, node.search_secret)
    if not report.holds:
        where = [item.path for item in report.findings if item.severity == "error"][:10]
        # The alarm is a row with a leaf, too: a tree so broken that nothing can be appended takes none.
        with suppress(LogInconsistent), node.database.begin() as session:
            alarms.raise_alarm(session, Code.LOG_BROKEN, own, node.clock(), {"where": where})
    return report


def examine(database: Database, own: str, secret: bytes | None) -> Report:
    """The same without a word to anybody. Where the node's keys cannot be used, `secret` is None (as cross_check)."""
    with TemporaryDirectory() as folder:
        paths = {name: Path(folder) / f"{name}.jsonl" for name in ("exchange", "audit")}
        with database.snapshot() as session:
            for name, path in paths.items():
                with path.open("w", encoding="utf-8") as file:
                    _export(session, file, own, "audit" if name == "audit" else "exchange")
            rows = cross_check(session, own, secret)
            keys = list(_certificates(session))
        report, private = (verify_export(path, keys) for path in paths.values())
    report.findings += [*private.findings, *rows]
    return report


def _export(session: Session, file: TextIO, own: str, name: log.Log) -> None:
    """A tree as far as it can be read; where a row of it cannot, what lacks is found, and the cross-check tells why."""
    try:
        export(session, file, party=own, log=name)
    except held.UNREADABLE as error:
        if held.is_outage(error):
            raise


def _certificates(session: Session) -> Iterator[Certificate]:
    """Of all keys that are known here; of one that was changed beyond reading, the leaf of its row tells."""
    for pem in session.scalars(select(tables.Key.certificate)):
        with suppress(KeyUnusable):
            yield certificates.load(pem)


def shown(report: Report) -> dict[str, Any]:
    """What a check has found, in plain values."""
    return {
        "holds": report.holds,
        "leaves": report.leaves,
        "proved": report.proved,
        "witnesses": report.witnesses,
        "findings": [item.as_dict() for item in report.findings],
    }
