"""Who our partners are: proposed with their certificate, active once a second person approved them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.algorithms import registry
from gateway.audit import Action
from gateway.errors import InvalidRequest, NotFound, UnknownPartner
from gateway.ledger import checkpoint
from gateway.message.envelope import PARTY
from gateway.records.codes import AGENCY_CLASSES
from gateway.store.tables import Approval, Key, Partner
from gateway.trust import alarms, approvals, lifecycle, persons, tls

Kind = Literal["node", "soap", "rest", "agency"]
LONGEST_PROFILE: Final = 80
"""Characters of the name of a profile."""
SIGNING: Final = ("node", "agency")
"""Kinds that prove themselves with a key of their own; a foreign service knows nothing of our signatures."""


def propose(
    session: Session,
    *,
    id: str,  # noqa: A002 - the field's own word, as in the table
    agency_class: str,
    kind: Kind,
    certificate: Certificate | None = None,
    chain: Sequence[Certificate] = (),
    channel: Literal["rest", "soap"] = "rest",
    endpoint: str = "",
    profile: str = "",
    actor: str,
    now: datetime,
) -> Partner:
    """Enter a partner, and its certificate, as `proposed`: nothing of it is believed until `activate`.

    One that was proposed before, and that nobody approved, is entered anew.
    """
    _check(id, agency_class, kind, certificate, endpoint)
    if len(profile) > LONGEST_PROFILE or not profile.isprintable():
        raise InvalidRequest(f"A profile is named in at most {LONGEST_PROFILE} characters.", where="profile")
    partner = _vacant(session, id, now)
    partner.agency_class, partner.kind, partner.created = agency_class, kind, now
    partner.channel, partner.endpoint, partner.profile = channel, endpoint, profile
    session.add(partner)
    session.flush()
    kid = ""
    if certificate is not None:
        kid = lifecycle.propose(session, certificate, party=id, actor=actor, now=now, chain=chain).kid
    detail = {"kind": kind, "agency_class": agency_class, "endpoint": endpoint, "kid": kid}
    _audit(session, Action.PARTNER_PROPOSED, id, actor=actor, now=now, detail=detail)
    return partner


def proposal(session: Session, id: str) -> dict[str, Any]:  # noqa: A002 - as above
    """Everything that people agree to when they take a partner up, in plain values: who, where, with which keys."""
    partner = _row(session, id)
    names = ("agency_class", "kind", "channel", "endpoint", "profile")
    keys = session.scalars(select(Key.kid).where(Key.party == id, Key.status == "proposed").order_by(Key.kid))
    return {name: getattr(partner, name) for name in names} | {"keys": list(keys)}


def activate(session: Session, id: str, *, actor: str, now: datetime) -> Partner:  # noqa: A002 - as above
    """Take a partner up with the keys it was proposed with, or take a suspended one up again with those it had.

    A key that was proposed later, or has come to be doubted, has an approval of its own (`key-add`).
    """
    partner = _row(session, id)
    if partner.status == "proposed":
        for kid in session.scalars(select(Key.kid).where(Key.party == id, Key.status == "proposed")).all():
            lifecycle.activate(session, kid, actor=actor, now=now)
    partner.status = "active"
    session.flush()
    _audit(session, Action.PARTNER_APPROVED, id, actor=actor, now=now, detail={})
    return partner


def suspend(session: Session, id: str, *, actor: str, reason: str, now: datetime) -> Partner:  # noqa: A002 - as above
    """Stop exchanging with a partner at once; its keys and what it sent stay (InvalidRequest for a proposed one).

    One that nobody has approved yet would come back without anybody having compared what was proposed.
    """
    persons.check(actor)
    persons.check_reason(reason)
    partner = _row(session, id)
    if partner.status == "proposed":
        raise InvalidRequest("The partner is only proposed; reject the request to take it up.", where="id")
    partner.status = "suspended"
    session.flush()
    _audit(session, Action.PARTNER_SUSPENDED, id, actor=actor, now=now, detail={"reason": reason})
    return partner


def secure_soap(session: Session, id: str, *, on: bool, actor: str, reason: str, now: datetime) -> Partner:  # noqa: A002 - as above
    """Whether a partner's SOAP envelopes have to carry WS-Security, and ours to it do."""
    partner = _row(session, id)
    partner.soap_security = on
    session.flush()
    detail = {"soap_security": "on" if on else "off", "reason": reason}
    _audit(session, Action.PARTNER_CHANGED, id, actor=actor, now=now, detail=detail)
    return partner


