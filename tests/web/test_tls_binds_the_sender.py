"""TLS 1.3 with client certificates, by the node itself and behind nginx; a message comes over its sender's own."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn

from gateway.app import create_app
from gateway.errors import KeyUnusable
from gateway.settings import Tls
from gateway.store import tables
from gateway.sync.calls import caller
from gateway.trust import tls
from gateway.web.tls import Door, IdentifyingProtocol

NOW = datetime.now(UTC)
"""OpenSSL compares certificates with the machine's own clock in a handshake, and takes none that is handed in."""
DEPLOY = Path(__file__).parents[2] / "deploy"
HOSTS = ("localhost", "127.0.0.1")


def furnish(node, party: str) -> str:
    """Give a node its TLS certificate; returns it as PEM."""
    tls.create(node.settings.directory, party=party, hosts=HOSTS, password=node.settings.key_password(), now=NOW)
    return (node.settings.directory / "tls" / "tls.crt.pem").read_text()


def pin(node, partner: str, pem: str) -> None:
    with node.database.begin() as session:
        session.get(tables.Partner, partner).tls_certificate = pem


@contextmanager
def listening(node, door: Door) -> Iterator[int]:
    """The node as `gateway serve` runs it, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            create_app(node, scheduled=False), log_level="critical", ws="none", http=IdentifyingProtocol,
            ssl_context_factory=lambda _config, _usual: door.context,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=15)


@contextmanager
def proxied(node, place: Path) -> Iterator[int]:
    """nginx with our own configuration before a node that speaks HTTP on loopback."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        pytest.skip("nginx is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(create_app(node, scheduled=False), log_level="critical", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        text = (DEPLOY / "nginx.conf").read_text()
        for name, value in {
            "/var/lib/gateway/node": str(node.settings.directory),
            "127.0.0.1:8080": f"127.0.0.1:{listener.getsockname()[1]}",
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "server_name gateway.example": "server_name localhost",
        }.items():
            assert name in text
            text = text.replace(name, value)
        place.mkdir()
        site = place / "site.conf"
        site.write_text(text)
        whole = place / "nginx.conf"
        paths = "".join(
            f"{kind}_temp_path {place}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole.write_text(
            f"daemon off; master_process off; pid {place}/pid; error_log {place}/error.log;\n"
            f"events {{}}\nhttp {{ access_log off; {paths} include {site}; }}\n"
        )
        process = subprocess.Popen([program, "-e", str(place / "error.log"), "-c", str(whole)])
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=10)
            server.should_exit = True
            thread.join(timeout=15)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        assert process.poll() is None, "nginx ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.025)
        else:
            return
    pytest.fail("nginx does not listen")


class Pair:
    """BLR behind TLS, and KAZ, which calls it with or without its certificate."""

    def __init__(self, world, port: int) -> None:
        self.world = world
        self.url = f"https://127.0.0.1:{port}"

    def post(self, context: ssl.SSLContext, raw: bytes, **headers: str) -> httpx.Response:
        with httpx.Client(verify=context, trust_env=False, timeout=30) as client:
            return client.post(f"{self.url}/v1/messages", content=raw, headers=headers)

    def own(self) -> ssl.SSLContext:
        """KAZ's context towards BLR, as it calls partners."""
        return tls.client_context(self.world.kaz.settings, self.pem_blr)

    @property
    def pem_blr(self) -> str:
        return (self.world.blr.settings.directory / "tls" / "tls.crt.pem").read_text()

    def anonymous(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=self.pem_blr)
        return context

    def stranger(self, folder: Path) -> ssl.SSLContext:
        tls.create(folder, party="XXX/NOBODY", hosts=HOSTS, password=b"test", now=NOW)
        context = self.anonymous()
        context.load_cert_chain(folder / "tls" / "tls.crt.pem", folder / "tls" / "tls.pem", password=b"test")
        return context


@pytest.fixture(params=["node", pytest.param("proxy", marks=pytest.mark.tool)])
def pair(request, make_world: Callable, tmp_path: Path) -> Iterator[Pair]:
    with make_world(tmp_path / "nodes", tls=Tls(ends_at=request.param)) as world:
        object.__setattr__(world.kaz, "settings", world.kaz.settings.model_copy(update={"tls": Tls()}))
        pem = furnish(world.blr, "BLR/GATE")
        pin(world.blr, "KAZ/GATE", furnish(world.kaz, "KAZ/GATE"))
        pin(world.kaz, "BLR/GATE", pem)
        if request.param == "node":
            with listening(world.blr, Door(world.blr)) as port:
                yield Pair(world, port)
        else:
            with proxied(world.blr, tmp_path / "nginx") as port:
                yield Pair(world, port)


def test_a_message_over_its_senders_own_connection_is_taken(pair: Pair) -> None:
    answer = pair.post(pair.own(), pair.world.ping())
    assert answer.status_code == 200
    assert pair.world.receipt(answer.content).verdict == "ACCEPTED"


