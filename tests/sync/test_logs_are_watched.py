"""Two nodes watch each other's logs: checkpoints are proved, countersigned and shown, and every fork is an alarm."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import delete, select, update

from gateway.errors import Refusal
from gateway.exchange.receive import receive
from gateway.ledger import checkpoint, log, merkle, sealed, witness
from gateway.message.body import read_receipt
from gateway.message.envelope import body_of
from gateway.message.signature import verify
from gateway.partners import directory
from gateway.schedule import run_job
from gateway.settings import Job
from gateway.store import tables
from gateway.sync import ping, receipts
from gateway.sync import witness as sync_witness
from gateway.sync.push import push
from gateway.sync.visitor import Visitor
from gateway.sync.witness import compare, witness_partners
from gateway.trust import alarms

SERVED = ("BLR", "KAZ")


def visitor(node, partner: str) -> Visitor:
    with node.database.read() as session:
        return Visitor(node, directory.get(session, partner))


def grow(node, count: int = 1, word: str = "grown") -> None:
    with node.database.begin() as session:
        start = log.size(session, "exchange")
        entries = [log.Entry(f"m{n}", f"m{n} {word}") for n in range(start, start + count)]
        log.append_all(session, "exchange", entries)


def shorten(world, size: int) -> None:
    """What a restored backup does: KAZ's tree is what it was when it had `size` leaves."""
    world.honest = False
    with world.kaz.database.begin() as session:
        session.execute(delete(tables.LogLeaf).where(tables.LogLeaf.log == "exchange", tables.LogLeaf.index >= size))
        for level in range(40):
            session.execute(
                delete(tables.LogNode).where(
                    tables.LogNode.log == "exchange",
                    tables.LogNode.level == level,
                    tables.LogNode.index >= size >> level,
                )
            )
        session.execute(update(tables.Counter).where(tables.Counter.name == "log:exchange").values(value=size))


def known(node, party: str) -> checkpoint.Checkpoint | None:
    with node.database.read() as session:
        return checkpoint.latest(session, party)


def alarms_of(node) -> list[tuple[str, str]]:
    with node.database.read() as session:
        return [(row.code, row.subject) for row in alarms.open_alarms(session)]


def evidence(node) -> dict:
    with node.database.read() as session:
        return alarms.open_alarms(session)[0].detail


def size_of(node) -> int:
    with node.database.read() as session:
        return log.size(session, "exchange")


def test_a_partners_checkpoint_is_kept_countersigned_and_shown_by_both(world) -> None:
    grow(world.kaz, 5)
    assert witness_partners(world.blr) == "1 logs hold"
    point = known(world.blr, "KAZ/GATE")
    assert point is not None
    assert point.size == size_of(world.kaz)
    for node in (world.blr, world.kaz):
        with node.database.read() as session:
            (statement,) = witness.newest(session, "KAZ/GATE")
            assert (statement.by, statement.checkpoint.root) == ("BLR/GATE", point.root)
            sealed.check(statement.document, world.blr.keyring.signer().certificate)
            sealed.check(statement.checkpoint.document, world.kaz.keyring.signer().certificate)
    shown = visitor(world.blr, "KAZ/GATE").get("/v1/log/witnesses")["witnesses"]
    assert [item["by"] for item in shown] == ["BLR/GATE"]
    asked = visitor(world.kaz, "BLR/GATE").get("/v1/log/witnesses", party=["KAZ/GATE", "UZB/GATE"])["witnesses"]
    assert [item["checkpoint"]["party"] for item in asked] == ["KAZ/GATE"]
    audited = world.rows(world.blr, tables.Audit, tables.Audit.action == "checkpoint-accepted")
    assert [(row.subject, row.outcome) for row in audited] == [("KAZ/GATE", f"size {point.size}")]


def test_a_log_that_grows_is_followed_step_by_step_and_one_that_stands_still_costs_no_alarm(world) -> None:
    for count in (1, 0, 3, 64, 0, 7):
        world.clock.advance(minutes=5)
        if count:
            grow(world.kaz, count)
        assert witness_partners(world.blr, "KAZ/GATE") == "1 logs hold"
        assert known(world.blr, "KAZ/GATE").size == size_of(world.kaz)
    assert alarms_of(world.blr) == []
    # Countersigning adds no leaf to any tree that partners see.
    before = size_of(world.kaz), size_of(world.blr)
    world.clock.advance(minutes=5)
    witness_partners(world.blr)
    assert (size_of(world.kaz), size_of(world.blr)) == before