def get(session: Session, id: str) -> Partner:  # noqa: A002 - as above
    """An active partner (UnknownPartner, which says the same of one that is proposed or suspended)."""
    partner = session.get(Partner, id) if PARTY.fullmatch(id) else None
    if partner is None or partner.status != "active":
        reason = "no such partner" if partner is None else f"the partner is {partner.status}"
        raise UnknownPartner(reason=reason)
    return partner


def active(session: Session) -> list[Partner]:
    """Every active partner, in the order of their names."""
    return list(session.scalars(select(Partner).where(Partner.status == "active").order_by(Partner.id)))


def activate_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `partner-add`: the subject is a partner that was proposed; payload: its `proposal`, or empty."""
    _in_status(session, approval.subject, "proposed")
    if approval.payload and approval.payload != proposal(session, approval.subject):
        raise InvalidRequest(
            "The partner is not what was proposed; reject the request, look for who changed it, and ask again.",
            where="id",
        )
    activate(session, approval.subject, actor=actor, now=now)


def resume_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `partner-resume`: the subject is the id of a partner that was suspended."""
    _in_status(session, approval.subject, "suspended")
    activate(session, approval.subject, actor=actor, now=now)


def suspend_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `partner-suspend`: the subject is the partner's id."""
    suspend(session, approval.subject, actor=actor, reason=approval.reason, now=now)


def pin_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `partner-tls`: payload `{"certificate"}`, the PEM the partner is pinned to from now on."""
    partner = _row(session, approval.subject)
    partner.tls_certificate = tls.pin(approval.payload["certificate"].encode(), now)
    session.flush()
    _audit(session, Action.PARTNER_PINNED, partner.id, actor=actor, now=now, detail={"reason": approval.reason})


def agree_algorithms_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `partner-algorithms`: payload `{"algorithms"}`, all that are taken from now on; [] for every."""
    partner = _row(session, approval.subject)
    names = check_algorithms(approval.payload["algorithms"], now)
    partner.algorithms = names
    session.flush()
    # The keyring keeps what is agreed beside the keys, and looks again when their counter moves.
    lifecycle.touch(session)
    detail = {"algorithms": ",".join(names) or "all", "reason": approval.reason}
    _audit(session, Action.PARTNER_CHANGED, partner.id, actor=actor, now=now, detail=detail)


def secure_soap_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `partner-soap-security`: payload `{"on"}`."""
    on = approval.payload["on"] is True
    secure_soap(session, approval.subject, on=on, actor=actor, reason=approval.reason, now=now)


def restart_log_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `log-restart`: forget what was seen of a partner's log, once it has explained its fork."""
    partner = get(session, approval.subject).id
    last = checkpoint.forget(session, partner)
    if last is None:
        raise NotFound("No checkpoint of this partner is known here.", where=partner)
    # What is forgotten here stays provable: the statement is signed by the partner.
    detail = {"reason": approval.reason, "last": last.document}
    _audit(session, Action.CHECKPOINT_FORGOTTEN, partner, actor=actor, now=now, detail=detail)
    if any(row.subject == partner for row in alarms.open_alarms(session, alarms.Code.LOG_FORK)):
        alarms.dismiss(session, alarms.Code.LOG_FORK, partner, actor=actor, reason=approval.reason, now=now)


