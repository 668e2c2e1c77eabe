"""Every other body is canonical as written and reads back as the value it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from lxml import etree

from gateway.errors import InvalidRequest
from gateway.message import body
from gateway.message.bodies import (
    Change,
    ChangeBatch,
    ChangesRequest,
    Hit,
    KeyNotice,
    ListedKey,
    PersonAnswer,
    Ping,
    ReceiptBody,
    RecordVerdict,
    Revocation,
    WatchlistAnswer,
    Withdrawal,
)
from gateway.message.parse import NS, parse
from gateway.message.read import identity
from gateway.records.person import Name, Person
from gateway.records.record import Category, Record, Source, record_id
from gateway.records.restriction import EntryBan

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = Source("BLR", "MVD", "bans", "1")
RECORD = Record(
    record_id(SOURCE), 1, Category.ENTRY_BAN, SOURCE, "ACTIVE", NOON, Person("p", (Name("Ким"),)),
    EntryBan("366 & <17>", "ДГиМ", date(2026, 1, 1)),
)  # fmt: skip
WITHDRAWAL = Withdrawal(RECORD.record_id, 3, "DUPLICATE")
HITS = (
    Hit("HIT", "REFUSE_ENTRY", "366/17", "дежурный <ДГиМ>", ("документ",)),
    Hit("POSSIBLE", "CHECK", "366/18", "дежурный", ("имя", "дата & место рождения")),
)
RECEIPT = ReceiptBody(
    RECORD.record_id, "digest=", "PARTLY", "", 0, 1, "root=", (),
    (RecordVerdict(RECORD.record_id, 1, "STORED"), RecordVerdict("", 0, "REFUSED", "xsd-type", "/Message/Body")),
    ((3, 4), (9, 9)),
)  # fmt: skip


def element(content: str) -> etree._Element:
    raw = f'<Message xmlns="{NS}">{content}</Message>'.encode()
    root = parse(raw, limit=1_000_000)
    assert etree.tostring(root, method="c14n", exclusive=True) == raw
    return root[0]


@pytest.mark.parametrize(
    ("value", "write", "read"),
    [
        ((WITHDRAWAL, WITHDRAWAL), body.write_withdrawal, body.read_withdrawal),
        (ChangesRequest(17, 500), body.write_changes_request, body.read_changes_request),
        (WatchlistAnswer("HIT", HITS), body.write_watchlist_answer, body.read_watchlist_answer),
        (WatchlistAnswer("NO_HIT"), body.write_watchlist_answer, body.read_watchlist_answer),
        (KeyNotice(3), body.write_key_notice, body.read_key_notice),
        (
            KeyNotice(
                5, (), (ListedKey("ab" * 32, "PUBLISHED", ("MIIB", "MIIC==")), ListedKey("k", "RETIRING", ("AA==",)))
            ),
            body.write_key_notice,
            body.read_key_notice,
        ),
        (
            KeyNotice(4, (Revocation("sig-1", NOON), Revocation("a&b", NOON + timedelta(milliseconds=5)))),
            body.write_key_notice,
            body.read_key_notice,
        ),
        (Ping(), body.write_ping, body.read_ping),
        (Ping("проверка & <связи>"), body.write_ping, body.read_ping),
        (RECEIPT, body.write_receipt, body.read_receipt),
        (ReceiptBody(RECORD.record_id, "d", "REFUSED", "expired"), body.write_receipt, body.read_receipt),
        (
            ReceiptBody(RECORD.record_id, "d", "ACCEPTED", "", 6, 9, "r", ("a", "b")),
            body.write_receipt,
            body.read_receipt,
        ),
    ],
)
def test_a_body_reads_back_as_it_was(value: object, write: Callable[..., str], read: Callable[..., object]) -> None:
    assert read(element(write(value))) == value


def test_a_change_batch_is_made_of_stored_text() -> None:
    stored = [(5, body.write_record(RECORD)), (8, body.write_withdraw(WITHDRAWAL))]
    batch = body.read_change_batch(element(body.write_change_batch(4, 8, True, stored)))
    assert batch == ChangeBatch(4, 8, True, (Change(5, record=RECORD), Change(8, withdrawal=WITHDRAWAL)))
    assert body.read_change_batch(element(body.write_change_batch(8, 8, False, []))) == ChangeBatch(8, 8, False)


def test_an_answer_about_a_person_takes_values_and_stored_text_alike() -> None:
    stored = body.write_record(RECORD)
    assert body.write_person_answer([[RECORD], [stored, RECORD]]) == body.write_person_answer([[stored], [stored] * 2])
    answer = element(body.write_person_answer([[RECORD], [stored, RECORD]]))
    assert body.read_person_answer(answer) == PersonAnswer(((RECORD,), (RECORD, RECORD)))


def test_an_answer_has_the_size_asked_for_whatever_it_holds() -> None:
    nobody = body.write_person_answer([], size=2048)
    somebody = body.write_person_answer([[RECORD]], size=2048)
    assert len(nobody.encode()) == len(somebody.encode()) == 2048
    assert body.read_person_answer(element(nobody)) == PersonAnswer()
    assert len(body.write_watchlist_answer(WatchlistAnswer("HIT", HITS), size=1024).encode()) == 1024
    # An answer that is longer already stays whole.
    assert body.read_person_answer(element(body.write_person_answer([[RECORD]], size=10))).matches == ((RECORD,),)


def test_a_time_of_a_key_is_written_in_utc() -> None:
    there = datetime(2026, 3, 2, 14, 0, tzinfo=timezone(timedelta(hours=5)))
    notice = KeyNotice(1, (Revocation("k", there),))
    assert "<InvalidSince>2026-03-02T09:00:00Z<" in body.write_key_notice(notice)
    with pytest.raises(InvalidRequest):
        body.write_key_notice(KeyNotice(1, (Revocation("k", datetime(2026, 3, 2)),)))  # noqa: DTZ001


def test_a_record_that_breaks_the_schema_is_named_only_as_far_as_its_id_has_the_form() -> None:
    good = element(body.write_record(RECORD))
    assert identity(good) == (RECORD.record_id, 1)
    bad = element("<Record><RecordId>Иванов</RecordId><Version>-1</Version></Record>")
    assert identity(bad) == ("", 0)
    assert identity(element("<Record></Record>")) == ("", 0)
