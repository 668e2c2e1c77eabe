"""POST /v1/watchlist/query and /v1/persons/query: who may ask what, and every question leaves a trace."""

from __future__ import annotations

import json

import pytest

from gateway.store import tables

NOBODY = {"names": [{"family": "Никомуев", "given": "Неизвест"}], "birth_date": "1980-01-02"}


def ask(world, path, values, client="BLR/GPK"):
    # The standard library's JSON, unlike the client's, can carry half a surrogate pair.
    raw = json.dumps(values).encode()
    return world.http.post(f"{world.url}/v1/{path}/query", content=raw, headers=world.bearer(client))


def last_audit(world, action):
    row = world.rows(tables.Audit, tables.Audit.action == action)[-1]
    return row.actor, row.purpose, row.outcome


def test_a_question_that_finds_nothing_is_answered_and_audited(world):
    answer = ask(world, "watchlist", NOBODY | {"purpose": "BORDER_CHECK"})
    assert (answer.status_code, answer.json()) == (200, {"band": "NO_HIT", "hits": []})
    assert last_audit(world, "watchlist-query") == ("BLR/GPK", "BORDER_CHECK", "NO_HIT")
    answer = ask(world, "persons", NOBODY | {"purpose": "STAY_CONTROL"}, client="BLR/MVD")
    assert (answer.status_code, answer.json()) == (200, {"persons": []})
    assert last_audit(world, "person-query") == ("BLR/MVD", "STAY_CONTROL", "0 persons")


@pytest.mark.parametrize(
    ("path", "purpose", "client"),
    [
        ("watchlist", "STATISTICS", "BLR/GPK"),
        ("watchlist", "BORDER_CHECK", "BLR/LAB"),
        ("watchlist", "CURIOSITY", "BLR/GPK"),
        ("persons", "CURIOSITY", "BLR/MVD"),
    ],
)
def test_a_purpose_that_the_class_does_not_have_is_declined_and_audited(world, path, purpose, client):
    answer = ask(world, path, NOBODY | {"purpose": purpose}, client=client)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    assert "detail" not in answer.json()
    action = "watchlist-query" if path == "watchlist" else "person-query"
    assert last_audit(world, action) == (client, purpose, "not-permitted")


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"names": "Иванов"}, "names"),
        ({"names": [{"family": "И" * 500}]}, "names[0].family"),
        ({"names": [{"family": 7}]}, "names[0].family"),
        (NOBODY | {"birth_date": "02.01.19800"}, "birth_date"),
        (NOBODY | {"sex": "Q"}, "sex"),
        (NOBODY | {"colour": "red"}, "colour"),
        ({"names": [{"family": "Иванов"}]}, "names"),
        ({}, "names"),
        (NOBODY | {"purpose": 7}, "purpose"),
        (NOBODY | {"purpose": None}, "purpose"),
    ],
)
@pytest.mark.parametrize("path", ["watchlist", "persons"])
def test_a_question_that_does_not_fit_names_its_field(world, path, values, where):
    values = {"purpose": "BORDER_CHECK"} | values
    answer = ask(world, path, values)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request"), answer.text
    assert answer.json()["where"] == where


def test_a_person_is_asked_about_for_a_purpose_only(world):
    answer = ask(world, "persons", NOBODY, client="BLR/MVD")
    assert (answer.status_code, answer.json()["where"]) == (422, "purpose")


def test_a_strange_text_is_an_answer_and_never_an_error(world):
    for text in ("\u0000", "\ud800", "'; DROP TABLE person; --", "🙂" * 50, "\u202e" * 20):
        values = {"purpose": "BORDER_CHECK", "names": [{"family": text, "given": text}], "birth_date": "1980"}
        assert ask(world, "watchlist", values).status_code in {200, 422}
        assert ask(world, "persons", values).status_code in {200, 403, 422}
