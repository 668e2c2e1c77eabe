"""Nodes that know each other, in process: made once for the session and copied for every test.

BLR is the node under test. KAZ, UZB and RUS have gateways of their own; what a test sends in their name is
signed with their own keys. The tests of disclosure use the same nodes.
"""

from __future__ import annotations

import random
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from gateway.exchange import heldrows, submit
from gateway.exchange.node import Node
from gateway.exchange.outcome import Answer
from gateway.exchange.receive import receive
from gateway.founding import make_node, open_node, starting_settings
from gateway.message import body
from gateway.message.bodies import ReceiptBody
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.signature import VerifiedMessage, sign, verify
from gateway.partners import directory
from gateway.records.aggregate import Quota, Statistic
from gateway.records.dates import PartialDate
from gateway.records.documents import DocumentStatus
from gateway.records.labour import LabourPermit, RecruitmentLicence
from gateway.records.lifecycle import INITIAL
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Document, Identifier, Name, Person, Sex
from gateway.records.person import Party as PartyOf
from gateway.records.protection import (
    AsylumApplication,
    FamilyReunification,
    NonRemoval,
    RefugeeStatus,
    SubsidiaryProtection,
    TemporaryProtection,
    TemporaryProtectionGroup,
)
from gateway.records.record import Category, Detail, Record, Source, record_id
from gateway.records.restriction import EntryBan, Expulsion
from gateway.records.synthetic import synthesise
from gateway.settings import Settings, load
from gateway.store import tables
from gateway.store.database import Database
from tests.conftest import copy_enrolment

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STATES = ("BLR", "KAZ", "UZB", "RUS")
OPEN = [category.value for category in Category if not category.protected]
PURPOSES = ["LABOUR_REGULATION", "STAY_CONTROL", "FAMILY_UNITY", "BORDER_CHECK", "ENTRY_BAN_ADMIN"]
CLASSES = ["MIG", "BOR", "INT", "LAB"]
_SCHEMES = {"KAZ": "KZ-IIN", "UZB": "UZ-PINFL", "BLR": "BY-IDN", "KGZ": "KG-PIN"}
_SYLLABLES = ("ба", "ги", "до", "жу", "ле", "ма", "ни", "ро", "су", "те", "фо", "хи", "ча", "ше", "ва", "ка")


def _word(draw: random.Random, ending: str) -> str:
    return "".join(draw.choice(_SYLLABLES) for _ in range(4)).capitalize() + ending


def somebody(number: int, citizenship: str = "KAZ", **changes: Any) -> Person:
    """A person from a seed: the same number is always the same human being, two numbers never are."""
    draw = random.Random(number * 7919)  # noqa: S311 - people of a test, not secrets
    born = date(1960, 1, 1) + timedelta(days=draw.randrange(15_000))
    sex = draw.choice((Sex.MALE, Sex.FEMALE))
    scheme = _SCHEMES.get(citizenship)
    identifiers = (Identifier(scheme, synthesise(scheme, born, sex, number), citizenship),) if scheme else ()
    person = Person(
        ref=f"P{number}",
        names=(Name(_word(draw, "ов"), _word(draw, "н"), _word(draw, "ович"), script="Cyrl", language="ru"),),
        birth_date=PartialDate(born.year, born.month, born.day),
        sex=sex,
        citizenships=(citizenship,) if citizenship else (),
        identifiers=identifiers,
        documents=(Document(citizenship, "PASSPORT", f"N{number:07d}"),) if citizenship else (),
    )
    return replace(person, **changes)


_REGISTERS: dict[type, tuple[Category, str, str]] = {
    LabourPermit: (Category.LABOUR_PERMIT, "MVD", "ISSUED"),
    StayRegistration: (Category.STAY_REGISTRATION, "MVD", "REGISTERED"),
    EntryBan: (Category.ENTRY_BAN, "MVD", "ACTIVE"),
    AsylumApplication: (Category.ASYLUM_APPLICATION, "DGM", "REGISTERED"),
}


