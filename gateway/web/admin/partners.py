"""Partners and agreements, administered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from sqlalchemy import select

from gateway.exchange import administration, agreements
from gateway.partners import directory
from gateway.settings import PartnerId
from gateway.store import tables
from gateway.trust import lifecycle
from gateway.web.access import CurrentNode
from gateway.web.admin.access import Administrator, Form, Reasoned, asks, form, propose

router = APIRouter()

_SHOWN = (
    "id", "agency_class", "kind", "channel", "endpoint", "profile", "status", "seen", "trouble", "algorithms",
    "soap_security",
)  # fmt: skip


class NewPartner(Reasoned):
    """A partner with its certificate; somebody else compares the fingerprint and approves."""

    id: PartnerId
    agency_class: str = Field(description="MIG, INT, BOR, …")
    kind: administration.PartnerKind = "node"
    channel: administration.Channel = "rest"
    endpoint: str = ""
    profile: str = ""
    certificate: str = Field(default="", description="PEM, with its chain.")


class Pin(Reasoned):
    """What a partner shows in TLS."""

    partner: PartnerId
    certificate: str = Field(description="PEM of one certificate, or of the old and the new one.")


class Agreed(Reasoned):
    """Signature algorithms agreed with a partner."""

    partner: PartnerId
    algorithms: list[str] = Field(
        description="Names of the registry, or with a last day, rsa2048:2026-12-31; empty for every allowed one."
    )


class Named(Reasoned):
    """An act on a partner."""

    partner: PartnerId


class Tested(Form):
    """The partner to be tested."""

    partner: PartnerId


class NewAgreement(Reasoned):
    """What may pass between us and another state, in one direction."""

    id: str = Field(min_length=1, max_length=60, pattern=r"^[^\s\x00-\x1f]+$")
    instrument: str = Field(min_length=1, max_length=200)
    partner_state: str = Field(pattern="^[A-Z]{3}$")
    direction: Literal["in", "out"]
    categories: list[str] = Field(min_length=1)
    purposes: list[str] = Field(min_length=1)
    agency_classes: list[str] = Field(min_length=1)
    withheld_fields: list[str] = Field(
        default_factory=list, description="Left out of every record: " + ", ".join(agreements.WITHHOLDABLE) + "."
    )
    valid_from: date
    valid_to: date | None = None
    retention_days: int | None = Field(default=None, ge=1, le=agreements.LONGEST)


class Ended(Reasoned):
    """An agreement that is to end."""

    id: str = Field(min_length=1, max_length=60)
    last: date | None = Field(default=None, description="Last day in force; without one it ends at once.")


@router.get("/partners", summary="Every partner, with its keys")
def get_partners(node: CurrentNode, _who: Administrator) -> list[dict[str, Any]]:
    """Who they are, whether they answer, and the fingerprints of their keys."""
    with node.database.read() as session:
        rows = session.scalars(select(tables.Partner).order_by(tables.Partner.id)).all()
        keys = session.scalars(select(tables.Key).where(~tables.Key.own).order_by(tables.Key.not_before)).all()
    held: dict[str, list[dict[str, Any]]] = {}
    for key in keys:
        held.setdefault(key.party, []).append(lifecycle.shown(key))
    return [{name: getattr(row, name) for name in _SHOWN} | {"keys": held.get(row.id, [])} for row in rows]


@router.post("/partners", summary="Propose a partner", status_code=202, openapi_extra=asks(NewPartner))
def post_partner(
    node: CurrentNode, who: Administrator, asked: Annotated[NewPartner, Depends(form(NewPartner))]
) -> dict[str, Any]:
    """It is believed once others have compared its fingerprint and approved."""
    values = asked.model_dump(exclude={"id", "reason"}) | {"certificate": asked.certificate.encode() or None}
    return propose(node, who, asked, administration.propose_partner, asked.id, **values)


@router.post("/partners/suspend", summary="Stop exchanging with a partner at once", openapi_extra=asks(Named))
def post_suspend(
    node: CurrentNode, who: Administrator, asked: Annotated[Named, Depends(form(Named))]
) -> dict[str, Any]:
    """One person suffices: it shuts somebody out and lets nobody in."""
    with node.database.begin() as session:
        row = directory.suspend(session, asked.partner, actor=who.id, reason=asked.reason, now=node.clock())
        return {"partner": row.id, "status": row.status}


@router.post(
    "/partners/resume", summary="Ask for a suspended partner to be taken up again", status_code=202,
    openapi_extra=asks(Named),
)  # fmt: skip
def post_resume(node: CurrentNode, who: Administrator, asked: Annotated[Named, Depends(form(Named))]) -> dict[str, Any]:
    """It comes back, with the keys it had, once others have approved."""
    return propose(node, who, asked, administration.propose_resumption, asked.partner)


@router.post("/partners/tls", summary="Pin a partner to a TLS certificate", status_code=202, openapi_extra=asks(Pin))
def post_pin(node: CurrentNode, who: Administrator, asked: Annotated[Pin, Depends(form(Pin))]) -> dict[str, Any]:
    """It holds once others have compared its fingerprint and approved."""
    return propose(node, who, asked, administration.propose_pin, asked.partner, asked.certificate.encode())


@router.post(
    "/partners/algorithms", summary="Agree on signature algorithms", status_code=202, openapi_extra=asks(Agreed)
)
def post_algorithms(
    node: CurrentNode, who: Administrator, asked: Annotated[Agreed, Depends(form(Agreed))]
) -> dict[str, Any]:
    """They hold once others have approved."""
    return propose(node, who, asked, administration.propose_algorithms, asked.partner, asked.algorithms)


@router.post("/partners/test", summary="Test a partner end to end", openapi_extra=asks(Tested))
def post_test(
    request: Request, node: CurrentNode, _who: Administrator, asked: Annotated[Tested, Depends(form(Tested))]
) -> dict[str, Any]:
    """A signed ping there and back; `part` says what failed."""
    # Calling partners is not the web's affair: the application was given the function.
    found: dict[str, Any] = request.app.state.ping(node, asked.partner)
    return found


@router.get("/agreements", summary="Every agreement")
def get_agreements(node: CurrentNode, _who: Administrator) -> list[dict[str, Any]]:
    """What may pass, with whom, and until when."""
    with node.database.read() as session:
        rows = session.scalars(select(tables.Agreement).order_by(tables.Agreement.id)).all()
    return [{name: getattr(row, name) for name in agreements.FIELDS} for row in rows]


@router.post("/agreements", summary="Propose an agreement", status_code=202, openapi_extra=asks(NewAgreement))
def post_agreement(
    node: CurrentNode, who: Administrator, asked: Annotated[NewAgreement, Depends(form(NewAgreement))]
) -> dict[str, Any]:
    """In force from its first day, once others have approved."""
    agreement = tables.Agreement(**asked.model_dump(exclude={"reason"}))
    return propose(node, who, asked, administration.propose_agreement, agreement)


@router.post("/agreements/end", summary="Ask for an agreement to end", status_code=202, openapi_extra=asks(Ended))
def post_end(node: CurrentNode, who: Administrator, asked: Annotated[Ended, Depends(form(Ended))]) -> dict[str, Any]:
    """Past its last day nothing passes under it, once others have approved."""
    return propose(node, who, asked, administration.propose_end, asked.id, asked.last)
