"""CAs are asked ahead of need which of their certificates they have revoked; what they say is judged and kept.

Only certificates whose chain leads to an approved anchor are asked about, so every address comes from a CA
that two people let in, or from the settings. What a message meets later is the stored word: no CA is ever
asked while a message waits.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import KeyUnusable, Refusal, RevocationRefused, RevocationUnknown, Unavailable
from gateway.exchange.node import Node
from gateway.partners.answer import UNREACHED, Deadline, bounded
from gateway.settings import Revocation
from gateway.store import tables
from gateway.sync.deliver import never
from gateway.sync.side_by_side import side_by_side
from gateway.trust import alarms, anchors, lifecycle, responders
from gateway.trust.alarms import Code
from gateway.trust.revocation import Place, check_newer
from gateway.trust.standing import Standing, Standings, Step, after, kept_statement, read_statement

ACTOR: Final = "revocation"
"""Who revokes a key because its CA has."""
_OVER: Final = ("retired", "revoked")
COUNTING: Final = ("published", "active", "retiring")
"""The states in which a key's standing is somebody's business."""
_THREADS: Final = 4
"""CAs asked at once: one that does not answer must not keep the word of the others from us."""


@dataclass(frozen=True, slots=True)
class Done:
    """What one round did."""

    asked: int = 0
    failed: int = 0
    revoked: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    """A key of the table, as far as it matters here."""

    kid: str
    party: str
    status: str
    standing: Standing


def refresh_revocation(node: Node, partner: str = "", *, stopping: Callable[[], bool] = never) -> Done:
    """Ask about the certificates of one partner's keys, or of all and of our own; move what was revoked.

    A CA that does not answer holds up no other: its trouble is noted, its last word counts until it is stale.
    """
    # 1. What there is to ask: every step of every chain that leads to an anchor.
    with node.database.read() as session:
        steps = [step for row in _issued(session, node, partner) for step in row.standing.steps]
    questions = {place.key: (place, step) for step in steps for place in step.places}
    # 2. Each place is asked, and what it says is kept if it can be believed.
    numbered = {str(number): question for number, question in enumerate(questions.values())}

    def ask(number: str) -> int:
        return 1 if stopping() else _ask(node, *numbered[number])

    try:
        failed = side_by_side(ask, numbered, threads=_THREADS)
    finally:
        # 3. What follows, of whatever was said: revoked keys, and the alarms.
        if not partner:
            _forget(node, set(questions))
        revoked = _judge(node, partner)
    return Done(len(questions), failed, revoked)


def _issued(session: Session, node: Node, partner: str) -> list[_Row]:
    """The keys that count or may yet count, and that a CA has issued."""
    query = select(tables.Key.kid, tables.Key.party, tables.Key.status, tables.Key.certificate)
    query = query.where(tables.Key.status.not_in(_OVER)).order_by(tables.Key.kid)
    keys = session.execute(query.where(tables.Key.party == partner) if partner else query).all()
    standings = Standings(node.settings.revocation).of(session, [(key.kid, key.party, key.certificate) for key in keys])
    return [_Row(key.kid, key.party, key.status, standings[key.kid]) for key in keys if key.kid in standings]


def _ask(node: Node, place: Place, step: Step) -> int:
    """Ask one place and write down what came of it; 1 where that is nothing to be believed."""
    now = node.clock()
    try:
        content = fetch(place, step.certificate, step.issuer, node.settings.revocation)
        with node.database.begin() as session:
            _keep(session, place, step, content, now)
    except Refusal as refusal:
        with node.database.begin() as session:
            row = _row(session, place)
            row.tried, row.trouble = now, f"{refusal.code}: {refusal.detail}"[:200]
        return 1
    return 0


def _keep(session: Session, place: Place, step: Step, content: bytes, now: datetime) -> None:
    """Take a statement in the place of the one before (RevocationRefused)."""
    row = _row(session, place)
    statement = read_statement(content, place, step.certificate, step.issuer, now)
    if row.fetched is not None:
        before = kept_statement(row.content, place, step.certificate, step.issuer, row.fetched)
        if before is not None:
            check_newer(statement, before)
    if content != row.content:
        anchors.touch(session)
    row.content, row.fetched, row.tried, row.trouble = content, now, now, ""
    row.this_update, row.next_update = statement.this_update, statement.next_update


def _row(session: Session, place: Place) -> tables.RevocationSource:
    row = session.get(tables.RevocationSource, place.key, with_for_update=True, populate_existing=True)
    if row is None:
        row = tables.RevocationSource(url=place.url, serial=place.serial, issuer=place.issuer, content=b"")
        session.add(row)
    return row


def _forget(node: Node, asked: set[tuple[str, str, str]]) -> None:
    """Drop what no certificate names any more."""
    with node.database.read() as session:
        keys = select(tables.RevocationSource.url, tables.RevocationSource.serial, tables.RevocationSource.issuer)
        over = [tuple(key) for key in session.execute(keys) if tuple(key) not in asked]
    if over:
        with node.database.begin() as session:
            for key in over:
                row = session.get(tables.RevocationSource, key)
                if row is not None:
                    session.delete(row)


def _judge(node: Node, partner: str) -> int:
    """Revoke the keys that their CA has revoked, and say of which keys too little is known."""
    now = node.clock()
    with node.database.begin() as session:
        ends = [(row, end) for row in _issued(session, node, partner) if (end := row.standing.revoked) is not None]
        for row, end in ends:
            since = min(end.since, now)
            reason = f"revoked by its CA: {end.reason}"
            lifecycle.revoke(session, row.kid, invalid_since=since, actor=ACTOR, reason=reason, now=now)
    # The alarms in a second transaction: the counters of the database are always taken in the same order.
    with node.database.begin() as session:
        rows = _issued(session, node, partner)
        # Of a key that does not count yet its approval will tell.
        counting = [row for row in rows if row.status in COUNTING]
        doubts = {_subject(row): _doubt(row.standing, node.settings.revocation, now) for row in counting}
        _alarm(session, doubts, partner, now)
    return len(ends)


def _doubt(standing: Standing, rules: Revocation, now: datetime) -> tuple[Code, str] | None:
    """What is wrong with a key that its CA has not revoked, or will be before the warning is over."""
    for code, at in ((Code.REVOCATION_STALE, now), (Code.REVOCATION_LATE, after(now, rules.stale / 2))):
        try:
            standing.check(at)
        except RevocationUnknown as refusal:
            return code, refusal.detail
        except KeyUnusable as refusal:
            return (Code.CHAIN_REFUSED, f"{refusal.code}: {refusal.detail}") if at == now else None
    return None


def _alarm(session: Session, doubts: Mapping[str, tuple[Code, str] | None], partner: str, now: datetime) -> None:
    for subject, doubt in doubts.items():
        if doubt is not None:
            alarms.raise_alarm(session, doubt[0], subject, now, {"reason": doubt[1]})
    for code in (Code.REVOCATION_LATE, Code.REVOCATION_STALE, Code.CHAIN_REFUSED):
        for alarm in alarms.open_alarms(session, code):
            ours = not partner or alarm.subject.startswith(f"{partner} ")
            doubt = doubts.get(alarm.subject)
            if ours and (doubt is None or doubt[0] is not code):
                alarms.clear(session, code, alarm.subject, now)


def _subject(row: _Row) -> str:
    return f"{row.party} {row.kid[:16]}"


def fetch(place: Place, certificate: Certificate, issuer: Certificate, rules: Revocation) -> bytes:
    """What a place answers, within bounds of size and time and from nowhere else (Unavailable, TooLarge, …)."""
    where = place.address[:80]
    if not place.trusted:
        _check_elsewhere(place.address)
    asked = responders.question(certificate, issuer) if place.serial else None
    headers = {"Content-Type": "application/ocsp-request"} if asked else {}
    deadline = Deadline(rules.timeout, where)
    try:
        # Proxies and redirects of anybody must not lead us elsewhere.
        with (
            httpx.Client(timeout=rules.timeout, trust_env=False, follow_redirects=False) as client,
            client.stream("POST" if asked else "GET", place.address, content=asked, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise Unavailable(f"The CA answers http-{response.status_code}.", where=where)
            return bounded(response.iter_bytes(), rules.answer_bytes, deadline, where)
    except UNREACHED as error:
        raise Unavailable("The CA does not answer.", where=where, reason=str(error)) from error


def _check_elsewhere(address: str) -> None:
    """Refuse an address on this machine or its link: a certificate must not make us ask ourselves."""
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable("The name of the CA's server is not known.", where=address[:80]) from error
    for *_, where in found:
        host = ipaddress.ip_address(str(where[0]).partition("%")[0])
        host = getattr(host, "ipv4_mapped", None) or host
        if host.is_loopback or host.is_link_local or host.is_unspecified or host.is_multicast:
            raise RevocationRefused(
                "The certificate names a place on this machine; only the settings may.", where=address[:80]
            )
