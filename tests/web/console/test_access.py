from __future__ import annotations

import stat
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Misuse
from gateway.web.console.access import ADDRESSES, FAILURES, Access, create_secret, read_secret, same_site

SECRET = "synthetic-console-secret-for-the-tests-0002"


@pytest.fixture
def door(clock):
    return Access(SECRET, clock=clock)


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    secret = create_secret(tmp_path)
    assert stat.S_IMODE((tmp_path / "console.secret").stat().st_mode) == 0o600
    assert read_secret(tmp_path) == secret
    with pytest.raises(Misuse):
        create_secret(tmp_path)
    assert read_secret(tmp_path) == secret


def test_two_nodes_never_get_the_same_secret(tmp_path):
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    assert create_secret(folders[0]) != create_secret(folders[1])


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path):
    with pytest.raises(Misuse):
        create_secret(tmp_path / "nowhere")
    with pytest.raises(Misuse):
        read_secret(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"short\n", "секрет".encode("cp1251") * 8])
def test_a_secret_that_could_be_guessed_or_is_damaged_opens_nothing(tmp_path, content):
    path = tmp_path / "console.secret"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Misuse):
        read_secret(tmp_path)


def test_a_secret_open_to_other_users_is_refused(tmp_path):
    create_secret(tmp_path)
    (tmp_path / "console.secret").chmod(0o644)
    with pytest.raises(Misuse):
        read_secret(tmp_path)


def test_a_session_holds_eight_hours_by_the_given_clock(door, clock):
    cookie = door.cookie()
    clock.advance(hours=8, seconds=-2)
    assert door.holds(cookie)
    clock.advance(seconds=2)
    assert not door.holds(cookie)


def test_a_session_cannot_be_prolonged_by_hand(door):
    ends, signature = door.cookie().split(".")
    assert not door.holds(f"{int(ends) + 3600}.{signature}")


def test_a_session_ends_with_the_secret_it_came_from(door, clock):
    assert not Access(SECRET + "-new", clock=clock).holds(door.cookie())


@given(text=st.text())
def test_no_made_up_cookie_opens_the_console_or_breaks_it(text):
    door = Access(SECRET, clock=lambda: pytest.fail("the signature is looked at before the time"))
    assert not door.holds(text)


@given(text=st.text().filter(lambda text: text.strip() != SECRET))
def test_nothing_but_the_secret_is_the_secret(text):
    from datetime import UTC, datetime  # noqa: PLC0415 - hypothesis and function-scoped fixtures do not mix

    assert not Access(SECRET, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)).admits(text, "10.0.0.1")


def test_whoever_guesses_has_to_wait_and_others_need_not(door, clock):
    for _ in range(FAILURES):
        assert door.wait("10.0.0.1") == 0
        assert not door.admits("guess", "10.0.0.1")
    assert door.wait("10.0.0.1") == 60
    assert door.wait("10.0.0.2") == 0
    clock.advance(seconds=60)
    assert door.wait("10.0.0.1") == 0


def test_guesses_from_many_addresses_do_not_fill_the_memory(door, clock):
    for number in range(ADDRESSES + 50):
        door.admits("guess", f"address-{number}")
        if number == 100:
            clock.now += timedelta(minutes=5)
    assert len(door._failures) <= ADDRESSES


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site", "origin": "https://gate.example", "host": "gate.example"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://gate.example", "host": "gate.example"}, True),
        ({"origin": "https://other.example", "host": "gate.example"}, False),
        ({"origin": "null", "host": "gate.example"}, False),
        ({"host": "gate.example"}, False),
        ({}, False),
    ],
)
def test_a_form_counts_only_when_it_comes_from_our_own_page(headers, ours):
    assert same_site(headers) is ours
