"""Step 4: every receipt verifies, and its inclusion proof holds against the receiver's checkpoint."""

from __future__ import annotations

import base64
from statistics import mean

from sqlalchemy import select

from gateway.demo.caller import Caller
from gateway.demo.stage import Stage, expect
from gateway.ledger import checkpoint, log, merkle
from gateway.message.body import read_receipt
from gateway.message.envelope import body_of
from gateway.message.signature import verify
from gateway.store import tables


def run(stage: Stage) -> str:
    """Check what BLR holds of KAZ and UZB, with public keys and proofs alone."""
    told, lengths, checked = [], [], 0
    sender = stage.nodes["BLR"]
    for state in ("KAZ", "UZB"):
        receiver = stage.nodes[state]
        caller = Caller(stage, sender.settings.node, state)
        point = checkpoint.verify(caller.get("/v1/log/checkpoint"), receiver.keyring.signer().certificate)
        with sender.database.read() as session:
            rows = session.scalars(
                select(tables.Outbox).where(
                    tables.Outbox.partner == receiver.settings.node, tables.Outbox.receipt.is_not(None)
                )
            ).all()
        expect(rows, f"BLR has no receipt of {state}")
        lengths += [_check(stage, caller, row, point) for row in rows]
        checked += len(rows)
        told.append(f"{state} checkpoint of {point.size} leaves")
    return f"{checked} receipts, proofs of {mean(lengths):.1f} hashes on average; {', '.join(told)}"


def _check(stage: Stage, caller: Caller, row: tables.Outbox, point: checkpoint.Checkpoint) -> int:
    """One receipt: signature, the proof inside it, and the proof against the checkpoint; length of the latter."""
    sender = stage.nodes["BLR"]
    answer = verify(row.receipt or b"", sender.trusted, limit=10_000_000)
    receipt = read_receipt(body_of(answer.root))
    expect(receipt.message_id == row.message_id and receipt.digest == row.digest, "a receipt is of another message")
    leaf = merkle.leaf_hash(log.message_entry(receipt.message_id, receipt.digest, receipt.verdict).content)
    index, size = receipt.log_index, receipt.log_size
    expect(index is not None and size is not None, "a receipt has no place in the log")
    inside = [base64.b64decode(step) for step in receipt.log_proof]
    root = base64.b64decode(receipt.log_root)
    expect(merkle.verify_inclusion(leaf, index or 0, size or 0, inside, root), "the proof of a receipt does not hold")
    grown = caller.get(f"/v1/log/consistency?old={size}&new={point.size}")
    steps = [base64.b64decode(step) for step in grown["proof"]]
    expect(merkle.verify_consistency(size or 0, root, point.size, point.root, steps), "the log did not only grow")
    given = caller.get(f"/v1/log/proof/{row.message_id}?size={point.size}")
    proof = [base64.b64decode(step) for step in given["proof"]]
    expect(
        merkle.verify_inclusion(leaf, index or 0, point.size, proof, point.root), "a message is not in the checkpoint"
    )
    return len(proof)