def test_a_log_whose_past_was_changed_is_a_fork_and_stays_one(world) -> None:
    grow(world.kaz, 5)
    witness_partners(world.blr)
    before = known(world.blr, "KAZ/GATE")
    shorten(world, before.size - 2)
    grow(world.kaz, 6, "another past")
    world.clock.advance(minutes=5)
    assert witness_partners(world.blr) == "0 logs hold, trouble: KAZ/GATE"
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]
    # Both statements are the evidence, and both are signed by the node that forked.
    for document in (evidence(world.blr)["known"], evidence(world.blr)["shown"]):
        sealed.check(document, world.kaz.keyring.signer().certificate)
    assert known(world.blr, "KAZ/GATE").root == before.root
    first = evidence(world.blr)
    world.clock.advance(minutes=5)
    grow(world.kaz, 6, "another past")
    witness_partners(world.blr)
    assert (alarms_of(world.blr), evidence(world.blr)) == ([("log-fork", "KAZ/GATE")], first)
    refused = world.rows(world.blr, tables.Audit, tables.Audit.action == "checkpoint-refused")
    assert [row.outcome for row in refused] == ["log-inconsistent"] * 2


def test_a_log_that_shrank_is_a_fork(world) -> None:
    grow(world.kaz, 5)
    witness_partners(world.blr)
    # Before it is signed, the tree grows by the leaf about the rows.
    shorten(world, size_of(world.kaz) - 3)
    world.clock.advance(minutes=5)
    witness_partners(world.blr)
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]
    assert "shrank" in evidence(world.blr)["reason"]


def test_two_roots_of_one_size_are_a_fork(world) -> None:
    grow(world.kaz, 5)
    witness_partners(world.blr)
    shorten(world, size_of(world.kaz) - 1)
    grow(world.kaz, 1, "another")
    world.clock.advance(minutes=5)
    witness_partners(world.blr)
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]


def test_the_exchange_with_a_forked_partner_goes_on(world) -> None:
    grow(world.kaz, 5)
    witness_partners(world.blr)
    shorten(world, 2)
    world.clock.advance(minutes=5)
    witness_partners(world.blr)
    world.permits(1)
    push(world.blr, "KAZ/GATE")
    assert [row.state for row in world.rows(world.blr, tables.Outbox)] == ["delivered"]


def test_a_partner_that_does_not_answer_is_noted_and_is_no_fork(world) -> None:
    world.partner(world.blr, "KAZ/GATE", endpoint="http://127.0.0.1:9")
    assert witness_partners(world.blr) == "0 logs hold, trouble: KAZ/GATE"
    assert alarms_of(world.blr) == []
    (row,) = world.rows(world.blr, tables.Partner)
    assert row.trouble == "unavailable"


def test_the_job_of_the_schedule_watches_every_partner(world) -> None:
    grow(world.kaz)
    assert run_job(world.blr, Job(name="witness", kind="witness", every=60), "me") == "done"
    assert known(world.blr, "KAZ/GATE") is not None
    assert world.rows(world.blr, tables.JobRun)[-1].outcome == "1 logs hold"


def other_view(world, size: int, *, word: str = "seen by others only") -> dict:
    """A checkpoint that KAZ signed for somebody else, over another tree than the one it shows us."""
    tree = merkle.Growing()
    for number in range(size):
        tree.add(merkle.leaf_hash(f"{word} {number}"))
    at = "2026-03-01T00:00:00.000Z"
    body = {"party": "KAZ/GATE", "log": "exchange", "size": size, "root": tree.root().hex(), "at": at}
    return sealed.seal(body, world.kaz.keyring.signer())


@pytest.mark.parametrize("more", [-2, 0, 3])
def test_what_another_partner_was_shown_is_compared_with_what_we_were(world, more: int) -> None:
    grow(world.kaz, 5)
    assert witness_partners(world.blr) == "1 logs hold"
    document = other_view(world, size_of(world.kaz) + more)
    compare(world.blr, {"checkpoint": document}, {"KAZ/GATE": visitor(world.blr, "KAZ/GATE")}, told_by="UZB/GATE")
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]
    assert evidence(world.blr)["by"] == "UZB/GATE"
    assert evidence(world.blr)["shown"] == document


