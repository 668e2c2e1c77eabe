"""The console over HTTP, by a client that follows nothing on its own."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from gateway.store.database import Database

SECRET = "synthetic-console-secret-for-the-tests-0001"
OWN_FORM = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def console(serve, empty_node):
    with httpx.Client(base_url=serve(empty_node).url, trust_env=False) as client:
        yield client


def test_nobody_sees_anything_without_a_session(console):
    answer = console.get("/console")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")
    assert answer.content == b""


def test_the_secret_in_the_address_is_exchanged_for_a_cookie_and_leaves_the_address(console):
    answer = console.get("/console", params={"access": SECRET})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    cookie = answer.headers["set-cookie"]
    assert SECRET not in cookie
    assert {"HttpOnly", "SameSite=strict", "Path=/console", "Max-Age=28800"} <= set(cookie.split("; "))
    assert console.get("/console").status_code == 200


def test_a_session_that_ended_leads_back_to_the_door(console, clock):
    console.get("/console", params={"access": SECRET})
    clock.advance(hours=8)
    assert console.get("/console").status_code == 303


def test_a_wrong_secret_is_refused_and_after_five_the_door_stays_shut_for_a_minute(console, clock):
    for _ in range(5):
        answer = console.post("/console/sign-in", data={"secret": "guess"}, headers=OWN_FORM)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
    for answer in (
        console.post("/console/sign-in", data={"secret": SECRET}, headers=OWN_FORM),
        console.get("/console", params={"access": SECRET}),
    ):
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    clock.advance(minutes=1)
    assert console.post("/console/sign-in", data={"secret": SECRET}, headers=OWN_FORM).status_code == 303


def test_a_form_of_another_site_opens_nothing_even_with_the_secret(console):
    answer = console.post("/console/sign-in", data={"secret": SECRET}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_signing_out_forgets_the_session_and_another_site_cannot_do_it(console):
    console.get("/console", params={"access": SECRET})
    console.post("/console/sign-out", headers={"origin": "https://other.example"})
    assert console.get("/console").status_code == 200
    console.post("/console/sign-out", headers=OWN_FORM)
    assert console.get("/console").status_code == 303


@pytest.mark.parametrize("path", ["/console", "/console/sign-in", "/console/static/console.css"])
def test_every_answer_forbids_foreign_content_and_framing(console, path):
    headers = console.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_are_never_kept_by_a_cache(console):
    assert console.get("/console/sign-in").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["pages.py", "..%2fpages.py", "../pages.py", "%2e%2e/console.secret", ""])
def test_only_the_consoles_own_files_are_handed_out(console, name):
    assert console.get(f"/console/static/{name}").status_code in {404, 405}


def test_a_language_asked_for_is_remembered(console):
    assert '<html lang="en">' in console.get("/console/sign-in", headers={"accept-language": "en"}).text
    assert '<html lang="ru">' in console.get("/console/sign-in?lang=ru", headers={"accept-language": "en"}).text
    assert '<html lang="ru">' in console.get("/console/sign-in", headers={"accept-language": "en"}).text


def test_what_a_partner_wrote_into_a_code_or_kind_is_shown_as_text(serve, sqlite, now):
    from gateway.store.tables import Journal  # noqa: PLC0415 - only this test writes a row

    with sqlite.begin() as session:
        session.add(
            Journal(
                sender="KAZ/GATE",
                message_id="1",
                kind="<script>1</script>",
                channel="rest",
                digest="",
                raw=b"",
                received=now,
                state="refused",
                code='"><b onload=1>',
            )
        )
    with httpx.Client(base_url=serve(sqlite).url, trust_env=False, follow_redirects=True) as client:
        text = client.get("/console", params={"access": SECRET}).text
    assert "&lt;script&gt;1&lt;/script&gt;" in text
    assert "<b onload" not in text


def test_a_form_too_large_to_be_ours_is_not_read_to_its_end(console):
    answer = console.post(
        "/console/sign-in", content=b"secret=" + SECRET.encode() + b"&filling=" + b"x" * 100_000, headers=OWN_FORM
    )
    assert answer.status_code == 401


def test_a_database_that_does_not_answer_is_told_in_the_page(serve, tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'no-such-folder' / 'gateway.sqlite'}")
    with httpx.Client(base_url=serve(database).url, trust_env=False, follow_redirects=True) as client:
        answer = client.get("/console?lang=en", params={"access": SECRET})
    database.close()
    assert answer.status_code == 503
    assert "unavailable" in answer.text
    assert "no-such-folder" not in answer.text


def test_no_scheme_of_the_public_interface_mentions_the_console(console):
    assert "/console" not in console.get("/openapi.json").text
