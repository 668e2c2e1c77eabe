"""A receipt is the receiver's signed word on exactly this message, with its place in the receiver's log."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.ledger import log, merkle
from gateway.message import body
from gateway.message.envelope import Kind, body_of
from gateway.message.signature import verify
from gateway.store import tables


def test_a_receipt_names_the_message_and_is_signed_by_the_receiver(either_world: Any, make: Any) -> None:
    raw = either_world.batch(make.permit(1), conversation_id="22222222-2222-4222-8222-222222222222", priority="A")
    sent = verify(raw, either_world.node.trusted, limit=10_000_000)
    answer = either_world.read(either_world.receive(raw))
    assert answer.signer.party == "BLR/GATE"
    assert answer.header.in_reply_to == sent.header.message_id
    assert answer.header.request_digest == sent.digest
    assert answer.header.conversation_id == sent.header.conversation_id
    assert (str(answer.header.sender), str(answer.header.receiver)) == ("BLR/GATE", "KAZ/GATE")
    assert (answer.header.kind, answer.header.sequence, answer.header.priority) == (Kind.RECEIPT, None, "A")
    receipt = body.read_receipt(body_of(answer.root))
    assert (receipt.message_id, receipt.digest) == (sent.header.message_id, sent.digest)


def _holds(receipt: Any) -> bool:
    """Whether the leaf that the sender computes itself is in the tree of the receipt's root."""
    leaf = log.message_entry(receipt.message_id, receipt.digest, receipt.verdict)
    proof = [base64.b64decode(step) for step in receipt.log_proof]
    root = base64.b64decode(receipt.log_root)
    return merkle.verify_inclusion(
        merkle.leaf_hash(leaf.content), receipt.log_index, receipt.log_size, proof, root
    )  # fmt: skip


def test_the_proof_in_every_receipt_holds_and_an_altered_one_does_not(world: Any, make: Any) -> None:
    for number in range(12):
        records = (make.permit(number), make.permit(number, state="UZB")) if number % 3 else (make.permit(number),)
        receipt = world.receipt(world.batch(*records))
        assert _holds(receipt)
        object.__setattr__(receipt, "verdict", "REFUSED")
        assert not _holds(receipt)


def test_a_refusal_is_in_the_log_like_everything_else(world: Any) -> None:
    receipt = world.receipt(world.message(Kind.RECORD_BATCH, "<Nothing></Nothing>"))
    assert receipt.verdict == "REFUSED"
    assert _holds(receipt)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["good", "foreign", "broken", "again"]), min_size=1, max_size=6))
def test_the_counts_of_the_journal_are_those_of_the_verdicts(
    tmp_path_factory: Any, make_world: Any, make: Any, words: list[str]
) -> None:
    with make_world(tmp_path_factory.mktemp("example") / "world") as world:
        records = []
        for number, word in enumerate(words):
            state = "UZB" if word == "foreign" else "KAZ"
            wrong = {"status": "NONE"} if word == "broken" else {}
            records.append(make.permit(0 if word == "again" else number + 1, state=state, **wrong))
        receipt = world.receipt(world.batch(*records))
        verdicts = [verdict.verdict for verdict in receipt.records]
        assert len(verdicts) == len(words)
        (entry,) = world.rows(tables.Journal)
        assert (entry.stored, entry.unchanged, entry.refused) == tuple(
            map(verdicts.count, ("STORED", "UNCHANGED", "REFUSED"))
        )
        assert entry.stored == len(world.rows(tables.Record))
        assert (receipt.verdict == "PARTLY") == ("REFUSED" in verdicts)