def test_what_a_partner_lets_others_say_of_its_log_is_looked_at_in_every_visit(world) -> None:
    document = other_view(world, 3)
    statement = {"by": "UZB/GATE", "at": "2026-03-01T00:00:00.000Z", "checkpoint": document}
    with world.kaz.database.begin() as session:
        signed = json.dumps(sealed.seal(statement, world.blr.keyring.signer()))
        row = tables.Witness(party="KAZ/GATE", size=3, by="UZB/GATE", at=world.clock(), signed=signed)
        session.add(row)
    grow(world.kaz, 5)
    assert witness_partners(world.blr) == "0 logs hold, trouble: KAZ/GATE"
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]


def test_the_same_tree_seen_at_another_size_by_others_is_no_fork(world) -> None:
    grow(world.kaz, 4)
    early = visitor(world.blr, "KAZ/GATE").get("/v1/log/checkpoint")
    grow(world.kaz, 9)
    world.clock.advance(minutes=1)
    witness_partners(world.blr)
    visitors = {"KAZ/GATE": visitor(world.blr, "KAZ/GATE")}
    compare(world.blr, {"checkpoint": early}, visitors, told_by="UZB/GATE")
    assert alarms_of(world.blr) == []
    assert len(world.rows(world.blr, tables.LogCheckpoint, tables.LogCheckpoint.party == "KAZ/GATE")) == 2
    assert known(world.blr, "KAZ/GATE").size == size_of(world.kaz)


@pytest.mark.parametrize(
    "nonsense",
    [None, 7, {}, {"checkpoint": 7}, {"checkpoint": {"party": ["x"]}}, {"checkpoint": {"party": "KAZ/GATE"}},
     {"checkpoint": {"party": "KAZ/GATE", "kid": 7}}, {"checkpoint": {"party": "UZB/GATE"}}],
)  # fmt: skip
def test_nonsense_told_by_others_proves_nothing(world, nonsense) -> None:
    visitors = {"KAZ/GATE": visitor(world.blr, "KAZ/GATE")}
    compare(world.blr, nonsense, visitors, told_by="UZB/GATE")
    assert alarms_of(world.blr) == []


def test_words_that_the_logs_node_did_not_sign_raise_no_alarm(world) -> None:
    grow(world.kaz, 5)
    witness_partners(world.blr)
    forged = other_view(world, 3) | {"root": "00" * 32}
    stranger = sealed.seal(
        {name: other_view(world, 3)[name] for name in ("party", "log", "size", "root", "at")},
        world.blr.keyring.signer(),
    )
    for document in (forged, stranger):
        visitors = {"KAZ/GATE": visitor(world.blr, "KAZ/GATE")}
        compare(world.blr, {"checkpoint": document}, visitors, told_by="UZB/GATE")
    assert alarms_of(world.blr) == []


def test_a_receipt_is_held_against_the_next_checkpoint(world) -> None:
    world.permits(5)
    push(world.blr, "KAZ/GATE")
    waiting = world.rows(world.blr, tables.LogCheckpoint, tables.LogCheckpoint.party == "KAZ/GATE#receipt")
    assert len(waiting) == 3
    assert witness_partners(world.blr) == "1 logs hold"
    assert world.rows(world.blr, tables.LogCheckpoint, tables.LogCheckpoint.party == "KAZ/GATE#receipt") == []
    assert alarms_of(world.blr) == []


def test_a_receipt_of_another_tree_than_the_checkpoint_is_a_fork(world) -> None:
    world.permits(1)
    push(world.blr, "KAZ/GATE")
    # The leaf that the receipt proves, and the one behind it that covers the row.
    shorten(world, size_of(world.kaz) - 2)
    grow(world.kaz, 3, "without the receipt")
    assert witness_partners(world.blr) == "0 logs hold, trouble: KAZ/GATE"
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]
    assert "receipt" in evidence(world.blr)


