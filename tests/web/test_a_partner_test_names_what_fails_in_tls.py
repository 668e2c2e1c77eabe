"""`gateway partner test` over real TLS: the certificate, the name in it, and ours that they do not take."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from gateway.app import create_app
from gateway.settings import Tls
from gateway.store import tables
from gateway.sync import ping
from gateway.trust import tls
from gateway.web.tls import Door, IdentifyingProtocol

NOW = datetime.now(UTC)
"""OpenSSL compares certificates with the machine's own clock in a handshake, and takes none that is handed in."""


def furnish(node: Any, party: str, host: str = "127.0.0.1") -> str:
    tls.create(node.settings.directory, party=party, hosts=[host], password=node.settings.key_password(), now=NOW)
    return (node.settings.directory / "tls" / "tls.crt.pem").read_text()


@contextmanager
def reached(
    make_world: Callable[..., Any], place: Path, *, host: str = "127.0.0.1", known: bool = True
) -> Iterator[Any]:
    """BLR behind TLS under a name, and KAZ, which tests it; gives KAZ."""
    with make_world(place / "nodes", tls=Tls()) as world:
        object.__setattr__(world.kaz, "settings", world.kaz.settings.model_copy(update={"tls": Tls()}))
        theirs, ours = furnish(world.blr, "BLR/GATE", host), furnish(world.kaz, "KAZ/GATE")
        with world.blr.database.begin() as session:
            session.get(tables.Partner, "KAZ/GATE").tls_certificate = ours if known else ""
        door = Door(world.blr)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            config = uvicorn.Config(
                create_app(world.blr, scheduled=False), log_level="critical", ws="none", http=IdentifyingProtocol,
                ssl_context_factory=lambda _config, _usual: door.context,
            )  # fmt: skip
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            while not server.started and thread.is_alive():
                time.sleep(0.005)
            with world.kaz.database.begin() as session:
                partner = session.get(tables.Partner, "BLR/GATE")
                partner.endpoint = f"https://127.0.0.1:{listener.getsockname()[1]}"
                partner.tls_certificate = theirs
            try:
                yield world.kaz
            finally:
                server.should_exit = True
                thread.join(timeout=15)


def result(node: Any) -> tuple[object, object]:
    found = ping.test(node, "BLR/GATE")
    return found["ok"], found["part"]


def test_a_partner_whose_certificate_and_name_fit_is_fine(make_world, tmp_path) -> None:
    with reached(make_world, tmp_path) as node:
        assert result(node) == (True, "")


def test_another_certificate_than_the_pinned_one_is_tls(make_world, tmp_path) -> None:
    with reached(make_world, tmp_path) as node:
        tls.create(tmp_path / "other", party="BLR/GATE", hosts=["127.0.0.1"], password=b"x", now=NOW)
        with node.database.begin() as session:
            other = (tmp_path / "other" / "tls" / "tls.crt.pem").read_text()
            session.get(tables.Partner, "BLR/GATE").tls_certificate = other
        assert result(node) == (False, "tls")


def test_a_certificate_for_another_name_is_the_name(make_world, tmp_path) -> None:
    with reached(make_world, tmp_path, host="gate.example") as node:
        assert result(node) == (False, "name")


def test_our_certificate_that_they_do_not_take_is_tls(make_world, tmp_path) -> None:
    with reached(make_world, tmp_path, known=False) as node:
        assert result(node) == (False, "tls")


def test_a_partner_that_speaks_tls_where_the_endpoint_says_http_is_tls(make_world, tmp_path) -> None:
    with reached(make_world, tmp_path) as node:
        with node.database.begin() as session:
            partner = session.get(tables.Partner, "BLR/GATE")
            partner.endpoint, partner.tls_certificate = partner.endpoint.replace("https:", "http:"), ""
        object.__setattr__(node, "settings", node.settings.model_copy(update={"tls": None}))
        assert result(node) == (False, "tls")
