"""Checkpoints: signed, kept by partners, and only accepted when they continue the last one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.errors import InvalidRequest, LogInconsistent, SignatureInvalid
from gateway.ledger import checkpoint, log, merkle, sealed
from gateway.ledger.log import Entry
from gateway.store.database import Database
from gateway.store.tables import LogCheckpoint

KAZ = "KAZ/MVD"


def grow(database: Database, count: int, at, text: str = "stored") -> None:
    with database.begin() as session:
        start = log.size(session, "exchange")
        entries = [Entry(f"m{n}", f"m{n} {text}") for n in range(start, start + count)]
        log.append_all(session, "exchange", entries)


def issue(database: Database, signer, at, tree: log.Log = "exchange") -> checkpoint.Checkpoint:
    with database.begin() as session:
        return checkpoint.issue(session, party=KAZ, log=tree, signer=signer, now=at)


class Watch:
    """A partner's log in one database, and us watching it from the same one under another name."""

    def __init__(self, database: Database, signer, clock) -> None:
        self.database, self.signer, self.clock = database, signer, clock
        self.hashes: list[bytes] = []

    def grow(self, count: int, text: str = "stored") -> None:
        self.hashes += [merkle.leaf_hash(f"{text} {n}") for n in range(len(self.hashes), len(self.hashes) + count)]

    def statement(self, size: int | None = None, **changes) -> dict:
        size = len(self.hashes) if size is None else size
        at = self.clock().isoformat()
        body = {"party": KAZ, "log": "exchange", "size": size, "root": self.root(size).hex(), "at": at, **changes}
        return sealed.seal(body, self.signer)

    def root(self, size: int) -> bytes:
        tree = merkle.Growing()
        for leaf in self.hashes[:size]:
            tree.add(leaf)
        return tree.root()

    def proof(self, old: int, new: int) -> list[bytes]:
        def fetch(positions):
            found = {}
            for level, index in positions:
                tree = merkle.Growing()
                for leaf in self.hashes[index << level : (index + 1) << level]:
                    tree.add(leaf)
                found[level, index] = tree.root()
            return found

        return merkle.gather(merkle.consistency_spans(old, new), fetch)

    def accept(self, document: dict, proof: list[bytes]) -> checkpoint.Checkpoint:
        with self.database.begin() as session:
            return checkpoint.accept(session, document, self.signer.certificate, proof, party=KAZ)

    def sizes(self) -> list[int]:
        with self.database.read() as session:
            return list(session.scalars(select(LogCheckpoint.size).order_by(LogCheckpoint.size)))


@pytest.fixture
def watch(sqlite: Database, signer, clock) -> Watch:
    return Watch(sqlite, signer, clock)


@pytest.mark.parametrize("algorithm", ["p256", "p384", "rsa", "ed25519"])
def test_a_checkpoint_states_size_and_root_and_verifies(database: Database, signer_of, now, algorithm: str) -> None:
    signer = signer_of(algorithm)
    grow(database, 13, now)
    point = issue(database, signer, now)
    assert point == checkpoint.verify(point.document, signer.certificate)
    assert (point.party, point.log, point.size, point.at) == (KAZ, "exchange", 13, now)
    with database.read() as session:
        assert point.root == log.root(session, "exchange", 13)
        assert checkpoint.latest(session, KAZ) == point


def test_the_checkpoint_of_an_empty_log_is_the_hash_of_nothing(sqlite: Database, signer, now) -> None:
    assert issue(sqlite, signer, now).root == merkle.EMPTY_ROOT


def test_a_checkpoint_at_the_same_size_replaces_the_earlier_one(sqlite: Database, signer, clock) -> None:
    grow(sqlite, 3, clock())
    issue(sqlite, signer, clock())
    later = issue(sqlite, signer, clock.advance(minutes=1))
    with sqlite.read() as session:
        assert session.scalars(select(LogCheckpoint.at)).all() == [later.at]
        assert checkpoint.latest(session, KAZ) == later