def test_a_receipt_of_a_tree_that_the_partner_does_not_have_is_a_fork(world) -> None:
    """Whoever signs receipts of a tree of its own making only has to give it a size that it never reaches."""
    world.permits(1)
    push(world.blr, "KAZ/GATE")
    (row,) = world.rows(world.blr, tables.LogCheckpoint, tables.LogCheckpoint.party == "KAZ/GATE#receipt")
    with world.blr.database.begin() as session:
        session.execute(
            update(tables.LogCheckpoint).where(tables.LogCheckpoint.party == row.party).values(size=row.size + 1_000)
        )
    witness_partners(world.blr)
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]
    assert "is larger than that of" in evidence(world.blr)["reason"]


def test_a_receipt_that_came_while_the_partner_was_asked_is_proved_the_next_time(world, monkeypatch) -> None:
    where = tables.LogCheckpoint.party == "KAZ/GATE#receipt"
    take = sync_witness._take

    def meanwhile(node, visitor, document, **more):
        if not world.rows(world.blr, tables.Outbox):
            world.permits(1)
            push(world.blr, "KAZ/GATE")
        return take(node, visitor, document, **more)

    monkeypatch.setattr(sync_witness, "_take", meanwhile)
    assert witness_partners(world.blr) == "1 logs hold"
    assert len(world.rows(world.blr, tables.LogCheckpoint, where)) == 1
    assert witness_partners(world.blr) == "1 logs hold"
    assert world.rows(world.blr, tables.LogCheckpoint, where) == []


def test_a_receipt_whose_proof_does_not_hold_is_delivered_with_an_alarm(world) -> None:
    world.permits(1)
    push(world.blr, "KAZ/GATE")
    (row,) = world.rows(world.blr, tables.Outbox)
    answer = verify(row.receipt, world.blr.trusted, limit=10_000_000)
    receipt = read_receipt(body_of(answer.root))
    for wrong in (
        replace(receipt, log_root=base64.b64encode(b"\0" * 32).decode()),
        replace(receipt, log_root="no base64"),
        replace(receipt, log_size=receipt.log_size + 1),
        replace(receipt, verdict="REFUSED"),
    ):
        with world.blr.database.begin() as session:
            assert not receipts.note(session, world.blr, "KAZ/GATE", wrong)
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]
    with world.blr.database.begin() as session:
        assert receipts.note(session, world.blr, "KAZ/GATE", replace(receipt, log_index=None, log_size=None))


def post(world, statement: dict) -> httpx.Response:
    asking = visitor(world.blr, "KAZ/GATE")
    return httpx.post(f"{world.urls['KAZ']}/v1/log/witness", json=statement, headers=asking._bearer(), trust_env=False)


def countersigned(world, document: dict, **changes) -> dict:
    values = {"by": "BLR/GATE", "at": "2026-03-02T09:00:00.000Z", "checkpoint": document, **changes}
    return sealed.seal(values, world.blr.keyring.signer())


def test_a_countersignature_of_a_tree_that_we_do_not_have_is_an_alarm_here(world) -> None:
    for size in (1, 500):
        answer = post(world, countersigned(world, other_view(world, size)))
        assert answer.json()["code"] == "log-inconsistent"
    assert alarms_of(world.kaz) == [("log-broken", "KAZ/GATE")]
    assert world.rows(world.kaz, tables.Witness) == []


def test_a_countersignature_that_proves_nothing_is_refused_without_an_alarm(world) -> None:
    genuine = visitor(world.blr, "KAZ/GATE").get("/v1/log/checkpoint")
    forged = sealed.seal(
        {name: other_view(world, 3)[name] for name in ("party", "log", "size", "root", "at")},
        world.blr.keyring.signer(),
    )
    good = countersigned(world, genuine)
    for statement, code in (
        (countersigned(world, genuine, by="UZB/GATE"), "invalid-request"),
        (countersigned(world, forged), "signature-invalid"),
        (countersigned(world, genuine | {"size": 2}), "signature-invalid"),
        (good | {"at": "2026-03-02T09:00:01.000Z"}, "signature-invalid"),
        (good | {"kid": "0" * 64}, "signature-invalid"),
        (good | {"more": 1}, "invalid-request"),
        (countersigned(world, genuine, at="yesterday"), "invalid-request"),
        (countersigned(world, genuine, at=7), "invalid-request"),
        (countersigned(world, {}), "invalid-request"),
        (countersigned(world, genuine | {"kid": "a\0"}), "invalid-request"),
        (countersigned(world, genuine, at="0001-01-01T00:00:00+14:00"), "invalid-request"),
        (countersigned(world, genuine, at="9999-12-31T23:59:59-14:00"), "invalid-request"),
        (countersigned(world, genuine | {"at": "9999-12-31T23:59:59-14:00"}), "invalid-request"),
        ({}, "signature-invalid"),
    ):
        assert post(world, statement).json()["code"] == code, statement
    assert alarms_of(world.kaz) == []
    assert post(world, good).json() == {"party": "KAZ/GATE", "size": genuine["size"]}