def a_record(
    person: Person, detail: Detail, number: str, *, state: str = "KAZ", version: int = 1, **changes: Any
) -> Record:
    """A record of a state's register; one number in one register is one record."""
    category, agency, status = _REGISTERS[type(detail)]
    source = Source(state, agency, category.value.lower().replace("_", "-"), number)
    record = Record(record_id(source), version, category, source, status, START, person, detail)
    return replace(record, **changes)


def permit(number: int, person: Person | None = None, **changes: Any) -> Record:
    """A labour permit."""
    return a_record(person or somebody(number), LabourPermit("patent", f"LP{number}"), f"LP-{number}", **changes)


def stay(number: int, person: Person | None = None, **changes: Any) -> Record:
    """A registration of a stay."""
    detail = StayRegistration(f"SR{number}", date(2026, 1, 1), date(2026, 12, 31))
    return a_record(person or somebody(number), detail, f"SR-{number}", **changes)


def ban(number: int, person: Person | None = None, **changes: Any) -> Record:
    """An entry ban that binds all parties."""
    detail = EntryBan(f"D-{number}", "MVD", date(2025, 1, 1), date(2030, 1, 1), territory="ALL_PARTIES")
    return a_record(person or somebody(number), detail, f"EB-{number}", **changes)


def asylum(number: int, person: Person | None = None, persecutors: Sequence[str] = (), **changes: Any) -> Record:
    """An application for protection in BLR."""
    detail = AsylumApplication(f"AA{number}", date(2026, 2, 1), persecutors=tuple(persecutors))
    return a_record(person or somebody(number), detail, f"AA-{number}", **{"state": "BLR", **changes})


PROTECTIONS: dict[Category, Callable[..., Detail]] = {
    Category.ASYLUM_APPLICATION: lambda number, feared: AsylumApplication(
        f"AA{number}", date(2026, 2, 1), persecutors=feared
    ),
    Category.REFUGEE_STATUS: lambda number, feared: RefugeeStatus(f"AA{number}", date(2026, 2, 1), persecutors=feared),
    Category.SUBSIDIARY_PROTECTION: lambda number, feared: SubsidiaryProtection(
        f"AA{number}", date(2026, 2, 1), date(2026, 2, 1), date(2027, 1, 31), persecutors=feared
    ),
    Category.TEMPORARY_PROTECTION: lambda number, feared: TemporaryProtection(
        f"AA{number}", "G1", date(2026, 2, 1), persecutors=feared
    ),
    Category.NON_REMOVAL: lambda number, feared: NonRemoval(
        f"AA{number}", "NON_REFOULEMENT", date(2026, 2, 1), persecutors=feared
    ),
    Category.FAMILY_REUNIFICATION: lambda number, feared: FamilyReunification(
        f"AA{number}", "S-1", "CHILD", date(2026, 2, 1), persecutors=feared
    ),
}
"""Every family that protects a person, from a number and the states the person fears."""


def protection(
    category: Category, number: int, person: Person | None = None, persecutors: Sequence[str] = (), **changes: Any
) -> Record:
    """A record of a protection family in BLR, in a state that protects."""
    status = min(INITIAL[category])
    source = Source("BLR", "DGM", category.value.lower().replace("_", "-"), f"AA-{number}")
    detail = PROTECTIONS[category](number, tuple(persecutors))
    record = Record(record_id(source), 1, category, source, status, START, person or somebody(number), detail)
    return replace(record, **changes)


def other(category: Category, detail: Detail, status: str, number: int, *, state: str = "BLR", **more: Any) -> Record:
    """A record of any other family; about nobody unless a person is given."""
    source = Source(state, "MVD", category.value.lower().replace("_", "-"), f"{category.value[:2]}-{number}")
    return replace(Record(record_id(source), 1, category, source, status, START, None, detail), **more)


def expulsion(number: int, person: Person | None = None, **changes: Any) -> Record:
    """An order of expulsion."""
    detail = Expulsion(f"X-{number}", "MVD", date(2026, 2, 1), "DEPORTATION")
    return other(Category.EXPULSION, detail, "ORDERED", number, **{"person": person or somebody(number), **changes})