def test_a_signed_message_that_somebody_else_hands_in_is_refused_and_keeps_its_id(pair: Pair, tmp_path: Path) -> None:
    raw = pair.world.ping()
    # The node refuses a stranger in the handshake; nginx lets it knock, and the binding refuses it.
    try:
        answer = pair.post(pair.stranger(tmp_path / "stranger"), raw)
    except httpx.TransportError:
        pass
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "tls-identity")
    refused = pair.post(pair.anonymous(), raw)
    assert (refused.status_code, refused.json()["code"]) == (403, "tls-identity")
    assert "certificate" not in refused.json().get("detail", ""), "why it was refused stays inside"
    (trace,) = pair.world.rows(tables.Journal, tables.Journal.code == "tls-identity")[-1:]
    assert (trace.sender, trace.reason) == (None, "KAZ/GATE signed, but the connection shows no certificate")
    assert pair.post(pair.own(), raw).status_code == 200


def test_a_header_that_pretends_a_certificate_is_not_believed(pair: Pair) -> None:
    pem = (pair.world.kaz.settings.directory / "tls" / "tls.crt.pem").read_text()
    forged = "".join(f"%{byte:02x}" for byte in pem.encode())
    answer = pair.post(pair.anonymous(), pair.world.ping(), **{"X-SSL-Client-Cert": forged})
    assert (answer.status_code, answer.json()["code"]) == (403, "tls-identity")


def test_tls_1_2_is_not_spoken(pair: Pair) -> None:
    context = pair.own()
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(httpx.ConnectError):
        pair.post(old, pair.world.ping())
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3


def test_a_token_opens_the_door_to_its_own_connection_only(pair: Pair) -> None:
    world = pair.world
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    audience = f"{world.blr.settings.url}/v1/token"

    def ask(context: ssl.SSLContext) -> httpx.Response:
        proof = world.assertion("KAZ/GATE", audience=audience)
        with httpx.Client(verify=context, trust_env=False, timeout=30) as client:
            return client.post(f"{pair.url}/v1/token", data=form | {"client_assertion": proof})

    def checkpoint(context: ssl.SSLContext, token: str) -> httpx.Response:
        with httpx.Client(verify=context, trust_env=False, timeout=30) as client:
            return client.get(f"{pair.url}/v1/log/checkpoint", headers={"Authorization": f"Bearer {token}"})

    assert ask(pair.anonymous()).json()["code"] == "tls-identity"
    granted = ask(pair.own())
    assert granted.status_code == 200, granted.text
    token = granted.json()["access_token"]
    assert checkpoint(pair.own(), token).status_code == 200
    assert checkpoint(pair.anonymous(), token).json()["code"] == "tls-identity"


def test_a_partner_without_an_entered_certificate_is_refused_unless_the_settings_say_otherwise(pair: Pair) -> None:
    pin(pair.world.blr, "KAZ/GATE", "")
    assert pair.post(pair.own(), pair.world.ping()).json()["code"] == "tls-identity"
    lenient = pair.world.blr.settings.tls.model_copy(update={"unbound": "accepted"})
    changed = pair.world.blr.settings.model_copy(update={"tls": lenient})
    object.__setattr__(pair.world.blr, "settings", changed)
    assert pair.post(pair.own(), pair.world.ping()).status_code == 200


def test_our_own_calls_show_our_certificate_and_believe_only_the_pinned_one(pair: Pair, tmp_path: Path) -> None:
    with pair.world.kaz.database.begin() as session:
        partner = session.get(tables.Partner, "BLR/GATE")
        partner.endpoint = pair.url
    with caller(pair.world.kaz, partner) as client:
        assert client.post(f"{pair.url}/v1/messages", content=pair.world.ping()).status_code == 200
    tls.create(tmp_path / "other", party="BLR/GATE", hosts=HOSTS, password=b"test", now=NOW)
    partner.tls_certificate = (tmp_path / "other" / "tls" / "tls.crt.pem").read_text()
    with caller(pair.world.kaz, partner) as client, pytest.raises(httpx.ConnectError):
        client.get(f"{pair.url}/v1/keys")


def test_a_partner_pinned_anew_is_let_in_without_a_restart(make_world: Callable, tmp_path: Path) -> None:
    with make_world(tmp_path / "nodes", tls=Tls()) as world:
        object.__setattr__(world.kaz, "settings", world.kaz.settings.model_copy(update={"tls": Tls()}))
        pem, own = furnish(world.blr, "BLR/GATE"), furnish(world.kaz, "KAZ/GATE")
        pin(world.kaz, "BLR/GATE", pem)
        door = Door(world.blr)
        with listening(world.blr, door) as port:
            pair = Pair(world, port)
            with pytest.raises(httpx.TransportError):
                pair.post(pair.own(), world.ping())
            pin(world.blr, "KAZ/GATE", own)
            door.look()
            assert pair.post(pair.own(), world.ping()).status_code == 200


def test_a_tls_key_that_others_can_read_is_not_used(make_world: Callable, tmp_path: Path) -> None:
    with make_world(tmp_path / "nodes", tls=Tls()) as world:
        furnish(world.blr, "BLR/GATE")
        (world.blr.settings.directory / "tls" / "tls.pem").chmod(0o644)
        with pytest.raises(KeyUnusable, match="chmod 600"):
            Door(world.blr)