def check_algorithms(names: Sequence[str], now: datetime) -> list[str]:
    """Names that can be agreed on that day, some with their last day, in the order of the registry (InvalidRequest)."""
    found: dict[str, date | None] = {}
    for word in names:
        try:
            name, last = registry.with_last_day(word)
        except ValueError as error:
            raise InvalidRequest("A last day is written rsa2048:2026-12-31.", where="algorithms") from error
        obstacle = registry.obstacle(name, "verify", now) or (f"{name} is named twice" if name in found else "")
        if not obstacle and last is not None and last < now.astimezone(UTC).date():
            obstacle = f"the last day of {name} is over"
        if obstacle:
            raise InvalidRequest(f"{obstacle}.", where="algorithms")
        found[name] = last
    ordered = [name for name in registry.REGISTRY if name in found]
    return [f"{name}:{last}" if (last := found[name]) is not None else name for name in ordered]


ACTS = {
    "partner-add": activate_approved,
    "partner-resume": resume_approved,
    "partner-suspend": suspend_approved,
    "partner-tls": pin_approved,
    "partner-algorithms": agree_algorithms_approved,
    "partner-soap-security": secure_soap_approved,
    "log-restart": restart_log_approved,
}
"""What an approval can set in motion here, by its action."""


def _check(name: str, agency_class: str, kind: str, certificate: Certificate | None, endpoint: str) -> None:
    if not PARTY.fullmatch(name):
        raise InvalidRequest("A partner is named STATE/AGENCY, for example KAZ/MVD.", where="id")
    if agency_class not in AGENCY_CLASSES:
        raise InvalidRequest("The agency class is one of " + ", ".join(AGENCY_CLASSES) + ".", where="agency_class")
    if kind in SIGNING and certificate is None:
        raise InvalidRequest("A node or an agency is entered with its certificate.", where="certificate")
    if kind not in (*SIGNING, "soap", "rest"):
        raise InvalidRequest("A partner is a node, a soap or rest service, or an agency.", where="kind")
    if kind != "agency" and not _web_address(endpoint):
        raise InvalidRequest("The endpoint is an http or https address of at most 400 characters.", where="endpoint")


def _web_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        port = address.port
        # No host has a name with an empty or endless part.
        (address.hostname or "").encode("idna")
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname) and port != 0 and len(text) <= 400


def _vacant(session: Session, name: str, now: datetime) -> Partner:
    """The row of a partner to be proposed, new or of a request that came to nothing (InvalidRequest for any other)."""
    partner = session.get(Partner, name, with_for_update=True, populate_existing=True)
    if partner is None:
        state, agency = name.split("/")
        return Partner(id=name, state=state, agency=agency, status="proposed")
    if partner.status != "proposed":
        raise InvalidRequest("This partner is already entered.", where="id")
    if approvals.is_awaited(session, "partner-add", name, now):
        raise InvalidRequest("This partner is already entered and waits for approval; reject that first.", where="id")
    # Whoever rejected it may have found that the fingerprint is another's: its key must not come in with the next one.
    for key in session.scalars(select(Key).where(Key.party == name, ~Key.own, Key.status == "proposed")).all():
        session.delete(key)
    session.flush()
    return partner


def _row(session: Session, name: str) -> Partner:
    partner = session.get(Partner, name, with_for_update=True) if PARTY.fullmatch(name) else None
    if partner is None:
        raise InvalidRequest("No partner of that name was entered.", where="id")
    return partner


def _in_status(session: Session, name: str, status: str) -> None:
    """Refuse an approval that was given for another state of the partner (InvalidRequest)."""
    partner = _row(session, name)
    if partner.status != status:
        raise InvalidRequest(f"The partner is {partner.status}, not {status}.", where="id")


def _audit(session: Session, action: Action, name: str, *, actor: str, now: datetime, detail: dict[str, Any]) -> None:
    audit.write(session, action, actor=actor, subject=name, outcome=audit.DONE, at=now, detail=detail)
