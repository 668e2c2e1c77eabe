"""Whoever takes the database without the node's keys learns nothing of anybody in it (docs/at-rest.md).

Every family goes through every way into the node; then the raw bytes are searched for everything that was said.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gateway.errors import MalformedXml
from gateway.exchange import send
from gateway.exchange.journal import trace
from gateway.exchange.keep import essence
from gateway.mapping import convert, profile
from gateway.message import body
from gateway.message.bodies import ChangesRequest, Withdrawal
from gateway.message.envelope import Kind
from gateway.names.fold import all_lights, readings, skeletons, stem, tokens
from gateway.records.movement import StayRegistration
from gateway.records.person import Document, Name, Person, Place
from gateway.records.record import Record
from gateway.store import tables
from gateway.sync import foreign

SHORTEST = 6
"""Letters of the shortest word that is looked for: a shorter one stands in any megabyte of random bytes."""
SAMPLES = Path(__file__).parents[1] / "mapping" / "samples"
ADDRESS = "ул. Пригорочная, дом 77, квартира 1234"


@pytest.fixture
def people(make: Any) -> list[Person]:
    """Synthetic persons with a second spelling each, a birth place and numbers of their own."""
    found = []
    for number in range(1, 22):
        person = make.somebody(number, ("UZB", "KAZ", "KGZ")[number % 3])
        cyrillic = person.names[0]
        latin = Name(*(_latin(part) for part in (cyrillic.family, cyrillic.given, cyrillic.patronymic)), script="Latn")
        document = Document(person.citizenships[0], "PASSPORT", f"77{number:07d}", series="QX")
        found.append(
            replace(
                person, ref=f"REGISTER-{number:06d}", names=(cyrillic, latin), documents=(document,),
                birth_place=f"Староместечко-{number}",
            )
        )  # fmt: skip
    return found


@pytest.fixture
def records(make: Any, people: list[Person]) -> dict[str, list[Record]]:
    """Of each family at least one: what KAZ sends, and what BLR's own registers hand in."""
    open_ones = [
        make.permit(1, people[0]), make.ban(2, people[1]), make.expulsion(3, people[2], state="KAZ"),
        make.refused_crossing(4, people[3], state="KAZ"), make.stay(5, people[4]), *make.about_nobody(6, state="KAZ"),
    ]  # fmt: skip
    detail = StayRegistration("SR-000777", date(2026, 1, 1), date(2026, 12, 31), place=Place("BLR", text=ADDRESS))
    protected = [
        make.protection(category, 100 + place, people[5 + place], ("UZB",))
        for place, category in enumerate(make.protections)
    ]
    own = [
        # The first two are known to KAZ as well: a link, and a doubt that a human is asked about.
        make.permit(20, replace(people[0], ref="OWN-0000020"), state="BLR"),
        make.permit(21, _like(people[1]), state="BLR"),
        make.ban(22, people[12], state="BLR"),
        replace(make.stay(23, people[13], state="BLR"), detail=detail),
        make.group(1, ("UZB",)),
    ]
    return {"KAZ": open_ones, "BLR": own + protected}


def test_neither_the_file_nor_a_dump_tells_of_anybody(
    either_world: Any, records: dict[str, list[Record]], people: list[Person]
) -> None:
    world = either_world
    _live(world, records, people)
    everything = [record for some in records.values() for record in some] + _from_national_files(world)
    described = [*people[:14], *(record.person for record in everything if record.person is not None)]
    wanted = {word for person in described for word in _words_of_person(person)}
    wanted |= {word for record in everything for word in _words_of_record(record)} | {ADDRESS, "Пригорочная"}
    # The node itself reads all of it, and the search would find it there.
    readable = "".join(row.payload for row in world.rows(tables.Record)).encode()
    surely = {ADDRESS, people[0].names[0].family, people[0].names[1].family, people[5].ref, people[7].birth_place}
    assert surely <= set(_found(wanted, [readable]))
    stolen = [*_files(world), *_dump(world)]
    assert sum(map(len, stolen)) > 100_000
    assert _found(wanted, stolen) == []


def test_a_thief_who_guesses_a_number_of_a_register_cannot_try_it(either_world: Any, make: Any) -> None:
    """Record ids are computed from the register's own numbers, by a scheme that everybody knows."""
    record = make.permit(1, state="BLR")
    either_world.submit(record)
    stolen = [*_files(either_world), *_dump(either_world)]
    assert _found({record.record_id, record.record_id.replace("-", ""), essence(record)}, stolen) == []
    assert [row.record_id for row in either_world.rows(tables.Record)] == [record.record_id]


def test_what_a_foreign_register_gives_cannot_be_guessed_from_the_log(either_world: Any, make: Any) -> None:
    world, rows = either_world, [{"ref": "1", "name": "Somebody"}]
    for number in range(2):
        partner = world.rows(tables.Partner)[0]
        with world.database.begin() as session:
            foreign.keep_rows(session, world.node, partner, profile.load("kgz-permits"), rows)
        world.clock.advance(seconds=number + 1)
    first, second = world.rows(tables.Journal)
    assert first.digest != second.digest
    assert json.loads(first.raw)["rows"] == json.loads(second.raw)["rows"] == rows


