"""Partners' directories of keys, fetched ahead of time: a new key is known here before its first message comes."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx
from sqlalchemy import select

from gateway import audit
from gateway.errors import KeyUnusable, Refusal, Unavailable, Unreadable
from gateway.exchange.node import Node
from gateway.partners.answer import Deadline, bounded
from gateway.store import tables
from gateway.sync import health
from gateway.sync.calls import caller
from gateway.trust import directory, takeover, tokens

_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TRIES: Final = 3
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
    for _ in range(_TRIES):
        with node.database.read() as session:
            before = takeover.last_serial(session, partner.id)
        document = _fetch(node, partner)
        now = node.clock()
        with audit.keeping_traces(node.database) as session:
            if _overtaken(document, before, takeover.last_serial(session, partner.id)):
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


def _fetch(node: Node, partner: tables.Partner) -> dict[str, object]:
    """The directory, asked for as ourselves, so that the partner sees that we have it; else as a stranger."""
    token = _token(node, partner)
    status, document = 401, dict[str, object]()
    if token:
        status, document = _ask(node, partner, "GET", "/v1/keys", headers={"Authorization": f"Bearer {token}"})
    if status in (401, 403):
        status, document = _ask(node, partner, "GET", "/v1/keys")
    if status != 200:
        raise Unavailable(f"The partner answers http-{status}.", where=partner.id)
    return document


def _token(node: Node, partner: tables.Partner) -> str:
    """An access token of the partner's; empty where it gives none: its directory is for everybody."""
    endpoint = f"{partner.endpoint.rstrip('/')}/v1/token"
    try:
        signer = node.keyring.signer()
    except KeyUnusable:
        return ""
    proof = tokens.assertion(signer, node.settings.node, audience=endpoint, now=node.clock())
    form = {"grant_type": "client_credentials", "client_assertion_type": _ASSERTION, "client_assertion": proof}
    status, answer = _ask(node, partner, "POST", "/v1/token", data=form)
    token = answer.get("access_token") if status == 200 else ""
    return token if isinstance(token, str) and token.isascii() and token.isprintable() else ""


def _ask(node: Node, partner: tables.Partner, method: str, path: str, **request: Any) -> tuple[int, dict[str, object]]:
    """One small JSON answer of the partner's, and its HTTP status (Unavailable, Unreadable, TooLarge)."""
    deadline = Deadline(node.settings.delivery_timeout, partner.id)
    try:
        with (
            caller(node, partner) as client,
            client.stream(method, f"{partner.endpoint.rstrip('/')}{path}", **request) as response,
        ):
            content = bounded(response.iter_bytes(), _MOST, deadline, partner.id)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable("The partner does not answer.", where=partner.id, reason=str(error)) from error
    if response.status_code != 200:
        return response.status_code, {}
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The partner's directory of keys is not JSON.", where=partner.id) from error
    if not isinstance(document, dict):
        raise Unreadable("The partner's directory of keys is not a JSON object.", where=partner.id)
    return response.status_code, document
