"""A REST register that is down, slow, half gone, garbled or greedy: a refusal each, and never half a page."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Refusal, TooLarge, Unavailable, Unreadable
from gateway.partners import answer
from gateway.partners.rest import RestConnector, RestOptions

OPTIONS: dict[str, Any] = {
    "fetch_path": "/rows",
    "deliver_path": "/rows",
    "bookmark": "since",
    "limit": "limit",
    "rows": "items",
    "next": "next",
    "more": "more",
    "sent": "items",
    "refused": "refused",
    "refused_row": "at",
    "timeout": 5,
}
Wire = Callable[..., bytes]


def connector_to(url: str, **changes: Any) -> RestConnector:
    return RestConnector(url, RestOptions.model_validate(OPTIONS | changes))


def refusal_of(url: str, **changes: Any) -> Refusal:
    connector = connector_to(url, **changes)
    try:
        with pytest.raises(Refusal) as caught:
            connector.fetch("", 10)
    finally:
        connector.close()
    return caught.value


def test_a_service_that_is_down_is_unavailable(free: Callable[[], int]) -> None:
    assert isinstance(refusal_of(f"http://127.0.0.1:{free()}"), Unavailable)


def test_a_service_that_says_nothing_in_time_is_unavailable(host: Any) -> None:
    host.says(lambda _: time.sleep(1))
    refusal = refusal_of(host.url, timeout=0.2)
    assert isinstance(refusal, Unavailable)
    assert "in time" in refusal.detail


def test_a_service_that_drips_is_cut_off_although_every_byte_comes_in_time(host: Any, wire: Wire) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(wire(b"", length=1000))
        for _ in range(40):
            connection.sendall(b" ")
            time.sleep(0.05)

    host.says(drip)
    began = time.monotonic()
    assert isinstance(refusal_of(host.url, timeout=0.3), Unavailable)
    assert time.monotonic() - began < 1.8


def test_an_answer_that_breaks_off_half_way_gives_no_rows_at_all(host: Any, wire: Wire) -> None:
    whole = json.dumps({"items": [{"a": "1"}, {"a": "2"}], "next": "2", "more": False}).encode()
    host.says(wire(whole[:20], length=len(whole)), wire(whole))
    connector = connector_to(host.url)
    with pytest.raises(Unavailable):
        connector.fetch("", 10)
    assert [row["a"] for row in connector.fetch("", 10).rows] == ["1", "2"]
    connector.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"items": 1, "next": 1, "more": false}',
        b'{"items": [1], "next": 1, "more": false}',
        b'{"items": [], "more": false}',
        b'{"items": [], "next": {}, "more": false}',
        b'{"items": [], "next": 0}',
        b'{"items": [], "next": "\\ud800", "more": false}',
    ],
)
def test_an_answer_of_another_form_is_unreadable(host: Any, wire: Wire, body: bytes) -> None:
    host.says(wire(body))
    assert isinstance(refusal_of(host.url), Unreadable)


def test_a_bookmark_that_stands_still_while_more_is_promised_is_unreadable(host: Any, wire: Wire) -> None:
    host.says(wire(b'{"items": [{"a": "1"}], "next": "5", "more": true}'))
    connector = connector_to(host.url)
    with pytest.raises(Unreadable, match="bookmark"):
        connector.fetch("5", 10)
    connector.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("500 Oops", Unavailable),
        ("503 Later", Unavailable),
        ("429 Slow down", Unavailable),
        ("401 Who", Unavailable),
        ("404 Where", Unreadable),
        ("302 There", Unreadable),
    ],
)
def test_statuses_are_told_apart(host: Any, wire: Wire, status: str, kind: type[Refusal]) -> None:
    host.says(wire(b"{}", status=status))
    assert isinstance(refusal_of(host.url), kind)


def test_a_redirect_is_not_followed_to_another_host(host: Any, wire: Wire) -> None:
    moved = wire(b"", status="302 Found").replace(b"\r\n\r\n", f"\r\nLocation: {host.url}/else\r\n\r\n".encode(), 1)
    host.says(moved)
    refusal_of(host.url)
    assert [path.partition("?")[0] for _, path, _ in host.seen] == ["/rows"]


def test_an_answer_beyond_the_limit_is_too_large(host: Any, wire: Wire) -> None:
    host.says(wire(b'{"items": ["' + b"a" * 5000 + b'"]}'))
    assert isinstance(refusal_of(host.url, answer_bytes=1000), TooLarge)


@pytest.mark.parametrize("refused", [[{"at": 7}], [{"at": "x"}], [{}], 3, [None]])
def test_an_acknowledgement_that_cannot_be_right_is_unreadable(host: Any, wire: Wire, refused: Any) -> None:
    host.says(wire(json.dumps({"refused": refused}).encode()))
    connector = connector_to(host.url)
    with pytest.raises(Unreadable):
        connector.deliver([{"a": "1"}])
    connector.close()


def test_numbers_keep_their_spelling(host: Any, wire: Wire) -> None:
    host.says(
        wire(
            b'{"items": [{"a": 1.50, "b": 10000000000000000000001, "c": true, "d": {"e": [1]}}], "next": 1, "more": 0}'
        )
    )
    connector = connector_to(host.url)
    assert connector.fetch("", 10).rows == [{"a": "1.50", "b": "10000000000000000000001", "c": "true", "d.e.0": "1"}]
    connector.close()


@given(
    st.dictionaries(
        st.text("abc", min_size=1),
        st.one_of(st.text(), st.dictionaries(st.text("de", min_size=1), st.text(), min_size=1)),
    )
)
def test_a_row_of_objects_comes_back_whole_from_its_flat_form(row: dict[str, Any]) -> None:
    assert answer.nested(answer.flat(row, "here")) == row


def test_a_row_that_is_nested_without_end_is_unreadable() -> None:
    row: dict[str, Any] = {}
    for _ in range(5_000):
        row = {"in": row}
    with pytest.raises(Unreadable, match="too deeply"):
        answer.flat(row, "partner")
