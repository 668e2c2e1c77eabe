"""BLR served on a free loopback port and its neighbour KAZ, which signs and verifies with a node of its own.

The nodes are made once for the session and copied for each module; one server runs for a whole module.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from gateway.app import create_app
from gateway.exchange import heldrows
from gateway.exchange.node import Node
from gateway.founding import make_node, open_node, starting_settings
from gateway.message import body
from gateway.message.bodies import ReceiptBody
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.signature import VerifiedMessage, sign, verify
from gateway.partners import directory
from gateway.records.record import Category
from gateway.settings import load
from gateway.store import tables
from gateway.trust import certificates, keyfiles, tokens

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AGENCIES = {"BLR/MVD": "INT", "BLR/GPK": "BOR", "BLR/LAB": "LAB", "BLR/DGM": "REF"} | dict.fromkeys(
    ("BLR/ADA", "BLR/BEK", "BLR/CEM"), "INT"
)
"""The last three are keys of administrators, where the settings say so."""
PURPOSES = ["LABOUR_REGULATION", "STAY_CONTROL", "BORDER_CHECK", "ENTRY_BAN_ADMIN"]
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PASSWORD = b"test"


class Ticking:
    """A clock that only moves when a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@contextmanager
def serving(app: FastAPI, listener: socket.socket | None = None) -> Iterator[str]:
    """The application on a free port, by a real server in a thread; gives its address."""
    listener = listener or socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=15)
        listener.close()


@dataclass
class World:
    """BLR, which is served; KAZ, which calls it; and the agencies of BLR."""

    directory: Path
    clock: Ticking
    blr: Node
    kaz: Node
    url: str = ""
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    def signer(self, agency: str) -> keyfiles.Signer:
        """The key of an agency."""
        folder = self.directory / "agencies" / agency.replace("/", "-")
        path = next(path for path in (folder / "keys").glob("*.pem") if not path.name.endswith(".crt.pem"))
        certificate = certificates.load(path.with_name(f"{path.stem}.crt.pem").read_text())
        return keyfiles.open_signer(path, certificate, PASSWORD)

    def assertion(self, client: str, **changes: Any) -> str:
        """A proof of being the client, as it would be sent to the token endpoint."""
        signer = self.kaz.keyring.signer() if client == "KAZ/GATE" else self.signer(client)
        values = {"audience": f"{self.url}/v1/token", "now": self.clock()} | changes
        return tokens.assertion(signer, client, **values)

    def ask_token(self, assertion: str) -> httpx.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion,
        }
        return self.http.post(f"{self.url}/v1/token", data=form)

    def bearer(self, client: str) -> dict[str, str]:
        """The header of a client that has just got a token."""
        answer = self.ask_token(self.assertion(client))
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def message(self, kind: Kind, content: str, **header: Any) -> bytes:
        """A message signed by KAZ."""
        now = self.clock()
        message_id = header.pop("message_id", "") or str(uuid.uuid4())
        values: dict[str, Any] = {
            "message_id": message_id,
            "conversation_id": message_id,
            "kind": kind,
            "sender": Party("KAZ", "GATE"),
            "receiver": Party("BLR", "GATE"),
            "created": now,
            "expires": now + timedelta(hours=1),
            "purpose": "LABOUR_REGULATION",
            "agreement": "test",
        } | header
        return sign(write_message(Header(**values), content), self.kaz.keyring.signer(), now)

    def ping(self, text: str = "hello", **header: Any) -> bytes:
        return self.message(Kind.PING, body.write_ping(body.Ping(text)), **header)

    def post(self, raw: Any, **headers: str) -> httpx.Response:
        """Send bytes as a message over REST."""
        return self.http.post(
            f"{self.url}/v1/messages", content=raw, headers={"Content-Type": "application/xml", **headers}
        )

    def read(self, content: bytes) -> VerifiedMessage:
        """An answer as KAZ sees it."""
        return verify(content, self.kaz.trusted, limit=10_000_000)

    def receipt(self, content: bytes) -> ReceiptBody:
        return body.read_receipt(body_of(self.read(content).root))

    def rows(self, table: type[tables.Table], *where: Any) -> list[Any]:
        """Rows of a table of BLR, in the order of their keys."""
        with self.blr.database.read() as session:
            return list(session.scalars(select(table).where(*where).order_by(*table.__table__.primary_key)))


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with both nodes, enrolled with each other, and the keys of BLR's agencies."""
    place = tmp_path_factory.mktemp("nodes")
    nodes = {}
    for state in ("BLR", "KAZ"):
        text = starting_settings(state=state, agency="GATE", host="127.0.0.1", port=8001)
        make_node(place / state.lower(), f'contact = "duty {state}"\n{text}', algorithm="p256", now=START)
        nodes[state] = open_node(load(place / state.lower() / "gateway.toml"), Ticking())
    for state, other in (("BLR", "KAZ"), ("KAZ", "BLR")):
        certificate = nodes[other].keyring.signer().certificate
        with nodes[state].database.begin() as session:
            directory.propose(
                session, id=f"{other}/GATE", agency_class="MIG", kind="node", certificate=certificate,
                endpoint="http://127.0.0.1:9", actor="anna", now=START,
            )  # fmt: skip
            directory.activate(session, f"{other}/GATE", actor="boris", now=START)
            session.add_all(_agreement(other, direction) for direction in ("in", "out"))
    with nodes["BLR"].database.begin() as session:
        for agency, agency_class in AGENCIES.items():
            folder = place / "agencies" / agency.replace("/", "-")
            made = keyfiles.create(folder, party=agency, algorithm="p256", password=PASSWORD, now=START)
            directory.propose(
                session, id=agency, agency_class=agency_class, kind="agency", certificate=made, actor="anna", now=START
            )
            directory.activate(session, agency, actor="boris", now=START)
    for node in nodes.values():
        node.database.close()
    return place


def _agreement(state: str, direction: str) -> tables.Agreement:
    return tables.Agreement(
        id=f"{state}-{direction}",
        instrument="Test agreement",
        partner_state=state,
        direction=direction,
        categories=[category.value for category in Category if not category.protected],
        purposes=PURPOSES,
        agency_classes=["MIG", "BOR", "INT", "LAB"],
        withheld_fields=[],
        valid_from=date(2020, 1, 1),
        valid_to=None,
    )


@contextmanager
def world_in(founded: Path, place: Path, **changes: Any) -> Iterator[World]:
    shutil.copytree(founded, place)
    clock = Ticking()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = load(place / "blr" / "gateway.toml")
        # Jobs are not started: these tests are about what is asked from outside.
        settings = settings.model_copy(update={"port": listener.getsockname()[1]} | changes)
        world = World(place, clock, open_node(settings, clock), open_node(load(place / "kaz" / "gateway.toml"), clock))
        with serving(create_app(world.blr, scheduled=False), listener) as url:
            world.url = url
            yield world
        world.http.close()
        for node in (world.blr, world.kaz):
            # Whatever a test has made its nodes do, they have guarded every row that they wrote.
            with node.database.snapshot() as session:
                assert list(heldrows.check(session)) == []
        world.kaz.database.close()


@pytest.fixture(scope="session")
def make_world(founded: Path) -> Any:
    """Makes a world of one's own in a directory, with changed settings; a context manager."""

    def make(place: Path, **changes: Any) -> Any:
        return world_in(founded, place, **changes)

    return make


@pytest.fixture(scope="module")
def world(make_world: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all tests of a module, which therefore use names of their own."""
    with make_world(tmp_path_factory.mktemp("world") / "nodes") as made:
        yield made
