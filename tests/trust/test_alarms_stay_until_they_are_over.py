"""Alarms: one row however often it is found again, audited when it is news, gone when it is over."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gateway.audit import Action
from gateway.errors import InvalidRequest, NotFound
from gateway.ledger import log
from gateway.store.database import Database
from gateway.store.tables import Alarm, Audit
from gateway.trust import alarms
from gateway.trust.alarms import Code


def acts(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        return [(row.action, row.actor, row.subject) for row in session.scalars(select(Audit).order_by(Audit.id))]


def open_ones(database: Database, code: Code | None = None) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(row.code, row.subject) for row in alarms.open_alarms(session, code)]


def test_what_is_found_again_is_one_alarm_and_news_only_once(database: Database, clock) -> None:
    first = clock()
    with database.begin() as session:
        assert alarms.raise_alarm(session, Code.STAMPS_LATE, "tsa-1", first, {"waiting": 3})
    later = clock.advance(minutes=5)
    with database.begin() as session:
        assert not alarms.raise_alarm(session, Code.STAMPS_LATE, "tsa-1", later, {"waiting": 9})
    with database.read() as session:
        (row,) = session.scalars(select(Alarm)).all()
        assert (row.raised, row.seen, row.cleared, row.detail) == (first, later, None, {"waiting": 9})
    assert acts(database) == [("alarm-raised", "system", "stamps-late tsa-1")]


def test_an_alarm_ends_when_its_cause_is_gone_and_begins_anew_when_it_is_back(database: Database, clock) -> None:
    with database.begin() as session:
        alarms.raise_alarm(session, Code.KEY_EXPIRES, "k1", clock())
        alarms.raise_alarm(session, Code.KEY_EXPIRES, "k2", clock())
        alarms.raise_alarm(session, Code.STAMPS_LATE, "k1", clock())
        assert alarms.clear(session, Code.KEY_EXPIRES, "k1", clock.advance(hours=1))
        assert not alarms.clear(session, Code.KEY_EXPIRES, "k1", clock())
    assert open_ones(database) == [("key-expires", "k2"), ("stamps-late", "k1")]
    assert open_ones(database, Code.STAMPS_LATE) == [("stamps-late", "k1")]
    back = clock.advance(hours=1)
    with database.begin() as session:
        assert alarms.raise_alarm(session, Code.KEY_EXPIRES, "k1", back)
        assert session.get_one(Alarm, ("key-expires", "k1")).raised == back
    assert [act for act, _, subject in acts(database) if subject == "key-expires k1"] == [
        "alarm-raised",
        "alarm-ended",
        "alarm-raised",
    ]


def test_a_fork_never_ends_by_itself(sqlite: Database, now) -> None:
    with sqlite.begin() as session:
        alarms.raise_alarm(session, Code.LOG_FORK, "KAZ/GATE", now)
        with pytest.raises(ValueError, match="does not end by itself"):
            alarms.clear(session, Code.LOG_FORK, "KAZ/GATE", now)
    assert open_ones(sqlite) == [("log-fork", "KAZ/GATE")]


def test_a_person_clears_an_alarm_with_a_reason_and_partners_get_the_digest_of_it(database: Database, now) -> None:
    with database.begin() as session:
        alarms.raise_alarm(session, Code.LOG_FORK, "KAZ/GATE", now)
        assert log.size(session, "exchange") == 0
    with database.begin() as session:
        alarms.dismiss(session, "log-fork", "KAZ/GATE", actor="anna", reason="they restored a backup", now=now)
        assert log.size(session, "exchange") == 1
    assert open_ones(database) == []
    assert acts(database)[-1] == (Action.ALARM_CLEARED, "anna", "log-fork KAZ/GATE")


def test_clearing_needs_an_open_alarm_a_name_and_a_reason(sqlite: Database, now) -> None:
    with sqlite.begin() as session:
        with pytest.raises(NotFound):
            alarms.dismiss(session, "log-fork", "KAZ/GATE", actor="anna", reason="because", now=now)
        alarms.raise_alarm(session, Code.LOG_FORK, "KAZ/GATE", now)
        for actor, reason in ((" ", "because"), ("anna", "")):
            with pytest.raises(InvalidRequest):
                alarms.dismiss(session, "log-fork", "KAZ/GATE", actor=actor, reason=reason, now=now)
    assert open_ones(sqlite) == [("log-fork", "KAZ/GATE")]


def test_a_long_subject_is_found_again_and_ended(database: Database, now) -> None:
    with database.begin() as session:
        assert alarms.raise_alarm(session, Code.STAMPS_LATE, "x" * 500, now)
        assert not alarms.raise_alarm(session, Code.STAMPS_LATE, "x" * 500, now)
        assert alarms.clear(session, Code.STAMPS_LATE, "x" * 500, now)


def test_every_alarm_is_explained_in_both_languages() -> None:
    assert set(alarms.MEANINGS) == set(Code)
    for code in Code:
        assert alarms.sentence(code, "en").isascii()
        assert not alarms.sentence(code, "ru").isascii()
    assert alarms.sentence("of-a-later-version", "ru") == "of-a-later-version"


def test_a_name_that_no_alarm_has_is_not_found_on_any_database(database: Database, now) -> None:
    for code, subject in (("log-fork", "KAZ/GATE\0"), ("log\0fork", "KAZ/GATE")):
        with pytest.raises(NotFound), database.begin() as session:
            alarms.dismiss(session, code, subject, actor="anna", reason="over", now=now)
