"""Partners' directories of keys, fetched ahead of time: a new key is known here before its first message comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from gateway import audit
from gateway.errors import KeyUnusable, Refusal, Unreadable
from gateway.exchange.node import Node
from gateway.store import tables
from gateway.sync import health
from gateway.sync.side_by_side import side_by_side
from gateway.sync.transport import PartnerRefused
from gateway.sync.visitor import Visitor
from gateway.trust import approvals, damaged, directory, expiry_warnings, lifecycle, takeover, tls_renewal

_TRIES: Final = 3
"""Times that a notice may overtake a directory on its way; the next run is soon."""


def refresh_keys(node: Node, partner: str = "") -> int:
    """Fetch the directory of one partner node, or of all; return how many keys changed here.

    Before it, warn of what expires, and end what is over: our keys' overlap, and requests that nobody has approved.
    One partner that does not answer does not keep the others' keys from us; its trouble is noted.
    """
    _warn(node)
    _settle(node)
    with node.database.read() as session:
        query = select(tables.Partner).where(tables.Partner.status == "active", tables.Partner.kind == "node")
        rows = session.scalars(query.where(tables.Partner.id == partner) if partner else query)
        partners = {row.id: row for row in rows}

    def refresh(name: str) -> int:
        try:
            return _refresh(node, partners[name])
        except Refusal as refusal:
            with node.database.begin() as session:
                health.failed(session, name, refusal.code)
        return 0

    # One after the other, and each has its turn: even a bug that one of them meets costs no other its new keys.
    return side_by_side(refresh, partners, threads=1)


def _warn(node: Node) -> None:
    """Say what ends soon, what cannot be read, and which TLS certificate is in place; where nothing is new, nothing."""
    now = node.clock()
    with node.database.read() as session:
        silent = expiry_warnings.nothing_to_say(session, node.settings, now) and damaged.nothing_to_say(session)
        known = tls_renewal.nothing_new(session, node.settings)
    if not known:
        with node.database.begin() as session:
            tls_renewal.note(session, node.settings, now)
    if not silent:
        with node.database.begin() as session:
            expiry_warnings.warn(session, node.settings, now)
            damaged.warn(session, now)


def _settle(node: Node) -> None:
    """End what is over by the clock; where nothing is, nothing is written."""
    now, overlap = node.clock(), timedelta(seconds=node.settings.key_overlap)
    with node.database.read() as session:
        if not lifecycle.over(session, now, overlap) and not approvals.late(session, now):
            return
    with node.database.begin() as session:
        settled = lifecycle.settle(session, now, overlap)
        approvals.expire(session, now)
    if settled:
        node.keyring.forget()


def _refresh(node: Node, partner: tables.Partner) -> int:
    for _ in range(_TRIES):
        with node.database.read() as session:
            before = takeover.last_serial(session, partner.id)
        document = _fetch(node, partner)
        now = node.clock()
        with audit.keeping_traces(node.database) as session:
            if _overtaken(document, before, takeover.last_serial(session, partner.id, hold=True)):
                continue
            known = dict(node.keyring.verifiers(partner.id, now, session, again=True))
            changed = directory.accept_directory(session, document, party=partner.id, known=known, now=now)
        if changed:
            node.keyring.forget()
        health.note_answer(node, partner.id)
        return len(changed)
    return 0


def _overtaken(document: dict[str, object], before: int, after: int) -> bool:
    """Whether a notice brought a newer serial while this directory was on its way: then it is no forgery."""
    serial = document.get("serial")
    return isinstance(serial, int) and before <= serial < after


def _fetch(node: Node, partner: tables.Partner) -> dict[str, Any]:
    """The directory, asked for as ourselves, so that the partner sees that we have it; else as a stranger."""
    visitor = Visitor(node, partner)
    try:
        return visitor.get("/v1/keys")
    except (PartnerRefused, Unreadable, KeyUnusable):
        # It does not believe us, or we have no key ourselves: its directory is for everybody.
        return visitor.glance("/v1/keys")
