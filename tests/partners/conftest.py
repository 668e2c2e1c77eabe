"""The real foreign services as processes on loopback, and a host that misbehaves in ways real ones do."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from zeep.cache import InMemoryCache

PATIENCE = 20.0
"""Seconds a service may take to start on a busy machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """A foreign service that runs in its own process."""

    process: subprocess.Popen[bytes]
    port: int

    def stats(self) -> dict[str, int]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/stats")
            counts: dict[str, int] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return counts

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


@contextmanager
def _running(
    module: str, data: Path, state: Path | None = None, environment: dict[str, str] | None = None
) -> Iterator[Service]:
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--data", str(data)]
    command += ["--state", str(state)] if state else []
    service = Service(subprocess.Popen(command, env={**os.environ, **(environment or {})}), port)
    try:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert service.process.poll() is None, "the service stopped before it answered"
            try:
                service.stats()
                break
            except OSError:
                time.sleep(0.05)
        else:
            pytest.fail("the service did not answer in time")
        yield service
    finally:
        service.stop()


@pytest.fixture(scope="session")
def run_service() -> Callable[..., Any]:
    """Starts `gateway.demo.services.kgz` or `aze` over a data file; a context manager."""
    return _running


@pytest.fixture(scope="session")
def free() -> Callable[[], int]:
    """Gives a loopback port on which nobody listens."""
    return free_port


class Host:
    """A host whose answers a test writes: bytes on the wire, just as they are to be sent."""

    def __init__(self) -> None:
        self.answers: list[bytes | Callable[[socket.socket], None]] = []
        self.seen: list[tuple[str, str, bytes]] = []
        """Method, path and body of every request."""
        host = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                host.seen.append((self.command, self.path, body))
                answer = host.answers.pop(0) if len(host.answers) > 1 else host.answers[0]
                if callable(answer):
                    answer(self.connection)
                else:
                    self.connection.sendall(answer)
                self.close_connection = True

            do_GET = _answer  # noqa: N815 - the name is http.server's.
            do_POST = _answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def says(self, *answers: bytes | Callable[[socket.socket], None]) -> None:
        """What it will answer, in turn; the last one again and again."""
        self.answers = list(answers)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def host() -> Iterator[Host]:
    """A host that answers what it is told to."""
    host = Host()
    # An earlier one may have had the same port, and zeep keeps what it has read there for the whole process.
    InMemoryCache._cache.clear()
    yield host
    host.close()


def http_answer(body: bytes, *, status: str = "200 OK", kind: str = "application/json", length: int = -1) -> bytes:
    """An answer as bytes; `length` lies about its size where it is given."""
    size = len(body) if length < 0 else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


@pytest.fixture(scope="session")
def wire() -> Callable[..., bytes]:
    """Writes an HTTP answer as bytes."""
    return http_answer
