"""Four eyes over /v1/admin: two keys, one rejection ends it, N of M, an end, a reason, a trace of denials."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.store import tables
from gateway.trust import certificates
from gateway.trust.keyfiles import self_signed

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADMINISTRATORS = ("BLR/ADA", "BLR/BEK", "BLR/CEM")


@pytest.fixture
def world(make_world: Any, tmp_path) -> Iterator[Any]:
    with make_world(tmp_path / "nodes", administrators=ADMINISTRATORS) as made:
        yield made


@pytest.fixture
def strict(make_world: Any, tmp_path) -> Iterator[Any]:
    """Two others have to agree."""
    with make_world(tmp_path / "strict", administrators=ADMINISTRATORS, approvals=2) as made:
        yield made


def call(world: Any, who: str, method: str, path: str, **values: Any) -> Any:
    body = {"json": values} if method == "POST" else {}
    return world.http.request(method, f"{world.url}/v1/admin/{path}", headers=world.bearer(who), **body)


def propose(world: Any, who: str = "BLR/ADA", name: str = "UZB/GATE") -> Any:
    key = ec.generate_private_key(ec.SECP256R1())
    made = self_signed(key, party=name, now=START, until=START.replace(year=2028))
    answer = call(
        world, who, "POST", "partners", id=name, agency_class="MIG", endpoint="http://127.0.0.1:9",
        certificate=certificates.pem(made), reason="protocol 7",
    )  # fmt: skip
    assert answer.status_code == 202, answer.text
    assert answer.json()["fingerprint"] == certificates.fingerprint(made)
    return answer.json()


def vote(world: Any, who: str, approval: str, word: str = "approve", reason: str = "compared by telephone") -> Any:
    return call(world, who, "POST", f"approvals/{approval}/{word}", reason=reason)


def partner(world: Any, name: str) -> str:
    (row,) = world.rows(tables.Partner, tables.Partner.id == name)
    return str(row.status)


def audited(world: Any, action: str) -> list[tuple[str, str]]:
    return [(row.actor, row.outcome) for row in world.rows(tables.Audit, tables.Audit.action == action)]


def test_a_partner_is_taken_up_when_another_administrator_agrees(world: Any) -> None:
    asked = propose(world)
    assert (asked["needed"], partner(world, "UZB/GATE")) == (1, "proposed")
    (waiting,) = call(world, "BLR/BEK", "GET", "approvals").json()
    assert (waiting["id"], waiting["requested_by"], waiting["reason"]) == (asked["approval"], "BLR/ADA", "protocol 7")
    done = vote(world, "BLR/BEK", asked["approval"])
    assert (done.status_code, done.json()["status"], partner(world, "UZB/GATE")) == (200, "approved", "active")
    assert audited(world, "approval-executed") == [("BLR/BEK", "done")]
    assert audited(world, "partner-approved")[-1] == ("BLR/BEK", "done")
    assert call(world, "BLR/BEK", "GET", "approvals").json() == []


def test_nobody_approves_what_they_asked_for_and_the_attempt_is_audited(world: Any) -> None:
    asked = propose(world)
    answer = vote(world, "BLR/ADA", asked["approval"])
    assert (answer.status_code, answer.json()["code"]) == (403, "approval-required")
    assert audited(world, "approval-denied") == [("BLR/ADA", "denied")]
    assert audited(world, "administration-denied") == [("BLR/ADA", "approval-required")]
    assert partner(world, "UZB/GATE") == "proposed"


def test_the_actor_is_the_key_and_no_field_of_the_request_can_say_otherwise(world: Any) -> None:
    asked = propose(world)
    path = f"approvals/{asked['approval']}/approve"
    answer = call(world, "BLR/ADA", "POST", path, reason="x", actor="BLR/BEK")
    assert (answer.status_code, answer.json()["where"]) == (422, "actor")
    assert partner(world, "UZB/GATE") == "proposed"


@pytest.mark.parametrize("change", [{"endpoint": "http://elsewhere.example"}, {"agency_class": "SEC"}])
def test_a_partner_that_was_changed_since_it_was_proposed_is_not_taken_up(world: Any, change: Any) -> None:
    asked = propose(world)
    (shown,) = call(world, "BLR/BEK", "GET", "approvals").json()
    assert shown["payload"]["endpoint"] == "http://127.0.0.1:9"
    assert asked["fingerprint"] in [fact["value"] for fact in shown["facts"]]
    with world.blr.database.begin() as session:
        row = session.get_one(tables.Partner, "UZB/GATE")
        for name, value in change.items():
            setattr(row, name, value)
    answer = vote(world, "BLR/BEK", asked["approval"])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert partner(world, "UZB/GATE") == "proposed"


def test_one_rejection_ends_it(world: Any) -> None:
    asked = propose(world)
    assert vote(world, "BLR/CEM", asked["approval"], "reject").json()["status"] == "rejected"
    late = vote(world, "BLR/BEK", asked["approval"])
    assert (late.status_code, late.json()["code"]) == (409, "approval-closed")
    assert partner(world, "UZB/GATE") == "proposed"
    (shown,) = world.http.get(f"{world.url}/v1/admin/approvals?which=all", headers=world.bearer("BLR/ADA")).json()
    assert [(each["actor"], each["verdict"]) for each in shown["votes"]] == [("BLR/CEM", "reject")]


def test_with_two_approvals_needed_one_person_twice_is_not_two(strict: Any) -> None:
    asked = propose(strict)
    assert asked["needed"] == 2
    assert vote(strict, "BLR/BEK", asked["approval"]).json()["status"] == "open"
    again = vote(strict, "BLR/BEK", asked["approval"])
    assert (again.status_code, partner(strict, "UZB/GATE")) == (403, "proposed")
    assert vote(strict, "BLR/CEM", asked["approval"]).json()["status"] == "approved"
    assert partner(strict, "UZB/GATE") == "active"


def test_a_request_dies_by_itself(world: Any) -> None:
    asked = propose(world)
    world.clock.advance(days=7)
    assert vote(world, "BLR/BEK", asked["approval"]).status_code == 409
    assert audited(world, "approval-expired") == [("clock", "done")]
    assert partner(world, "UZB/GATE") == "proposed"


@pytest.mark.parametrize("reason", ["", "   ", "two\nlines", "x" * 401, None])
def test_every_act_has_a_reason(world: Any, reason: Any) -> None:
    asked = propose(world)
    answer = vote(world, "BLR/BEK", asked["approval"], reason=reason)
    assert (answer.status_code, answer.json()["code"], answer.json()["where"]) == (422, "invalid-request", "reason")
    assert audited(world, "administration-denied") == [("BLR/BEK", "invalid-request")]
    assert partner(world, "UZB/GATE") == "proposed"


def test_a_key_is_revoked_by_two_and_stays_until_then(world: Any) -> None:
    (kid,) = [row.kid for row in world.rows(tables.Key, tables.Key.party == "KAZ/GATE")]
    asked = call(world, "BLR/ADA", "POST", "keys/revoke", kid=kid, reason="stolen").json()
    own = world.blr.keyring.signer().kid
    assert call(world, "BLR/CEM", "GET", f"keys/{own}/messages").json() == []
    assert [world.post(world.ping()).status_code for _ in range(2)] == [200, 200]
    assert vote(world, "BLR/BEK", asked["approval"]).json() == {
        "id": asked["approval"], "action": "key-revoke", "subject": kid, "status": "approved",
    }  # fmt: skip
    assert world.post(world.ping()).json()["code"] in ("unknown-partner", "signature-invalid")
    signed = call(world, "BLR/CEM", "GET", f"keys/{kid}/messages?since=2026-01-01").json()
    for since in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"):
        beyond = call(world, "BLR/CEM", "GET", f"keys/{kid}/messages?since={since}")
        assert (beyond.status_code, beyond.json()["where"]) == (422, "since")
    assert [(each["partner"], each["kind"]) for each in signed] == [("KAZ/GATE", "Ping")] * 2
    assert call(world, "BLR/CEM", "GET", f"keys/{'0' * 64}/messages").json()["code"] == "not-found"


@pytest.mark.parametrize("path", ["relinks/diff?limit=0", "log/export?tree=nope", "keys/abc/messages?since=once"])
def test_a_question_that_does_not_fit_is_audited_like_a_body(world: Any, path: str) -> None:
    assert call(world, "BLR/ADA", "GET", path).json()["code"] == "invalid-request"
    assert audited(world, "administration-denied") == [("BLR/ADA", "invalid-request")]