def _live(world: Any, records: dict[str, list[Record]], people: list[Person]) -> None:
    """Everything that writes of people into the database."""
    # 1. Messages come in: records, a correction, a withdrawal, one that breaks the schema, one that is no XML.
    world.receive(world.batch(*records["KAZ"], sequence=1))
    world.receive(world.batch(replace(records["KAZ"][4], version=2), kind=Kind.CORRECTION, sequence=2))
    withdrawal = Withdrawal(records["KAZ"][4].record_id, 2)
    world.receive(world.message(Kind.WITHDRAWAL, body.write_withdrawal([withdrawal]), sequence=3))
    odd = body.write_records([records["KAZ"][0]]).replace("<Family>", "<Family><Odd/>")
    world.receive(world.message(Kind.RECORD_BATCH, odd, sequence=4))
    raw = f"<Message>{people[0].names[0].family}".encode()
    trace(world.node, raw, MalformedXml(reason=f"near {people[0].names[0].family}"), channel="rest", now=world.clock())
    # 2. Our own registers hand in, by national files too; protections begin.
    for some in (records["BLR"], _from_national_files(world)):
        submitted = world.submit(*some)
        assert (submitted.stored, submitted.refused) == (len(some), 0)
    # 3. Partners ask about people, whom we know and whom we do not, and about travellers.
    world.node.watchlist.refresh()
    for person in (people[0], people[12], people[20]):
        anybody = replace(person, ref="")
        world.receive(world.message(Kind.PERSON_QUERY, body.write_query(anybody)))
        query = body.write_query(anybody, kind="WatchlistQuery")
        world.receive(world.message(Kind.WATCHLIST_QUERY, query, purpose="BORDER_CHECK"))
    world.receive(world.message(Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 100))))
    # 4. We send.
    world.clock.advance(minutes=1)
    with world.database.begin() as session:
        for state in ("KAZ", "UZB", "RUS"):
            partner = session.get_one(tables.Partner, f"{state}/GATE")
            send.push_changes(session, world.node, partner, now=world.clock())
    for table in (tables.Link, tables.Review, tables.WatchlistEntry, tables.Outbox, tables.Disclosure, tables.Audit):
        assert world.rows(table), table


def _from_national_files(world: Any) -> list[Record]:
    mapped = [
        each.record
        for name in ("blr-permits", "blr-bans", "blr-asylum", "blr-refugees")
        for each in convert.map_file(
            profile.load(name), next((SAMPLES / name).glob("input.*")).read_bytes(), now=world.clock()
        )
    ]
    return [record for record in mapped if record is not None]


def _like(person: Person) -> Person:
    """The same person as another register has it: the day of birth is another, and no number is given."""
    return replace(person, ref="OWN-0000021", identifiers=(), documents=(), birth_place="")


def _latin(word: str) -> str:
    return readings(tokens(word)[0], "ru")[0].capitalize()


def _words_of_person(person: Person) -> Iterator[str]:
    for name in person.names:
        for part in (name.family, name.given, name.patronymic):
            yield part
            for token in tokens(part):
                forms = {*readings(token, "ru"), *all_lights(token, "ru"), *skeletons(token, "ru")}
                yield from forms
                yield from (stem(form) for form in forms)
    if person.birth_date is not None and person.birth_date.day:
        born = date.fromisoformat(str(person.birth_date))
        yield from (born.strftime(form) for form in ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d%m%Y", "%d/%m/%Y"))
        yield f"[{born.year},{born.month},{born.day}"
    yield from (person.ref, person.birth_place)
    yield from (identifier.value for identifier in person.identifiers)
    for document in person.documents:
        yield from (document.number, document.series + document.number)


def _words_of_record(record: Record) -> Iterator[str]:
    yield from (record.record_id, record.record_id.replace("-", ""), essence(record))
    for name in ("decision", "application", "number", "group"):
        yield str(getattr(record.detail, name, ""))


def _files(world: Any) -> Iterator[bytes]:
    """The raw bytes of everything in the folder of an embedded database, as a thief copies them."""
    name = world.database.url.database
    if world.database.url.get_backend_name() == "sqlite":
        files = sorted(Path(name).parent.glob(Path(name).name + "*"))
        assert {file.name for file in files} >= {"gateway.sqlite", "gateway.sqlite-wal"}
        yield from (file.read_bytes() for file in files)


def _dump(world: Any) -> Iterator[bytes]:
    """Every row of every table as the database itself gives it, past the program's types."""
    with world.database.read() as session:
        for table in tables.Table.metadata.tables:
            for row in session.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 - names of our own tables
                yield b"\x00".join(_bytes(value) for value in row)


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return (json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else value).encode()


def _found(words: set[str], stolen: list[bytes]) -> list[str]:
    """The words that stand in what was stolen, in whatever case and encoding."""
    whole = b"\n".join(stolen)
    return sorted(word for word in words if len(word) >= SHORTEST and any(form in whole for form in _forms(word)))


def _forms(word: str) -> Iterator[bytes]:
    for written in {word, word.upper(), word.lower(), word.title(), word.casefold()}:
        yield from (written.encode(), written.encode("utf-16-le"), written.encode("utf-16-be"))
        yield json.dumps(written)[1:-1].encode()
        yield base64.b64encode(written.encode())[: len(written.encode()) // 3 * 4]
