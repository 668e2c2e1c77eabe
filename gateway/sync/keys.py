"""Partners' directories of keys, fetched ahead of time: a new key is known here before its first message comes."""

from __future__ import annotations

import json
from typing import Final

import httpx
from sqlalchemy import select

from gateway import audit
from gateway.errors import Refusal, Unavailable, Unreadable
from gateway.exchange.node import Node
from gateway.partners.answer import Deadline, bounded
from gateway.store import tables
from gateway.sync import health
from gateway.sync.calls import caller
from gateway.trust import directory

_MOST: Final = 1024 * 1024
"""Bytes of a directory; fifty keys with their certificates take a tenth of it."""


def refresh_keys(node: Node, partner: str = "") -> int:
    """Fetch the directory of one partner node, or of all; return how many keys changed here.

    One partner that does not answer does not keep the others' keys from us; its trouble is noted.
    """
    with node.database.read() as session:
        query = select(tables.Partner).where(tables.Partner.status == "active", tables.Partner.kind == "node")
        partners = session.scalars(query.where(tables.Partner.id == partner) if partner else query).all()
    changed = 0
    for each in partners:
        try:
            changed += _refresh(node, each)
        except Refusal as refusal:
            with node.database.begin() as session:
                health.failed(session, each.id, refusal.code)
    return changed


def _refresh(node: Node, partner: tables.Partner) -> int:
    document = _fetch(node, partner)
    now = node.clock()
    with audit.keeping_traces(node.database) as session:
        known = dict(node.keyring.verifiers(partner.id, now, session))
        changed = directory.accept_directory(session, document, party=partner.id, known=known, now=now)
    health.note_answer(node, partner.id)
    return len(changed)


def _fetch(node: Node, partner: tables.Partner) -> dict[str, object]:
    url = f"{partner.endpoint.rstrip('/')}/v1/keys"
    deadline = Deadline(node.settings.delivery_timeout, partner.id)
    try:
        with (
            caller(node, partner) as client,
            client.stream("GET", url) as response,
        ):
            content = bounded(response.iter_bytes(), _MOST, deadline, partner.id)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable("The partner does not answer.", where=partner.id, reason=str(error)) from error
    if response.status_code != 200:
        raise Unavailable(f"The partner answers http-{response.status_code}.", where=partner.id)
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The partner's directory of keys is not JSON.", where=partner.id) from error
    if not isinstance(document, dict):
        raise Unreadable("The partner's directory of keys is not a JSON object.", where=partner.id)
    return document
