"""Keys, administered: the steps of their lives, as `gateway key` takes them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, TextIO

from fastapi import APIRouter, Depends
from fastapi.encoders import jsonable_encoder
from fastapi.responses import FileResponse
from pydantic import Field
from sqlalchemy import select

from gateway.algorithms import registry
from gateway.errors import InvalidRequest
from gateway.exchange import administration, rotation
from gateway.records.dates import in_utc
from gateway.settings import PartnerId
from gateway.store import tables
from gateway.trust import certify, compromise, expiry_warnings, lifecycle, tokenkeys
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Form, Reasoned, asks, form, propose
from gateway.web.admin.files import handed_over

router = APIRouter()


class NewKey(Form):
    """A key to be made."""

    algorithm: str = "p256"
    token: bool = Field(default=False, description="In the token of the settings, never to leave it.")


class Named(Form):
    """An act on a key."""

    kid: str = Field(pattern="^[0-9a-f]{64}$", description="The whole id of the key.")
    reason: str = Field(default="", max_length=400, description="Why not wait, where partners still would have to.")


class Certified(Form):
    """What a CA has issued for a key of ours."""

    certificate: str = Field(description="PEM, with its chain.")


class Revoked(Reasoned):
    """A key that is not to be trusted any more."""

    kid: str = Field(pattern="^[0-9a-f]{64}$")
    invalid_since: datetime | None = Field(default=None, description="Since when it is not to be trusted; else now.")


class Theirs(Reasoned):
    """A partner's key that its directory cannot bring."""

    partner: PartnerId
    certificate: str = Field(description="PEM, with its chain.")


_Named = Annotated[Named, Depends(form(Named))]


def _in_utc(at: datetime, field: str) -> datetime:
    """A time that somebody asks by (InvalidRequest)."""
    try:
        return in_utc(at)
    except ValueError as error:
        raise InvalidRequest("The calendar has no such time in UTC.", where=field) from error


@router.get("/keys", summary="Our keys and our partners'")
def get_keys(node: CurrentNode, _who: Administrator) -> list[dict[str, Any]]:
    """Their states and the days they have left; `warning` is the last step of 60, 30, 14, 7, 1, 0 days crossed."""
    now = node.clock()
    with node.database.read() as session:
        rows = session.scalars(select(tables.Key).order_by(tables.Key.party, tables.Key.not_before)).all()
        steps = {term.subject: term.step(now) for term in expiry_warnings.terms(session, node.settings)}
    names = ("party", "own", "algorithm", "not_before", "not_after")
    return [
        lifecycle.shown(row)
        | {name: getattr(row, name) for name in names}
        | {"days_left": (row.not_after - now).days, "warning": steps.get(row.kid)}
        for row in rows
    ]


@router.post("/keys/generate", summary="Make a key", status_code=201, openapi_extra=asks(NewKey))
def post_generate(
    node: CurrentNode, who: Administrator, asked: Annotated[NewKey, Depends(form(NewKey))]
) -> dict[str, Any]:
    """Nobody is shown it before it has a certificate and is published."""
    now, settings = node.clock(), node.settings
    if asked.algorithm not in registry.makeable(now):
        raise InvalidRequest("The algorithm is one of " + ", ".join(registry.makeable(now)) + ".", where="algorithm")
    token = tokenkeys.token_of(settings) if asked.token else None
    if asked.token and token is None:
        raise InvalidRequest("The settings name no token.", where="token")
    with node.database.begin() as session:
        made = lifecycle.generate(
            session,
            settings.directory,
            party=settings.node,
            algorithm=asked.algorithm,
            password=settings.key_password(),
            actor=who.id,
            now=now,
            token=token,
        )
        return lifecycle.shown(made)


@router.post("/keys/csr", summary="A request for a certificate, for the state's CA", openapi_extra=asks(Named))
def post_csr(node: CurrentNode, _who: Administrator, asked: _Named) -> dict[str, Any]:
    """PKCS #10 in PEM, signed with the key itself."""
    with node.database.read() as session:
        row = lifecycle.own(session, asked.kid)
        request = certify.request(node.keyring.opened(row.kid, session), node.settings.node)
    return {"kid": row.kid, "csr": request.decode()}


