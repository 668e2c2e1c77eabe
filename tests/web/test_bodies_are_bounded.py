"""What is too large is refused before it costs anything, whatever its headers claim."""

from __future__ import annotations

import socket

import pytest

LIMIT = 20_000


@pytest.fixture(scope="module")
def small(make_world, tmp_path_factory):
    from gateway.settings import Limits  # noqa: PLC0415 - only this module changes limits.

    limits = Limits(message_bytes=LIMIT, query_bytes=LIMIT, upload_bytes=LIMIT)
    with make_world(tmp_path_factory.mktemp("small") / "nodes", limits=limits) as made:
        yield made


def test_a_message_that_says_it_is_too_large_is_refused_before_it_is_sent(small):
    host, port = small.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        head = f"POST /v1/messages HTTP/1.1\r\nHost: {host}\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
        connection.sendall(head.encode())
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_message_that_grows_too_large_on_its_way_is_refused(small):
    def pieces():
        for _ in range(LIMIT // 100):
            yield b"<" + b"a" * 200

    answer = small.post(pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_soap_envelope_that_is_too_large_is_a_fault(small):
    answer = small.http.post(f"{small.url}/soap", content=b"x" * (LIMIT + 1), headers={"Content-Type": "text/xml"})
    assert answer.status_code == 500
    assert b"<x:Code>too-large</x:Code>" in answer.content


@pytest.mark.parametrize("path", ["/v1/records?profile=blr-permits", "/v1/watchlist/query", "/v1/persons/query"])
def test_uploads_and_queries_are_bounded_too(small, path):
    answer = small.http.post(f"{small.url}{path}", content=b" " * (LIMIT + 1), headers=small.bearer("BLR/MVD"))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("path", ["/v1/watchlist/query", "/v1/persons/query"])
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 5_000, b"NaN"])
def test_a_query_that_is_not_a_json_object_is_refused(small, path, raw):
    answer = small.http.post(f"{small.url}{path}", content=raw, headers=small.bearer("BLR/MVD"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
