"""What administrators ask for, the same for the command line and for /v1/admin.

Whatever lets somebody in, or shuts a key out for good, is only asked for here: as many other people as the
settings say have to agree before it happens (gateway.trust.approvals).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from cryptography.x509 import Certificate
from sqlalchemy.orm import Session

from gateway.audit import Action
from gateway.errors import KeyUnusable, Misuse, NotFound
from gateway.exchange import agreements, relinking, rotation
from gateway.exchange.node import Node
from gateway.ledger import checkpoint
from gateway.partners import directory
from gateway.settings import Settings
from gateway.store import tables
from gateway.trust import anchors, approvals, certificates, lifecycle, tls, tls_renewal
from gateway.trust.approvals import Act

PartnerKind = Literal["node", "soap", "rest", "agency"]
Channel = Literal["rest", "soap"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits for other people."""

    approval: str
    """Its id."""
    subject: str
    needed: int
    """How many others have to agree."""
    fingerprint: str = ""
    """What they compare, where a certificate came with it."""


def acts(node: Node) -> Mapping[str, Act]:
    """Everything an approval can set in motion."""
    return {**directory.ACTS, **anchors.ACTS, **agreements.ACTS, **relinking.ACTS, **rotation.acts(node)}


def propose_partner(
    session: Session,
    settings: Settings,
    partner: str,
    *,
    agency_class: str,
    kind: PartnerKind,
    channel: Channel,
    endpoint: str,
    profile: str,
    certificate: bytes | None,
    actor: str,
    reason: str,
    now: datetime,
) -> Asked:
    """Enter a partner as `proposed`, with its certificate (PEM, with its chain), and ask for it to be taken up."""
    holder, chain = certificates.read_chain(certificate, now) if certificate else (None, ())
    directory.propose(
        session,
        id=partner,
        agency_class=agency_class,
        kind=kind,
        channel=channel,
        endpoint=endpoint,
        profile=profile,
        certificate=holder,
        chain=chain,
        actor=actor,
        now=now,
    )
    print_ = certificates.fingerprint(holder) if holder else ""
    # What others agree to is what was proposed, down to the endpoint and the key, whatever becomes of the rows since.
    payload = directory.proposal(session, partner)
    return _ask(
        session, settings, "partner-add", partner, payload, actor=actor, reason=reason, now=now, fingerprint=print_
    )


def propose_key(
    session: Session, settings: Settings, partner: str, certificate: bytes, *, actor: str, reason: str, now: datetime
) -> Asked:
    """Enter a partner's key that its directory cannot bring (PEM, with its chain), and ask for its approval."""
    holder, chain = certificates.read_chain(certificate, now)
    directory.get(session, partner)
    kid = certificates.key_id(holder)
    known = session.get(tables.Key, kid)
    # A key that was doubted is entered already, and only compared anew.
    if known is None or known.party != partner or known.status != "proposed":
        lifecycle.propose(session, holder, party=partner, actor=actor, now=now, chain=chain)
    print_ = certificates.fingerprint(holder)
    return _ask(
        session, settings, "key-add", kid, {"kid": kid}, actor=actor, reason=reason, now=now, fingerprint=print_
    )