def refused_crossing(number: int, person: Person | None = None, **changes: Any) -> Record:
    """A crossing that was refused."""
    detail = BorderCrossing("IN", START - timedelta(days=3), "BY-KOZLOVICHI", "REFUSED")
    changes = {"person": person or somebody(number), **changes}
    return other(Category.BORDER_CROSSING, detail, "RECORDED", number, **changes)


def about_nobody(number: int, *, state: str = "BLR") -> list[Record]:
    """One record of each family that speaks of nobody and may be exchanged."""
    holder = PartyOf("ООО «Образец»", "190000001", "BY-UNP")
    cell = Statistic("MIG-01", date(2025, 1, 1), date(2025, 12, 31), "PERMITS", "FLOW", "D", 120)
    details: list[tuple[Category, str, Detail]] = [
        (Category.RECRUITMENT_LICENCE, "GRANTED", RecruitmentLicence(f"L{number}", holder, "ATTRACT_FOREIGN")),
        (Category.QUOTA, "APPROVED", Quota(2026, "LABOUR", 1500, "Act 12")),
        (Category.STATISTIC, "FINAL", cell),
        (Category.DOCUMENT_STATUS, "LOST", DocumentStatus("UZB", "PASSPORT", f"N{number}", date(2026, 2, 1))),
    ]
    return [other(category, detail, status, number, state=state) for category, status, detail in details]


def group(number: int, origins: Sequence[str], **changes: Any) -> Record:
    """The decision that protects a group, G1 for the number 1."""
    detail = TemporaryProtectionGroup(f"G{number}", "everybody from there", tuple(origins), date(2026, 1, 1))
    return other(Category.TEMPORARY_PROTECTION_GROUP, detail, "OPEN", number, **changes)


class Ticking:
    """A clock that only moves when a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@dataclass
class World:
    """BLR and its neighbours, each with keys, a database and the agreements of BLR."""

    directory: Path
    clock: Ticking
    nodes: dict[str, Node] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def node(self) -> Node:
        """BLR, the node under test."""
        return self.nodes["BLR"]

    @property
    def database(self) -> Database:
        return self.node.database

    def open(self, database_url: str = "") -> None:
        """Open BLR, on the database of its directory or on another one."""
        settings = load(self.directory / "blr" / "gateway.toml")
        if database_url:
            settings = settings.model_copy(update={"database_url": database_url})
        self.nodes["BLR"] = open_node(settings, self.clock)

    def message(self, kind: Kind, content: str, *, sender: str = "KAZ", **header: Any) -> bytes:
        """A message signed by a neighbour's own key."""
        node = self.nodes[sender]
        now = self.clock()
        message_id = header.pop("message_id", "") or str(uuid.UUID(int=next(self._numbers) << 64 | 4 << 12, version=4))
        values: dict[str, Any] = {
            "message_id": message_id,
            "conversation_id": message_id,
            "kind": kind,
            "sender": Party(sender, "GATE"),
            "receiver": Party("BLR", "GATE"),
            "created": now,
            "expires": now + timedelta(hours=1),
            "purpose": "LABOUR_REGULATION",
            "agreement": "test",
        } | header
        return sign(write_message(Header(**values), content), node.keyring.signer(), now)

    def batch(self, *records: Record, kind: Kind = Kind.RECORD_BATCH, **header: Any) -> bytes:
        """A signed batch of records."""
        return self.message(kind, body.write_records(records, kind=kind), **header)

    def receive(self, raw: bytes) -> Answer:
        return receive(self.node, raw, channel="rest")

    def read(self, answer: Answer, state: str = "KAZ") -> VerifiedMessage:
        """The answer as the neighbour sees it, verified with the neighbour's own directory."""
        return verify(answer.content, self.nodes[state].trusted, limit=10_000_000)

    def receipt(self, raw: bytes) -> ReceiptBody:
        """Receive, and read the receipt."""
        return body.read_receipt(body_of(self.read(self.receive(raw)).root))

    def submit(self, *records: Record) -> submit.Submitted:
        """Hand records of BLR's own registers in."""
        with self.database.begin() as session:
            return submit.submit(session, self.node, records, state="BLR", journal_id=None, now=self.clock())

    def rows(self, table: type[tables.Table], *where: Any) -> list[Any]:
        """Rows of a table of BLR, in the order of their keys."""
        with self.database.read() as session:
            return list(session.scalars(select(table).where(*where).order_by(*table.__table__.primary_key)))


