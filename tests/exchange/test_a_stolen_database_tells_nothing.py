"""Whoever takes the database without the node's keys learns nothing of anybody in it (docs/at-rest.md).

Every family goes through every way into the node; then the raw bytes are searched for everything that was said.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, Text, select, text, type_coerce, update

from gateway.errors import MalformedXml
from gateway.exchange import relinking, send
from gateway.exchange.journal import trace
from gateway.exchange.keep import essence
from gateway.exchange.relink_worker import Worker
from gateway.mapping import convert, profile
from gateway.matching import links
from gateway.message import body
from gateway.message.bodies import ChangesRequest, ReceiptBody, RecordVerdict, Withdrawal
from gateway.message.envelope import Kind
from gateway.message.signature import verify
from gateway.names.fold import all_lights, readings, skeletons, stem, tokens
from gateway.records.movement import StayRegistration
from gateway.records.person import Document, Name, Person, Place
from gateway.records.record import Record
from gateway.store import tables
from gateway.store.columns import Hidden, Sealed, SealedJson, SealedText
from gateway.sync import deliver, foreign
from gateway.sync.bookmarks import move_bookmark

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
    # Every column that is declared to be guarded was written to, and is.
    assert {str(column): wrong for column in _guarded() if (wrong := _unguarded(world, column))} == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "json", "base64"])
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_the_search_finds_a_word_wherever_it_stands(encoding: str, case: Any) -> None:
    """A search that finds nothing proves something only where it would have found it."""
    word, noise = "Пригорочная", b"\x00\xd0\x9f" * 50_000
    written = case(word)
    ways = {"json": json.dumps(written)[1:-1].encode(), "base64": base64.b64encode(f"x{written}".encode())}
    told = ways.get(encoding) or written.encode(encoding)
    assert _found({word, "Староместечко"}, [noise + told, noise]) == [word]
    assert _found({word, "Староместечко"}, [noise + told[:-8], noise]) == []


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
    # 5. Partners answer for what they were sent, and name the records they refuse.
    for row in world.rows(tables.Outbox):
        verdicts = tuple(RecordVerdict(some.record_id, 1, "REFUSED", "schema") for some in records["BLR"][:2])
        receipt = ReceiptBody(row.message_id, row.digest, "PARTLY", records=verdicts)
        content = world.message(Kind.RECEIPT, body.write_receipt(receipt), sender=row.partner[:3])
        answer = verify(content, world.node.trusted, limit=100_000)
        deliver._answered(world.node, row, content, receipt, answer)
    # 6. An officer judges in words; a job tells of its failure; a register's own number is where we stopped.
    with world.database.begin() as session:
        link = session.scalars(select(tables.Link).where(tables.Link.retracted.is_(None))).first()
        assert link is not None
        reason = f"not {people[0].names[0].family}"
        links.split(session, link.left_id, link.right_id, actor="anna", reason=reason, now=world.clock())
        session.add(tables.JobRun(job="pull", holder="h", started=world.clock(), state="failed", outcome=people[0].ref))
        move_bookmark(session, "pull", before="", after=people[0].ref, now=world.clock())

    # 7. The population is linked again under a model to which nothing says anything, as far as the diff.
    words = json.loads((files("gateway.matching") / "weights.json").read_text("utf-8")) | {"model": "deaf"}
    for level in (level for each in words["fields"].values() for level in each["levels"].values()):
        level["u"] = level["m"]
    with world.database.begin() as session:
        relinking.start(session, world.node, actor="anna", reason="Better weights", content=json.dumps(words))
    assert Worker(world.node, "test").carry_on() == "ready"
    with world.database.begin() as session:
        session.execute(update(tables.RelinkPair).values(reason="generations"))


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


def _guarded() -> list[Any]:
    """Every column that the tables declare to be sealed or hidden."""
    return [
        column
        for table in tables.Table.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed | SealedText | SealedJson | Hidden)
    ]


def _unguarded(world: Any, column: Any) -> list[str]:
    """What is wrong with the stored values of a column, read as they are beside what the node reads in them."""
    vault, place, wrong = world.database.vault, column.type.place.encode(), set()
    with world.database.read() as session:
        raw = type_coerce(column, Text() if isinstance(column.type, Hidden) else LargeBinary())
        rows = [(kept, clear) for kept, clear in session.execute(select(raw, column)) if kept or clear]
    for kept, clear in rows:
        plain = clear if isinstance(clear, bytes) else _bytes(clear)
        if isinstance(column.type, Hidden):
            opened = vault.reveal(place, kept).encode()
        else:
            opened = vault.unseal(place, kept)
            wrong |= set() if kept.startswith(vault.keys.newest.mark) else {"under no key of the node"}
        if not isinstance(column.type, SealedJson) and opened != plain:
            wrong.add("opens to something else")
        if len(opened) >= SHORTEST and opened in _bytes(kept):
            wrong.add("in clear")
    return sorted(wrong) if rows else ["never written to"]


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return (json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else value).encode()


def _found(words: set[str], stolen: list[bytes]) -> list[str]:
    """The words that stand in what was stolen, in whatever case and encoding.

    One pass notes which beginnings occur at all; only a form whose beginning does is looked for as a whole.
    """
    whole = b"\n".join(stolen)
    forms = {word: set(_forms(word)) for word in words if len(word) >= SHORTEST}
    heads = {form[:SHORTEST] for some in forms.values() for form in some}
    there = {head for start in range(len(whole)) if (head := whole[start : start + SHORTEST]) in heads}
    return sorted(
        word for word, some in forms.items() if any(form[:SHORTEST] in there and form in whole for form in some)
    )


def _forms(word: str) -> Iterator[bytes]:
    for written in {word, word.upper(), word.lower(), word.title(), word.casefold()}:
        yield from (written.encode(), written.encode("utf-16-le"), written.encode("utf-16-be"))
        yield json.dumps(written)[1:-1].encode()
        yield from _base64_forms(written.encode())


def _base64_forms(raw: bytes) -> Iterator[bytes]:
    """The letters that raw bytes alone decide, at each of the three places where a longer text may put them."""
    for before in range(3):
        letters = base64.b64encode(bytes(before) + raw)[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        # Fewer letters than these stand somewhere in a megabyte of random ones.
        if len(letters) >= 8:
            yield letters
