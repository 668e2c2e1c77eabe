"""CAs, WS-Security and a log begun anew over /v1/admin: asked for by one key, approved by another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.store import tables
from gateway.trust import certificates

ADMINISTRATORS = ("BLR/ADA", "BLR/BEK")


@pytest.fixture
def world(make_world: Any, tmp_path) -> Iterator[Any]:
    with make_world(tmp_path / "nodes", administrators=ADMINISTRATORS) as made:
        yield made


def call(world: Any, who: str, method: str, path: str, **values: Any) -> Any:
    body = {"json": values} if method == "POST" else {}
    return world.http.request(method, f"{world.url}/v1/admin/{path}", headers=world.bearer(who), **body)


def approved(world: Any, answer: Any) -> str:
    """Another administrator agrees; the state of the request then."""
    assert answer.status_code == 202, answer.text
    own = call(world, "BLR/ADA", "POST", f"approvals/{answer.json()['approval']}/approve", reason="compared")
    assert own.json()["code"] == "approval-required"
    done = call(world, "BLR/BEK", "POST", f"approvals/{answer.json()['approval']}/approve", reason="compared")
    return str(done.json()["status"])


def test_a_ca_is_entered_and_removed_by_two(world: Any, authority: Any) -> None:
    ca = authority("Root of KAZ")
    pem = certificates.pem(ca.certificate)
    asked = call(world, "BLR/ADA", "POST", "anchors", party="KAZ/GATE", certificate=pem, reason="protocol 7")
    assert asked.json()["fingerprint"] == certificates.fingerprint(ca.certificate)
    assert approved(world, asked) == "approved"
    (shown,) = call(world, "BLR/BEK", "GET", "anchors").json()
    assert (shown["party"], shown["status"]) == ("KAZ/GATE", "active")
    gone = call(
        world, "BLR/ADA", "POST", "anchors/remove",
        party="KAZ/GATE", fingerprint=shown["fingerprint"][:16], reason="the CA has closed",
    )  # fmt: skip
    assert approved(world, gone) == "approved"
    assert call(world, "BLR/BEK", "GET", "anchors").json() == []


def test_what_is_no_ca_is_refused(world: Any) -> None:
    pem = certificates.pem(world.kaz.keyring.signer().certificate)
    answer = call(world, "BLR/ADA", "POST", "anchors", party="KAZ/GATE", certificate=pem, reason="protocol 7")
    assert answer.status_code == 400, answer.text
    answer = call(world, "BLR/ADA", "POST", "anchors", party="KAZ/GATE", certificate="none", reason="protocol 7")
    assert answer.status_code == 400, answer.text


def test_ws_security_is_switched_by_two(world: Any) -> None:
    asked = call(world, "BLR/ADA", "POST", "partners/soap-security", partner="KAZ/GATE", on=True, reason="their stack")
    assert not world.rows(tables.Partner, tables.Partner.id == "KAZ/GATE")[0].soap_security
    assert approved(world, asked) == "approved"
    assert world.rows(tables.Partner, tables.Partner.id == "KAZ/GATE")[0].soap_security
    unknown = call(world, "BLR/ADA", "POST", "partners/soap-security", partner="UZB/NONE", on=True, reason="x")
    assert unknown.json()["code"] == "not-found"


def test_a_suspended_partner_comes_back_by_two(world: Any) -> None:
    early = call(world, "BLR/ADA", "POST", "partners/resume", partner="KAZ/GATE", reason="not suspended at all")
    assert early.json()["code"] == "misuse"
    call(world, "BLR/ADA", "POST", "partners/suspend", partner="KAZ/GATE", reason="a fork")
    asked = call(world, "BLR/ADA", "POST", "partners/resume", partner="KAZ/GATE", reason="explained")
    assert approved(world, asked) == "approved"
    assert world.rows(tables.Partner, tables.Partner.id == "KAZ/GATE")[0].status == "active"


def test_a_log_that_nobody_has_seen_cannot_begin_anew(world: Any) -> None:
    answer = call(world, "BLR/ADA", "POST", "log/restart", partner="KAZ/GATE", reason="restored from a backup")
    assert answer.json()["code"] == "not-found"


def test_an_agency_that_is_no_administrator_is_refused(world: Any) -> None:
    assert call(world, "BLR/MVD", "GET", "anchors").json()["code"] == "not-permitted"
