"""A TLS certificate is made beside the one in use, pinned by partners, and shown without a restart."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.errors import KeyUnusable, Misuse
from gateway.settings import Settings, Tls
from gateway.trust import certificates, tls, tls_renewal
from gateway.web import tls as web_tls
from gateway.web.tls import Door

NOW = datetime.now(UTC)
"""OpenSSL compares certificates with the machine's own clock in a handshake, and takes none that is handed in."""
HOSTS = ("localhost",)


@pytest.fixture
def world(make_world: Any, tmp_path) -> Iterator[Any]:
    """BLR with a TLS key of its own, whose connections a proxy would end; its door is tried without one."""
    with make_world(
        tmp_path / "nodes", administrators=("BLR/ADA",), tls=Tls(ends_at="proxy", unbound="accepted")
    ) as made:
        settings = made.blr.settings
        tls.create(
            settings.directory, party="BLR/GATE", hosts=HOSTS, password=settings.key_password(),
            now=NOW - timedelta(days=1),
        )  # fmt: skip
        yield made


def shown_by(door: Door, pins: bytes) -> str:
    """The fingerprint of what the door shows to somebody who has these certificates pinned."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pins.decode())
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(back, there, server_hostname="localhost")
    server = door.context.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for end in (client, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return certificates.fingerprint(certificates.load(ssl.DER_cert_to_PEM_cert(client.getpeercert(True) or b"")))


def offered(settings: Settings) -> list[str]:
    return [certificates.fingerprint(each) for each in tls_renewal.offered(settings)]


def test_the_node_shows_the_new_certificate_without_a_restart(world: Any) -> None:
    settings = world.blr.settings
    door = Door(world.blr)
    (old,) = offered(settings)
    tls_renewal.prepare(settings, HOSTS, NOW)
    pins = tls_renewal.pem(tls_renewal.offered(settings))
    (_, new) = offered(settings)
    assert tls.pin(pins, NOW).encode() == pins, "a partner can pin both at once"
    door.look()
    assert shown_by(door, pins) == old
    tls_renewal.activate(settings, NOW)
    door.look()
    assert (shown_by(door, pins), offered(settings)) == (new, [new])
    calling = tls.client_context(settings, "")
    assert calling.minimum_version == ssl.TLSVersion.TLSv1_3
    folder = settings.directory / "tls"
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "tls.pem": 0o600, "tls.crt.pem": 0o644, "before.pem": 0o600, "before.crt.pem": 0o644,
    }  # fmt: skip


def test_half_a_pair_leaves_the_door_as_it_was(world: Any) -> None:
    settings = world.blr.settings
    folder = settings.directory / "tls"
    door = Door(world.blr)
    (old,) = offered(settings)
    tls_renewal.prepare(settings, HOSTS, NOW)
    pins = tls_renewal.pem(tls_renewal.offered(settings))
    (folder / "next.crt.pem").replace(folder / "tls.crt.pem")
    with pytest.raises(KeyUnusable):
        door.look()
    assert shown_by(door, pins) == old


def test_a_renewal_that_was_cut_off_is_finished_by_the_next_one(world: Any) -> None:
    settings = world.blr.settings
    folder = settings.directory / "tls"
    made = tls_renewal.prepare(settings, HOSTS, NOW)
    (folder / "next.pem").replace(folder / "tls.pem")
    assert tls_renewal.activate(settings, NOW) == made
    tls.server_context(settings)
    with pytest.raises(KeyUnusable):
        tls_renewal.activate(settings, NOW)


def test_what_cannot_serve_does_not_take_the_place(world: Any) -> None:
    settings = world.blr.settings
    folder = settings.directory / "tls"
    before = offered(settings)
    with pytest.raises(KeyUnusable):
        tls_renewal.activate(settings, NOW)
    tls_renewal.prepare(settings, HOSTS, NOW)
    with pytest.raises(KeyUnusable):
        tls_renewal.prepare(settings, HOSTS, NOW)
    with pytest.raises(KeyUnusable):
        tls_renewal.activate(settings, NOW + timedelta(days=400))
    (folder / "next.pem").write_bytes((folder / "tls.pem").read_bytes())
    with pytest.raises(KeyUnusable):
        tls_renewal.activate(settings, NOW)
    assert offered(settings)[:1] == before
    with pytest.raises(Misuse):
        tls_renewal.activate(settings.model_copy(update={"tls": None}), NOW)


def test_an_administrator_renews_it_over_rest(world: Any) -> None:
    def call(method: str, path: str, **values: Any) -> Any:
        body = {"json": values} if method == "POST" else {}
        headers = world.bearer("BLR/ADA")
        return world.http.request(method, f"{world.url}/v1/admin/tls/{path}", headers=headers, **body)

    old = call("GET", "certificate").json()
    made = call("POST", "generate", hosts=list(HOSTS), next=True).json()
    stands_by = call("GET", "certificate").json()
    assert (old["next"], stands_by["fingerprint"]) == (None, old["fingerprint"])
    assert stands_by["next"] == made
    assert call("POST", "activate").json() == made
    assert call("GET", "certificate").json() == made | {"next": None}
    assert call("POST", "activate").json()["code"] == "key-unusable"


def test_the_door_is_looked_after_again_after_any_error(
    world: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(web_tls, "_LOOK_AGAIN", 0.01)
    looked, again = [], threading.Event()

    def look(_door: Door) -> None:
        looked.append(1)
        if len(looked) > 3:
            again.set()
        elif len(looked) > 1:
            raise ZeroDivisionError

    monkeypatch.setattr(Door, "look", look)
    door = Door(world.blr)
    door.keep_looking()
    try:
        assert again.wait(timeout=10), "it has stopped looking"
    finally:
        door.close()
    assert "the door could not be looked after" in caplog.text