def propose_pin(
    session: Session, settings: Settings, partner: str, certificate: bytes, *, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for a partner to be known in TLS by one or two certificates (PEM)."""
    pins = tls.pin(certificate, now)
    _entered(session, partner)
    print_ = ", ".join(certificates.fingerprint(each) for each in certificates.load_all(pins))
    payload = {"certificate": pins}
    return _ask(
        session, settings, "partner-tls", partner, payload, actor=actor, reason=reason, now=now, fingerprint=print_
    )


def make_tls(
    session: Session, settings: Settings, hosts: Sequence[str], *, following: bool, actor: str, now: datetime
) -> Certificate:
    """Make the node's TLS key, which stays in its directory, and a certificate of its own for these hosts.

    One that is `following` stands by until `activate_tls`, while partners pin it beside the one in use.
    """
    if not hosts:
        raise Misuse("Name at least one host that partners call.", where="hosts")
    tls_renewal.note(session, settings, now)
    if following:
        made = tls_renewal.prepare(settings, hosts, now)
    else:
        made = tls.create(
            settings.directory, party=settings.node, hosts=hosts, password=settings.key_password(), now=now
        )
    place, print_ = tls_renewal.STANDS_BY if following else tls_renewal.SHOWN, certificates.fingerprint(made)
    tls_renewal.tell(session, settings, place, print_, Action.TLS_GENERATED, actor=actor, now=now)
    return made


def activate_tls(session: Session, settings: Settings, *, actor: str, now: datetime) -> Certificate:
    """Show the TLS certificate that stands by from now on (KeyUnusable)."""
    tls_renewal.note(session, settings, now)
    shown = tls_renewal.activate(settings, now)
    place, print_ = tls_renewal.SHOWN, certificates.fingerprint(shown)
    tls_renewal.tell(session, settings, place, print_, Action.TLS_ACTIVATED, actor=actor, now=now)
    return shown


def propose_algorithms(
    session: Session, settings: Settings, partner: str, names: Sequence[str], *, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for a partner's signatures of these algorithms only to be taken; none named: of every allowed one."""
    agreed = directory.check_algorithms(names, now)
    _entered(session, partner)
    payload = {"algorithms": agreed}
    return _ask(session, settings, "partner-algorithms", partner, payload, actor=actor, reason=reason, now=now)


def propose_resumption(
    session: Session, settings: Settings, partner: str, *, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for a suspended partner to be taken up again (Misuse where it is not suspended)."""
    row = session.get(tables.Partner, partner) if partner.isprintable() else None
    if row is None or row.status != "suspended":
        raise Misuse("There is no suspended partner of that name.", where=partner)
    return _ask(session, settings, "partner-resume", partner, {}, actor=actor, reason=reason, now=now)


def propose_soap_security(
    session: Session, settings: Settings, partner: str, *, on: bool, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for a partner's SOAP envelopes to carry WS-Security, or not."""
    _entered(session, partner)
    return _ask(session, settings, "partner-soap-security", partner, {"on": on}, actor=actor, reason=reason, now=now)


def propose_log_restart(
    session: Session, settings: Settings, partner: str, *, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for what was seen of a partner's log to be forgotten, its fork explained."""
    if checkpoint.latest(session, directory.get(session, partner).id) is None:
        raise NotFound("No checkpoint of this partner is known here.", where=partner)
    return _ask(session, settings, "log-restart", partner, {}, actor=actor, reason=reason, now=now)


def propose_anchor(
    session: Session, settings: Settings, party: str, certificate: bytes, *, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for the chains of a party's certificates to be allowed to end at this CA (PEM)."""
    holder, needed = anchors.read(certificate, now), settings.approvals
    asked = anchors.propose(session, holder, party=party, actor=actor, reason=reason, now=now, needed=needed)
    return Asked(asked.id, asked.subject, asked.needed, certificates.fingerprint(holder))


def propose_anchor_removal(
    session: Session, settings: Settings, party: str, fingerprint: str, *, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for a CA of a party to be removed."""
    asked = anchors.propose_removal(
        session, fingerprint, party=party, actor=actor, reason=reason, now=now, needed=settings.approvals
    )
    return Asked(asked.id, asked.subject, asked.needed)


def propose_revocation(
    session: Session,
    settings: Settings,
    kid: str,
    *,
    invalid_since: datetime,
    actor: str,
    reason: str,
    now: datetime,
) -> Asked:
    """Ask for a key to be revoked, ours or a partner's."""
    if invalid_since > now:
        raise KeyUnusable("A key cannot be invalid since a time to come.", where="invalid_since")
    lifecycle.get(session, kid)
    payload = {"kid": kid, "invalid_since": invalid_since.isoformat()}
    return _ask(session, settings, "key-revoke", kid, payload, actor=actor, reason=reason, now=now)


def propose_agreement(
    session: Session, settings: Settings, agreement: tables.Agreement, *, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for an agreement to be entered (InvalidRequest): nothing passes under it before others have approved."""
    agreements.check(session, agreement)
    payload = agreements.payload(agreement)
    return _ask(session, settings, agreements.ADD, agreement.id, payload, actor=actor, reason=reason, now=now)


def propose_end(
    session: Session, settings: Settings, agreement: str, last: date | None, *, actor: str, reason: str, now: datetime
) -> Asked:
    """Ask for an agreement to end after a last day, or at once (NotFound, InvalidRequest)."""
    payload = agreements.ending(session, agreement, last, now.date())
    return _ask(session, settings, agreements.END, agreement, payload, actor=actor, reason=reason, now=now)


def _entered(session: Session, partner: str) -> None:
    if not partner.isprintable() or session.get(tables.Partner, partner) is None:
        raise NotFound("There is no partner of that name.", where=partner)


def _ask(
    session: Session,
    settings: Settings,
    action: str,
    subject: str,
    payload: Mapping[str, Any],
    *,
    actor: str,
    reason: str,
    now: datetime,
    fingerprint: str = "",
) -> Asked:
    asked = approvals.request(
        session, action, subject, payload, actor=actor, reason=reason, now=now, needed=settings.approvals
    )
    return Asked(asked.id, subject, asked.needed, fingerprint)
