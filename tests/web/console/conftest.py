"""A node with a day behind it, made from a seed, and the console served on a free port of the loopback."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
from fastapi import FastAPI

from gateway.settings import Job
from gateway.store.database import Database
from gateway.store.tables import (
    JobRun,
    Journal,
    Key,
    Lease,
    LogCheckpoint,
    Outbox,
    Partner,
    Review,
)
from gateway.store.vault import Vault, new_keys
from gateway.web.console.access import Access
from gateway.web.console.pages import router

NOW = datetime(2026, 3, 17, 14, 26, 40, tzinfo=UTC)
NODE = "BLR/GATE"
VAULT = Vault(new_keys(NOW))
SECRET = "synthetic-console-secret-for-the-tests-0001"
JOBS = (
    Job(name="deliver", kind="deliver", every=2),
    Job(name="pull-aze", kind="pull", partner="AZE/DMX", every=900),
    Job(name="pull-uzb", kind="pull", partner="UZB/GATE", every=300),
    Job(name="checkpoint", kind="checkpoint", every=600),
    Job(name="reconcile", kind="reconcile", every=86_400),
    Job(name="asylum-push", kind="push", partner="BLR/REFU", every=60),
)
PARTNERS = (
    # id, class, kind, channel, status, seconds since seen, trouble
    ("AZE/DMX", "MIG", "rest", "rest", "active", 340, ""),
    ("BLR/MVD", "INT", "agency", "rest", "active", 4_100, ""),
    ("BLR/REFU", "REF", "agency", "rest", "active", 77, ""),
    ("KAZ/GATE", "ADM", "node", "rest", "active", 9, ""),
    ("KGZ/SRS", "MIG", "soap", "soap", "active", 9_200, "unavailable"),
    ("TJK/GATE", "ADM", "node", "rest", "proposed", None, ""),
    ("UZB/GATE", "ADM", "node", "soap", "active", 31, ""),
)
KEYS = (
    # owner, algorithm, status, days left
    (NODE, "p256", "active", 41),
    (NODE, "p256", "retiring", 3),
    ("KAZ/GATE", "p256", "active", 140),
    ("KAZ/GATE", "ed25519", "published", 505),
    ("UZB/GATE", "rsa", "active", 26),
    ("TJK/GATE", "p256", "proposed", 364),
    ("KAZ/GATE", "p256", "revoked", 90),
)


@pytest.fixture
def clock(clock):
    """The clock of all tests, set to the evening of the busy node's day."""
    clock.now = NOW
    return clock


@pytest.fixture(scope="session")
def empty_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A node that was made a moment ago. Read only."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'gateway.sqlite'}", VAULT)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture(scope="session")
def busy_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A node after a working day. Read only."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('busy') / 'gateway.sqlite'}", VAULT)
    database.upgrade()
    fill(database)
    yield database
    database.close()


def fill(database: Database) -> None:
    """A day of exchange: quiet at night, a peak before noon, one partner in trouble since two hours."""
    draw = random.Random(20260317)  # noqa: S311 - reproducible on purpose
    with database.begin() as session:
        for id_, class_, kind, channel, status, seen, trouble in PARTNERS:
            session.add(
                Partner(
                    id=id_,
                    state=id_[:3],
                    agency=id_[4:],
                    agency_class=class_,
                    kind=kind,
                    channel=channel,
                    status=status,
                    created=NOW - timedelta(days=80),
                    seen=None if seen is None else NOW - timedelta(seconds=seen),
                    trouble=trouble,
                )
            )
        for number, (party, algorithm, status, left) in enumerate(KEYS):
            session.add(
                Key(
                    kid=f"{draw.getrandbits(256):064x}",
                    party=party,
                    own=party == NODE,
                    algorithm=algorithm,
                    certificate="",
                    status=status,
                    not_before=NOW - timedelta(days=200 + number),
                    not_after=NOW + timedelta(days=left, hours=5),
                    changed=NOW - timedelta(days=2),
                )
            )
        session.add_all(_arrivals(draw))
        session.add_all(_departures(draw))
        for number in range(17):
            kind = ("link", "link", "record", "interlock", "protected-link")[number % 5]
            session.add(
                Review(
                    kind=kind,
                    subject=f"review-{number}",
                    detail={},
                    protected=kind == "protected-link",
                    created=NOW - timedelta(hours=number + 1),
                )
            )
        session.add(
            LogCheckpoint(
                party=NODE, size=48_213, root="9f41c7ab02d86e35" * 4, at=NOW - timedelta(minutes=6), signed=""
            )
        )
        session.add(LogCheckpoint(party=f"{NODE}#audit", size=777_777, root="0" * 64, at=NOW, signed=""))
        session.add(Lease(name="scheduler", holder="gateway-1.4127", until=NOW + timedelta(seconds=11)))
        for job, ago, took, state in (
            ("deliver", 1, 0.2, "done"),
            ("pull-aze", 340, 4, "done"),
            ("pull-uzb", 75, 2, "done"),
            ("checkpoint", 380, 1, "done"),
            ("asylum-push", 20, 1, "done"),
            ("pull-aze", 30_000, 31, "failed"),
        ):
            started = NOW - timedelta(seconds=ago)
            session.add(
                JobRun(
                    job=job,
                    holder="gateway-1.4127",
                    started=started,
                    finished=started + timedelta(seconds=took),
                    state=state,
                    outcome="withheld 4",
                )
            )


