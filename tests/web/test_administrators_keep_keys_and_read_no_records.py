"""/v1/admin is for the administrators of the settings alone, and they are shut out of the records."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from gateway.message import body
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.signature import sign
from gateway.store import tables

ADMINISTRATORS = ("BLR/ADA", "BLR/BEK")


@pytest.fixture(scope="module")
def world(make_world: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with make_world(tmp_path_factory.mktemp("admin") / "nodes", administrators=ADMINISTRATORS) as made:
        yield made


def call(world: Any, who: str, method: str, path: str, **values: Any) -> Any:
    body = {"json": values} if method == "POST" else {}
    return world.http.request(method, f"{world.url}{path}", headers=world.bearer(who), **body)


def endpoints(world: Any) -> list[tuple[str, str]]:
    paths = world.http.get(f"{world.url}/openapi.json").json()["paths"]
    return [(m.upper(), p) for p, methods in paths.items() if p.startswith("/v1/admin") for m in methods]


def test_openapi_lists_every_act_with_its_body(world: Any) -> None:
    paths = world.http.get(f"{world.url}/openapi.json").json()["paths"]
    for method, path in endpoints(world):
        shown = paths[path][method.lower()]
        assert shown["summary"]
        if method == "POST":
            body = shown["requestBody"]["content"]["application/json"]["schema"]
            assert body["additionalProperties"] is False, path


@pytest.mark.parametrize("who", ["BLR/MVD", "BLR/CEM", "KAZ/GATE"])
def test_an_agency_or_a_partner_is_refused_everywhere_and_the_attempt_is_audited(world: Any, who: str) -> None:
    token = world.bearer(who)
    for method, path in endpoints(world):
        answer = world.http.request(method, f"{world.url}{path}", headers=token, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted"), path
        assert "detail" not in answer.json()
        row = world.rows(tables.Audit)[-1]
        assert (row.actor, row.action, row.outcome) == (who, "administration-denied", "not-permitted")
        assert row.subject == f"{method} {path.replace('{', '%7B').replace('}', '%7D')}" or "{" in path


def test_without_a_token_there_is_nothing(world: Any) -> None:
    for method, path in endpoints(world):
        answer = world.http.request(method, f"{world.url}{path}", json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated"), path


def test_without_administrators_in_the_settings_the_api_is_off(make_world: Any, tmp_path) -> None:
    with make_world(tmp_path / "nodes") as world:
        assert call(world, "BLR/ADA", "GET", "/v1/admin/keys").json()["code"] == "not-permitted"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/persons/query"), ("POST", "/v1/watchlist/query"), ("GET", "/v1/changes"),
        ("GET", "/v1/log/checkpoint"), ("POST", "/v1/records"),
    ],
)  # fmt: skip
def test_an_administrator_reads_no_records(world: Any, method: str, path: str) -> None:
    answer = call(world, "BLR/ADA", method, path, purpose="STAY_CONTROL", names=[{"family": "Иванов"}])
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted"), answer.text


def test_a_message_that_an_administrators_key_signs_is_refused_and_cannot_ask_for_persons(world: Any) -> None:
    now = world.clock()
    message_id = str(uuid.uuid4())
    header = Header(
        message_id=message_id, conversation_id=message_id, kind=Kind.PING, sender=Party("BLR", "ADA"),
        receiver=Party("BLR", "GATE"), created=now, expires=now + timedelta(hours=1), purpose="STAY_CONTROL",
        agreement="x",
    )  # fmt: skip
    raw = sign(write_message(header, body.write_ping(body.Ping("x"))), world.signer("BLR/ADA"), now)
    answer = world.post(raw)
    assert answer.status_code == 403
    (entry,) = world.rows(tables.Journal, tables.Journal.message_id == message_id)
    assert (entry.code, "takes no part" in entry.reason) == ("not-permitted", True)


def test_a_key_goes_through_its_life(world: Any) -> None:
    def act(step: str, **values: Any) -> Any:
        answer = call(world, "BLR/ADA", "POST", f"/v1/admin/keys/{step}", **values)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    (old,) = [key for key in call(world, "BLR/BEK", "GET", "/v1/admin/keys").json() if key["own"]]
    assert (old["status"], old["days_left"], old["warning"]) == ("active", 730, None)
    kid = act("generate", algorithm="ed25519")["kid"]
    assert act("csr", kid=kid)["csr"].startswith("-----BEGIN CERTIFICATE REQUEST-----")
    assert act("certify", kid=kid)["status"] == "certified"
    assert act("publish", kid=kid)["status"] == "published"
    early = call(world, "BLR/ADA", "POST", "/v1/admin/keys/activate", kid=kid)
    assert early.json()["code"] == "key-unusable"
    assert "KAZ/GATE" in early.json()["detail"]
    assert act("activate", kid=kid, reason="the test cannot wait")["status"] == "active"
    assert act("retire", kid=old["kid"], reason="neither")["status"] == "retired"
    trail = [(r.actor, r.action) for r in world.rows(tables.Audit, tables.Audit.subject == kid)]
    assert trail == [
        ("BLR/ADA", f"key-{word}") for word in ("generated", "certified", "published", "activated")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "values", "code"),
    [
        ("keys/generate", {"algorithm": "md5"}, "invalid-request"),
        ("keys/generate", {"token": True}, "invalid-request"),
        ("keys/publish", {"kid": "0" * 64}, "not-found"),
        ("keys/publish", {"kid": "' OR 1"}, "invalid-request"),
        ("keys/import", {"certificate": "no"}, "key-unusable"),
        ("keys/revoke", {"kid": "0" * 64, "reason": "x", "invalid_since": "9999-12-31T23:59:59Z"}, "invalid-request"),
        ("keys/revoke", {"kid": "0" * 64, "reason": "x"}, "not-found"),
        ("partners", {"id": "uzb", "agency_class": "MIG", "reason": "x"}, "invalid-request"),
        ("partners", {"id": "UZB/GATE", "agency_class": "ZZZ", "reason": "x", "certificate": "no"}, "key-unusable"),
        ("partners/suspend", {"partner": "UZB/GATE", "reason": "x"}, "invalid-request"),
        ("partners/tls", {"partner": "KAZ/GATE", "certificate": "\u0000", "reason": "x"}, "key-unusable"),
        ("partners/algorithms", {"partner": "KAZ/GATE", "algorithms": ["rot13"], "reason": "x"}, "invalid-request"),
        ("approvals/nothing/approve", {"reason": "x"}, "not-found"),
        ("approvals/%00/reject", {"reason": "x"}, "not-found"),
        ("alarms/clear", {"code": "log-fork", "subject": "KAZ/GATE", "reason": "x"}, "not-found"),
        ("agreements", {"id": "a"}, "invalid-request"),
        ("keys/revoke", {"kid": "0" * 64, "reason": "x", "invalid_since": "0001-01-01T00:00+14:00"}, "invalid-request"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_a_code_and_audited(world: Any, path: str, values: Any, code: str) -> None:
    answer = call(world, "BLR/ADA", "POST", f"/v1/admin/{path}", **values)
    assert answer.json()["code"] == code, answer.text
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    row = world.rows(tables.Audit)[-1]
    assert (row.actor, row.action, row.outcome) == ("BLR/ADA", "administration-denied", code)


def test_an_agreement_is_entered_once_and_by_two(world: Any) -> None:
    values = {
        "id": "uz-1", "instrument": "Protocol 7", "partner_state": "UZB", "direction": "out",
        "categories": ["LABOUR_PERMIT"], "purposes": ["STAY_CONTROL"], "agency_classes": ["MIG"],
        "valid_from": "2026-01-01", "reason": "protocol 7",
    }  # fmt: skip
    ends = call(world, "BLR/ADA", "POST", "/v1/admin/agreements", **values, valid_to="2025-01-01")
    assert ends.json()["where"] == "valid_to"
    protected = call(world, "BLR/ADA", "POST", "/v1/admin/agreements", **{**values, "categories": ["ASYLUM_CASE"]})
    assert protected.json()["where"] == "categories"
    misspelt = call(world, "BLR/ADA", "POST", "/v1/admin/agreements", **values, withheld_fields=["Person/Birthplace"])
    assert misspelt.json()["where"] == "withheld_fields"
    asked = call(world, "BLR/ADA", "POST", "/v1/admin/agreements", **values)
    assert (asked.status_code, asked.json()["needed"]) == (202, 1)
    assert "uz-1" not in [row["id"] for row in call(world, "BLR/BEK", "GET", "/v1/admin/agreements").json()]
    vote = f"/v1/admin/approvals/{asked.json()['approval']}/approve"
    assert call(world, "BLR/ADA", "POST", vote, reason="read").json()["code"] == "approval-required"
    assert call(world, "BLR/BEK", "POST", vote, reason="read").json()["status"] == "approved"
    assert call(world, "BLR/ADA", "POST", "/v1/admin/agreements", **values).json()["code"] == "invalid-request"
    assert "uz-1" in [row["id"] for row in call(world, "BLR/BEK", "GET", "/v1/admin/agreements").json()]


def test_an_agreement_is_ended_by_two(world: Any) -> None:
    def last() -> Any:
        rows = call(world, "BLR/BEK", "GET", "/v1/admin/agreements").json()
        return next(row["valid_to"] for row in rows if row["id"] == "KAZ-in")

    unknown = call(world, "BLR/ADA", "POST", "/v1/admin/agreements/end", id="nothing", reason="denounced")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    past = call(world, "BLR/ADA", "POST", "/v1/admin/agreements/end", id="KAZ-in", last="2025-01-01", reason="x")
    assert (past.json()["code"], past.json()["where"]) == ("invalid-request", "last")
    day = str(world.clock().date() + timedelta(days=400))
    asked = call(world, "BLR/ADA", "POST", "/v1/admin/agreements/end", id="KAZ-in", last=day, reason="denounced")
    assert (asked.status_code, asked.json()["needed"], last()) == (202, 1, None)
    vote = f"/v1/admin/approvals/{asked.json()['approval']}/approve"
    assert call(world, "BLR/ADA", "POST", vote, reason="read").json()["code"] == "approval-required"
    assert call(world, "BLR/BEK", "POST", vote, reason="read").json()["status"] == "approved"
    assert last() == day


def test_status_partners_and_alarms_are_told(world: Any) -> None:
    told = call(world, "BLR/BEK", "GET", "/v1/admin/status").json()
    assert (told["node"], told["alarms"]) == ("BLR/GATE", [])
    names = {row["id"]: row for row in call(world, "BLR/BEK", "GET", "/v1/admin/partners").json()}
    assert len(names["KAZ/GATE"]["keys"]) == 1
    assert call(world, "BLR/BEK", "GET", "/v1/admin/alarms").json() == []


def test_a_partner_is_tested_and_the_answer_names_the_part(world: Any) -> None:
    told = call(world, "BLR/ADA", "POST", "/v1/admin/partners/test", partner="KAZ/GATE").json()
    assert (told["ok"], told["part"]) == (False, "connection")
    assert call(world, "BLR/ADA", "POST", "/v1/admin/partners/test", partner="UZB/NONE").status_code == 401
