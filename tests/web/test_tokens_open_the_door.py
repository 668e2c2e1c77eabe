"""POST /v1/token: private_key_jwt, once, for a short time, for a partner in good standing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.partners import directory
from gateway.store import tables
from gateway.trust import tokens


def denied(answer):
    assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated"), answer.text
    assert "detail" not in answer.json()
    assert answer.headers["www-authenticate"] == "Bearer"


def checkpoint(world, header):
    return world.http.get(f"{world.url}/v1/log/checkpoint", headers=header)


def test_a_proved_client_gets_a_token_that_opens_the_door(world):
    answer = world.ask_token(world.assertion("BLR/MVD"))
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 300)
    assert answer.headers["cache-control"] == "no-store"
    assert checkpoint(world, {"Authorization": f"Bearer {answer.json()['access_token']}"}).status_code == 200


def test_an_assertion_opens_the_door_once(world):
    assertion = world.assertion("BLR/MVD")
    assert world.ask_token(assertion).status_code == 200
    denied(world.ask_token(assertion))


def test_an_assertion_for_another_endpoint_is_refused(world):
    denied(world.ask_token(world.assertion("BLR/MVD", audience="https://elsewhere.example/v1/token")))


@pytest.mark.parametrize("minutes", [-7, 7])
def test_an_assertion_out_of_its_time_is_refused(world, minutes):
    denied(world.ask_token(world.assertion("BLR/MVD", now=world.clock() + timedelta(minutes=minutes))))


def test_another_clients_key_proves_nothing(world):
    now = world.clock()
    forged = tokens.assertion(world.signer("BLR/GPK"), "BLR/MVD", audience=f"{world.url}/v1/token", now=now)
    denied(world.ask_token(forged))


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "e30.e30.", "\u0000", "я" * 100])
def test_garbage_is_refused(world, assertion):
    assert world.ask_token(assertion).status_code in {401, 422}


def test_a_form_that_does_not_fit_names_the_field(world):
    answer = world.http.post(f"{world.url}/v1/token", data={"grant_type": "password"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    form = {"grant_type": "password", "client_assertion": "x", "client_assertion_type": "y"}
    assert world.http.post(f"{world.url}/v1/token", data=form).json()["where"] == "grant_type"


def test_every_attempt_is_audited(world):
    before = len(world.rows(tables.Audit, tables.Audit.action.in_(("token-issued", "token-denied"))))
    world.ask_token(world.assertion("BLR/MVD"))
    denied(world.ask_token(world.assertion("BLR/MVD", audience="wrong")))
    rows = world.rows(tables.Audit, tables.Audit.action.in_(("token-issued", "token-denied")))[before:]
    assert [(row.action, row.actor) for row in rows] == [("token-issued", "BLR/MVD"), ("token-denied", "BLR/MVD")]


@pytest.mark.parametrize("header", ["", "Basic eDp5", "Bearer", "Bearer x.y.z", "Bearer \xff"])
def test_without_a_token_that_holds_nothing_is_told(world, header):
    denied(checkpoint(world, {"Authorization": header.encode("latin-1")} if header else {}))


def test_a_token_is_over_after_five_minutes_and_when_its_client_is_suspended(world):
    old = world.bearer("BLR/LAB")
    world.clock.advance(minutes=6)
    denied(checkpoint(world, old))
    fresh = world.bearer("BLR/LAB")
    assert checkpoint(world, fresh).status_code == 200
    with world.blr.database.begin() as session:
        directory.suspend(session, "BLR/LAB", actor="anna", reason="test", now=world.clock())
    denied(checkpoint(world, fresh))
    denied(world.ask_token(world.assertion("BLR/LAB")))


def test_a_partner_of_another_state_is_no_agency_of_ours(world):
    header = world.bearer("KAZ/GATE")
    for path in ("/v1/watchlist/query", "/v1/persons/query"):
        answer = world.http.post(f"{world.url}{path}", json={"purpose": "STAY_CONTROL"}, headers=header)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
