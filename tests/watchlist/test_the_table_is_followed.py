import threading
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from gateway.records.dates import PartialDate
from gateway.records.person import Document, Identifier, Name, Person, Sex
from gateway.records.record import Category, Record, Source, record_id
from gateway.records.restriction import EntryBan
from gateway.store import tables
from gateway.watchlist.entries import deactivate, entry_subject, read_subject, subject_of, write_entry
from gateway.watchlist.live import Watchlist
from gateway.watchlist.query import Query

PERSON = Person(
    ref="7",
    names=(Name("Ёлкин", "Пётр", "Ильич", language="ru"), Name(full="PETR ELKIN")),
    birth_date=PartialDate(1985, 1, 1, assumed=True),
    sex=Sex.MALE,
    citizenships=("RUS",),
    identifiers=(Identifier("RU-SNILS", "11223344595"),),
    documents=(Document("RUS", "PASSPORT", "1234567", "65"),),
)
QUESTION = Query.read({"documents": [{"number": "651234567"}]})


def ban(now, person=PERSON, status="ACTIVE", row="1"):
    source = Source("RUS", "MVD", "bans", row)
    detail = EntryBan(decision=f"D-{row}", authority="MVD", ban_from=date(2024, 1, 1), territory="ALL_PARTIES")
    return Record(record_id(source), 1, Category.ENTRY_BAN, source, status, now, person, detail)


@pytest.fixture
def person_row(database, now):
    with database.begin() as session:
        row = tables.Person(state="RUS", agency="MVD", system="bans", ref="7", states=[], updated=now)
        session.add(row)
        session.flush()
        return row.id


@pytest.fixture
def write(database, now, person_row):
    """Keep a record as the receiver does, with the next number of change."""
    numbers = iter(range(1, 10_000))

    def keep(record):
        with database.begin() as session:
            write_entry(session, record, person_row=person_row, change=next(numbers), contact="duty@mvd")

    keep.next = lambda: next(numbers)
    return keep


@pytest.fixture
def watchlist(database, clock):
    return Watchlist(database, clock, largest_delta=3)


def band(watchlist):
    return watchlist.query(QUESTION, state="BLR").band


def test_a_person_survives_being_kept():
    assert read_subject(entry_subject(PERSON)) == subject_of(PERSON)


def test_a_ban_is_found_once_it_is_stored_and_gone_once_it_is_lifted(watchlist, write, now):
    assert watchlist.refresh() == 0
    write(ban(now))
    assert band(watchlist) == "NO_HIT"
    assert watchlist.refresh() == 1
    assert (band(watchlist), watchlist.size) == ("HIT", 1)
    write(ban(now, status="LIFTED"))
    watchlist.refresh()
    assert (band(watchlist), watchlist.size) == ("NO_HIT", 0)


@pytest.mark.parametrize("status", ["PROPOSED", "SUSPENDED", "LIFTED", "EXPIRED"])
def test_only_a_ban_in_force_is_found(status, watchlist, write, now):
    write(ban(now, status=status))
    watchlist.refresh()
    assert band(watchlist) == "NO_HIT"


def test_a_withdrawn_ban_is_gone_after_the_next_refresh(watchlist, write, database, now):
    write(ban(now))
    watchlist.refresh()
    with database.begin() as session:
        deactivate(session, ban(now).record_id, write.next())
        deactivate(session, str(UUID(int=1)), write.next())
    watchlist.refresh()
    assert band(watchlist) == "NO_HIT"


def test_a_changed_entry_is_found_as_it_is_now_whether_in_the_main_index_or_on_top(watchlist, write, now):
    for row in "12345":
        write(ban(now, row=row, person=replace(PERSON, documents=(Document("RUS", "PASSPORT", f"90000000{row}"),))))
    watchlist.refresh()
    assert watchlist.size == 5
    write(ban(now, row="2"))
    watchlist.refresh()
    assert (band(watchlist), watchlist.size) == ("HIT", 5)
    old = Query.read({"documents": [{"number": "900000002"}]})
    assert watchlist.query(old, state="BLR").band == "NO_HIT"
    for row in "2345":
        write(ban(now, row=row, status="LIFTED"))
    watchlist.refresh()
    assert (band(watchlist), watchlist.size) == ("NO_HIT", 1)


def test_a_late_start_reads_the_whole_table(write, database, clock, now):
    for row in range(9):
        write(ban(now, row=str(row)))
    fresh = Watchlist(database, clock, largest_delta=3)
    fresh.refresh()
    assert fresh.size == 9
    assert fresh.refresh() == 0


def test_questions_are_answered_while_the_list_changes(watchlist, write, now):
    write(ban(now))
    watchlist.refresh()
    failures, done = [], threading.Event()

    def keep_asking():
        while not done.is_set():
            if band(watchlist) != "HIT":
                failures.append(1)

    asker = threading.Thread(target=keep_asking)
    asker.start()
    for row in range(2, 12):
        write(ban(now, row=str(row), person=replace(PERSON, documents=())))
        watchlist.refresh()
    done.set()
    asker.join()
    assert not failures


def test_only_entry_bans_become_entries(write, now):
    with pytest.raises(TypeError):
        write(replace(ban(now), detail=None))