def test_two_processes_that_sign_the_same_tree_at_once_both_succeed(database: Database, signer, now) -> None:
    grow(database, 3, now)
    looked = threading.Barrier(2)

    def sign() -> int:
        with database.begin() as session:
            if database.engine.dialect.name == "postgresql":
                # Both have looked before either writes; SQLite lets in one writer at a time.
                assert checkpoint.latest(session, KAZ) is None
                looked.wait(20)
            return checkpoint.issue(session, party=KAZ, log="exchange", signer=signer, now=now).size

    with ThreadPoolExecutor(2) as pool:
        assert [future.result() for future in [pool.submit(sign), pool.submit(sign)]] == [3, 3]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-02T09:00:00", "now"])
def test_a_time_that_no_calendar_has_in_utc_is_refused(watch: Watch, at: str) -> None:
    watch.grow(1)
    with pytest.raises(InvalidRequest):
        watch.accept(watch.statement(at=at), [])


@pytest.mark.parametrize("field", ["party", "log", "kid", "algorithm"])
@pytest.mark.parametrize("text", ["a\0", "a\n", "x" * 5000])
def test_a_text_that_no_database_looks_for_is_refused(watch: Watch, field: str, text: str) -> None:
    watch.grow(1)
    with pytest.raises(InvalidRequest):
        checkpoint.read(watch.statement() | {field: text})


def test_the_checkpoints_of_the_two_trees_are_kept_apart(sqlite: Database, signer, now) -> None:
    grow(sqlite, 3, now)
    issue(sqlite, signer, now)
    issue(sqlite, signer, now, "audit")
    with sqlite.read() as session:
        assert session.scalars(select(LogCheckpoint.party).order_by(LogCheckpoint.party)).all() == [KAZ, f"{KAZ}#audit"]
        assert checkpoint.latest(session, KAZ, "audit").size == 0
        assert checkpoint.latest(session, "UZB/MVD") is None


@pytest.mark.parametrize("field", ["party", "log", "size", "root", "at", "kid", "algorithm", "signature"])
def test_a_checkpoint_with_any_field_changed_is_refused(sqlite: Database, signer, now, field: str) -> None:
    document = issue(sqlite, signer, now).document
    other = {"size": 7, "root": "00" * 32, "at": "2026-03-02T09:00:01.000Z", "log": "audit", "algorithm": "rsa"}
    changed = {**document, field: other.get(field, "AAAA")}
    with pytest.raises(SignatureInvalid) as raised:
        checkpoint.verify(changed, signer.certificate)
    assert raised.value.detail == ""


def test_the_key_chooses_the_algorithm_and_not_the_document(sqlite: Database, signer_of, now) -> None:
    document = issue(sqlite, signer_of("p256"), now).document
    with pytest.raises(SignatureInvalid):
        checkpoint.verify(document, signer_of("rsa").certificate)


@pytest.mark.parametrize(
    "change",
    [
        {"size": "7"}, {"size": True}, {"size": -1}, {"size": 1 << 63}, {"root": "xy"}, {"root": "AA" * 32},
        {"root": "aa" * 31}, {"at": "yesterday"}, {"at": "2026-03-02T09:00:00"}, {"party": 7}, {"more": 1},
    ],
)  # fmt: skip
def test_a_checkpoint_of_another_form_is_refused(watch: Watch, change: dict) -> None:
    with pytest.raises(InvalidRequest):
        watch.accept({**watch.statement(), **change}, [])


@pytest.mark.parametrize("document", [[], "text", {}, None])
def test_what_is_no_checkpoint_is_refused(signer, document) -> None:
    with pytest.raises(InvalidRequest):
        checkpoint.verify(document, signer.certificate)


