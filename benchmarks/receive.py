"""Receiving one 4 KB message to its durable receipt, in process, beside what no implementation can leave out.

CPU time of the process, not of the clock on the wall: the disk's wait is the same for everybody. SQLite in a
file with `synchronous=FULL`, keys P-256, every message new and about people nobody knew. The floor is the
sum of four parts measured in turn with it: verify (parse, C14N, digest, raw operation), sign the same way,
the XSD, and one commit of one row.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from benchmarks.report import Row, row
from benchmarks.signatures import _SIGNED_INFO, _floor
from gateway.algorithms import registry
from gateway.exchange.node import Node
from gateway.exchange.receive import receive
from gateway.founding import make_node, open_node, starting_settings
from gateway.message.body import write_records
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.parse import parse
from gateway.message.schema import validate
from gateway.message.signature import sign
from gateway.partners import directory
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.person import Document, Identifier, Name, Person, Sex
from gateway.records.person import Party as Employer
from gateway.records.record import Category, Record, Source, record_id
from gateway.records.synthetic import synthesise
from gateway.settings import load
from gateway.store import tables

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIMIT = 10_000_000
SIZE = 4096
_SYLLABLES = ("ба", "ги", "до", "жу", "ле", "ма", "ни", "ро", "су", "те", "фо", "хи", "ча", "ше")


def measure(scale: float) -> list[Row]:
    """Rows of `var/bench.json`; the scale changes the number of messages."""
    with tempfile.TemporaryDirectory(prefix="gw-receive-") as folder, _nodes(Path(folder)) as (node, sender):
        rounds = max(20, int(200 * scale))
        messages = [_message(sender, number) for number in range(rounds + 10)]
        took = _cpu(node, sender, messages)
    floor = sum(took[part] for part in ("verify", "sign", "schema", "commit"))
    return [row("receive-4k", "ms CPU", round(took["receive"], 3), round(floor, 3))]


def _cpu(node: Node, sender: Node, messages: list[bytes]) -> dict[str, float]:
    """Median milliseconds of CPU of receiving and of each part of its floor, all in turn in every round."""
    signer, answerer = sender.keyring.signer(), node.keyring.signer()
    public = signer.certificate.public_key()
    fits, value = registry.of_key(public), signer.sign(_SIGNED_INFO)
    content = _content(0)
    answer = receive(node, messages[0], channel="rest").content
    tree = parse(content, limit=LIMIT)
    left = iter(messages[1:])
    contestants: dict[str, Callable[[], object]] = {
        "receive": lambda: receive(node, next(left), channel="rest"),
        "verify": lambda: _floor(messages[0], lambda: fits.verify(public, value, _SIGNED_INFO)),
        "sign": lambda: _floor(answer, lambda: answerer.sign(_SIGNED_INFO)),
        "schema": lambda: validate(tree, protection=True),
        "commit": lambda: _commit(node),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(len(messages) - 1):
        for name, run in contestants.items():
            started = time.process_time()
            run()
            # The first rounds fill caches and the pages of the database.
            if number >= 9:
                times[name].append((time.process_time() - started) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


_ONE_ROW = update(tables.Counter).where(tables.Counter.name == "record").values(value=tables.Counter.value)


def _commit(node: Node) -> None:
    # A session of the toolkit that guards nothing: the floor is a row and its commit, and no leaf about it.
    with Session(node.database.engine) as session:
        session.execute(_ONE_ROW)
        session.commit()


def _message(sender: Node, number: int) -> bytes:
    return sign(_content(number), sender.keyring.signer(), NOW)


def _content(number: int) -> bytes:
    """A batch of one record, which is 4 KB when it is signed: header and signature are most of it."""
    message_id = str(uuid.UUID(int=number << 64 | 4 << 12, version=4))
    header = Header(
        message_id,
        message_id,
        Kind.RECORD_BATCH,
        Party("KAZ", "GATE"),
        Party("BLR", "GATE"),
        NOW,
        NOW + timedelta(hours=1),
        "LABOUR_REGULATION",
        "BENCH",
        sequence=number + 1,
    )
    records = [_record(number * 10 + place) for place in range(1)]
    return write_message(header, write_records(records))


def _record(number: int) -> Record:
    draw = random.Random(number)
    born = date(1960, 1, 1) + timedelta(days=draw.randrange(15_000))
    names = ["".join(draw.choice(_SYLLABLES) for _ in range(4)).capitalize() for _ in range(3)]
    person = Person(
        ref=f"P{number}",
        names=(Name(names[0] + "ов", names[1], names[2] + "ович", script="Cyrl", language="ru"),),
        birth_date=PartialDate(born.year, born.month, born.day),
        sex=Sex.MALE,
        citizenships=("KAZ",),
        birth_place="Алматы",
        identifiers=(Identifier("KZ-IIN", synthesise("KZ-IIN", born, Sex.MALE, number), "KAZ"),),
        documents=(Document("KAZ", "PASSPORT", f"N{number:07d}", issued=date(2020, 1, 1)),),
    )
    source = Source("KAZ", "MVD", "permits", f"LP-{number}")
    detail = LabourPermit("patent", f"LP-{number}", valid_from=date(2026, 1, 1), employer=Employer("ТОО «Пример»"))
    return Record(record_id(source), 1, Category.LABOUR_PERMIT, source, "ISSUED", NOW, person, detail)


@contextmanager
def _nodes(place: Path) -> Iterator[tuple[Node, Node]]:
    """A receiving node with its agreement, and the sender it trusts."""
    opened = []
    for port, state in enumerate(("BLR", "KAZ"), start=8001):
        text = starting_settings(state=state, agency="GATE", host="127.0.0.1", port=port)
        make_node(place / state, text, algorithm="p256", now=NOW)
        opened.append(open_node(load(place / state / "gateway.toml"), lambda: NOW))
    node, sender = opened
    with node.database.begin() as session:
        directory.propose(
            session,
            id="KAZ/GATE",
            agency_class="MIG",
            kind="node",
            certificate=sender.keyring.signer().certificate,
            endpoint="http://127.0.0.1:8002",
            actor="anna",
            now=NOW,
        )
        directory.activate(session, "KAZ/GATE", actor="boris", now=NOW)
        session.add(
            tables.Agreement(
                id="bench",
                instrument="benchmark",
                partner_state="KAZ",
                direction="in",
                categories=["LABOUR_PERMIT"],
                purposes=["LABOUR_REGULATION"],
                agency_classes=["MIG"],
                withheld_fields=[],
                valid_from=date(2020, 1, 1),
                valid_to=None,
            )
        )
    try:
        yield node, sender
    finally:
        for each in opened:
            each.database.close()
