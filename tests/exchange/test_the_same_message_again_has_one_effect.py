"""Idempotent receiving: the same message, the same receipt, one effect; the same id with other content refused."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

from gateway.message import body
from gateway.message.envelope import Kind, Party, body_of
from gateway.message.signature import sign
from gateway.store import tables


def test_the_same_bytes_again_get_the_same_receipt_and_store_nothing_twice(either_world: Any, make: Any) -> None:
    raw = either_world.batch(make.permit(1), make.permit(2), sequence=1)
    first = either_world.receive(raw)
    leaves = len(either_world.rows(tables.LogLeaf))
    either_world.clock.advance(minutes=5)
    assert either_world.receive(raw) == first
    assert len(either_world.rows(tables.Record)) == 2
    assert len(either_world.rows(tables.Journal)) == 1
    assert len(either_world.rows(tables.LogLeaf)) == leaves


def test_a_receipt_is_given_again_even_when_the_message_has_expired_since(world: Any, make: Any) -> None:
    raw = world.batch(make.permit(1))
    first = world.receive(raw)
    world.clock.advance(days=30)
    assert world.receive(raw) == first


def test_the_same_content_signed_anew_is_the_same_message(world: Any, make: Any) -> None:
    raw = world.batch(make.permit(1))
    first = world.receive(raw)
    kaz = world.nodes["KAZ"]
    unsigned = raw[: raw.index(b"</Body>") + len(b"</Body>")] + b"</Message>"
    again = sign(unsigned, kaz.keyring.signer(), world.clock.advance(minutes=1))
    assert again != raw
    assert world.receive(again) == first


def test_a_refused_message_again_gets_the_same_refusal(world: Any, make: Any) -> None:
    raw = world.batch(make.permit(1), receiver=Party("UZB", "GATE"))
    first = world.receive(raw)
    assert first.code == "wrong-receiver"
    assert world.receive(raw) == first
    assert len(world.rows(tables.Journal)) == 1


def test_the_same_id_with_other_content_is_refused_as_replayed_and_leaves_a_trace(either_world: Any, make: Any) -> None:
    name = "11111111-1111-4111-8111-111111111111"
    first = either_world.receive(either_world.batch(make.permit(1), message_id=name))
    second = either_world.receive(either_world.batch(make.permit(2), message_id=name))
    assert (first.code, second.code) == ("", "replayed")
    records = either_world.rows(tables.Record)
    assert [row.record_id for row in records] == [make.permit(1).record_id]
    kept, trace = either_world.rows(tables.Journal)
    assert (kept.sender, kept.message_id, kept.state) == ("KAZ/GATE", name, "accepted")
    assert (trace.sender, trace.message_id, trace.state, trace.code) == (None, None, "refused", "replayed")
    assert trace.claimed == f"KAZ/GATE {name}"
    # The first message keeps its receipt.
    assert either_world.receive(kept.raw) == first


def test_two_senders_may_use_the_same_id(world: Any, make: Any) -> None:
    name = "11111111-1111-4111-8111-111111111111"
    assert world.receive(world.batch(make.permit(1), message_id=name)).code == ""
    assert world.receive(world.batch(make.permit(1, state="UZB"), message_id=name, sender="UZB")).code == ""
    assert len(world.rows(tables.Record)) == 2


def test_eight_threads_with_the_same_message_have_one_effect_and_one_receipt(either_world: Any, make: Any) -> None:
    raw = either_world.batch(*(make.permit(number) for number in range(3)), sequence=1)
    answers = together([lambda: either_world.receive(raw)] * 8)
    assert len({answer.content for answer in answers}) == 1
    assert len(either_world.rows(tables.Record)) == 3
    assert len(either_world.rows(tables.Journal)) == 1
    receipt = body.read_receipt(body_of(either_world.read(answers[0]).root))
    assert receipt.verdict == "ACCEPTED"


def test_messages_about_the_same_people_in_opposite_order_do_not_block_each_other(either_world: Any, make: Any) -> None:
    people = [make.somebody(number) for number in range(6)]
    raws = []
    for turn in range(4):
        order = people if turn % 2 else people[::-1]
        records = [make.permit(turn * 10 + number, person) for number, person in enumerate(order)]
        raws.append(either_world.batch(*records, sequence=turn + 1))
    answers = together([lambda raw=raw: either_world.receive(raw) for raw in raws])
    assert [answer.code for answer in answers] == [""] * 4
    assert len(either_world.rows(tables.Record)) == 24
    assert len(either_world.rows(tables.Person)) == 6


def together(works: list[Any]) -> list[Any]:
    """Run all at the same moment in threads of their own; whatever one raises fails the test."""
    barrier, results, errors = Barrier(len(works)), [], []

    def run(work: Any) -> None:
        barrier.wait()
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 - handed to the test, which fails on it.
            errors.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return results


def test_a_ping_is_answered_by_a_receipt_with_its_place_in_the_log(world: Any) -> None:
    receipt = world.receipt(world.message(Kind.PING, "<Ping></Ping>", purpose="KEY_ADMIN"))
    assert (receipt.verdict, receipt.records) == ("ACCEPTED", ())
    assert receipt.log_index is not None