@pytest.mark.parametrize("signature", ["", "!!", "AAAA AAAA", "AAA=", "QQ==", "AB==", 7, None])
def test_a_signature_with_more_than_one_spelling_is_refused(watch: Watch, signature: object) -> None:
    document = {**watch.statement(), "signature": signature}
    with pytest.raises((SignatureInvalid, InvalidRequest)):
        checkpoint.verify(document, watch.signer.certificate)


def test_a_text_that_cannot_be_written_as_utf8_is_refused(watch: Watch) -> None:
    with pytest.raises(InvalidRequest):
        checkpoint.verify({**watch.statement(), "party": "\ud800"}, watch.signer.certificate)


def test_a_partners_log_is_followed_as_it_grows(watch: Watch) -> None:
    watch.accept(watch.statement(), [])
    for old, new in [(0, 5), (5, 8), (8, 8), (8, 21)]:
        watch.grow(new - old)
        watch.clock.advance(minutes=1)
        assert watch.accept(watch.statement(), watch.proof(old, new)).size == new
    assert watch.sizes() == [0, 5, 8, 21]


def test_a_log_that_does_not_continue_what_was_seen_is_a_fork(watch: Watch) -> None:
    watch.grow(8)
    watch.accept(watch.statement(), [])
    watch.hashes[3] = merkle.leaf_hash("rewritten")
    watch.grow(5)
    watch.clock.advance(minutes=1)
    with pytest.raises(LogInconsistent) as raised:
        watch.accept(watch.statement(), watch.proof(8, 13))
    assert "does not continue" in raised.value.reason
    assert watch.sizes() == [8]


def test_two_roots_for_one_size_are_a_fork(watch: Watch) -> None:
    watch.grow(8)
    watch.accept(watch.statement(), [])
    with pytest.raises(LogInconsistent):
        watch.accept(watch.statement(root="00" * 32), [])


def test_a_log_that_shrank_is_refused(watch: Watch) -> None:
    watch.grow(8)
    watch.accept(watch.statement(), [])
    watch.clock.advance(minutes=1)
    with pytest.raises(LogInconsistent) as raised:
        watch.accept(watch.statement(5), watch.proof(5, 8))
    assert "shrank from 8 to 5" in raised.value.reason


def test_a_statement_that_was_overtaken_on_its_way_is_kept_when_it_is_proved(watch: Watch) -> None:
    watch.grow(5)
    early = watch.statement()
    watch.grow(3)
    watch.clock.advance(minutes=1)
    watch.accept(watch.statement(), [])
    with pytest.raises(LogInconsistent):
        watch.accept(early, [])
    assert watch.accept(early, watch.proof(5, 8)).size == 5
    assert watch.sizes() == [5, 8]
    with watch.database.read() as session:
        assert checkpoint.latest(session, KAZ).size == 8


def test_the_same_size_again_keeps_the_newer_statement(watch: Watch) -> None:
    watch.grow(5)
    first = watch.statement()
    watch.clock.advance(minutes=1)
    second = watch.accept(watch.statement(), [])
    assert watch.accept(first, []) == second
    watch.clock.advance(minutes=1)
    assert watch.accept(watch.statement(), []).at - second.at == timedelta(minutes=1)


def test_a_partner_speaks_only_of_its_own_exchange_log(watch: Watch) -> None:
    for change in ({"party": "UZB/MVD"}, {"log": "audit"}):
        with pytest.raises(LogInconsistent):
            watch.accept(watch.statement(**change), [])


def test_a_growing_proof_of_a_real_log_is_accepted_by_a_partner(database: Database, signer, clock) -> None:
    """The whole way: our log, our checkpoint, our proof, and the partner's own check and record of it."""
    grow(database, 6, clock())
    first = issue(database, signer, clock())
    grow(database, 5, clock())
    with database.begin() as session:
        proof = log.consistency(session, "exchange", 6, 11)
        second = checkpoint.issue(session, party=KAZ, log="exchange", signer=signer, now=clock.advance(minutes=1))
    assert merkle.verify_consistency(first.size, first.root, second.size, second.root, proof)
