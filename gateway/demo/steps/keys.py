"""Step 1: every node has a key, and trusts its partners' keys after a second person has approved them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from cryptography.x509 import Certificate
from sqlalchemy.orm import Session

from gateway.demo.stage import NODES, Failed, Stage, expect, found_nodes, start_services
from gateway.disclosure import feed
from gateway.errors import ApprovalRequired, Refusal
from gateway.partners import directory
from gateway.store import tables
from gateway.trust import approvals, lifecycle

_ACTS = {**directory.ACTS, **lifecycle.ACTS}
_PERMITS, _STAYS, _BANS = "LABOUR_PERMIT", "STAY_REGISTRATION", "ENTRY_BAN"
_PURPOSES = ["LABOUR_REGULATION", "STAY_CONTROL", "ENTRY_BAN_ADMIN", "BORDER_CHECK"]

AGREEMENTS = {
    "BLR": (("KAZ", "out", [_PERMITS, _BANS]), ("UZB", "out", [_PERMITS, _BANS]), ("AZE", "in", [_PERMITS])),
    "KAZ": (
        ("BLR", "in", [_PERMITS, _BANS]),
        ("UZB", "out", [_STAYS, _BANS]),
        ("KGZ", "in", [_STAYS]),
        ("KGZ", "out", [_STAYS]),
    ),
    "UZB": (("BLR", "in", [_PERMITS, _BANS]), ("KAZ", "in", [_STAYS, _BANS])),
}
"""What may pass, by node: the other state, the direction, the categories."""

AGENCIES = {
    "BLR": {"BLR/MVD": "INT", "BLR/DGM": "REF", "BLR/GPK": "BOR"},
    "KAZ": {"KAZ/MIG": "MIG", "KAZ/MVD": "INT"},
    "UZB": {"UZB/BORDER": "BOR"},
}
"""Agencies of each state that call their own node, with their classes."""


class Foreign(NamedTuple):
    """A service that knows nothing of this gateway, and how it is reached."""

    partner: str
    kind: Literal["soap", "rest"]
    path: str
    profile: str


FOREIGN = {
    "KAZ": Foreign("KGZ/MIG", "soap", "/registry", "kgz-stays"),
    "BLR": Foreign("AZE/DMX", "rest", "", "aze-permits"),
}
"""The foreign service that each node exchanges with."""


def run(stage: Stage) -> str:
    """Found the nodes, enrol everybody everywhere with four eyes, enter the agreements, start."""
    found_nodes(stage)
    start_services(stage)
    enrolled = 0
    for state, node in stage.nodes.items():
        now = node.clock()
        with node.database.begin() as session:
            for other in NODES:
                if other != state:
                    peer = stage.nodes[other]
                    channel: Literal["rest", "soap"] = "soap" if {state, other} == {"BLR", "UZB"} else "rest"
                    _enrol(
                        session,
                        peer.settings.node,
                        "MIG",
                        "node",
                        now=now,
                        certificate=peer.keyring.signer().certificate,
                        endpoint=stage.url(other),
                        channel=channel,
                    )
                    enrolled += 1
            for agency, agency_class in AGENCIES[state].items():
                _enrol(session, agency, agency_class, "agency", now=now, certificate=stage.agency(agency).certificate)
                enrolled += 1
            _agree(session, state)
    for state, service in FOREIGN.items():
        with stage.nodes[state].database.begin() as session:
            _enrol_foreign(session, stage, service, stage.nodes[state].clock())
            enrolled += 1
    for state in NODES:
        stage.processes[state].launch()
    for state in NODES:
        stage.processes[state].await_ready()
    kinds = ", ".join(f"{state} {node.keyring.signer().algorithm}" for state, node in stage.nodes.items())
    return f"{kinds}; {enrolled} partners and agencies enrolled, each proposed by one person and approved by another"


def _enrol(
    session: Session,
    name: str,
    agency_class: str,
    kind: Literal["node", "agency"],
    *,
    now: datetime,
    certificate: Certificate,
    endpoint: str = "",
    channel: Literal["rest", "soap"] = "rest",
) -> None:
    directory.propose(
        session,
        id=name,
        agency_class=agency_class,
        kind=kind,
        certificate=certificate,
        channel=channel,
        endpoint=endpoint,
        actor="operator-1",
        now=now,
    )
    _approve(session, name, now)


def _enrol_foreign(session: Session, stage: Stage, service: Foreign, now: datetime) -> None:
    directory.propose(
        session,
        id=service.partner,
        agency_class="MIG",
        kind=service.kind,
        endpoint=stage.url(service.partner[:3]) + service.path,
        profile=service.profile,
        actor="operator-1",
        now=now,
    )
    _approve(session, service.partner, now)


def _approve(session: Session, name: str, now: datetime) -> None:
    asked = approvals.request(session, "partner-add", name, {}, actor="operator-1", reason="demo", now=now)
    try:
        approvals.approve(session, asked.id, actor="operator-1", reason="my own", now=now, acts=_ACTS)
    except Refusal as refusal:
        expect(refusal.code == ApprovalRequired.code, f"one's own request was declined with {refusal.code}")
    else:
        raise Failed(f"one person alone could enrol {name}")
    done = approvals.approve(session, asked.id, actor="operator-2", reason="compared", now=now, acts=_ACTS)
    expect(done.status == "approved", f"{name} is {done.status}")


def _agree(session: Session, state: str) -> None:
    for other, direction, categories in AGREEMENTS[state]:
        session.add(
            tables.Agreement(
                id=f"demo-{state}-{other}-{direction}".lower(),
                instrument="a demonstration, no treaty",
                partner_state=other,
                direction=direction,
                categories=categories,
                purposes=_PURPOSES,
                agency_classes=["MIG"],
                withheld_fields=[],
                valid_from=datetime(2026, 1, 1).date(),  # noqa: DTZ001 - a day has no zone
                valid_to=None,
            )
        )
        feed.rescan(session, other)