@router.post("/keys/import", summary="Take in a certificate that a CA has issued", openapi_extra=asks(Certified))
def post_import(
    node: CurrentNode, who: Administrator, asked: Annotated[Certified, Depends(form(Certified))]
) -> dict[str, Any]:
    """The key is certified and named after its certificate from now on."""
    with node.database.begin() as session:
        row = certify.take_in(session, asked.certificate.encode(), actor=who.id, now=node.clock())
        return lifecycle.shown(row)


@router.post("/keys/certify", summary="Keep the key's own certificate", openapi_extra=asks(Named))
def post_certify(node: CurrentNode, who: Administrator, asked: _Named) -> dict[str, Any]:
    """No CA vouches for it: partners compare its fingerprint."""
    with node.database.begin() as session:
        return lifecycle.shown(lifecycle.certify(session, asked.kid, actor=who.id, now=node.clock()))


@router.post("/keys/publish", summary="Show a key in the directory and tell the partners", openapi_extra=asks(Named))
def post_publish(node: CurrentNode, who: Administrator, asked: _Named) -> dict[str, Any]:
    """It does not sign yet."""
    with node.database.begin() as session:
        return lifecycle.shown(rotation.publish(session, node, asked.kid, actor=who.id, now=node.clock()))


@router.post("/keys/activate", summary="Sign with this key from now on", openapi_extra=asks(Named))
def post_activate(node: CurrentNode, who: Administrator, asked: _Named) -> dict[str, Any]:
    """Once every partner has it, or with a reason. A partner's key is approved, never activated here."""
    with node.database.begin() as session:
        row = lifecycle.own(session, asked.kid)
        return lifecycle.shown(
            lifecycle.activate(session, row.kid, actor=who.id, now=node.clock(), reason=asked.reason)
        )


@router.post("/keys/retire", summary="End the overlap of an old key", openapi_extra=asks(Named))
def post_retire(node: CurrentNode, who: Administrator, asked: _Named) -> dict[str, Any]:
    """What it signs is not accepted any more."""
    with node.database.begin() as session:
        return lifecycle.shown(
            rotation.retire(session, node, asked.kid, actor=who.id, now=node.clock(), reason=asked.reason)
        )


@router.post("/keys/revoke", summary="Ask for a key to be revoked", status_code=202, openapi_extra=asks(Revoked))
def post_revoke(
    node: CurrentNode, who: Administrator, asked: Annotated[Revoked, Depends(form(Revoked))]
) -> dict[str, Any]:
    """It happens at once when others have approved."""
    now = node.clock()
    since = _in_utc(asked.invalid_since or now, "invalid_since")
    if since > now:
        raise InvalidRequest("Not a time that has been.", where="invalid_since")
    return propose(node, who, asked, administration.propose_revocation, asked.kid, invalid_since=since)


@router.post("/keys/propose", summary="Enter a partner's key", status_code=202, openapi_extra=asks(Theirs))
def post_propose(
    node: CurrentNode, who: Administrator, asked: Annotated[Theirs, Depends(form(Theirs))]
) -> dict[str, Any]:
    """For one that its directory cannot bring; others compare its fingerprint and approve."""
    return propose(node, who, asked, administration.propose_key, asked.partner, asked.certificate.encode())


@router.get("/keys/{kid}/messages", summary="What a key has signed", response_model=list[dict[str, Any]])
def get_messages(node: CurrentNode, _who: Administrator, kid: str, since: datetime | None = None) -> FileResponse:
    """Identifiers, times and states, never content; of a revoked key what came since it is invalid."""
    start = None if since is None else _in_utc(since, "since")

    def write(file: TextIO) -> None:
        # A key signs for years: its messages are read and written some at a time.
        with node.database.read() as session:
            row = lifecycle.get(session, kid)
            before = "["
            for each in compromise.messages(session, row.kid, start or row.invalid_since):
                file.write(before + json.dumps(jsonable_encoder(asdict(each)), ensure_ascii=False))
                before = ",\n"
            file.write("[]" if before == "[" else "]")

    return handed_over(write, "application/json")
