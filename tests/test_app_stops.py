"""`gateway serve` ends within seconds when it is told to, whatever its jobs are waiting for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import httpx

from gateway.founding import make_node, open_vault, starting_settings
from gateway.settings import load
from gateway.store import tables
from gateway.store.database import Database

PATIENCE = 40.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_node_stops_on_a_signal_although_a_partner_never_answers(tmp_path):
    port, place = free_port(), tmp_path / "blr"
    text = starting_settings(state="BLR", agency="GATE", host="127.0.0.1", port=port)
    make_node(place, text.replace("every = 5\n", "every = 0.2\n"), algorithm="ed25519", now=datetime.now(UTC))
    settings = load(place / "gateway.toml")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        _wait_for(settings, f"http://127.0.0.1:{silent.getsockname()[1]}")
        log = (tmp_path / "log").open("wb")
        command = [sys.executable, "-m", "gateway", "serve", "--config", str(place / "gateway.toml")]
        process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
        try:
            silent.settimeout(PATIENCE)
            # The node delivers, and is never answered.
            connection, _ = silent.accept()
            assert httpx.get(f"{settings.url}/health/ready", timeout=10, trust_env=False).status_code == 200
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            process.wait(PATIENCE)
            assert time.monotonic() - began < 15
            connection.close()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(PATIENCE)
            log.close()
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


def _wait_for(settings, endpoint):
    """A message that waits for a partner at the endpoint."""
    database, now = Database(settings.database, open_vault(settings)), datetime.now(UTC)
    with database.begin() as session:
        session.add(
            tables.Partner(
                id="KAZ/GATE", state="KAZ", agency="GATE", agency_class="MIG", kind="node", endpoint=endpoint,
                status="active", created=now,
            )
        )  # fmt: skip
        session.add(
            tables.Outbox(
                message_id="1", partner="KAZ/GATE", kind="Ping", raw=b"<Message/>", digest="", created=now, next_at=now
            )
        )
    database.close()
