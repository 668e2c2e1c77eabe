"""Notices of keys: our directory as a signed message, so that partners have a new key, or a revocation, at once.

A notice holds everything that the published directory holds. Its receipt proves that the partner has that version,
and no partner has to find our address to fetch it. What a partner tells us is taken over like its directory.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.disclosure.agreements import Terms
from gateway.errors import KeyUnusable, NotPermitted
from gateway.exchange import send
from gateway.exchange.incoming import refuse_invalid
from gateway.exchange.node import Node
from gateway.exchange.outcome import Outcome, Task
from gateway.findings import Finding
from gateway.ledger import log
from gateway.message import body
from gateway.message.bodies import KeyNotice, ListedKey, ReceiptBody, Revocation
from gateway.message.envelope import Kind, body_of
from gateway.message.parse import parse
from gateway.message.signature import Signer
from gateway.store import tables
from gateway.trust import directory, fetched, takeover

TERMS: Final = Terms("keys", "KEY_ADMIN", frozenset())
"""No agreement is needed to say which keys one has."""

SignerOf = Callable[[str], Signer | None]
"""Which key signs the notice for a partner; None for the active one."""


def announce(
    session: Session, node: Node, *, now: datetime, urgent: bool = False, signer_of: SignerOf = lambda _partner: None
) -> list[str]:
    """Put a notice of our keys as they are now into the outbox of every active partner node; returns their names."""
    content = body.write_key_notice(_ours(session))
    partners = session.scalars(
        select(tables.Partner)
        .where(tables.Partner.kind == "node", tables.Partner.status == "active")
        .order_by(tables.Partner.id)
    ).all()
    for partner in partners:
        send.post(
            session,
            node,
            partner,
            Kind.KEY_NOTICE,
            content,
            terms=TERMS,
            records=0,
            now=now,
            numbered=False,
            priority="A" if urgent else "B",
            signer=signer_of(partner.id),
        )
    return [partner.id for partner in partners]


def take(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """A partner's notice: keys that it revokes are worth nothing from here on, those that it lists are taken.

    ACCEPTED means that all of them are accepted here; PARTLY that what it revokes is revoked, but not every key
    that it lists can be used.
    """
    refuse_invalid(findings)
    if partner.kind != "node":
        raise NotPermitted(reason=f"{partner.id} is no node, and has no directory of keys")
    # Whatever is audited below, the partners' tree comes first, here as in every other message.
    log.hold(task.session, "exchange")
    notice = body.read_key_notice(body_of(task.message.root))
    word = takeover.Word(partner.id, task.message.signer.kid, notice.serial, _entries(notice), task.now)
    # The job that fetches directories holds the serial before any key; so does a notice, or each waits for the other.
    takeover.last_serial(task.session, partner.id, hold=True)
    directory.take_notice(task.session, word, actor=partner.id)
    if revokes(notice, word.signer) or takeover.last_serial(task.session, partner.id) > notice.serial:
        # A last word brings nothing in, and a notice that was overtaken says nothing that is missing here.
        return Outcome("ACCEPTED")
    unfit = takeover.unfit(task.session, word)
    if unfit:
        return Outcome("PARTLY", code=KeyUnusable.code, reason=f"not usable here: {', '.join(unfit)}")
    return Outcome("ACCEPTED")


def acknowledged(session: Session, row: tables.Outbox, receipt: ReceiptBody, now: datetime) -> None:
    """A partner has answered one of our messages; if that was a notice, it is proved to have our directory."""
    if row.kind != Kind.KEY_NOTICE or receipt.verdict == "REFUSED":
        return
    notice = _read(row.raw)
    if receipt.verdict == "PARTLY":
        # It cannot use, or has come to doubt, a key of ours: perhaps the one we sign with.
        fetched.forget(session, [row.partner])
        for key in session.scalars(select(tables.Key).where(tables.Key.own, tables.Key.status == "active")):
            fetched.warn(session, key, now)
    elif not revokes(notice, row.kid):
        fetched.record(session, row.partner, notice.serial, now)


def is_last_word(raw: bytes, kid: str) -> bool:
    """Whether a notice, signed, revokes the very key that has signed it."""
    return revokes(_read(raw), kid)


def revokes(notice: KeyNotice, kid: str) -> bool:
    """Whether a notice revokes a key."""
    return any(revoked.key_id == kid for revoked in notice.revoked)


def _read(raw: bytes) -> KeyNotice:
    return body.read_key_notice(body_of(parse(raw, limit=len(raw))))


def _ours(session: Session) -> KeyNotice:
    serial, keys = directory.shown(session)
    revoked = tuple(Revocation(key.kid, key.invalid_since) for key in keys if key.invalid_since is not None)
    listed = []
    for key in keys:
        # A key whose row was damaged signs nothing any more. It must not hold up the revocation of a stolen one.
        with suppress(KeyUnusable):
            if key.invalid_since is None:
                listed.append(ListedKey(key.kid, key.status.upper(), tuple(directory.x5c(key))))
    return KeyNotice(serial, revoked, tuple(listed))


def _entries(notice: KeyNotice) -> list[dict[str, Any]]:
    """A notice in the words of the published directory."""
    revoked = [
        {"kid": key.key_id, "status": "revoked", "invalid_since": key.invalid_since.isoformat()}
        for key in notice.revoked
    ]
    listed = [{"kid": key.key_id, "status": key.status.lower(), "x5c": list(key.certificates)} for key in notice.keys]
    return revoked + listed
