"""Two real nodes, BLR and KAZ, each served on a free loopback port, and a host between them that misbehaves."""

from __future__ import annotations

import http.client
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select, update

from gateway.app import create_app
from gateway.exchange import heldrows, submit
from gateway.exchange.node import Node
from gateway.founding import make_node, open_node, starting_settings
from gateway.partners import directory
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.person import Document, Name, Person, Sex
from gateway.records.record import Category, Record, Source, record_id
from gateway.settings import load
from gateway.store import tables
from tests.conftest import copy_enrolment

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STATES = ("BLR", "KAZ")
_SYLLABLES = ("ба", "ги", "до", "жу", "ле", "ма", "ни", "ро", "су", "те", "фо", "хи", "ча", "ше", "ва", "ка")


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
def serving(app: FastAPI, listener: socket.socket) -> Iterator[str]:
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


Answer = Callable[[bytes], tuple[int, str, bytes] | None]
"""What a host makes of a request's bytes: status, content type, content; None hangs up without a word."""


class Host:
    """A host between two nodes. It passes everything on, unless a test gives it something else to say."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.path, self.kind = "/v1/messages", "application/xml"
        self.seen: list[bytes] = []
        self.answer: Answer = self.passing
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                host.seen.append(raw)
                said = host.answer(raw)
                self.close_connection = True
                if said is None:
                    return
                status, kind, content = said
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def passing(self, raw: bytes) -> tuple[int, str, bytes]:
        """Hand the message to the real receiver, and its answer back."""
        connection = http.client.HTTPConnection(self.target.removeprefix("http://"), timeout=30)
        try:
            connection.request("POST", self.path, raw, {"Content-Type": self.kind})
            response = connection.getresponse()
            return response.status, response.getheader("Content-Type", ""), response.read()
        finally:
            connection.close()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class World:
    """Both nodes at work."""

    directory: Path
    clock: Ticking
    nodes: dict[str, Node] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    honest: bool = True
    """Whether nobody but the nodes writes into their databases."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def blr(self) -> Node:
        return self.nodes["BLR"]

    @property
    def kaz(self) -> Node:
        return self.nodes["KAZ"]

    def permits(self, number: int = 1) -> list[str]:
        """That many new permits in BLR's own register; their record ids."""
        records = [permit(next(self._numbers)) for _ in range(number)]
        with self.blr.database.begin() as session:
            result = submit.submit(session, self.blr, records, state="BLR", journal_id=None, now=self.clock())
        assert result.stored == number, result
        return [record.record_id for record in records]

    def partner(self, node: Node, name: str, **values: Any) -> None:
        """Change a partner's row, for example its endpoint or channel."""
        with node.database.begin() as session:
            session.execute(update(tables.Partner).where(tables.Partner.id == name).values(**values))

    def rows(self, node: Node, table: type[tables.Table], *where: Any) -> list[Any]:
        """Rows of a table, in the order of their keys."""
        with node.database.read() as session:
            return list(session.scalars(select(table).where(*where).order_by(*table.__table__.primary_key)))

    def held(self, node: Node) -> list[str]:
        """Record ids of BLR that a node holds, in the order they came."""
        return [row.record_id for row in self.rows(node, tables.Record, tables.Record.owner_state == "BLR")]


def permit(number: int) -> Record:
    """A labour permit of somebody; the same number is always the same."""
    word = "".join(_SYLLABLES[(number * step + step) % 16] for step in (3, 5, 7, 11)).capitalize()
    person = Person(
        ref=f"P{number}",
        names=(Name(f"{word}ов", f"{word[::-1].capitalize()}н", script="Cyrl", language="ru"),),
        birth_date=PartialDate(1960 + number % 40, 1 + number % 12, 1 + number % 28),
        sex=Sex.MALE,
        citizenships=("UZB",),
        documents=(Document("UZB", "PASSPORT", f"N{number:07d}"),),
    )
    source = Source("BLR", "MVD", "labour", f"LP-{number}")
    detail = LabourPermit("patent", f"LP{number}")
    return Record(record_id(source), 1, Category.LABOUR_PERMIT, source, "ISSUED", START, person, detail)


