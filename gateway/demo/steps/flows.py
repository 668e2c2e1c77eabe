"""Step 3: records pass by push over REST and SOAP, by scheduled pull, and through foreign services."""

from __future__ import annotations

import httpx
from sqlalchemy import func, select

from gateway.demo.stage import Stage, expect, wait_for
from gateway.disclosure import feed
from gateway.store import tables
from gateway.sync import reconcile


def run(stage: Stage) -> str:
    """Wait until the schedules have carried everything, and count it at both ends."""
    settle(stage)
    told = []
    for sender, receiver, how in (("BLR", "KAZ", "REST"), ("BLR", "UZB", "SOAP")):
        sent, came = _books(stage, sender, receiver), _books(stage, receiver, sender)
        expect(sent.sent and sent.sent == came.received, f"{sender}→{receiver}: {sent.sent} sent, {came.received} came")
        told.append(f"{sender}→{receiver} {sent.sent} by {how}")
    given, pulled = _books(stage, "KAZ", "UZB"), _books(stage, "UZB", "KAZ")
    expect(given.given and given.given == pulled.received, f"KAZ→UZB: {given.given} given, {pulled.received} came")
    told.append(f"UZB pulled {pulled.received} from KAZ on schedule")
    files = stage.population.expectations["files"]
    from_kgz, from_aze = _books(stage, "KAZ", "KGZ", "MIG"), _books(stage, "BLR", "AZE", "DMX")
    expect(from_kgz.in_stored == files["kgz-stays"]["good"], f"KGZ: {from_kgz.as_dict()}")
    expect(from_aze.in_stored == files["aze-permits"]["good"], f"AZE: {from_aze.as_dict()}")
    told.append(f"KAZ pulled {from_kgz.received} from KGZ's SOAP and sent back {from_kgz.stored}")
    stats = httpx.get(stage.url("KGZ") + "/stats", timeout=10, trust_env=False).json()
    expect(stats["stored"] == from_kgz.stored > 0, f"KGZ holds {stats}, we say {from_kgz.stored}")
    told.append(f"BLR pulled {from_aze.received} from AZE's REST")
    return "; ".join(told)


def settle(stage: Stage, *, seconds: float = 150.0) -> None:
    """Wait until nothing is on its way any more."""
    files = stage.population.expectations["files"]
    for sender, partner in (("BLR", "KAZ/GATE"), ("BLR", "UZB/GATE"), ("KAZ", "KGZ/MIG")):
        wait_for(f"{sender} pushes to {partner}", lambda s=sender, p=partner: _pushed(stage, s, p), seconds=seconds)  # type: ignore[misc]
    wait_for("UZB pulls from KAZ", lambda: _pulled(stage), seconds=seconds)
    for state, partner, name in (("KAZ", "KGZ/MIG", "kgz-stays"), ("BLR", "AZE/DMX", "aze-permits")):
        wait_for(
            f"{state} pulls from {partner}",
            lambda s=state, p=partner, n=name: _came(stage, s, p) >= files[n]["good"],  # type: ignore[misc]
            seconds=seconds,
        )
    # What came from a foreign service while we looked may still have to go back.
    wait_for("KAZ pushes to KGZ/MIG", lambda: _pushed(stage, "KAZ", "KGZ/MIG"), seconds=seconds)


def _pushed(stage: Stage, sender: str, partner: str) -> bool:
    with stage.nodes[sender].database.read() as session:
        row = session.get(tables.Feed, partner)
        waiting = session.scalar(
            select(func.count())
            .select_from(tables.Outbox)
            .where(tables.Outbox.partner == partner, tables.Outbox.state.in_(("waiting", "sending")))
        )
        done = feed.exhausted(session, partner, state=sender)
    return row is not None and done and row.position == row.pushed and not waiting


def _pulled(stage: Stage) -> bool:
    with stage.nodes["KAZ"].database.read() as session:
        row = session.get(tables.Feed, "UZB/GATE")
        done = feed.exhausted(session, "UZB/GATE", state="KAZ")
    with stage.nodes["UZB"].database.read() as session:
        mark = session.get(tables.Bookmark, "pull:KAZ/GATE")
    return row is not None and done and mark is not None and int(mark.value) == row.position


def _came(stage: Stage, state: str, partner: str) -> int:
    with stage.nodes[state].database.read() as session:
        return reconcile.books(session, partner).received


def _books(stage: Stage, state: str, other: str, agency: str = "GATE") -> reconcile.Books:
    with stage.nodes[state].database.read() as session:
        return reconcile.books(session, f"{other}/{agency}")
