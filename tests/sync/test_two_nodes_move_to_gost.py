"""Two nodes agree on GOST, rotate to it and exchange messages; without the agreement nothing of it is taken."""

from __future__ import annotations

import base64
import json

import pytest
from sqlalchemy import select

from gateway.algorithms import gost, registry
from gateway.errors import NotAuthenticated, SignatureInvalid
from gateway.ledger import checkpoint, sealed
from gateway.message import signature
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import ping
from gateway.sync.keys import refresh_keys
from gateway.sync.push import push
from gateway.trust import approvals, lifecycle, tokens

SERVED = ("BLR", "KAZ")

pytestmark = [pytest.mark.tool, pytest.mark.skipif(bool(gost.missing()), reason=gost.missing())]
NAMES = {"BLR": "gost2012-256", "KAZ": "gost2012-512"}


def agree(node, partner: str, names: list[str], now) -> None:
    with node.database.begin() as session:
        asked = approvals.request(
            session, "partner-algorithms", partner, {"algorithms": names}, actor="anna", reason="protocol", now=now
        )
        approvals.approve(session, asked.id, actor="boris", reason="read", now=now, acts=directory.ACTS)


def rotate(node, name: str, now) -> str:
    with node.database.begin() as session:
        made = lifecycle.generate(
            session, node.settings.directory, party=node.settings.node, algorithm=name,
            password=node.settings.key_password(), actor="anna", now=now,
        )  # fmt: skip
        lifecycle.certify(session, made.kid, actor="anna", now=now)
        lifecycle.publish(session, made.kid, actor="anna", now=now)
        return made.kid


@pytest.fixture
def moved(world):
    """Both nodes sign by GOST, each with another length; the one's partner may not have agreed yet."""
    kids = {state: rotate(world.nodes[state], name, world.clock()) for state, name in NAMES.items()}
    assert refresh_keys(world.kaz) == 1
    assert refresh_keys(world.blr) == 1
    for state, node in world.nodes.items():
        with node.database.begin() as session:
            lifecycle.activate(session, kids[state], reason="agreed by protocol", actor="anna", now=world.clock())
    world.clock.advance(seconds=5)
    assert {state: node.keyring.signer().algorithm for state, node in world.nodes.items()} == NAMES
    return world


def test_nothing_of_gost_is_taken_without_an_agreement(moved):
    kid = moved.blr.keyring.signer().kid
    with moved.kaz.database.read() as session:
        assert session.scalar(select(tables.Key.status).where(tables.Key.kid == kid)) == "active"
    with pytest.raises(SignatureInvalid) as refused:
        moved.kaz.trusted(kid)
    assert "gost2012-256 is not agreed with BLR/GATE" in refused.value.reason
    moved.permits(1)
    push(moved.blr, "KAZ/GATE")
    assert moved.held(moved.kaz) == []


def test_two_nodes_that_agreed_exchange_messages_receipts_and_checkpoints(moved):
    agree(moved.kaz, "BLR/GATE", ["gost2012-256"], moved.clock())
    agree(moved.blr, "KAZ/GATE", ["gost2012-512", "p256"], moved.clock())
    moved.clock.advance(seconds=5)
    wanted = moved.permits(2)
    push(moved.blr, "KAZ/GATE")
    assert set(moved.held(moved.kaz)) == set(wanted)
    assert {row.state for row in moved.rows(moved.blr, tables.Outbox)} == {"delivered"}
    # What was received is what GOST has signed, and so is the receipt that came back.
    received = moved.rows(moved.kaz, tables.Journal, tables.Journal.sender == "BLR/GATE")[0]
    verified = signature.verify(received.raw, moved.kaz.trusted, limit=1_000_000)
    assert verified.algorithm == registry.get("gost2012-256").uri
    assert ping.test(moved.blr, "KAZ/GATE")["ok"]
    # A checkpoint of the log is signed by the same key; nobody else's key, and no changed field, passes.
    node, now = moved.blr, moved.clock()
    signer = node.keyring.signer()
    with node.database.begin() as session:
        point = checkpoint.issue(session, party=node.settings.node, log="exchange", signer=signer, now=now)
    certificate = moved.kaz.trusted(signer.kid) and moved.kaz.keyring.certificate(signer.kid)
    assert checkpoint.verify(point.document, certificate).size == point.size
    assert not sealed.signature_holds(certificate, b"another document", signer.sign(b"a document"))


def test_an_agreement_on_other_algorithms_shuts_the_usual_ones_out(world):
    agree(world.kaz, "BLR/GATE", ["gost2012-256"], world.clock())
    world.clock.advance(seconds=5)
    with pytest.raises(SignatureInvalid):
        world.kaz.trusted(world.blr.keyring.signer().kid)
    agree(world.kaz, "BLR/GATE", [], world.clock())
    world.clock.advance(seconds=5)
    assert world.kaz.trusted(world.blr.keyring.signer().kid).party == "BLR/GATE"


def test_tokens_between_nodes_are_signed_by_gost_and_no_changed_one_opens(moved):
    agree(moved.kaz, "BLR/GATE", ["gost2012-256"], moved.clock())
    moved.clock.advance(seconds=5)
    now, own = moved.clock(), moved.kaz.settings.node

    def certificates_of(party):
        return moved.kaz.keyring.verifiers(party, now)

    def granted(assertion):
        with moved.kaz.database.begin() as session:
            return tokens.exchange(
                session, assertion, audience="https://kaz/v1/token", issuer=own, signer=moved.kaz.keyring.signer(),
                certificates_of=certificates_of, now=now,
            )  # fmt: skip

    said = tokens.assertion(moved.blr.keyring.signer(), "BLR/GATE", audience="https://kaz/v1/token", now=now)
    for at in (5, len(said) // 2, -1, -20):
        changed = said[:at] + ("A" if said[at] != "A" else "B") + (said[at + 1 :] if at != -1 else "")
        with pytest.raises(NotAuthenticated):
            granted(changed)
    token = granted(said).token
    with moved.kaz.database.begin() as session:
        holder = tokens.authenticate(session, token, issuer=own, certificates_of=certificates_of, now=now)
    assert holder.id == "BLR/GATE"
    head = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    assert head["alg"] == registry.get("gost2012-512").uri