def _agreements(state: str) -> Iterator[tables.Agreement]:
    for other in STATES:
        if other == state:
            continue
        for direction in ("in", "out"):
            yield tables.Agreement(
                id=f"{other}-{direction}",
                instrument="Test agreement",
                partner_state=other,
                direction=direction,
                categories=OPEN,
                purposes=PURPOSES,
                agency_classes=CLASSES,
                withheld_fields=[],
                valid_from=date(2020, 1, 1),
                valid_to=None,
            )


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the four nodes, enrolled with each other."""
    place = tmp_path_factory.mktemp("nodes")
    settings: dict[str, Settings] = {}
    for number, state in enumerate(STATES):
        text = starting_settings(state=state, agency="GATE", host="127.0.0.1", port=8001 + number)
        make_node(place / state.lower(), f'contact = "duty {state}"\n{text}', algorithm="p256", now=START)
        settings[state] = load(place / state.lower() / "gateway.toml")
    nodes = {state: open_node(each, Ticking()) for state, each in settings.items()}
    certificates = {state: node.keyring.signer().certificate for state, node in nodes.items()}
    for state, node in nodes.items():
        with node.database.begin() as session:
            for other in STATES:
                if other != state:
                    name = f"{other}/GATE"
                    directory.propose(
                        session, id=name, agency_class="MIG", kind="node", certificate=certificates[other],
                        endpoint=settings[other].url, actor="anna", now=START,
                    )  # fmt: skip
                    directory.activate(session, name, actor="boris", now=START)
            session.add_all(_agreements(state))
        node.database.close()
    return place


@pytest.fixture(scope="session")
def neighbours(founded: Path) -> Iterator[dict[str, Node]]:
    """The other nodes, which only sign and verify: one of each is enough for all tests."""
    nodes = {state: open_node(load(founded / state.lower() / "gateway.toml"), Ticking()) for state in STATES[1:]}
    yield nodes
    for node in nodes.values():
        node.database.close()


@pytest.fixture(scope="session")
def make_world(founded: Path, neighbours: dict[str, Node]) -> Callable[..., Any]:
    """Makes a fresh world in a directory, BLR on another database where one is given; a context manager."""

    @contextmanager
    def make(place: Path, database_url: str = "") -> Iterator[World]:
        shutil.copytree(founded / "blr", place / "blr")
        world = World(place, Ticking(), dict(neighbours))
        if database_url:
            copy_enrolment(f"sqlite:///{founded / 'blr' / 'gateway.sqlite'}", database_url)
        world.open(database_url)
        try:
            yield world
            # Whatever a test has made the node do, it has guarded every row that it wrote.
            with world.database.snapshot() as session:
                assert list(heldrows.check(session)) == []
        finally:
            world.database.close()

    return make


@pytest.fixture
def world(make_world: Any, tmp_path: Path) -> Iterator[World]:
    """A fresh world on SQLite."""
    with make_world(tmp_path / "world") as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_world(request: pytest.FixtureRequest, make_world: Any, tmp_path: Path) -> Iterator[World]:
    """A fresh world, once with BLR on SQLite and once on PostgreSQL."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    with make_world(tmp_path / "world", url) as made:
        yield made


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """Synthetic persons and records: the functions of this file, since no test module may import another."""
    return SimpleNamespace(
        somebody=somebody, permit=permit, stay=stay, ban=ban, asylum=asylum, start=START, ticking=Ticking,
        protection=protection, protections=tuple(PROTECTIONS), expulsion=expulsion, refused_crossing=refused_crossing,
        about_nobody=about_nobody, group=group, other=other,
    )  # fmt: skip