def test_a_checkpoint_that_a_partner_asks_for_covers_what_was_refused_before(world) -> None:
    with pytest.raises(Refusal):
        receive(world.kaz, b"<Message/>", channel="rest")
    before = size_of(world.kaz)
    assert visitor(world.blr, "KAZ/GATE").get("/v1/log/checkpoint")["size"] == before + 2
    (row,) = world.rows(world.kaz, tables.Journal, tables.Journal.sender.is_(None))
    assert row.log_index == before


def test_a_checkpoint_from_the_future_does_not_make_a_later_fork_pass(world) -> None:
    grow(world.kaz, 5)
    body = {**visitor(world.blr, "KAZ/GATE").get("/v1/log/checkpoint"), "at": "2999-12-31T00:00:00.000Z"}
    named = {name: body[name] for name in ("party", "log", "size", "root", "at")}
    ahead = sealed.seal(named, world.kaz.keyring.signer())
    asking = {"KAZ/GATE": visitor(world.blr, "KAZ/GATE")}
    compare(world.blr, {"checkpoint": ahead}, asking, told_by="UZB/GATE")
    assert known(world.blr, "KAZ/GATE").document == ahead
    shorten(world, size_of(world.kaz) - 3)
    assert witness_partners(world.blr) == "0 logs hold, trouble: KAZ/GATE"
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]


@pytest.mark.parametrize("proof", [["AAAA" * 2_000_000], ["AAAA"] * 200, "AAAA", [7], ["no base64!"]], ids=len)
def test_a_proof_that_is_none_is_not_read_to_its_end(world, monkeypatch, proof) -> None:
    grow(world.kaz, 5)
    witness_partners(world.blr)
    before = known(world.blr, "KAZ/GATE")
    grow(world.kaz, 5)
    monkeypatch.setattr("gateway.web.ledger._encoded", lambda _proof: proof)
    assert witness_partners(world.blr) == "0 logs hold, trouble: KAZ/GATE"
    assert known(world.blr, "KAZ/GATE") == before
    assert alarms_of(world.blr) == [], "nothing is proved by it, either way"


def test_what_another_process_has_taken_meanwhile_is_not_countersigned_unproved(world, monkeypatch) -> None:
    grow(world.kaz, 5)
    witness_partners(world.blr)
    shown = other_view(world, size_of(world.kaz) + 3)
    grow(world.kaz, 5)
    real = sync_witness._proof

    def meanwhile(asking, old: int, new: int):
        proof = real(asking, old, new)
        key = world.kaz.keyring.signer().certificate
        with world.blr.database.begin() as session:
            session.execute(delete(tables.LogCheckpoint).where(tables.LogCheckpoint.party == "KAZ/GATE"))
            checkpoint.accept(session, shown, key, [], party="KAZ/GATE")
        return proof

    monkeypatch.setattr("gateway.sync.witness._proof", meanwhile)
    assert witness_partners(world.blr) == "0 logs hold, trouble: KAZ/GATE"
    with world.blr.database.read() as session:
        (statement,) = witness.newest(session, "KAZ/GATE")
    assert statement.checkpoint.size < shown["size"]
    monkeypatch.undo()
    world.clock.advance(minutes=5)
    witness_partners(world.blr)
    assert alarms_of(world.blr) == [("log-fork", "KAZ/GATE")]


def test_a_ping_between_watched_nodes_still_passes(world) -> None:
    witness_partners(world.blr)
    witness_partners(world.kaz)
    assert ping.test(world.blr, "KAZ/GATE")["ok"]
    with world.blr.database.read() as session:
        assert session.scalars(select(tables.Alarm)).all() == []