def agreement(state: str, direction: str) -> tables.Agreement:
    return tables.Agreement(
        id=f"{state}-{direction}",
        instrument="Test agreement",
        partner_state=state,
        direction=direction,
        categories=[category.value for category in Category if not category.protected],
        purposes=["LABOUR_REGULATION", "STAY_CONTROL"],
        agency_classes=["MIG"],
        withheld_fields=[],
        valid_from=date(2020, 1, 1),
        valid_to=None,
    )


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with both nodes, enrolled with each other."""
    place = tmp_path_factory.mktemp("nodes")
    nodes = {}
    for state in STATES:
        text = starting_settings(state=state, agency="GATE", host="127.0.0.1", port=8001)
        text = f"delivery_attempts = 3\nanswer_bucket = 0\n{text}\n[limits]\nbatch_records = 2\nchanges = 2\n"
        make_node(place / state.lower(), text, algorithm="p256", now=START)
        nodes[state] = open_node(load(place / state.lower() / "gateway.toml"), Ticking())
    for state, other in (STATES, STATES[::-1]):
        certificate = nodes[other].keyring.signer().certificate
        with nodes[state].database.begin() as session:
            directory.propose(
                session, id=f"{other}/GATE", agency_class="MIG", kind="node", certificate=certificate,
                endpoint="http://127.0.0.1:9", actor="anna", now=START,
            )  # fmt: skip
            directory.activate(session, f"{other}/GATE", actor="boris", now=START)
            session.add_all(agreement(other, direction) for direction in ("in", "out"))
    for node in nodes.values():
        node.database.close()
    return place


@contextmanager
def open_world(
    founded: Path, place: Path, serve: Sequence[str], database_url: str = "", more: Mapping[str, Any] | None = None
) -> Iterator[World]:
    shutil.copytree(founded, place)
    world = World(place, Ticking())
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        for state, listener in zip(STATES, (first, second), strict=True):
            settings = load(place / state.lower() / "gateway.toml")
            changes: dict[str, Any] = {"port": listener.getsockname()[1], **(more or {})}
            if database_url and state == "BLR":
                copy_enrolment(settings.database, database_url)
                changes["database_url"] = database_url
            world.nodes[state] = open_node(settings.model_copy(update=changes), world.clock)
            world.urls[state] = world.nodes[state].settings.url
        world.partner(world.blr, "KAZ/GATE", endpoint=world.urls["KAZ"])
        world.partner(world.kaz, "BLR/GATE", endpoint=world.urls["BLR"])
        with ExitStack() as servers:
            for state, listener in zip(STATES, (first, second), strict=True):
                if state in serve:
                    servers.enter_context(serving(create_app(world.nodes[state], scheduled=False), listener))
            yield world
    for node in world.nodes.values():
        # Whatever a test has made its nodes do, they have guarded every row that they wrote.
        assert not world.honest or unguarded(node) == []
        node.database.close()


def unguarded(node: Node) -> list[Any]:
    """What in the guarded tables does not hold."""
    with node.database.snapshot() as session:
        return list(heldrows.check(session))


@pytest.fixture
def open_nodes(founded: Path) -> Callable[..., Any]:
    """Opens both nodes in a directory, KAZ served; a context manager, for tests that need several worlds."""

    def opened(place: Path) -> Any:
        return open_world(founded, place, ("KAZ",))

    return opened


@pytest.fixture
def world_settings() -> dict[str, Any]:
    """What the settings of both nodes say beside the usual; a module that wants more has a fixture of this name."""
    return {}


@pytest.fixture
def world(
    request: pytest.FixtureRequest, founded: Path, tmp_path: Path, world_settings: dict[str, Any]
) -> Iterator[World]:
    """Both nodes, on SQLite; served is KAZ, or whom the module names in SERVED."""
    served = getattr(request.module, "SERVED", ("KAZ",))
    with open_world(founded, tmp_path / "world", served, more=world_settings) as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_world(
    request: pytest.FixtureRequest, founded: Path, tmp_path: Path, world_settings: dict[str, Any]
) -> Iterator[World]:
    """Both nodes, with BLR once on SQLite and once on PostgreSQL."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    served = getattr(request.module, "SERVED", ("KAZ",))
    with open_world(founded, tmp_path / "world", served, url, world_settings) as made:
        yield made


@pytest.fixture
def make_host() -> Iterator[Callable[[str], Host]]:
    """Makes hosts that stand in front of an address."""
    made: list[Host] = []

    def make(target: str) -> Host:
        made.append(Host(target))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def host(world: World, make_host: Callable[[str], Host]) -> Host:
    """A host between BLR and KAZ; BLR believes it to be KAZ."""
    between = make_host(world.urls["KAZ"])
    world.partner(world.blr, "KAZ/GATE", endpoint=between.url)
    return between