def _share(hour: int) -> float:
    """How busy an hour of the day is, from 0 to 1."""
    return max(0.04, 1 - abs(hour - 10.5) / 8) if 5 <= hour <= 20 else 0.05


def _arrivals(draw: random.Random) -> list[Journal]:
    rows = []
    for seconds in range(23 * 3_600, 20, -60):
        at = NOW - timedelta(seconds=seconds + draw.random() * 50)
        for _ in range(int(3 * _share(at.hour) + draw.random())):
            sender = draw.choice(["KAZ/GATE", "UZB/GATE", "KAZ/GATE", "BLR/MVD", "AZE/DMX"])
            refused = draw.random() < 0.02
            partly = not refused and draw.random() < 0.06
            rows.append(
                Journal(
                    sender=None if refused else sender,
                    message_id=None if refused else f"in-{len(rows)}",
                    kind="" if refused else draw.choice(["RecordBatch", "RecordBatch", "PersonQuery", "Correction"]),
                    channel="rest",
                    digest="",
                    raw=b"",
                    received=at,
                    state="refused" if refused else "partly" if partly else "accepted",
                    code="signature-invalid" if refused else "",
                    refused=int(partly),
                )
            )
    rows.append(_journal("BLR/REFU", "asylum", NOW - timedelta(seconds=77)))
    late = _journal("KAZ/GATE", "withheld", NOW - timedelta(seconds=9))
    late.state, late.withheld = "partly", 1
    stranger = _journal(None, None, NOW - timedelta(seconds=12))
    stranger.kind, stranger.state, stranger.code = "", "refused", "signature-invalid"
    return [*rows, stranger, late]


def _journal(sender: str | None, message_id: str | None, at: datetime) -> Journal:
    return Journal(
        sender=sender,
        message_id=message_id,
        kind="RecordBatch",
        channel="rest",
        digest="",
        raw=b"",
        received=at,
        state="accepted",
    )


def _departures(draw: random.Random) -> list[Outbox]:
    rows = []
    for seconds in range(23 * 3_600, 30, -90):
        at = NOW - timedelta(seconds=seconds + draw.random() * 60)
        for _ in range(int(2.4 * _share(at.hour) + draw.random())):
            partner = draw.choice(["KAZ/GATE", "UZB/GATE", "KGZ/SRS"])
            stuck = partner == "KGZ/SRS" and seconds < 9_200
            dead = partner == "KGZ/SRS" and not stuck and seconds < 10_500
            rows.append(_outbox(partner, len(rows), at, "dead" if dead else "waiting" if stuck else "delivered", draw))
    rows.append(_outbox("UZB/GATE", len(rows), NOW - timedelta(seconds=1), "sending", draw))
    rows.append(_outbox("BLR/REFU", len(rows), NOW - timedelta(seconds=2), "dead", draw))
    return rows


def _outbox(partner: str, number: int, at: datetime, state: str, draw: random.Random) -> Outbox:
    done = state == "delivered"
    return Outbox(
        message_id=f"out-{number}",
        partner=partner,
        kind=draw.choice(["RecordBatch", "RecordBatch", "ChangesRequest", "Correction"]),
        raw=b"",
        digest="",
        created=at,
        state=state,
        attempts=12 if state == "dead" else 1 if done else 4,
        next_at=at,
        code="" if done or state == "sending" else "unavailable",
        delivered=at + timedelta(seconds=1) if done else None,
    )


@dataclass(frozen=True)
class Served:
    """A console that can be reached."""

    url: str
    access: Access


@pytest.fixture
def serve(clock) -> Iterator:
    """Serves the console of a database by a real server; a function, so that a test may move the clock."""
    running = []

    def start(database: Database, *, at=clock, jobs=JOBS) -> Served:
        access = Access(SECRET, clock=at)
        app = FastAPI()
        app.include_router(router(database, node=NODE, contact="+375 00 000-00-00", clock=at, access=access, jobs=jobs))
        # The socket is bound here, so that the port is ours before anybody is told of it.
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((server, thread, listener))
        return Served(f"http://127.0.0.1:{listener.getsockname()[1]}", access)

    yield start
    for server, thread, listener in running:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
